"""One attribution map in words, and as a layer of the viewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter

from dashboard.catalogue import text
from dashboard.viewmodels.explain.trust import verdict_words
from dashboard.viewmodels.viewer.payload import ViewerLayer, shared_range
from model_zoo.case.case_review import ExplainedMap
from model_zoo.errors import UnknownName
from model_zoo.explainers import EXPLAINERS, Choice, Flag, range_floor
from model_zoo.explainers.palette import NEAR_EMPTY
from model_zoo.results import Attribution, Finding
from model_zoo.trust.verdict import NOT_TO_BE_USED, PENDING, MapVerdict

# Below this change in the logit a share in per cent of it would be noise.
SMALLEST_CHANGE = 0.05


@dataclass(frozen=True)
class ExplanationView:
    """Everything the page says about one map.

    sentence: what covering the marked region does, measured. details: what the method says about its own error.
    colour_range: (lowest, highest) of the colour bar, in ``unit``; near_empty: the map stays far below its upper end.
    """

    heading: str
    method: str
    explanation: str
    sentence: str
    details: tuple[str, ...]
    warnings: tuple[str, ...]
    unit: str
    colour_range: tuple[float, float]
    colour_range_words: str
    near_empty: bool
    parameters: tuple[str, ...]


def build_explanation(explained: ExplainedMap, finding: Finding) -> ExplanationView:
    """Put one map into words. Raises ValueError when it explains another output than ``finding``."""
    attribution = explained.attribution
    if attribution.target != finding.output:
        raise ValueError(f"The map explains '{attribution.target}', not '{finding.output}'.")
    low, high = colour_range(attribution)
    strongest = _strongest(attribution.values)
    near_empty = strongest < NEAR_EMPTY * high
    return ExplanationView(
        heading=text("explain.map.of", method=attribution.title, finding=finding.title),
        method=attribution.method,
        explanation=_method_text(attribution.method),
        sentence=explained.effect.sentence,
        details=_details(attribution),
        warnings=attribution.warnings,
        unit=attribution.unit,
        colour_range=(low, high),
        colour_range_words=_range_words(attribution, low, high, strongest, near_empty),
        near_empty=near_empty,
        parameters=_parameter_words(attribution),
    )


def layer_of(
    explained: ExplainedMap,
    *,
    finding_title: str | None = None,
    frame: int = 0,
    smoothing: float = 0.0,
) -> ViewerLayer:
    """Return a map as a layer at its own resolution, laid over the region of the scan that the network read.

    finding_title: put into the name, for maps of several findings in one viewer. smoothing: sigma in map pixels of a
    Gaussian for display only, named in the layer; 0 shows the values as they are. The verdict stands under the name, and
    a map not to be used is grey.
    """
    attribution = explained.attribution
    name = attribution.title
    if finding_title:
        name = text("explain.map.of", method=name, finding=finding_title)
    values, unit = np.asarray(attribution.values, dtype=np.float32), attribution.unit
    if smoothing > 0:
        values = smooth(values, smoothing)
        name = text("explain.map.smoothed", name=name)
        unit = text("explain.map.smoothed_unit", unit=unit, sigma=f"{smoothing:g}")
    low, high = colour_range(attribution, smoothing)
    return ViewerLayer(
        name=name,
        unit=unit,
        signed=attribution.signed,
        values=values,
        vmin=low,
        vmax=high,
        extent=_extent(attribution),
        frame=frame,
        verdict=None if explained.verdict is None else _verdict_words(explained.verdict),
        grey=explained.verdict is not None and explained.verdict.verdict == NOT_TO_BE_USED,
    )


def colour_range(attribution: Attribution, smoothing: float = 0.0) -> tuple[float, float]:
    """Return the colour range of a map, in its unit: its own values, but never less than the floor of its method."""
    values = np.asarray(attribution.values, dtype=np.float32)
    floor = range_floor(attribution.method, values.size)
    if smoothing > 0:
        values, floor = smooth(values, smoothing), floor * _smoothing_gain(smoothing)
    return shared_range([values], signed=attribution.signed, floor=floor)


def smooth(values: np.ndarray, sigma: float) -> np.ndarray:
    """Return a map (rows, cols) averaged with a Gaussian of ``sigma`` map pixels; outside the map is zero."""
    return gaussian_filter(np.asarray(values, dtype=np.float32), sigma, mode="constant")


def _smoothing_gain(sigma: float) -> float:
    """Return by how much a Gaussian lowers the end of the range: on the sample films sigma 2 halves it (0.47 to 0.52)."""
    return min(1.0, 1 / sigma)


def _extent(attribution: Attribution) -> tuple[float, float, float, float]:
    """Return (top, left, height, width) in scan pixels, on the same whole pixels as ``Geometry.to_scan``."""
    crop = attribution.geometry.crop
    top, left = round(crop.top), round(crop.left)
    bottom, right = round(crop.top + crop.height), round(crop.left + crop.width)
    return float(top), float(left), float(bottom - top), float(right - left)


def _strongest(values: np.ndarray) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size else 0.0


def _method_text(method: str) -> str:
    try:
        return EXPLAINERS.get(method).explanation
    except UnknownName:
        return text("explain.map.method_gone")


def _details(attribution: Attribution) -> tuple[str, ...]:
    details = attribution.details
    lines = []
    if "completeness_delta" in details:
        lines.append(_completeness_words(details, float(np.sum(attribution.values, dtype=np.float64))))
    rows, cols = attribution.values.shape
    lines.append(text("explain.map.size", cols=f"{cols:d}", rows=f"{rows:d}"))
    return tuple(lines)


def _completeness_words(details: Mapping[str, Any], total: float) -> str:
    change, delta = float(details["change_in_logit"]), abs(float(details["completeness_delta"]))
    share = text("explain.map.no_share")
    if abs(change) >= SMALLEST_CHANGE:
        share = f"{100 * delta / abs(change):.1f} %"
    return text(
        "explain.map.sum",
        total=f"{total:.2f}",
        change=f"{change:.2f}",
        delta=f"{delta:.2f}",
        share=share,
        steps=f"{int(details['steps_used']):d}",
        state=text("explain.map.converged") if details.get("converged") else text("explain.map.not_converged"),
    )


def _range_words(attribution: Attribution, low: float, high: float, strongest: float, near_empty: bool) -> str:
    shown = {"low": f"{low:.2g}", "high": f"{high:.2g}", "unit": attribution.unit}
    if near_empty:
        return text("explain.map.range_empty", strongest=f"{strongest:.2g}", **shown)
    return text("explain.map.range", **shown)


def _parameter_words(attribution: Attribution) -> tuple[str, ...]:
    """Return "title: value" for each parameter; a stored name that is no longer declared is shown as it is."""
    try:
        specs = {spec.name: spec for spec in EXPLAINERS.get(attribution.method).parameters}
    except UnknownName:
        specs = {}
    lines = []
    for name, value in attribution.parameters.items():
        spec = specs.get(name)
        title = spec.title if spec else name
        if isinstance(spec, Choice):
            value = dict(spec.options).get(value, value)
        elif isinstance(spec, Flag):
            value = text("explain.map.yes") if value else text("explain.map.no")
        lines.append(text("explain.map.parameter", title=title, value=value))
    return tuple(lines)


def _verdict_words(verdict: MapVerdict) -> str:
    """Return the verdict for the legend of the picture, where space is short; the page has the reasons."""
    return verdict_words(verdict.verdict, verdict.validated or verdict.verdict == PENDING)
