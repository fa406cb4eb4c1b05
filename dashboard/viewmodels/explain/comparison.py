"""Maps of one finding side by side: one picture each by the same rules, how far they agree, and where."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from dashboard.catalogue import counted, text
from dashboard.viewmodels.explain.maps import colour_range
from dashboard.viewmodels.explain.trust import build_trust
from model_zoo.case.case_review import CaseReview, ExplainedMap
from model_zoo.case.map_agreement import agreement_of, maps_of
from model_zoo.explainers.picture import blend, colours
from model_zoo.protocols import checks_for
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.scans.scan import Scan
from model_zoo.trust.check import MapCheck
from model_zoo.trust.map_agreement import CELLS, OTHER_PATIENT_OVERLAP, MapAgreement
from model_zoo.trust.verdict import NOT_TO_BE_USED

# Pixels along the longer side: five pictures fit beside one another on a reading monitor.
PICTURE_SIDE = 380
# Ranks of a place in maps that have nothing to do with each other average to a half: the colours start there.
CONSENSUS_FROM = 0.5


@dataclass(frozen=True)
class ComparedPicture:
    """One picture: PNG bytes, title, verdict in words ("" where there is none), colour range and unit in one line."""

    title: str
    verdict: str
    png: bytes
    caption: str


@dataclass(frozen=True)
class PairRow:
    """One pair as a line of the table, every number in words."""

    maps: str
    rank_correlation: str
    overlap: str
    at_random: str
    words: str


@dataclass(frozen=True)
class ComparisonView:
    """Everything the page says about two to four maps of one finding.

    pictures: the consensus last, where there is one. measure: what is compared, and what the numbers are held against.
    """

    pictures: tuple[ComparedPicture, ...]
    rows: tuple[PairRow, ...]
    sentence: str
    measure: str
    consensus: str


def build_comparison(review: CaseReview, scan: Scan, target: str, methods: tuple[str, ...]) -> ComparisonView | None:
    """Compare the maps of a finding in the order of ``methods``; ``None`` where fewer than two are there.

    No network is asked. The pictures show the region that the network read, upright and undistorted.
    """
    agreement = agreement_of(review, target, methods)
    if agreement is None:
        return None
    film, geometry = reduced_scan(scan, review.scan.frame, review.geometry)
    checks = checks_for(review.prediction.model)
    pictures = [_map_picture(explained, film, geometry, checks) for explained in maps_of(review, target, methods)]
    if agreement.consensus is not None:
        pictures.append(_consensus_picture(agreement.consensus, film, geometry, len(agreement.consensus_of)))
    return ComparisonView(tuple(pictures), _rows(agreement), agreement.sentence, _measure(), agreement.consensus_words)


def map_picture(review: CaseReview, scan: Scan, explained: ExplainedMap) -> bytes:
    """Return one map over the region that the network read, as PNG."""
    film, geometry = reduced_scan(scan, review.scan.frame, review.geometry)
    return _map_picture(explained, film, geometry, checks_for(review.prediction.model)).png


def reduced_scan(scan: Scan, frame: int, geometry: Geometry) -> tuple[np.ndarray, Geometry]:
    """Return the region that the network read, reduced to ``PICTURE_SIDE``, as it is shown, and its geometry.

    The film is float32 in [0, 1], (rows, cols), of a colour scan (rows, cols, 3); the geometry carries maps of the model grid to
    all of it. The window is applied after reducing: a large film takes milliseconds then.
    """
    crop = geometry.crop
    top, left = round(crop.top), round(crop.left)
    bottom, right = round(crop.top + crop.height), round(crop.left + crop.width)
    source = scan.frames if scan.colour is None else scan.colour
    region = Image.fromarray(np.ascontiguousarray(source[frame, top:bottom, left:right]))
    scale = PICTURE_SIDE / max(region.size)
    size = (max(1, round(region.width * scale)), max(1, round(region.height * scale)))
    # Whole steps first: an area mean of a large film by ``reduce`` is several times faster than by ``resize``.
    steps = max(1, int(1 / scale))
    small = region.reduce(steps) if steps > 1 else region
    resized = np.asarray(small.resize(size, Image.Resampling.BILINEAR), dtype=np.float32)
    # Colour is shown as the camera made it, as on the large film.
    shown = replace(scan, frames=resized[None].copy()).presentation() if scan.colour is None else resized / 255
    rows, cols = shown.shape[:2]
    return shown, Geometry((rows, cols), Box(0, 0, rows, cols), geometry.model_shape)


def _map_picture(
    explained: ExplainedMap, film: np.ndarray, geometry: Geometry, checks: Sequence[MapCheck]
) -> ComparedPicture:
    attribution, verdict = explained.attribution, explained.verdict
    low, high = colour_range(attribution)
    grey = verdict is not None and verdict.verdict == NOT_TO_BE_USED
    layer = colours(geometry.to_scan(attribution.values), low, high, attribution.signed, grey)
    shown = {"low": f"{low:.2g}", "high": f"{high:.2g}", "unit": attribution.unit}
    return ComparedPicture(
        title=attribution.title,
        verdict="" if verdict is None else build_trust(explained, checks=checks).headline,
        png=_png(blend(film, layer)),
        caption=text("compare.range_grey", **shown) if grey else text("compare.range", **shown),
    )


def _consensus_picture(consensus: np.ndarray, film: np.ndarray, geometry: Geometry, count: int) -> ComparedPicture:
    above = geometry.to_scan(consensus) - CONSENSUS_FROM
    layer = colours(above, 0.0, 1.0 - CONSENSUS_FROM, signed=False)
    return ComparedPicture(
        title=counted("compare.consensus", count),
        verdict=text("compare.consensus.no_verdict"),
        png=_png(blend(film, layer)),
        caption=text("compare.consensus.range", low=f"{CONSENSUS_FROM:g}"),
    )


def _rows(agreement: MapAgreement) -> tuple[PairRow, ...]:
    return tuple(
        PairRow(
            maps=text("compare.pair", first=pair.first, second=pair.second),
            rank_correlation=text("compare.none") if pair.rank_correlation is None else f"{pair.rank_correlation:.2f}",
            overlap=_percent(pair.overlap),
            at_random=_percent(pair.chance),
            words=pair.level if pair.overlap is not None else pair.sentence,
        )
        for pair in agreement.pairs
    )


def _measure() -> str:
    """Return what is compared, and what the numbers are held against."""
    return text("compare.measure", cells=f"{CELLS:d}", share=f"{100 * OTHER_PATIENT_OVERLAP:.0f}")


def _percent(share: float | None) -> str:
    return text("compare.none") if share is None else f"{100 * share:.0f} %"


def _png(picture: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    # Level 1: a quarter of the time of the default; the bytes only go to the reader's own browser.
    Image.fromarray(picture).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
