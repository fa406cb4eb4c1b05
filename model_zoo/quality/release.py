"""The release record of the phantom series: the run at release and the band that later runs are held against."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model_zoo.disk import FOR_ALL, read_json_file, write_whole
from model_zoo.errors import CaseUnreadable
from model_zoo.quality.result import NOT_STORED, FilmReading, QualityResult, result_from_json, result_to_json, share
from model_zoo.stored import Interval, Length, rebuild

SCHEMA_VERSION = 1
FILE = "quality.json"
# Measured on the release series, largest change of any logit: other thread counts, batches, kernels and float64 0.0000015;
# float16, as coarse as a GPU's TF32, 0.003; bfloat16 0.034; weights shaken at random by 0.1 % 0.012, by 1 % 0.12.
# So 0.01 lets every sound device pass and catches the rest.
TOLERANCE_LOGIT = 0.01
RESAMPLES = 2000
SEED = 7
BAND_RULE = (
    "95 % interval of the rate over 2000 resamples of the chests at release, and never narrower than one film on either "
    "side, because a film at the threshold can fall on either side on another device"
)
# Rates are multiples of one film; the slack is for rounding alone.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class LevelBand:
    """Accepted shares from 0 to 1 at one size and contrast."""

    size: str
    contrast: Length
    detection: Interval
    localisation: Interval


@dataclass(frozen=True)
class QualityRelease:
    """What was recorded at release. bands: in the order of ``result.levels``. false_positives: accepted share."""

    result: QualityResult
    bands: tuple[LevelBand, ...]
    false_positives: Interval | None
    tolerance_logit: Length = TOLERANCE_LOGIT

    def band(self, size: str, contrast: float) -> LevelBand | None:
        """Return the band of one level, ``None`` where the release has none."""
        return next((b for b in self.bands if (b.size, b.contrast) == (size, contrast)), None)


def build_release(result: QualityResult) -> QualityRelease:
    """Draw the bands from a run: chests are resampled, because films of one chest are alike."""
    detected: Callable[[FilmReading], bool] = lambda film: film.logit >= result.threshold_logit  # noqa: E731
    bands = []
    for level in result.levels:
        films = [f for f in result.films if (f.size, f.contrast) == (level.size, level.contrast)]
        bands.append(
            LevelBand(
                level.size,
                level.contrast,
                _band([detected(film) for film in films]),
                _band([bool(film.peak_inside) for film in films]),
            )
        )
    false_positives = _band([detected(film) for film in result.clear]) if result.clear else None
    return QualityRelease(result, tuple(bands), false_positives)


def inside(value: float, band: Interval) -> bool:
    """Tell whether a share lies in a band, its ends included."""
    return band[0] - _ROUNDING <= value <= band[1] + _ROUNDING


def release_to_json(release: QualityRelease) -> dict[str, Any]:
    """Return the record as plain values."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tolerance_logit": release.tolerance_logit,
        "band_rule": BAND_RULE,
        "bands": [asdict(band) for band in release.bands],
        "false_positives": None if release.false_positives is None else list(release.false_positives),
        "result": result_to_json(release.result),
    }


def release_from_json(raw: Any) -> QualityRelease:
    """Rebuild a record. Raises CaseUnreadable for a damaged one or another version."""
    try:
        if not isinstance(raw, Mapping) or raw["schema_version"] != SCHEMA_VERSION:
            raise ValueError("another schema")
        result_from_json(raw["result"])  # of its own version, and with films
        result = {name: value for name, value in raw["result"].items() if name not in NOT_STORED}
        told = {name: value for name, value in raw.items() if name not in ("schema_version", "band_rule")}
        return rebuild(QualityRelease, {**told, "result": result})
    except (LookupError, ValueError, CaseUnreadable) as error:
        raise CaseUnreadable(
            "The release record of the phantom series is damaged or of another version.",
            "Restore quality.json beside the weights from the repository.",
        ) from error


def read_release(folder: Path) -> QualityRelease | None:
    """Return the record of a weights folder, ``None`` where none was recorded. Raises CaseUnreadable."""
    try:
        raw = read_json_file(folder / FILE)
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raw = None
    return release_from_json(raw)


def write_release(release: QualityRelease, folder: Path) -> Path:
    """Write the record beside the weights, whole or not at all, and return its path."""
    path = folder / FILE
    write_whole(path, (json.dumps(release_to_json(release), indent=1, allow_nan=False) + "\n").encode(), FOR_ALL)
    return path


def _band(hits: Sequence[bool]) -> Interval:
    """Return the accepted share for films of ``hits``, one per chest."""
    values = np.asarray(hits, dtype=np.float64)
    draws = np.random.default_rng(SEED).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    rate, step = share(hits), 1 / len(values)
    return max(min(float(low), rate - step), 0.0), min(max(float(high), rate + step), 1.0)
