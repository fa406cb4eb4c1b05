"""``verify`` of a symptom model: what its card promises, tried on written complaints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model_zoo.artefact import WEIGHTS_FILE
from model_zoo.symptoms.attribution import attribute_text
from model_zoo.symptoms.model import SymptomModel, symptom_model
from model_zoo.upkeep.card_checks import Verdict, complete, small_weights, sound_intervals
from model_zoo.upkeep.example_predictions import (
    COMPLAINTS,
    DENIALS,
    TOLERANCE,
    example_difference,
    text_predictions,
)

if TYPE_CHECKING:
    from model_zoo.upkeep.known_models import KnownModel


def symptom_checks(model: KnownModel) -> list[tuple[str, Callable[[], Verdict]]]:
    """Return the checks; loading holds weights, card and network against each other."""
    return symptom_checks_of(symptom_model(model.name, model.folder), model.folder)


def symptom_checks_of(loaded: SymptomModel, folder: Path) -> list[tuple[str, Callable[[], Verdict]]]:
    card = loaded.card
    own = ("encoder", "conditions", "temperature", "cannot_tell.rule", "red_flags.source", "metrics.variants",
           "metrics.attribution", "metrics.most_frequent_condition")  # fmt: skip

    def adds_up() -> Verdict:
        read = loaded.read(COMPLAINTS)
        found = attribute_text(loaded, read, int(loaded.probabilities([read])[0].argmax()))
        return found.converged, f"delta {found.delta:+.4f} at {found.steps} steps"

    def twice_alike() -> Verdict:
        first, second = (loaded.probabilities([loaded.read(COMPLAINTS)]) for _ in range(2))
        return bool(np.array_equal(first, second) and abs(first.sum() - 1) < 1e-9), ""

    def denial_changes_little() -> Verdict:
        # What is denied is left out before the encoder; the punctuation around it stays, and the card says what that may do.
        stated = float(card["metrics"]["negation"]["largest_rise_denied_handled"])
        plain, denied = loaded.probabilities([loaded.read(COMPLAINTS), loaded.read(DENIALS)])
        change = float(np.abs(plain - denied).max())
        return change <= stated, f"largest change {change:.4f}, on the card {stated:.4f}"

    def as_kept() -> Verdict:
        found = example_difference(folder, card["weights_sha256"], text_predictions(loaded))
        return found <= TOLERANCE["texts"], f"largest difference {found:.1e}"

    def compared() -> Verdict:
        alone = [name for name, entry in card["metrics"]["variants"].items() if len(entry.get("baselines", ())) < 2]
        return not alone, ", ".join(alone)

    return [
        ("the card is complete", lambda: complete(card, *own)),
        ("every figure lies in its interval", lambda: sound_intervals(card)),
        ("both baselines stand beside every kind of text", compared),
        ("probabilities add up to one, twice alike", twice_alike),
        ("written complaints get the probabilities kept beside the weights", as_kept),
        ("contributions of the words add up to the logit", adds_up),
        ("denied complaints change no more than the card states", denial_changes_little),
        ("weights are float16 and small", lambda: small_weights(folder / WEIGHTS_FILE)),
    ]
