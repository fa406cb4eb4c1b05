"""The case as a whole: what each part says, by question whether they agree, and one number only where one is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.catalogue import text
from model_zoo.errors import ZooError
from model_zoo.fusion import CasePart, PooledEstimate, agreement_of_parts, pool, poolable, same_outcome
from model_zoo.fusion.agreement import AGREE, ALONE, CONFLICT, UNDECIDED

ICONS = {AGREE: ":material/handshake:", CONFLICT: ":material/call_split:", ALONE: ":material/looks_one:"}
STATES = {AGREE: "agree", CONFLICT: "conflict", ALONE: "alone", UNDECIDED: "undecided"}
COLOURS = {AGREE: "blue", CONFLICT: "orange"}
_OTHER_ICON, _OTHER_COLOUR = ":material/help:", "gray"


@dataclass(frozen=True)
class AgreementRow:
    """One question. badge: question and state; sentence: who is raised, who is not, what is missing."""

    badge: str
    icon: str
    colour: str
    sentence: str


@dataclass(frozen=True)
class WholeCaseView:
    """parts: what each modality says. agreements: by question. poolable: the outcome that parts may be pooled for, or None.

    pooled: at the stated prevalence, where one was stated; pooled_words: it, or why there is none.
    """

    parts: tuple[str, ...]
    agreements: tuple[AgreementRow, ...]
    poolable: str | None
    pooled: PooledEstimate | None
    pooled_words: str


def build_whole_case(parts: Sequence[CasePart], prior: float | None = None) -> WholeCaseView:
    """Return the panel. prior: share of such patients who have the outcome, as the reader states it; none is assumed."""
    rows = tuple(
        AgreementRow(
            text("together.question", question=found.question, state=text(f"together.state.{STATES[found.state]}")),
            ICONS.get(found.state, _OTHER_ICON),
            COLOURS.get(found.state, _OTHER_COLOUR),
            found.sentence,
        )
        for found in agreement_of_parts(parts)
    )
    outcome, reason = poolable(parts)
    pooled, words = None, reason
    if outcome is not None:
        words = text("together.ask_prior", outcome=outcome)
        if prior is not None:
            try:
                pooled = pool(same_outcome(parts, outcome), prior)
                words = f"{pooled.sentence} {pooled.assumed}"
            except ZooError as error:
                words = f"{error.message} {error.hint}"
    return WholeCaseView(tuple(p.sentence for p in parts if p.absent is None), rows, outcome, pooled, words)
