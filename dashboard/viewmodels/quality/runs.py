"""The phantom runs as curves, words and rows: a run, the release and the log flow in, plain numbers and sentences come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dashboard.records.quality_log import LoggedRun
from model_zoo.trust.quality_release import BAND_RULE, QualityRelease
from model_zoo.trust.quality_result import QualityResult
from model_zoo.trust.quality_verdict import (
    INSIDE,
    NO_RELEASE,
    NOT_COMPARABLE,
    OTHER_WEIGHTS,
    OUTSIDE,
    change_words,
)

HASH_DIGITS = 8  # enough to compare by eye; the whole hash stands in the download
STATUS_WORDS = {
    INSIDE: "inside",
    OUTSIDE: "outside",
    OTHER_WEIGHTS: "other weights",
    NOT_COMPARABLE: "not comparable",
    NO_RELEASE: "no release",
}
PURPOSE = (
    "The phantoms are computed, with opacities planted at known places. The series shows whether this installation still "
    "reads as it did at release; it says nothing about accuracy on patients."
)


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
            "Detection",
            "share of phantoms called",
            _lines(result, bands, "detection"),
            rate,
            "clear phantoms called",
        ),
        localisation=CurveView(
            "Localisation",
            "share of Grad-CAM peaks in the lesion",
            _lines(result, bands, "localisation"),
            sum(chances) / len(chances) if chances else None,
            "a random place in the lungs",
        ),
        false_positives=_false_positives(result, bands),
        facts=(
            f"{local_time(result.created_at)} · {result.model} {result.model_version} · weights "
            f"{result.weights_sha256[:HASH_DIGITS]} · {result.device} · {len(result.films)} phantoms in "
            f"{result.seconds:.0f} s"
        ),
        notes=(
            f"Called: at or above the operating threshold of the card. Each point is {n} chests, the same at every "
            "contrast and size; contrast is the share of the air in the lesion that fluid replaces.",
            f"Shaded is the accepted band: {BAND_RULE}. So few chests give a wide band; the sharp test is the change of "
            "each film's logit since release.",
        ),
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
                STATUS_WORDS.get(verdict.status, verdict.status),
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
        words = f"{STATUS_WORDS.get(verdict.status, verdict.status)}, largest change {change_words(change)}"
        points.append(ConstancyPoint(line.created_at, change, verdict.passed, words))
    return tuple(points)


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
            accepted = "" if low is None or high is None else f", accepted {100 * low:.0f} to {100 * high:.0f} %"
            words = f"{round(value * level.n)} of {level.n}{accepted}"
            points.append(CurvePoint(level.contrast, value, low, high, words))
        lines.append(CurveLine(f"{size} opacities", tuple(points), any(map(_outside, points))))
    return tuple(lines)


def _outside(point: CurvePoint) -> bool:
    return point.low is not None and point.high is not None and not point.low - 1e-9 <= point.value <= point.high + 1e-9


def _false_positives(result: QualityResult, release: QualityRelease | None) -> str:
    rate, n = result.false_positive_rate, len(result.clear)
    if rate is None:
        return "The series holds no clear phantom."
    band = None if release is None else release.false_positives
    accepted = "" if band is None else f" (accepted {round(band[0] * n)} to {round(band[1] * n)})"
    return f"Clear phantoms called: {round(rate * n)} of {n}{accepted}."
