"""The drift of new films as rows and notes: what was compared with its reference, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.catalogue import text
from dashboard.viewmodels.model_review.report import p_words
from model_zoo.evaluation.drift_report import DriftReport
from model_zoo.evaluation.review_words import Nouns

_FILMS = Nouns()


@dataclass(frozen=True)
class DriftRow:
    """One thing that was compared with its reference."""

    what: str
    new: str
    reference: str
    size: str
    p_value: str
    verdict: str


def drift_rows(report: DriftReport) -> tuple[DriftRow, ...]:
    """Return everything that was compared: refusals, distance, scores, tags."""
    rows = []
    if report.refused is not None:
        found = report.refused
        share = 100 * found.refused / found.n_films
        rows.append(
            DriftRow(
                text("review.drift.refused"),
                text(
                    "review.drift.share_interval",
                    share=f"{share:.0f}",
                    low=f"{100 * found.low:.0f}",
                    high=f"{100 * found.high:.0f}",
                ),
                text("review.drift.share", share=f"{100 * found.expected:.0f}"),
                text("review.drift.share", share=f"{round(share - 100 * found.expected) + 0:+d}"),
                p_words(found.p_value),
                _drift_word(found.drifted),
            )
        )
    for shift in report.shifts:
        rows.append(
            DriftRow(
                shift.title,
                text("review.drift.median", value=f"{shift.median:.2f}"),
                text("review.drift.median", value=f"{shift.reference_median:.2f}"),
                text("review.drift.distance", value=f"{shift.statistic:.2f}"),
                p_words(shift.p_value),
                _drift_word(shift.drifted),
            )
        )
    for tag in report.tags:
        if tag.distance > 0:
            rows.append(
                DriftRow(
                    text("review.drift.tag", tag=tag.tag),
                    _values(tag.new),
                    _values(tag.reference),
                    text("review.drift.tag_moved", share=f"{100 * tag.distance:.0f}"),
                    text("review.not_defined") if tag.p_value is None else p_words(tag.p_value),
                    _drift_word(tag.drifted),
                )
            )
    return tuple(rows)


def drift_notes(report: DriftReport, nouns: Nouns = _FILMS) -> tuple[str, ...]:
    """Return how the drift was measured and what was left out."""
    read = text(
        "review.drift.note.read",
        films=report.n_films,
        pictures=nouns.pictures,
        picture=nouns.picture,
        population=report.population,
        unreadable=report.unreadable,
        uncovered=report.uncovered,
    )
    notes = [read, text("review.drift.note.tests")]
    if not report.tags:
        notes.append(text("review.drift.note.no_tags"))
    return tuple(notes)


def _values(shares: tuple[tuple[str, float], ...]) -> str:
    return ", ".join(text("review.drift.tag_value", value=value, share=f"{100 * share:.0f}") for value, share in shares)


def _drift_word(drifted: bool) -> str:
    return text("review.drift.changed") if drifted else text("review.drift.unchanged")
