"""What one run over the phantom series found: a number per film, the rates drawn from them, and the JSON form.

No patient is in it: the films are computed, and all that is kept beside the numbers is the installation they came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from model_zoo.errors import CaseUnreadable
from model_zoo.stored import Amount, Count, Moment, Share, rebuild

SCHEMA_VERSION = 1
NOTICE = (
    "Computed phantoms: this says whether the installation is the one released, nothing about accuracy on patients."
)
# Written for other programs, and drawn anew when a run is read.
NOT_STORED = ("schema_version", "notice", "levels", "false_positives")


@dataclass(frozen=True)
class FilmReading:
    """One film as read. size, contrast, chance, peak_inside: ``None`` for a clear film.

    name: of the film in its series. chest: films of one chest share it. logit: of the target. peak_inside: whether the
    largest Grad-CAM value lies in the planted lesion. chance: how often a random place in the lungs would.
    """

    name: str
    chest: Count
    size: str | None
    contrast: float | None
    logit: float
    peak_inside: bool | None
    chance: Share | None


@dataclass(frozen=True)
class QualityLevel:
    """One contrast of one size: shares from 0 to 1 over ``n`` films, one per chest."""

    size: str
    contrast: float
    n: int
    detection: float
    localisation: float
    chance: float


@dataclass(frozen=True)
class SeriesId:
    """Which series was read. sha256: of the specifications. pixels_sha256: of the films as decoded, bit for bit."""

    name: str
    version: int
    sha256: str
    pixels_sha256: str


@dataclass(frozen=True)
class QualityResult:
    """One run. created_at: ISO 8601, UTC. threshold_logit: the operating threshold of the card at that time.

    device: in words. segmenter_sha256: ``None`` for a model without one. versions: of everything that can change a number.
    """

    created_at: Moment
    seconds: Amount
    series: SeriesId
    model: str
    model_version: str
    weights_sha256: str
    segmenter_sha256: str | None
    target: str
    threshold_logit: float
    device: str
    versions: Mapping[str, str]
    films: tuple[FilmReading, ...]

    @property
    def levels(self) -> tuple[QualityLevel, ...]:
        """Rates by size and contrast, in the order of the series."""
        planted = [film for film in self.films if film.size is not None]
        return tuple(
            _level(str(size), float(contrast or 0.0), list(films), self.threshold_logit)
            for (size, contrast), films in groupby(planted, key=lambda film: (film.size, film.contrast))
        )

    @property
    def clear(self) -> tuple[FilmReading, ...]:
        return tuple(film for film in self.films if film.size is None)

    @property
    def false_positive_rate(self) -> float | None:
        """Share of the clear films at or above the threshold; ``None`` without clear films."""
        return share(film.logit >= self.threshold_logit for film in self.clear) if self.clear else None


def share(hits: Iterable[bool | None]) -> float:
    """Return the share of True; there has to be at least one."""
    values = [bool(hit) for hit in hits]
    return sum(values) / len(values)


def result_to_json(result: QualityResult) -> dict[str, Any]:
    """Return plain values. ``levels`` and ``false_positives`` are drawn from ``films`` and written for other programs."""
    told = asdict(result)
    films = told.pop("films")
    return {
        "schema_version": SCHEMA_VERSION,
        "notice": NOTICE,
        **told,
        "versions": dict(result.versions),
        "levels": [asdict(level) for level in result.levels],
        "false_positives": {"n": len(result.clear), "rate": result.false_positive_rate},
        "films": films,
    }


def result_from_json(raw: Any) -> QualityResult:
    """Rebuild a result; what is derived is derived again. Raises CaseUnreadable for a damaged one or another version."""
    if not isinstance(raw, Mapping) or raw.get("schema_version") != SCHEMA_VERSION:
        raise CaseUnreadable(
            f"The phantom run is not in version {SCHEMA_VERSION} of its form.", "Run the phantom series again."
        )
    try:
        result = rebuild(QualityResult, {key: value for key, value in raw.items() if key not in NOT_STORED})
        planted = [film for film in result.films if film.size is not None]
        if not result.films or any(None in (film.contrast, film.chance) for film in planted):
            raise ValueError("a run without films, or a film without its numbers")
    except ValueError as error:
        raise CaseUnreadable("The phantom run is damaged and cannot be shown.", "Run the series again.") from error
    return result


def _level(size: str, contrast: float, films: list[FilmReading], threshold_logit: float) -> QualityLevel:
    return QualityLevel(
        size=size,
        contrast=contrast,
        n=len(films),
        detection=share(film.logit >= threshold_logit for film in films),
        localisation=share(film.peak_inside for film in films),
        chance=sum(film.chance or 0.0 for film in films) / len(films),
    )
