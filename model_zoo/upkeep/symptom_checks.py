"""``verify`` of a symptom model: what its card promises, tried on written complaints."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from model_zoo.symptoms.attribution import attribute_text
from model_zoo.symptoms.model import symptom_model

if TYPE_CHECKING:
    from model_zoo.upkeep.known_models import KnownModel

PROBE = "60 year old male. Chest pain, shortness of breath and palpitations. I smoke cigarettes."
DENIAL = f"{PROBE} No fever, no cough."


def symptom_checks(model: KnownModel) -> list[tuple[str, Callable[[], tuple[bool, str]]]]:
    """Return the checks; loading holds weights, card and network against each other."""
    loaded = symptom_model(model.name)

    def adds_up() -> tuple[bool, str]:
        read = loaded.read(PROBE)
        found = attribute_text(loaded, read, int(loaded.probabilities([read])[0].argmax()))
        return found.converged, f"delta {found.delta:+.4f} at {found.steps} steps"

    def twice_alike() -> tuple[bool, str]:
        first, second = (loaded.probabilities([loaded.read(PROBE)]) for _ in range(2))
        return bool(np.array_equal(first, second) and abs(first.sum() - 1) < 1e-9), ""

    def denial_changes_nothing() -> tuple[bool, str]:
        plain, denied = loaded.probabilities([loaded.read(PROBE), loaded.read(DENIAL)])
        change = float(np.abs(plain - denied).max())
        return change < 0.05, f"largest change {change:.4f}"

    return [
        ("probabilities add up to one, twice alike", twice_alike),
        ("contributions of the words add up to the logit", adds_up),
        ("denied complaints change nothing but punctuation", denial_changes_nothing),
    ]
