"""What was measured of two models together on patients who have both: the result that lies beside a patient model's weights.

A part of a case names its model; where both models of a measured pair speak, the sentence says what putting them together
was worth, so that the reader knows why there is no one number. Written by ``python -m model_zoo train film-and-values``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from model_zoo.errors import CardInvalid
from model_zoo.finite import read_json
from model_zoo.fusion.parts import CasePart
from model_zoo.words import spanned

FUSION_FILE = "fusion.json"
WEIGHTS_FOLDER = Path(__file__).resolve().parent.parent / "weights"
# Verdicts of the measurement; only the first would let two parts become one number.
SHOWN, NOT_SHOWN, TOO_FEW = "shown", "not shown", "too few events"


@cache
def measured_of(risk_model: str) -> Mapping[str, Any] | None:
    """Return the measurement stored beside a patient model's weights, ``None`` where none was made."""
    file = WEIGHTS_FOLDER / risk_model / FUSION_FILE
    if not file.is_file():
        return None
    try:
        found: Mapping[str, Any] = read_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CardInvalid(
            f"What was measured of '{risk_model}' beside a film cannot be read.",
            "Restore it from the repository, or measure again: python -m model_zoo train film-and-values",
        ) from error
    return found


def measured_words(parts: Sequence[CasePart]) -> str | None:
    """Return what was measured of the scan and the patient values of this case together; ``None`` where nothing was."""
    named: dict[str, list[str]] = {"scan": [], "patient values": []}
    for part in parts:
        if part.absent is None and part.model is not None and part.modality in named:
            named[part.modality].append(part.model)
    for scan_model in dict.fromkeys(named["scan"]):
        for risk_model in dict.fromkeys(named["patient values"]):
            found = measured_of(risk_model)
            if found is not None and found["scan_model"] == scan_model:
                return pair_words(found)
    return None


def pair_words(found: Mapping[str, Any]) -> str:
    """Return the sentences of one measurement, for the outcome that the risk model estimates."""
    result = found["outcomes"][found["outcome"]]
    both = result["alone_and_both"]["both"]["auc"]["value"]
    alone = result["alone_and_both"]["values"]["auc"]["value"]
    difference = result["both_minus"]["values"]["auc"]
    figures = f"AUC {both:.2f} together, {alone:.2f} by the values alone, difference {spanned(difference, '+.2f')}"
    who = f"{result['patients']} patients of {found['place']} who have both, {result['events']} with the event"
    return (
        f"Measured for {found['outcome_title'].lower()}: does {found['scan_title'].lower()} on the film add to the values? On "
        f"{who}: {figures}. {_VERDICTS[result['verdict']]}"
    )


_VERDICTS = {
    SHOWN: "A gain is shown.",
    NOT_SHOWN: "A gain is not shown, so they stay apart.",
    TOO_FEW: "A gain is not shown, and so few events could not show one: they stay apart.",
}
