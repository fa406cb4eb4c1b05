"""What stood beside a saved reading, as titled lists of sentences."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.catalogue import text
from dashboard.viewmodels.note.symptoms import percent
from model_zoo.review.whole import NoteFact, NoteSummary, PooledSummary, VitalsSummary, WholeCase


@dataclass(frozen=True)
class StoredWholeView:
    """sections: title and its lines; one without lines is left out."""

    sections: tuple[tuple[str, tuple[str, ...]], ...]


def build_stored_whole(whole: WholeCase) -> StoredWholeView:
    """Return the sections of a saved case."""
    sections = (
        (text("report.note.title"), () if whole.note is None else _note(whole.note)),
        (text("report.vitals.title"), () if whole.vital_signs is None else (_vitals(whole.vital_signs),)),
        (
            text("stored.together"),
            (
                *(
                    text("stored.agreement", question=a.question, state=a.state, sentence=a.sentence)
                    for a in whole.agreements
                ),
                *(text("stored.differing", sentence=found.sentence) for found in whole.differing_values),
                _pooled(whole),
            ),
        ),
        (
            text("stored.alerts"),
            tuple(
                text("stored.alert", level=text(f"level.{a.level}"), reason=a.reason)
                if a.hour is None
                else text("stored.alert_at", level=text(f"level.{a.level}"), hour=f"{a.hour:g}", reason=a.reason)
                for a in whole.alerts
            ),
        ),
    )
    return StoredWholeView(tuple((title, lines) for title, lines in sections if lines))


def _note(note: NoteSummary) -> tuple[str, ...]:
    facts = "; ".join(_fact(fact) for fact in note.facts)
    stated = text("report.note.stated", facts=facts) if facts else text("report.note.nothing")
    flags = (text("report.note.flags", flags=", ".join(note.word_flags)),) if note.word_flags else ()
    if note.cannot_tell is not None:
        return (*flags, stated, note.cannot_tell)
    considered = ", ".join(f"{c.name} {percent(c.probability)}" for c in note.conditions)
    return (*flags, stated, f"{text('report.note.conditions', conditions=considered)} {note.caution}")


def _fact(fact: NoteFact) -> str:
    value = "" if fact.value is None else f" {fact.value:.4g}" if isinstance(fact.value, float) else f" {fact.value}"
    words = f"{fact.title}{value}{f' {fact.unit}' if value and fact.unit else ''}"
    words = text("report.note.denied", fact=words) if fact.negated else words
    return words if fact.context == "patient" else text("report.note.other", fact=words, context=fact.context)


def _vitals(vitals: VitalsSummary) -> str:
    words = vitals.refused or vitals.words
    return text("report.vitals.hour", hour=f"{vitals.hour:g}", last=f"{vitals.last_hour:g}", words=words)


def _pooled(whole: WholeCase) -> str:
    pooled: PooledSummary | None = whole.pooled
    if pooled is None:
        return whole.not_pooled or ""
    return text(
        "stored.pooled",
        prior=f"{100 * pooled.prior:.3g}",
        outcome=pooled.outcome,
        probability=percent(pooled.probability),
        low=percent(pooled.low),
        high=percent(pooled.high),
        shares=", ".join(
            text("stored.pooled.share", name=name, points=f"{100 * share:+.1f}")
            for name, share in pooled.shares.items()
        ),
        assumed=pooled.assumed,
    )
