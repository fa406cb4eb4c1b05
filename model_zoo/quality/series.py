"""The phantom as quality assurance: the installed model reads a fixed series of phantoms with known lesions.

The films go the way of an upload: decoded, prepared, read, explained. So whatever changes in between (weights, libraries,
device, a decoder) shows in the numbers. It is a test of constancy and of the phantom's own curve, not of accuracy on patients.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import torch

from model_zoo.case.case_review import library_versions
from model_zoo.engine import inference
from model_zoo.engine.store import anew
from model_zoo.errors import NoNumber
from model_zoo.phantoms import series
from model_zoo.phantoms.series import SeriesFilm, render_film, series_sha256
from model_zoo.quality.result import FilmReading, QualityResult, SeriesId
from model_zoo.scans import decode_scan

if TYPE_CHECKING:
    from model_zoo.engine import InferenceEngine

TARGET = "lung_opacity"
# Coarse, and the only map that costs one pass per film: the peak of a fine map is a pixel's matter.
METHOD = "grad-cam"


def run_quality(
    engine: InferenceEngine,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    films: tuple[SeriesFilm, ...] | None = None,
) -> QualityResult:
    """Read the series with an engine and return what it found now; no answer that was kept before counts.

    Parameters
    ----------
    engine
        Of the model.
    on_progress
        Called with (done, total) between films, while the network is free; an exception from it ends the run.
    films
        Another series than the full one, for a quick look.

    Raises
    ------
    UnknownName
        For a model without the target or population.
    ZooError
        When a logit is not finite.
    """
    films = series.quality_series() if films is None else films
    card = engine.card
    started = time.perf_counter()
    pixels = hashlib.sha256()
    readings = []
    for done, film in enumerate(films):
        on_progress(done, len(films))
        with anew():
            readings.append(_read(engine, film, pixels))
    on_progress(len(films), len(films))
    return QualityResult(
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - started, 2),
        series=SeriesId(series.NAME, series.VERSION, series_sha256(films), pixels.hexdigest()),
        model=card.name,
        model_version=card.version,
        weights_sha256=card.weights_sha256,
        segmenter_sha256=_segmenter_sha256(engine),
        target=TARGET,
        threshold_logit=card.output(TARGET).threshold_logit,
        device=device_words(engine.device),
        versions=dict(library_versions()),
        films=tuple(readings),
    )


def device_words(device: torch.device) -> str:
    """Return which device computes, in words: what a physicist would note beside a measurement."""
    if device.type == "cuda":
        return f"GPU, {torch.cuda.get_device_name(device)}"
    if device.type == "cpu":
        return f"CPU, {torch.get_num_threads()} of {os.cpu_count() or 1} cores"
    return str(device)


def _read(engine: InferenceEngine, film: SeriesFilm, pixels: hashlib._Hash) -> FilmReading:
    """Read one film as an upload would be read, and add its decoded pixels to the hash."""
    rendered = render_film(film)
    scan = decode_scan(rendered.png)
    pixels.update(np.ascontiguousarray(scan.presentation(0), dtype="<f4").tobytes())
    item = engine.prepare(scan, series.POPULATION)
    try:
        logit = engine.predict(item).finding(TARGET).logit
    except NoNumber as error:
        message = f"The network gives no number for phantom {film.name}: this installation is broken."
        raise NoNumber(message, error.hint) from error
    inside = None
    if rendered.lesion is not None:
        values = engine.explain(item, METHOD, TARGET).on_scan()
        place = np.unravel_index(int(values.argmax()), values.shape)
        # An empty map points nowhere; its first pixel is no peak.
        inside = bool(values[place] > 0 and rendered.lesion[place])
    return FilmReading(film.name, film.seed, film.size, film.contrast, logit, inside, rendered.chance)


def _segmenter_sha256(engine: InferenceEngine) -> str | None:
    """Return the hash of the segmenter's weights, against which they were checked when the engine loaded them."""
    name = engine.entry.segmenter
    return None if name is None else str(inference.SEGMENTERS.get(name).card["weights_sha256"])
