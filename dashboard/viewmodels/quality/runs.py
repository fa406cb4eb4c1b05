"""The phantom runs as curves, words and rows: a run, the release and the log flow in, plain numbers and sentences come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dashboard.catalogue import counted, text
from dashboard.records.quality_log import LoggedRun
from model_zoo.quality.release import BAND_RULE, QualityRelease
from model_zoo.quality.result import QualityResult
from model_zoo.quality.verdict import (
    INSIDE,
    NO_RELEASE,
    NOT_COMPARABLE,
    OTHER_WEIGHTS,
    OUTSIDE,
    change_words,
)

HASH_DIGITS = 8  # enough to compare by eye; the whole hash stands in the download
STATUSES = (INSIDE, OUTSIDE, OTHER_WEIGHTS, NOT_COMPARABLE, NO_RELEASE)


@dataclass(frozen=True)
class CurvePoint:
    """One contrast: share from 0 to 1, its accepted band, the same in words. low, high: ``None`` without a release."""

    contrast: float
    value: float
    low: float | None
    high: float | None
    words: str


@dataclass(frozen=True)
class CurveLine:
    """One size: its points in order of contrast. outside: whether any of them leaves its band."""

    title: str
    points: tuple[CurvePoint, ...]
    outside: bool


@dataclass(frozen=True)
class CurveView:
    """One plot. reference: a share drawn as a dotted line, with its words; ``None`` where there is none."""

    title: str
    axis: str
    lines: tuple[CurveLine, ...]
    reference: float | None
    reference_words: str


@dataclass(frozen=True)
class ConstancyPoint:
    """One run: largest change of a logit since release."""

    when: str
    change: float
    passed: bool
    words: str


@dataclass(frozen=True)
class HistoryRow:
    """One earlier run in words."""

    when: str
    weights: str
    device: str
    verdict: str
    change: str


@dataclass(frozen=True)
class QualityView:
    """One run beside the release. facts: the installation in one line. notes: how band and curves came about."""

    detection: CurveView
    localisation: CurveView
    false_positives: str
    facts: str
    notes: tuple[str, ...]


def build_quality(result: QualityResult, release: QualityRelease | None) -> QualityView:
    """Lay a run over the band of the release; with the release's own run, the record itself is shown."""
    comparable = release is not None and release.result.series.sha256 == result.series.sha256
    bands = release if comparable else None
    chances = [level.chance for level in result.levels]
    n = max((level.n for level in result.levels), default=0)
    rate = result.false_positive_rate
    return QualityView(
        detection=CurveView(
            text("quality.detection"),
            text("quality.detection.axis"),
            _lines(result, bands, "detection"),
            rate,
            text("quality.detection.reference"),
        ),
        localisation=CurveView(
            text("quality.localisation"),
            text("quality.localisation.axis"),
            _lines(result, bands, "localisation"),
            sum(chances) / len(chances) if chances else None,
            text("quality.localisation.reference"),
        ),
        false_positives=_false_positives(result, bands),
        facts=counted(
            "quality.facts",
            len(result.films),
            when=local_time(result.created_at),
            model=result.model,
            version=result.model_version,
            weights=result.weights_sha256[:HASH_DIGITS],
            device=result.device,
            seconds=f"{result.seconds:.0f}",
        ),
        notes=(counted("quality.note.flagged", n), text("quality.note.band", rule=BAND_RULE)),
    )


def build_history(log: Sequence[LoggedRun]) -> tuple[HistoryRow, ...]:
    """Return the log as rows, newest first, unreadable files included with their problem."""
    rows = []
    for line in log:
        if line.run is None:
            rows.append(HistoryRow(local_time(line.created_at), "", "", line.problem, ""))
            continue
        result, verdict = line.run.result, line.run.verdict
        rows.append(
            HistoryRow(
                local_time(line.created_at),
                result.weights_sha256[:HASH_DIGITS],
                result.device,
                status_words(verdict.status),
                change_words(verdict.largest_change_logit),
            )
        )
    return tuple(rows)


def build_constancy(log: Sequence[LoggedRun]) -> tuple[ConstancyPoint, ...]:
    """Return the runs whose constancy was judged, oldest first."""
    points = []
    for line in reversed(log):
        verdict = None if line.run is None else line.run.verdict
        change = None if verdict is None else verdict.largest_change_logit
        if verdict is None or change is None:
            continue
        words = text("quality.changed", verdict=status_words(verdict.status), change=change_words(change))
        points.append(ConstancyPoint(line.created_at, change, verdict.passed, words))
    return tuple(points)


def status_words(status: str) -> str:
    """Return a verdict in a word or two; one that this release does not know as it stands in the log."""
    return text(f"quality.status.{status.replace(' ', '_')}") if status in STATUSES else status


def local_time(moment: str) -> str:
    """Return an ISO time as "2026-01-31 07:05 UTC": one clock for all machines of a department."""
    return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _lines(result: QualityResult, release: QualityRelease | None, kind: str) -> tuple[CurveLine, ...]:
    lines = []
    for size in dict.fromkeys(level.size for level in result.levels):
        points = []
        for level in result.levels:
            if level.size != size:
                continue
            value = float(getattr(level, kind))
            band = None if release is None else release.band(level.size, level.contrast)
            low, high = (None, None) if band is None else getattr(band, kind)
            points.append(CurvePoint(level.contrast, value, low, high, _count_words(value, level.n, low, high)))
        lines.append(CurveLine(text("quality.line", size=size), tuple(points), any(map(_outside, points))))
    return tuple(lines)


def _count_words(share: float, n: int, low: float | None, high: float | None) -> str:
    hits = round(share * n)
    if low is None or high is None:
        return text("quality.count", hits=hits, n=n)
    return text("quality.count_accepted", hits=hits, n=n, low=f"{100 * low:.0f}", high=f"{100 * high:.0f}")


def _outside(point: CurvePoint) -> bool:
    return point.low is not None and point.high is not None and not point.low - 1e-9 <= point.value <= point.high + 1e-9


def _false_positives(result: QualityResult, release: QualityRelease | None) -> str:
    rate, n = result.false_positive_rate, len(result.clear)
    if rate is None:
        return text("quality.clear_none")
    band = None if release is None else release.false_positives
    if band is None:
        return text("quality.clear", hits=round(rate * n), n=n)
    return text("quality.clear_accepted", hits=round(rate * n), n=n, low=round(band[0] * n), high=round(band[1] * n))
