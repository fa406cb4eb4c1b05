"""Conditions to consider as rows, and the text with what was denied, corrected and decisive in it."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.catalogue import counted, text
from dashboard.viewmodels.note.spans import Mark, Segment, segments
from model_zoo.symptoms.attribution import TextAttribution
from model_zoo.symptoms.differential import RED_FLAG_PROBABILITY, ConsideredCondition, Differential
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
        text("notes.conditions.red_flags", least=f"{100 * RED_FLAG_PROBABILITY:.0f}"),
        red,
        text("notes.conditions.ranked"),
        others,
        segments(differential.read.text, marks_of(differential, explained)),
        _notes(differential, explained),
        differential.caution,
    )


def marks_of(differential: Differential, explained: TextAttribution | None = None) -> tuple[Mark, ...]:
    """Return the marks of a text that was read: denied stretches, corrections, and the words that decide."""
    read = differential.read
    marks = [mark for n in read.negations for mark in (
        Mark(n.cue_start, n.cue_end, DENYING, text("notes.mark.denying")),
        Mark(n.start, n.end, DENIED, text("notes.mark.denied")),
    )]  # fmt: skip
    strongest = max((abs(w.contribution) for w in explained.words), default=0.0) if explained else 0.0
    coloured = set()
    for word in explained.words if explained and strongest else ():
        weight = word.contribution / strongest
        if abs(weight) >= _LEAST_WEIGHT:
            share = f"{word.contribution:+.2f}"
            note = text("notes.mark.share", share=share)
            if word.read_as:
                note = text("notes.mark.share_read_as", share=share, word=word.read_as)
            marks.append(Mark(word.start, word.end, FOR if weight > 0 else AGAINST, note, weight))
            coloured.add(word.start)
    for place, said in _evidence_places(differential).items():
        if place[0] not in coloured:
            marks.append(Mark(*place, EVIDENCE, text("notes.mark.read_as", word=said)))
            coloured.add(place[0])
    marks += [
        Mark(w.word.start, w.word.end, CORRECTED, text("notes.mark.read_as", word=w.read_as))
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
        return text("probability.least")
    return (
        text("probability.most")
        if probability > 0.99
        else text("probability.percent", value=f"{100 * probability:.0f}")
    )


def _row(condition: ConsideredCondition) -> ConditionRow:
    severity = text("notes.conditions.severity", severity=condition.severity)
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
        found.append(counted("notes.read.denied", len(read.negations)))
    if differential.mapped is not None:
        found += _mapping_notes(differential.mapped)
    if corrected := [w for w in read.words if w.read_as is not None]:
        found.append(counted("notes.read.corrected", len(corrected)))
    unknown = [w for w in read.content if not w.known]
    if unknown and not (differential.mapped and differential.mapped.evidences):
        found.append(text("notes.read.unknown", unknown=len(unknown), total=len(read.content)))
    if read.truncated:
        found.append(counted("notes.read.truncated", read.truncated))
    if explained is not None:
        found.append(text("notes.read.coloured", condition=explained.condition, delta=f"{explained.delta:+.3f}"))
        if not explained.converged:
            found.append(text("notes.read.rough"))
    return tuple(found)


def _mapping_notes(mapped: MappedNote) -> list[str]:
    """Say what was mapped to evidences, and what of the note was not."""
    if not mapped.evidences:
        return [text("notes.read.nothing_mapped")]
    said = list(dict.fromkeys(evidence.said_as for evidence in mapped.evidences))
    found = [counted("notes.read.mapped", len(said), findings=", ".join(said))]
    if mapped.unmapped:
        words = list(dict.fromkeys(word.text for word in mapped.unmapped))
        named, more = ", ".join(words[:_NAMED]), len(words) - _NAMED
        found.append(
            counted("notes.read.unmapped_more", more, words=named)
            if more > 0
            else text("notes.read.unmapped", words=named)
        )
    return found
