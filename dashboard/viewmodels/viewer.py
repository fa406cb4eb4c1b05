"""What the scan viewer draws: films and maps as compact, exact numbers, free of anything that names a patient.

A ``Scan`` becomes a ``ViewerScan`` (grey values packed into PNG planes, window and units beside them), an attribution
becomes a ``ViewerLayer`` (values at its own resolution, where on the scan they lie, and the colour range that is shown).
``build_viewer`` puts them together and ``ViewerData.to_payload`` gives the JSON-able form that the browser reads.
The browser only colours: it never chooses a range, and it never rescales.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

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

# A reading monitor shows some 1500 rows of a film beside the findings; more is only weight on the wire.
MAX_FILM_SIDE = 1536
# All frames of one film together: sixteen megapixels, so that a long cine loop opens in a second and not in a minute.
MAX_FILM_PIXELS = 16_000_000
# No network of the zoo sees more than 512 pixels, so a finer map is an upsampled one and loses nothing by averaging.
MAX_MAP_SIDE = 512
_FRONTAL_VIEWS = {"PA", "AP"}
_FILM_MODALITIES = {None, "CR", "DX", "DR", "RG"}
# Body parts of which there is one, and whose "laterality" is a slip (PS3.3 C.7.3.1.1.1 asks for it of paired ones alone).
_UNPAIRED = {
    "CHEST",
    "ABDOMEN",
    "PELVIS",
    "HEAD",
    "SKULL",
    "BRAIN",
    "NECK",
    "HEART",
    "SPINE",
    "CSPINE",
    "TSPINE",
    "LSPINE",
}
_MISSING = 0  # code 0 of a packed map; values take 1 ... 65535


@dataclass(frozen=True)
class LateralityMarker:
    """The side marker. ``side``: "R" or "L"; ``stated``: the file says so, otherwise it is the viewing convention."""

    side: str
    stated: bool


@dataclass(frozen=True)
class ViewerScan:
    """One film as the browser gets it.

    frames: one grey PNG per frame, ``planes`` pictures of (sent_rows, sent_cols) under one another: the high byte of the
        code first, then the low byte; one plane when eight bits hold the film exactly.
    value_offset, value_step: grey value = offset + step * code, in the modality units of the scan.
    window: (centre, width) in the same units. rows, cols: of the original. spacing_mm: (row, column) or ``None``.
    """

    sha256: str
    frames: tuple[bytes, ...]
    planes: int
    sent_rows: int
    sent_cols: int
    rows: int
    cols: int
    value_offset: float
    value_step: float
    window: tuple[float, float]
    spacing_mm: tuple[float, float] | None = None
    marker: LateralityMarker | None = None
    title_lines: tuple[str, ...] = ()
    synthetic: bool = False

    @property
    def n_frames(self) -> int:
        return len(self.frames)

    def to_payload(self) -> dict[str, Any]:
        return {
            "sha256": self.sha256,
            "frames": [_base64(frame) for frame in self.frames],
            "planes": self.planes,
            "sent": [self.sent_rows, self.sent_cols],
            "size": [self.rows, self.cols],
            "offset": self.value_offset,
            "step": self.value_step,
            "window": list(self.window),
            "spacing_mm": None if self.spacing_mm is None else list(self.spacing_mm),
            "marker": None if self.marker is None else {"side": self.marker.side, "stated": self.marker.stated},
            "title_lines": list(self.title_lines),
            "synthetic": self.synthetic,
        }


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

    def to_payload(self, rows: int, cols: int) -> dict[str, Any]:
        """Return the packed map; ``rows`` and ``cols`` are those of the scan, for a map that covers all of it."""
        values = _reduce_map(np.asarray(self.values, dtype=np.float32), MAX_MAP_SIDE)
        png, low, high = _pack_map(values)
        return {
            "name": self.name,
            "unit": self.unit,
            "signed": self.signed,
            "png": _base64(png),
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

    region_tool: the reader may mark a box, which is sent back. frame: the one that is read; the viewer goes there whenever
    it changes, and stays where the reader leaves it otherwise.
    """

    scan: ViewerScan
    layers: tuple[ViewerLayer, ...] = ()
    annotations: tuple[ViewerAnnotation, ...] = ()
    outlines: tuple[ViewerOutline, ...] = ()
    prior: ViewerScan | None = None
    region_tool: bool = False
    frame: int = 0

    def to_payload(self) -> dict[str, Any]:
        """Return plain JSON-able data: numbers, strings, and PNG bytes as base64 strings."""
        return {
            "scan": self.scan.to_payload(),
            "prior": None if self.prior is None else self.prior.to_payload(),
            "layers": [layer.to_payload(self.scan.rows, self.scan.cols) for layer in self.layers],
            "annotations": [annotation.to_payload() for annotation in self.annotations],
            "outlines": [outline.to_payload() for outline in self.outlines],
            "region_tool": self.region_tool,
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
    region_tool: bool = False,
    frame: int = 0,
) -> ViewerData:
    """Put a film, its maps, marks, outlines and an earlier film together.

    scan, prior: a ``Scan``, or the ``ViewerScan`` that ``encode_scan`` made of it earlier (packing a large film takes
        tenths of a second, so a page keeps it); the title lines are used only for a ``Scan``.
    frame: the one that is read.
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
    return ViewerData(film, tuple(layers), tuple(annotations), tuple(outlines), earlier, region_tool, frame)


def encode_scan(scan: Scan, title_lines: Sequence[str] = ()) -> ViewerScan:
    """Pack the grey values of every frame, reduced by area averaging to at most ``MAX_FILM_SIDE``.

    The full range of values is kept, not only the display window, so that the reader can window beyond it.
    Codes are exact for whole-numbered films of up to 16 bits that are not reduced; otherwise the error is at most half
    a grey level, or half of 1/65535 of the range for films that are not whole-numbered.
    """
    rows, cols = scan.shape
    side = min(MAX_FILM_SIDE, math.isqrt(MAX_FILM_PIXELS // scan.n_frames))
    low, high = float(scan.frames.min()), float(scan.frames.max())
    whole = high - low <= 65535 and all(bool(np.array_equal(frame, np.rint(frame))) for frame in scan.frames)
    step = 1.0 if whole else (high - low) / 65535 or 1.0
    planes = 1 if whole and high - low <= 255 else 2
    frames, sent = [], (rows, cols)
    for frame in scan.frames:
        small = _area_mean(frame, side)
        sent = small.shape
        frames.append(_pack_planes(np.clip(np.rint((small - low) / step), 0, 65535).astype(np.uint16), planes))
    return ViewerScan(
        sha256=scan.sha256,
        frames=tuple(frames),
        planes=planes,
        sent_rows=sent[0],
        sent_cols=sent[1],
        rows=rows,
        cols=cols,
        value_offset=low,
        value_step=step,
        window=(scan.window.centre, scan.window.width),
        spacing_mm=scan.spacing_mm,
        marker=laterality_marker(scan),
        title_lines=(*title_lines, *_film_lines(scan)),
        synthetic=scan.metadata.synthetic,
    )


def laterality_marker(scan: Scan) -> LateralityMarker | None:
    """Return the marker of the left edge, or ``None`` where no side may be claimed. The picture is never turned or mirrored.

    A file that says where the patient lies is taken at its word. Otherwise a frontal film, or a grey film of unknown view,
    carries "R" by the convention that films are hung as if the reader faced the patient. ``laterality`` names the side of
    the body part and never that of the picture.
    """
    metadata = scan.metadata
    if metadata.orientation is not None:
        side = metadata.orientation.side_at_left
        return None if side is None else LateralityMarker(side, stated=True)
    if metadata.view in _FRONTAL_VIEWS:
        return LateralityMarker("R", stated=False)
    body_fits = metadata.body_part in {None, "CHEST"}
    if metadata.view is None and metadata.modality in _FILM_MODALITIES and body_fits and not scan.is_colour:
        return LateralityMarker("R", stated=False)
    return None


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


def _film_lines(scan: Scan) -> tuple[str, ...]:
    metadata = scan.metadata
    paired = metadata.body_part is not None and metadata.body_part not in _UNPAIRED
    side = {"L": "left", "R": "right"}.get(metadata.laterality or "") if paired else None
    what = " · ".join(part for part in (metadata.modality, metadata.body_part, side, metadata.view) if part)
    rows, cols = scan.shape
    size = f"{cols} × {rows} px" + (f" · {scan.n_frames} frames" if scan.n_frames > 1 else "")
    return tuple(line for line in (what, metadata.study_date or "", size) if line)


def _area_mean(values: np.ndarray, side: int) -> np.ndarray:
    """Reduce (rows, cols) so that the longer side is at most ``side``; every output pixel is the mean of its area."""
    rows, cols = values.shape
    scale = side / max(rows, cols)
    if scale >= 1:
        return values
    size = (max(1, round(cols * scale)), max(1, round(rows * scale)))
    image = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    return np.asarray(image.resize(size, Image.Resampling.BOX))


def _reduce_map(values: np.ndarray, side: int) -> np.ndarray:
    """Reduce a map by area means over the values that are there; an area with less than half of them is missing."""
    known = np.isfinite(values)
    if known.all():
        return _area_mean(values, side)
    share = _area_mean(known.astype(np.float32), side)
    total = _area_mean(np.where(known, values, 0).astype(np.float32), side)
    return np.where(share >= 0.5, total / np.maximum(share, 0.5), np.nan).astype(np.float32)


def _pack_map(values: np.ndarray) -> tuple[bytes, float, float]:
    """Return the PNG of 16-bit codes and the values of codes 1 and 65535; the error is at most 1/131068 of their span."""
    known = np.isfinite(values)
    low, high = (float(values[known].min()), float(values[known].max())) if known.any() else (0.0, 0.0)
    span = high - low or 1.0
    codes = 1 + np.rint((np.where(known, values, low).astype(np.float64) - low) / span * 65534)
    return _pack_planes(np.where(known, codes, _MISSING).astype(np.uint16), planes=2), low, low + span


def _pack_planes(codes: np.ndarray, planes: int) -> bytes:
    """Write codes as a grey PNG: the high bytes above the low bytes, apart because each compresses better alone."""
    stacked = codes if planes == 1 else np.concatenate([codes >> 8, codes & 255])
    buffer = io.BytesIO()
    # Level 3: a third of the time of the default for some 3 % more bytes on films and maps.
    Image.fromarray(stacked.astype(np.uint8)).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
