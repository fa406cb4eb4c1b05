"""The whole case as it is kept and exported: from the reading, the note and the hour of the stay that are on the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from model_zoo.alerts import Alert, AlertInputs, Rule, evaluate
from model_zoo.alerts.inputs import finding_values, record_values, risk_values
from model_zoo.case.assessment import (
    AgreementSummary,
    AlertSummary,
    CaseAssessment,
    NoteCondition,
    NoteFact,
    NoteSummary,
    PooledSummary,
    VitalComponent,
    VitalsSummary,
)
from model_zoo.case.case_review import CaseReview
from model_zoo.case.concordance import assess_concordance, discordance_sentences
from model_zoo.case.note_and_stay import NO_NOTE, NO_STAY, HourRead, NoteRead
from model_zoo.case.parts import monitoring_parts, risk_parts, scan_parts, symptom_parts
from model_zoo.case.values import differing_values
from model_zoo.errors import ZooError
from model_zoo.fusion.agreement import agreement_of_parts
from model_zoo.fusion.parts import CasePart
from model_zoo.fusion.pooling import pool, poolable, same_outcome


def parts_of(
    review: CaseReview, trust: Mapping[str, Any] | None, note: NoteRead = NO_NOTE, stay: HourRead = NO_STAY
) -> tuple[CasePart, ...]:
    """Return the parts of a case.

    Parameters
    ----------
    review
        The case.
    trust
        Of the scan model.
    note
        What the note gave.
    stay
        What the stay gave up to its hour.
    """
    values = (
        () if review.record is None else [name for name, value in review.record.values.items() if value is not None]
    )
    told = None if note.absent is not None or note.differential is None else note.differential
    ranked = None if told is None else {c.name: c.probability for c in told.ranked}
    silent = note.absent or (None if told is None else told.cannot_tell) or "The note was not read for complaints."
    absent = stay.absent or stay.refused
    return (
        *scan_parts(review, trust),
        *risk_parts(review.risk, review.risk_absent, values),
        *symptom_parts(ranked, silent),
        *(
            monitoring_parts(stay.score)
            if absent is None
            else [CasePart("monitoring", "Vital signs", "", absent=absent)]
        ),
    )


def alerts_of_review(review: CaseReview, rules: Sequence[Rule]) -> tuple[Alert, ...]:
    """Return the alerts of a reading: findings, risks, values of the record, and a contradiction between them."""
    return evaluate(
        rules,
        AlertInputs(
            risks=() if review.risk is None else risk_values([review.risk]),
            values={} if review.record is None else record_values(review.record),
            findings=finding_values(review.prediction, review.numbers),
            discordances=discordance_sentences(assess_concordance(review)),
        ),
    )


def assess_case(
    review: CaseReview,
    trust: Mapping[str, Any] | None,
    rules: Sequence[Rule],
    note: NoteRead = NO_NOTE,
    stay: HourRead = NO_STAY,
    prior: float | None = None,
) -> CaseAssessment:
    """Return what is kept beside the reading.

    Parameters
    ----------
    review
        The case.
    trust
        Of the scan model.
    rules
        Of the alerts.
    note
        What the note gave.
    stay
        What the stay gave up to its hour.
    prior
        Stated share of such patients with the outcome that can be pooled.
    """
    parts = parts_of(review, trust, note, stay)
    outcome, reason = poolable(parts)
    pooled: PooledSummary | None = None
    not_pooled: str | None = reason or "No prevalence was stated."
    if outcome is not None and prior is not None:
        try:
            found = pool(same_outcome(parts, outcome), prior)
        except ZooError as error:
            not_pooled = error.message
        else:
            pooled, not_pooled = (
                PooledSummary(
                    found.outcome, prior, found.probability, found.low, found.high, dict(found.shares), found.assumed
                ),
                None,
            )
    own = alerts_of_review(review, rules)
    return CaseAssessment(
        None if note.absent is not None else note_summary(note),
        None if stay.absent is not None else vitals_summary(stay),
        tuple(
            AgreementSummary(a.question, a.state, a.raised, a.lowered, a.undecided, a.missing, a.sentence)
            for a in agreement_of_parts(parts)
        ),
        pooled,
        not_pooled,
        tuple(AlertSummary(**alert.to_json()) for alert in (*own, *(() if stay.absent is not None else stay.alerts))),
        differing_values(review.record, note, stay),
    )


def note_summary(note: NoteRead) -> NoteSummary:
    """Return what is kept of a note that counts."""
    facts = tuple(
        NoteFact(i.kind, i.name, i.title, i.value, i.unit, i.negated, i.context, i.problems) for i in note.items
    )
    told = note.differential
    if told is None:
        return NoteSummary(facts, (), "The note was not read for complaints.", None, "")
    conditions = tuple(NoteCondition(c.name, c.icd10, c.severity, c.probability, c.red_flag) for c in told.displayed)
    flags = tuple(flag.name for flag in told.word_flags)
    return NoteSummary(facts, conditions, told.cannot_tell, told.model, told.caution, flags)


def vitals_summary(stay: HourRead) -> VitalsSummary:
    """Return what is kept of the hour of a stay that counts."""
    score = stay.score
    if score is None or stay.refused is not None:
        words = stay.refused or "NEWS2 not known"
        return VitalsSummary(stay.hour, stay.last_hour, stay.synthetic, words, "", None, None, False, (), ())
    return VitalsSummary(
        stay.hour,
        stay.last_hour,
        stay.synthetic,
        None,
        score.words,
        score.aggregate if score.known else None,
        score.highest,
        score.partial,
        score.missing,
        tuple(VitalComponent(c.name, c.points, c.words) for c in score.components),
    )
