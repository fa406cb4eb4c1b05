"""What was read in a note: one item per statement, with its place, its value as written and in the model's unit, and its doubts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from model_zoo.patients.features import Value

Kind = Literal["person", "vital", "laboratory", "heart", "finding", "medication", "other"]
# patient: of this patient, now, and certain. The others are shown and never filled into a form. family: of anybody else.
Context = Literal["patient", "family", "history", "plan", "uncertain", "specimen", "disease"]
CONTEXT_WORDS: dict[Context, str] = {
    "patient": "",
    "family": "about a relative or someone else",
    "history": "about an earlier time",
    "plan": "a plan or a condition",
    "uncertain": "not stated as fact",
    "specimen": "measured in something other than blood",
    "disease": "another disease with a similar name",
}
KINDS: tuple[Kind, ...] = ("person", "vital", "laboratory", "heart", "finding", "medication", "other")


@dataclass(frozen=True)
class ExtractedItem:
    """One statement of a note.

    name: the stored name of the FeatureSpec, or the finding or medication in plain words. title: for the reader.
    start, end: half-open characters of the note. text: what stands there.
    given, given_unit: number and unit as written; value: in the model's unit (SI), not clipped; flags 1.0 or 0.0, choices
    their name; None where it cannot be told. unit: of ``value``.
    unit_assumed: the note gives no unit, and only one fits. derived: computed from what the note says (mean pressure).
    problems: why it is not filled into a form. remarks: what a reader should know although it is.
    """

    kind: Kind
    name: str
    title: str
    start: int
    end: int
    text: str
    given: str = ""
    given_unit: str = ""
    value: Value = None
    unit: str = ""
    negated: bool = False
    context: Context = "patient"
    unit_assumed: bool = False
    derived: bool = False
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """It is a value of this patient, now, that may be filled into a form."""
        return self.value is not None and self.context == "patient" and not self.problems
