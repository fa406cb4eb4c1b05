"""Do the parts of a case point the same way? By question, in words, with what is missing; never as one number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model_zoo.fusion.parts import MODALITIES, CasePart

AGREE, CONFLICT, ALONE, UNDECIDED = "agree", "conflict", "one part alone", "undecided"


@dataclass(frozen=True)
class Agreement:
    """One question that parts of the case speak to.

    state: AGREE, CONFLICT, ALONE or UNDECIDED. raised, lowered, undecided: titles of the parts on either side of their
    thresholds, and of those that cannot tell. missing: modalities that say nothing, with the reason. sentence: all of it.
    """

    question: str
    state: str
    raised: tuple[str, ...]
    lowered: tuple[str, ...]
    undecided: tuple[str, ...]
    missing: tuple[str, ...]
    sentence: str


def agreement_of_parts(parts: Sequence[CasePart]) -> tuple[Agreement, ...]:
    """Return one agreement per question that any part speaks to, in the order in which they are asked."""
    questions = list(
        dict.fromkeys(part.question for part in parts if part.question is not None and part.absent is None)
    )
    return tuple(_agreement(question, parts) for question in questions)


def _agreement(question: str, parts: Sequence[CasePart]) -> Agreement:
    speaking = [part for part in parts if part.question == question and part.absent is None]
    raised = tuple(part.title for part in speaking if part.raised is True)
    lowered = tuple(part.title for part in speaking if part.raised is False)
    undecided = tuple(part.title for part in speaking if part.raised is None)
    missing = tuple(
        f"{modality}: {_reason(modality, parts)}"
        for modality in MODALITIES
        if not any(part.modality == modality for part in speaking)
    )
    if len(raised) + len(lowered) + len(undecided) < 2:
        state, words = ALONE, f"One part alone speaks to it: {speaking[0].title}."
    elif raised and lowered:
        state = CONFLICT
        words = (
            f"{_listed(raised)} {_verb(raised)} raised, {_listed(lowered)} {_verb(lowered)} not. A conflict is a reason to look "
            "again at both, not to believe the higher."
        )
    elif raised and not undecided:
        state, words = AGREE, f"{_listed(raised)} are {_all(raised)} raised."
    elif lowered and not undecided:
        state, words = AGREE, f"{_listed(lowered)} are {_all(lowered)} below their thresholds; that rules nothing out."
    else:
        state, words = UNDECIDED, f"{_listed(undecided)} cannot tell."
    if missing:
        words += f" Not part of it: {'; '.join(missing)}."
    return Agreement(question, state, raised, lowered, undecided, missing, words)


def _reason(modality: str, parts: Sequence[CasePart]) -> str:
    mine = [part for part in parts if part.modality == modality]
    if not mine:
        return "not given"
    absent = next((part.absent for part in mine if part.absent is not None), None)
    return absent.rstrip(".") if absent is not None else "speaks to another question"


def _listed(titles: Sequence[str]) -> str:
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"


def _all(titles: Sequence[str]) -> str:
    return "both" if len(titles) == 2 else "all"


def _verb(titles: Sequence[str]) -> str:
    return "is" if len(titles) == 1 else "are"
