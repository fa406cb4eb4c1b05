"""How well the beats of a strip are found: sensitivity and positive predictive value against known R peaks.

A beat counts as found where a detection lies within 75 ms of it, one to one, half of the 150 ms that ANSI/AAMI EC57 allows.
What lies within 0.75 s of an end of the strip, where a beat may be cut, is counted neither way. A strip that the detector
refuses counts with all its beats as missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import find_peaks

from model_zoo.ecg.network import RATE_HZ
from model_zoo.ecg.recordings import Recording, neurokit
from model_zoo.ecg.strip import read_strip
from model_zoo.errors import ZooError
from model_zoo.text.scoring.measured import exact_interval

_BESIDE = Path(__file__).resolve().parents[1] / "ecg"
DETECTOR_FILE, FIGURES_FILE = _BESIDE / "detector.json", _BESIDE / "FIGURES.md"
WITHIN_S, EDGE_S = 0.075, 0.75
RESAMPLES, SEED = 1000, 17
OURS, TRIVIAL, NEUROKIT = "this detector", "half of the highest deflection", "neurokit2"


@dataclass(frozen=True)
class Counts:
    """Of one strip: beats found, missed, and detections that are none."""

    found: int
    missed: int
    false: int


def detected(recording: Recording) -> np.ndarray:
    """Return the seconds of the beats that the shipped detector finds, none of a strip that it refuses."""
    try:
        return read_strip(1000 * recording.millivolts, recording.rate_hz).peaks / RATE_HZ
    except ZooError:
        return np.empty(0)


def trivially(recording: Recording) -> np.ndarray:
    """Return the seconds of every local maximum above half of the span, a quarter of a second apart."""
    line = recording.millivolts
    peaks, _ = find_peaks(line, height=line.min() + 0.5 * np.ptp(line), distance=int(0.25 * recording.rate_hz))
    return peaks / recording.rate_hz


def by_neurokit(recording: Recording) -> np.ndarray:
    """Return the seconds of the beats that neurokit2's own default detector finds."""
    package = neurokit()
    clean = package.ecg_clean(recording.millivolts, sampling_rate=recording.rate_hz)
    return np.asarray(package.ecg_peaks(clean, sampling_rate=recording.rate_hz)[1]["ECG_R_Peaks"]) / recording.rate_hz


DETECTORS: dict[str, Callable[[Recording], np.ndarray]] = {OURS: detected, TRIVIAL: trivially, NEUROKIT: by_neurokit}


def count(truth: np.ndarray, found: np.ndarray, seconds: float) -> Counts:
    """Match detections to beats, each to the next free one. All in seconds."""
    taken = np.zeros(len(found), bool)
    hits = missed = 0
    for beat in truth:
        free = np.flatnonzero(~taken & (np.abs(found - beat) <= WITHIN_S))
        if free.size:
            taken[free[np.argmin(np.abs(found[free] - beat))]] = True
        if EDGE_S <= beat <= seconds - EDGE_S:
            hits += bool(free.size)
            missed += not free.size
    inside = (found >= EDGE_S) & (found <= seconds - EDGE_S)
    return Counts(hits, missed, int((~taken & inside).sum()))


def measure_detectors(strips: Iterable[Recording]) -> dict[str, Any]:
    """Return the figures of every detector, pooled and by condition, with 95 % intervals over strips."""
    rows: list[tuple[dict[str, str], dict[str, Counts]]] = []
    for strip in strips:
        seconds = len(strip.millivolts) / strip.rate_hz
        rows.append(
            (strip.condition, {name: count(strip.r_seconds, find(strip), seconds) for name, find in DETECTORS.items()})
        )
    conditions: dict[str, dict[str, Any]] = {}
    for kind in rows[0][0]:
        for value in dict.fromkeys(condition[kind] for condition, _ in rows):
            own = [counts for condition, counts in rows if condition[kind] == value]
            conditions.setdefault(kind, {})[value] = {name: figures([one[name] for one in own]) for name in DETECTORS}
    each: dict[str, list[Counts]] = {}
    for condition, counts in rows:
        each.setdefault(f"{condition['sampling rate']}, {condition['heart rate']}", []).append(counts[OURS])
    return {
        "strips": len(rows),
        "beats": sum(one[OURS].found + one[OURS].missed for _, one in rows),
        "pooled": {name: figures([one[name] for _, one in rows]) for name in DETECTORS},
        "conditions": conditions,
        # What a few strips measured again are compared with.
        "each": {
            name: {kind: sum(getattr(one, kind) for one in own) for kind in ("found", "missed", "false")}
            for name, own in each.items()
        },
    }


def figures(counts: Sequence[Counts]) -> dict[str, Any]:
    """Return sensitivity and positive predictive value of some strips, with the counts behind them."""
    table = np.array([[one.found, one.missed, one.false] for one in counts])
    return {
        "strips": len(counts),
        "found": int(table[:, 0].sum()),
        "missed": int(table[:, 1].sum()),
        "false": int(table[:, 2].sum()),
        "sensitivity": _share(table[:, 0], table[:, 1]),
        "ppv": _share(table[:, 0], table[:, 2]),
    }


def _share(hits: np.ndarray, others: np.ndarray) -> dict[str, float | None]:
    """Return a share with its interval over resampled strips; exact where no strip has an error, or all have only errors."""
    total, right = int((hits + others).sum()), int(hits.sum())
    if total == 0:
        return {"value": None, "low": None, "high": None}
    if right in (0, total):
        low, high = exact_interval(right, total)
    else:
        drawn = np.random.default_rng(SEED).integers(0, len(hits), (RESAMPLES, len(hits)))
        sums, errors = hits[drawn].sum(axis=1), others[drawn].sum(axis=1)
        kept = (sums + errors) > 0
        low, high = np.quantile(sums[kept] / (sums + errors)[kept], [0.025, 0.975])
    return {"value": right / total, "low": float(low), "high": float(high)}
