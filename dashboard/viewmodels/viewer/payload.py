"""What the scan viewer draws: films and maps as compact, exact numbers, free of anything that names a patient.

A ``Scan`` becomes a ``ViewerScan`` (see ``film``), an attribution becomes a ``ViewerLayer`` (values at its own resolution,
where on the scan they lie, and the colour range that is shown).
``build_viewer`` puts them together and ``ViewerData.to_payload`` gives the JSON-able form that the browser reads.
The browser only colours: it never chooses a range, and it never rescales.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from dashboard.viewmodels.viewer.planes import Publish, pack_map, picture_payload, reduce_map
from dashboard.viewmodels.viewer.scan import ViewerScan, encode_scan
from model_zoo.case.marks import Mark
from model_zoo.explainers.palette import (
    DIVERGING,
    GREY,
    GREY_SIGNED,
    OPAQUE_FROM,
    RANGE_QUANTILE,
    SEQUENTIAL,
    VISIBLE_FROM,
    Stops,
)
from model_zoo.scans.scan import Scan

# No network of the zoo sees more than 512 pixels, so a finer map is an upsampled one and loses nothing by averaging.
MAX_MAP_SIDE = 512
# The letter that shows a map of this name; the others are reached by their place.
MAP_KEYS = {"Grad-CAM": "g", "Integrated Gradients": "i"}


@dataclass(frozen=True, eq=False)
class ViewerLayer:
    """One map over the scan.

    values: float32 (rows, cols) at the map's own resolution; NaN is "no value" and is drawn hatched, never as zero.
    extent: (top, left, height, width) of the map in scan pixels, where pixel i covers [i, i + 1); ``None``: the whole scan.
    vmin, vmax: the colour range, fixed here and shown on the bar; ``vmin`` is ``-vmax`` for a signed map.
    frame: the frame the map was computed on; on the others it is not drawn.
    verdict: a short remark under the name, such as the outcome of a check of this map.
    grey: drawn without colour, for a map that must not be used.

    Raises ValueError for a range that would move the zero of a signed map from the middle, or that is empty.
    """

    name: str
    unit: str
    signed: bool
    values: np.ndarray
    vmin: float
    vmax: float
    extent: tuple[float, float, float, float] | None = None
    frame: int = 0
    verdict: str | None = None
    grey: bool = False

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or 0 in self.values.shape:
            raise ValueError(f"A layer holds one (rows, cols) map; got shape {self.values.shape}.")
        if not (math.isfinite(self.vmin) and math.isfinite(self.vmax) and self.vmin < self.vmax):
            raise ValueError(f"The colour range must be finite and not empty; got {self.vmin} to {self.vmax}.")
        if self.signed and not math.isclose(self.vmin, -self.vmax):
            raise ValueError(f"A signed map needs its zero in the middle; got {self.vmin} to {self.vmax}.")
        if not self.signed and self.vmin < 0:
            raise ValueError(f"An unsigned map starts at zero or above; got {self.vmin}.")
        if self.extent is not None and min(self.extent[2:]) <= 0:
            raise ValueError(f"The extent of a map has a height and a width; got {self.extent}.")

    @property
    def colour_map(self) -> Stops:
        """Return the colour stops, chosen by sign and use alone: (position in the range, red, green, blue)."""
        if self.grey:
            return GREY_SIGNED if self.signed else GREY
        return DIVERGING if self.signed else SEQUENTIAL

    def to_payload(self, rows: int, cols: int, publish: Publish | None = None) -> dict[str, Any]:
        """Return the packed map; ``rows`` and ``cols`` are those of the scan, for a map that covers all of it."""
        values = reduce_map(np.asarray(self.values, dtype=np.float32), MAX_MAP_SIDE)
        png, low, high = pack_map(values)
        return {
            "name": self.name,
            "unit": self.unit,
            "signed": self.signed,
            "key": next((key for title, key in MAP_KEYS.items() if self.name.startswith(title)), ""),
            "png": picture_payload(png, publish),
            "shape": list(values.shape),
            "values": [low, high],
            "range": [self.vmin, self.vmax],
            "extent": list(self.extent or (0.0, 0.0, float(rows), float(cols))),
            "frame": self.frame,
            "verdict": self.verdict,
            "stops": [list(stop) for stop in self.colour_map],
            "missing": bool(np.isnan(self.values).any()),
        }


@dataclass(frozen=True)
class ViewerAnnotation:
    """A named set of boxes, each (top, left, height, width) in scan pixels of ``frame``."""

    name: str
    boxes: tuple[tuple[float, float, float, float], ...]
    frame: int = 0

    def to_payload(self) -> dict[str, Any]:
        return {"name": self.name, "boxes": [list(box) for box in self.boxes], "frame": self.frame}


@dataclass(frozen=True)
class ViewerOutline:
    """One outlined thing as the browser draws it.

    label: beside the shape; words: in the readout under the pointer. kind: "lesion" (solid line), "landmark" or "organ" (two
    kinds of dashes). polygons: closed, (row, col) in scan pixels, where pixel i covers [i, i + 1). Organs wait until asked for.
    """

    label: str
    words: str
    kind: str
    polygons: tuple[tuple[tuple[float, float], ...], ...]
    frame: int = 0

    def to_payload(self) -> dict[str, Any]:
        """Return plain numbers and strings; each polygon is flat: row, col, row, col ..."""
        flat = [[number for point in polygon for number in point] for polygon in self.polygons]
        return {
            "label": self.label,
            "words": self.words,
            "kind": self.kind,
            "polygons": flat,
            "frame": self.frame,
        }


@dataclass(frozen=True, eq=False)
class ViewerData:
    """All that one viewer shows.

    case_key: names this opening of the case; with another key all that is drawn goes before anything new is decoded. By default
    the sha256 of the scan. frame: the one that is read; the viewer goes there whenever it changes, and stays where the reader
    leaves it otherwise. marks: what the reader marked so far. show: the name of a map that the page asks to be shown, and a
    number: once for each number. film: what the scan is, in words; about: of what each map is and where it points, by its name:
    what the picture shows, for who does not see it.
    """

    scan: ViewerScan
    layers: tuple[ViewerLayer, ...] = ()
    annotations: tuple[ViewerAnnotation, ...] = ()
    outlines: tuple[ViewerOutline, ...] = ()
    prior: ViewerScan | None = None
    frame: int = 0
    case_key: str = ""
    marks: tuple[Mark, ...] = ()
    show: tuple[str, int] | None = None
    film: str = ""
    about: Mapping[str, str] = field(default_factory=dict)

    def to_payload(self, publish: Publish | None = None) -> dict[str, Any]:
        """Return plain JSON-able data: numbers, strings, and pictures in base64, or published under their addresses."""
        rows, cols = self.scan.rows, self.scan.cols
        return {
            "case_key": self.case_key or self.scan.sha256,
            "scan": self.scan.to_payload(publish),
            "prior": None if self.prior is None else self.prior.to_payload(publish),
            "layers": [layer.to_payload(rows, cols, publish) for layer in self.layers],
            "annotations": [annotation.to_payload() for annotation in self.annotations],
            "outlines": [outline.to_payload() for outline in self.outlines],
            "marks": [asdict(mark) for mark in self.marks],
            "show": None if self.show is None else list(self.show),
            "film": self.film,
            "about": dict(self.about),
            "frame": self.frame,
            "visible": [VISIBLE_FROM, OPAQUE_FROM],
        }


def build_viewer(
    scan: Scan | ViewerScan,
    layers: Sequence[ViewerLayer] = (),
    *,
    annotations: Sequence[ViewerAnnotation] = (),
    outlines: Sequence[ViewerOutline] = (),
    prior: Scan | ViewerScan | None = None,
    title_lines: Sequence[str] = (),
    prior_title_lines: Sequence[str] = (),
    frame: int = 0,
    case_key: str = "",
    marks: Sequence[Mark] = (),
    show: tuple[str, int] | None = None,
) -> ViewerData:
    """Put a film, its maps, marks, outlines and an earlier film together.

    scan, prior: a ``Scan``, or the ``ViewerScan`` that ``encode_scan`` made of it earlier (packing a large film takes
        tenths of a second, so a page keeps it); the title lines are used only for a ``Scan``.
    frame: the one that is read. case_key, marks, show: see ``ViewerData``.
    layers: in the order in which the reader finds them; names are unique, because the choice is kept by name.

    Raises ValueError when two layers share a name, or a layer or ``frame`` is one that the scan does not have.
    """
    film = scan if isinstance(scan, ViewerScan) else encode_scan(scan, title_lines)
    names = [layer.name for layer in layers]
    if len(set(names)) < len(names):
        raise ValueError(f"Layer names must be unique; got {names}.")
    wrong = [layer.name for layer in layers if not 0 <= layer.frame < film.n_frames]
    if wrong:
        raise ValueError(f"The scan has {film.n_frames} frames; layers of another frame: {wrong}.")
    if not 0 <= frame < film.n_frames:
        raise ValueError(f"The scan has {film.n_frames} frames; none has the index {frame}.")
    earlier = prior if prior is None or isinstance(prior, ViewerScan) else encode_scan(prior, prior_title_lines)
    return ViewerData(
        film, tuple(layers), tuple(annotations), tuple(outlines), earlier, frame, case_key, tuple(marks), show
    )


def shared_range(maps: Sequence[np.ndarray], *, signed: bool, floor: float) -> tuple[float, float]:
    """Return one colour range for maps of the same unit, so that two of them can be compared by eye.

    floor: the smallest upper end, in the unit of the maps; it keeps a map of almost nothing looking like nothing.
    """
    top = floor
    for values in maps:
        finite = np.abs(values[np.isfinite(values)])
        if finite.size:
            top = max(top, float(np.quantile(finite, RANGE_QUANTILE)))
    return (-top, top) if signed else (0.0, top)
