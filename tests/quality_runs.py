"""Phantom runs made up number by number, and a short series: what the tests of the quality page are fed with."""

from __future__ import annotations

from dataclasses import replace

from model_zoo.phantoms.series import SeriesFilm, quality_series
from model_zoo.quality.result import FilmReading, QualityResult, SeriesId

CONTRASTS = (0.1, 0.3, 0.6)
CHESTS = (1, 2, 3, 4)
THRESHOLD = -2.0


def made_result(**changes: object) -> QualityResult:
    """Return a run of two sizes, three contrasts, four chests and four clear films.

    Large opacities: 2, 4, 4 of 4 detected and 1, 3, 4 located; small ones: 0, 2, 4 detected and 0, 1, 2 located; one of the
    clear films is called.
    """
    films = [FilmReading(f"{c}-clear", c, None, None, -1.9 if c == 4 else -3.0, None, None) for c in CHESTS]
    for size, detected, located, chance in (
        ("small", (0, 2, 4), (0, 1, 2), 0.03),
        ("large", (2, 4, 4), (1, 3, 4), 0.08),
    ):
        for contrast, calls, peaks in zip(CONTRASTS, detected, located, strict=True):
            for i, chest in enumerate(CHESTS):
                logit = THRESHOLD + (0.5 if i < calls else -0.5) + contrast / 10
                films.append(FilmReading(f"{chest}-{size}-{contrast}", chest, size, contrast, logit, i < peaks, chance))
    result = QualityResult(
        created_at="2026-03-01T07:05:00+00:00",
        seconds=12.5,
        series=SeriesId("made", 1, "5" * 64, "6" * 64),
        model="made",
        model_version="1.0",
        weights_sha256="a" * 64,
        segmenter_sha256="b" * 64,
        target="lung_opacity",
        threshold_logit=THRESHOLD,
        device="CPU, 2 of 2 cores",
        versions={"torch": "2.0", "numpy": "2.1"},
        films=tuple(films),
    )
    return replace(result, **changes)


def shifted(result: QualityResult, by: float, only: str = "") -> QualityResult:
    """Return the run with every logit moved, or with that of one film."""
    films = tuple(replace(f, logit=f.logit + by) if only in ("", f.name) else f for f in result.films)
    return replace(result, films=films)


def short_series() -> tuple[SeriesFilm, ...]:
    """Return two clear films and two chests at two contrasts of the large size: a run in a second."""
    films = quality_series()
    seeds = sorted({film.seed for film in films if film.size is not None})[:2]
    return tuple(
        film
        for film in films
        if film.seed in seeds and (film.size is None or (film.size == "large" and film.contrast in (0.1, 0.6)))
    )
