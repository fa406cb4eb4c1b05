"""Conditions to consider as rows, and the text with what was denied, corrected and decisive in it."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.viewmodels.note.spans import Mark, Segment, segments
from model_zoo.symptoms.attribution import TextAttribution
from model_zoo.symptoms.differential import (
    HEADING,
    RED_FLAG_HEADING,
    RED_FLAG_PROBABILITY,
    ConsideredCondition,
    Differential,
)
from model_zoo.symptoms.mapped_reading import MappedNote

DENIED, DENYING, CORRECTED, FOR, AGAINST, EVIDENCE = "denied", "denying", "corrected", "for", "against", "evidence"
# Below a twentieth of the strongest word a colour is not told from none.
_LEAST_WEIGHT = 0.05
_NAMED = 12  # words without an evidence that are named; a reader looks at the note for more


@dataclass(frozen=True)
class ConditionRow:
    """probability: a share of 1. words: the probability as it is shown, never "100 %" or "0 %"."""

    name: str
    probability: float
    words: str
    severity: str
    icd10: str
    red_flag: bool


@dataclass(frozen=True)
class DifferentialView:
    """message: stands in place of the lists where nothing can be told. segments: the text with its marks."""

    message: str
    red_flag_heading: str
    red_flags: tuple[ConditionRow, ...]
    heading: str
    rows: tuple[ConditionRow, ...]
    segments: tuple[Segment, ...]
    notes: tuple[str, ...]
    caution: str


def differential_view(differential: Differential, explained: TextAttribution | None = None) -> DifferentialView:
    """Return what the page shows. explained: the attribution whose words are coloured."""
    red = tuple(_row(c) for c in differential.red_flags)
    others = tuple(_row(c) for c in differential.displayed if not c.red_flag)
    return DifferentialView(
        differential.cannot_tell or "",
        f"{RED_FLAG_HEADING} (severe, at least {RED_FLAG_PROBABILITY:.0%})",
        red,
        HEADING,
        others,
        segments(differential.read.text, marks_of(differential, explained)),
        _notes(differential, explained),
        differential.caution,
    )


def marks_of(differential: Differential, explained: TextAttribution | None = None) -> tuple[Mark, ...]:
    """Return the marks of a text that was read: denied stretches, corrections, and the words that decide."""
    read = differential.read
    marks = [mark for n in read.negations for mark in (
        Mark(n.cue_start, n.cue_end, DENYING, "denies what is marked beside it"),
        Mark(n.start, n.end, DENIED, "denied: left out"),
    )]  # fmt: skip
    strongest = max((abs(w.contribution) for w in explained.words), default=0.0) if explained else 0.0
    coloured = set()
    for word in explained.words if explained and strongest else ():
        weight = word.contribution / strongest
        if abs(weight) >= _LEAST_WEIGHT:
            read_as = f"; read as {word.read_as}" if word.read_as else ""
            note = f"{word.contribution:+.2f} logit{read_as}"
            marks.append(Mark(word.start, word.end, FOR if weight > 0 else AGAINST, note, weight))
            coloured.add(word.start)
    for place, said in _evidence_places(differential).items():
        if place[0] not in coloured:
            marks.append(Mark(*place, EVIDENCE, f"read as: {said}"))
            coloured.add(place[0])
    marks += [
        Mark(w.word.start, w.word.end, CORRECTED, f"read as {w.read_as}")
        for w in read.words
        if w.read_as is not None and w.word.start not in coloured
    ]
    return tuple(marks)


def _evidence_places(differential: Differential) -> dict[tuple[int, int], str]:
    """Return what is read at each stretch of a note that was mapped, in the words that the encoder reads."""
    found: dict[tuple[int, int], str] = {}
    for evidence in differential.mapped.evidences if differential.mapped else ():
        place = (evidence.start, evidence.end)
        found[place] = f"{found[place]}; {evidence.said_as}" if place in found else evidence.said_as
    return found


def percent(probability: float) -> str:
    """Return a probability as it is shown: a network is never certain."""
    if probability < 0.01:
        return "below 1 %"
    return "above 99 %" if probability > 0.99 else f"{100 * probability:.0f} %"


def _row(condition: ConsideredCondition) -> ConditionRow:
    severity = f"severity {condition.severity} of 5 (1 is the worst)"
    return ConditionRow(
        condition.name,
        condition.probability,
        percent(condition.probability),
        severity,
        condition.icd10,
        condition.red_flag,
    )


def _notes(differential: Differential, explained: TextAttribution | None) -> tuple[str, ...]:
    read = differential.read
    found = []
    if read.negations:
        found.append(
            f"{len(read.negations)} denied statement(s) left out; that a complaint is absent counts for nothing."
        )
    if differential.mapped is not None:
        found += _mapping_notes(differential.mapped)
    if corrected := [w for w in read.words if w.read_as is not None]:
        found.append(f"{len(corrected)} word(s) read as the nearest known one.")
    unknown = [w for w in read.content if not w.known]
    if unknown and not (differential.mapped and differential.mapped.evidences):
        found.append(f"{len(unknown)} of {len(read.content)} words of content are not known to the model.")
    if read.truncated:
        found.append(f"The last {read.truncated} words are beyond the longest text and were not read.")
    if explained is not None:
        sure = "" if explained.converged else " The contributions did not converge; take them as rough."
        found.append(
            f"Coloured: what speaks for or against {explained.condition}, completeness delta {explained.delta:+.3f} logit.{sure}"
        )
    return tuple(found)


def _mapping_notes(mapped: MappedNote) -> list[str]:
    """Say what was mapped to evidences, and what of the note was not."""
    if not mapped.evidences:
        return [
            "No phrase of the note was found among the evidences the model learned from; its words are read as they stand."
        ]
    said = list(dict.fromkeys(evidence.said_as for evidence in mapped.evidences))
    found = [f"{len(said)} evidence(s) found in the note, underlined there: {', '.join(said)}."]
    if mapped.unmapped:
        words = list(dict.fromkeys(word.text for word in mapped.unmapped))
        more = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
        found.append(
            f"Not mapped to an evidence: {', '.join(words[:_NAMED])}{more}. Of these only words that the model knows are read."
        )
    return found
