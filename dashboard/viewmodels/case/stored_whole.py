"""What stood beside a saved reading, as titled lists of sentences."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.viewmodels.note.symptoms import percent
from model_zoo.alerts.rule import LEVEL_TITLES
from model_zoo.review.whole import NoteFact, NoteSummary, PooledSummary, VitalsSummary, WholeCase


@dataclass(frozen=True)
class StoredWholeView:
    """sections: title and its lines; one without lines is left out."""

    sections: tuple[tuple[str, tuple[str, ...]], ...]


def build_stored_whole(whole: WholeCase) -> StoredWholeView:
    """Return the sections of a saved case."""
    sections = (
        ("Note", () if whole.note is None else _note(whole.note)),
        ("Vital signs", () if whole.vital_signs is None else (_vitals(whole.vital_signs),)),
        (
            "The case as a whole",
            (
                *(f"{a.question}, {a.state}: {a.sentence}" for a in whole.agreements),
                *(f"Stated differently: {found.sentence}" for found in whole.differing_values),
                _pooled(whole),
            ),
        ),
        (
            "Alerts then",
            tuple(
                f"{LEVEL_TITLES[a.level]}{'' if a.hour is None else f', hour {a.hour:g}'}: {a.reason}"
                for a in whole.alerts
            ),
        ),
    )
    return StoredWholeView(tuple((title, lines) for title, lines in sections if lines))


def _note(note: NoteSummary) -> tuple[str, ...]:
    stated = "; ".join(_fact(fact) for fact in note.facts) or "nothing was read of it"
    flags = (f"Red flags in the words: {', '.join(note.word_flags)}.",) if note.word_flags else ()
    if note.cannot_tell is not None:
        return (*flags, f"Stated: {stated}.", note.cannot_tell)
    considered = ", ".join(f"{c.name} {percent(c.probability)}" for c in note.conditions)
    return (*flags, f"Stated: {stated}.", f"Conditions to consider: {considered}. {note.caution}")


def _fact(fact: NoteFact) -> str:
    value = "" if fact.value is None else f" {fact.value:.4g}" if isinstance(fact.value, float) else f" {fact.value}"
    whose = "" if fact.context == "patient" else f" ({fact.context})"
    return f"{'no ' if fact.negated else ''}{fact.title}{value}{f' {fact.unit}' if value and fact.unit else ''}{whose}"


def _vitals(vitals: VitalsSummary) -> str:
    return f"Hour {vitals.hour:g} of {vitals.last_hour:g}: {vitals.refused or vitals.words}."


def _pooled(whole: WholeCase) -> str:
    pooled: PooledSummary | None = whole.pooled
    if pooled is None:
        return whole.not_pooled or ""
    shares = ", ".join(f"{name} {100 * share:+.1f} points" for name, share in pooled.shares.items())
    return (
        f"Where {100 * pooled.prior:.3g} % of such patients have it, {pooled.outcome}: {percent(pooled.probability)} "
        f"({percent(pooled.low)} to {percent(pooled.high)}); {shares}. {pooled.assumed}"
    )
