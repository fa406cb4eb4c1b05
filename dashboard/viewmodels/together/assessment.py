"""The case as a whole: what each part says, by question whether they agree, and one number only where one is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.catalogue import text
from dashboard.viewmodels.note.symptoms import percent
from model_zoo.case.assessment import AgreementSummary, CaseAssessment
from model_zoo.errors import ZooError
from model_zoo.fusion import CasePart, PooledEstimate, agreement_of_parts, pool, poolable, same_outcome
from model_zoo.fusion.agreement import AGREE, ALONE, CONFLICT, UNDECIDED, PartsAgreement

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
class AssessmentView:
    """parts: what each modality says. agreements: by question. poolable: the outcome that parts may be pooled for, or None.

    pooled: at the stated prevalence, where one was stated; pooled_words: it, or why there is none.
    """

    parts: tuple[str, ...]
    agreements: tuple[AgreementRow, ...]
    poolable: str | None
    pooled: PooledEstimate | None
    pooled_words: str


def build_assessment_view(parts: Sequence[CasePart], prior: float | None = None) -> AssessmentView:
    """Return the panel. prior: share of such patients who have the outcome, as the reader states it; none is assumed."""
    rows = _rows(agreement_of_parts(parts))
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
    return AssessmentView(tuple(p.sentence for p in parts if p.absent is None), rows, outcome, pooled, words)


def saved_assessment_view(whole: CaseAssessment) -> AssessmentView:
    """Return the panel of a saved case, as it was then; what each part said in words is not kept."""
    words, kept = whole.not_pooled or "", whole.pooled
    if kept is not None:
        words = text(
            "together.pooled",
            prior=f"{100 * kept.prior:.3g}",
            outcome=kept.outcome,
            probability=percent(kept.probability),
            low=percent(kept.low),
            high=percent(kept.high),
            shares=", ".join(
                text("together.pooled.share", name=name, points=f"{100 * share:+.1f}")
                for name, share in kept.shares.items()
            ),
            assumed=kept.assumed,
        )
    return AssessmentView((), _rows(whole.agreements), None, None, words)


def _rows(agreements: Sequence[PartsAgreement | AgreementSummary]) -> tuple[AgreementRow, ...]:
    return tuple(
        AgreementRow(
            text("together.question", question=found.question, state=text(f"together.state.{STATES[found.state]}")),
            ICONS.get(found.state, _OTHER_ICON),
            COLOURS.get(found.state, _OTHER_COLOUR),
            found.sentence,
        )
        for found in agreements
    )
