"""The state of a finding: four words, given by one function, wherever a finding is spoken of.

In this order: *not offered here* where the model was not made to answer (refused picture, outside the intended use, its
condition is not met) or gives no finite number; *flagged* at or above the operating threshold, always; *undecided* below
it while the prediction set still holds the finding; *not flagged* otherwise, also where no set is installed. The set never
lowers a flag, and nothing below a threshold excludes anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from model_zoo.finite import reaches

if TYPE_CHECKING:  # these import the networks
    from model_zoo.results import Finding, Prediction
    from model_zoo.trust.number_block import NumberBlock

OUTSIDE = "The scan lies outside the intended use of its model."


class State(StrEnum):
    """The four states; the value is the word as JSON and command line say it."""

    NOT_OFFERED = "not offered here"
    FLAGGED = "flagged"
    UNDECIDED = "undecided"
    NOT_FLAGGED = "not flagged"


# Each state as a sentence that can stand alone: below the threshold nothing is excluded.
SENTENCES = {
    State.NOT_OFFERED: "Not offered here.",
    State.FLAGGED: "Flagged.",
    State.UNDECIDED: "Undecided: the model cannot tell on this scan.",
    State.NOT_FLAGGED: "Not flagged. This does not exclude it.",
}


def state_of(offered: bool, value: float | None, threshold: float | None, set_holds: bool | None = None) -> State:
    """Return the state of a number.

    Parameters
    ----------
    offered
        Whether the model was made to answer here.
    value, threshold
        In one unit; what is no finite number offers nothing.
    set_holds
        Whether the prediction set keeps the finding, ``None`` without a set.
    """
    return _in_order(offered, reaches(value, threshold), set_holds)


def finding_state(prediction: Prediction, output: str, numbers: Iterable[NumberBlock] = ()) -> State:
    """Return the state of one finding.

    Parameters
    ----------
    prediction
        Of the scan.
    output
        Name of the finding.
    numbers
        The blocks of the case at the coverage that was asked for; without the block of this finding it has no set.

    Raises
    ------
    UnknownName
        Where the prediction has no such finding.
    """
    finding = prediction.finding(output)
    block = next((block for block in numbers if block.output == output), None)
    return recorded_state(
        finding, why_not_offered(prediction, finding) is None, None if block is None else block.keeps_finding
    )


def recorded_state(finding: Finding, offered: bool, set_holds: bool | None) -> State:
    """Return the state of a finding by the comparison that was made when the network was read.

    That one was made on logits: as probabilities or ranks two numbers may round alike.
    """
    return _in_order(offered, finding.above_threshold, set_holds)


def why_not_offered(prediction: Prediction, finding: Finding) -> str | None:
    """Return why a finding is not offered on this scan, ``None`` where it is.

    A condition names another finding by its title ("if there is pneumonia") and is met where that one is flagged.
    """
    if not prediction.covered:
        return OUTSIDE
    condition = (finding.condition or "").lower()
    named = [f for f in prediction.findings if f.output != finding.output and f.title.lower() in condition]
    if all(other.above_threshold for other in named):
        return None
    return f"It counts only {finding.condition}, which is not flagged."


def _in_order(offered: bool, reached: bool | None, set_holds: bool | None) -> State:
    if not offered or reached is None:
        return State.NOT_OFFERED
    if reached:
        return State.FLAGGED
    return State.UNDECIDED if set_holds else State.NOT_FLAGGED
