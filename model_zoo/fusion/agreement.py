"""Do the parts of a case point the same way? By question, in words, with what is missing; never as one number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model_zoo.fusion.parts import MODALITIES, CasePart

AGREE, CONFLICT, ALONE, UNDECIDED = "agree", "conflict", "one part alone", "undecided"


@dataclass(frozen=True)
class PartsAgreement:
    """One question that parts of the case speak to.

    state: AGREE, CONFLICT, ALONE or UNDECIDED. AGREE only where every part that speaks to it is offered and no map of theirs
    waits to be judged. raised, lowered, undecided: titles of the parts that are flagged, not flagged and undecided. missing:
    modalities that say nothing, with the reason. sentence: all of it.
    """

    question: str
    state: str
    raised: tuple[str, ...]
    lowered: tuple[str, ...]
    undecided: tuple[str, ...]
    missing: tuple[str, ...]
    sentence: str


def agreement_of_parts(parts: Sequence[CasePart]) -> tuple[PartsAgreement, ...]:
    """Return one agreement per question that any part speaks to, in the order in which they are asked."""
    questions = list(
        dict.fromkeys(part.question for part in parts if part.question is not None and part.absent is None)
    )
    return tuple(_agreement(question, parts) for question in questions)


def _agreement(question: str, parts: Sequence[CasePart]) -> PartsAgreement:
    speaking = [part for part in parts if part.question == question and part.absent is None]
    raised = tuple(part.title for part in speaking if part.raised is True)
    lowered = tuple(part.title for part in speaking if part.raised is False)
    undecided = tuple(part.title for part in speaking if part.raised is None)
    missing = tuple(
        f"{modality}: {_reason(modality, parts)}"
        for modality in MODALITIES
        if not any(part.modality == modality for part in speaking)
    )
    state, words = _compared(speaking, raised, lowered, undecided)
    refused = next((part for part in parts if part.question == question and part.absent is not None), None)
    if state == AGREE and refused is not None:
        state, words = UNDECIDED, f"{words} {refused.title} is not offered here, so it cannot agree."
    words += _left_out(missing)
    return PartsAgreement(question, state, raised, lowered, undecided, missing, words)


def short_sentence(sentence: str, missing: Sequence[str]) -> str:
    """Return the sentence of an agreement without what it says of the parts that do not speak to its question."""
    return sentence.removesuffix(_left_out(missing))


def _left_out(missing: Sequence[str]) -> str:
    return f" Not part of it: {'; '.join(missing)}." if missing else ""


def _compared(
    speaking: Sequence[CasePart], raised: tuple[str, ...], lowered: tuple[str, ...], undecided: tuple[str, ...]
) -> tuple[str, str]:
    """Return the state of the parts that speak, and the sentence."""
    if len(speaking) < 2:
        return ALONE, f"{speaking[0].title} stands alone: nothing else here answers the same question."
    if raised and lowered:
        return CONFLICT, (
            f"{_listed(raised)} {_verb(raised)} flagged, {_listed(lowered)} {_verb(lowered)} not. A conflict is a reason to look "
            "again at both, not to believe the higher."
        )
    if undecided:
        return UNDECIDED, f"{_listed(undecided)} {_verb(undecided)} undecided."
    if raised:
        said = f"{_listed(raised)} are {_all(raised)} flagged."
    else:
        said = f"{_listed(lowered)} are {_all(lowered)} not flagged; this excludes nothing."
    unjudged = [part.title for part in speaking if not part.judged]
    if unjudged:
        return (
            UNDECIDED,
            f"{said} Whether the map of {_listed(unjudged)} can be believed is not known, so they do not agree yet.",
        )
    return AGREE, said


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
