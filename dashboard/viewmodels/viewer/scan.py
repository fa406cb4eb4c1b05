"""One film as the browser gets it: grey values or colours packed exactly, window and units beside them, no patient's name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.catalogue import counted, text
from dashboard.viewmodels.viewer.planes import Publish, area_mean, colour_mean, pack_planes, picture_payload, write_png
from model_zoo.scans.scan import Scan

# A reading monitor shows some 1500 rows of a film beside the findings; more is only weight on the wire.
MAX_FILM_SIDE = 1536
# All frames of one film together: sixteen megapixels, so that a long cine loop opens in a second and not in a minute.
MAX_FILM_PIXELS = 16_000_000
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
COLOUR = 3  # planes of a film in colour: red, green and blue of one picture


@dataclass(frozen=True)
class LateralityMarker:
    """The side marker. ``side``: "R" or "L"; ``stated``: the file says so, otherwise it is the viewing convention."""

    side: str
    stated: bool


@dataclass(frozen=True)
class ViewerScan:
    """One film as the browser gets it.

    frames: one PNG per frame. Grey: ``planes`` pictures of (sent_rows, sent_cols) under one another, the high byte of the code
        first, then the low byte; one plane when eight bits hold the film exactly. Colour: one RGB picture, ``planes`` is 3.
    value_offset, value_step: grey value = offset + step * code, in the modality units of the scan; of colour, each channel.
    value_top: the highest grey value. window: (centre, width) in the same units. rows, cols: of the original.
    spacing_mm: (row, column) or ``None``; magnified: it does not hold at the patient, where lengths are shorter.
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
    value_top: float
    window: tuple[float, float]
    spacing_mm: tuple[float, float] | None = None
    magnified: bool = False
    marker: LateralityMarker | None = None
    title_lines: tuple[str, ...] = ()
    synthetic: bool = False

    @property
    def n_frames(self) -> int:
        return len(self.frames)

    def to_payload(self, publish: Publish | None = None) -> dict[str, Any]:
        return {
            "sha256": self.sha256,
            "frames": [picture_payload(frame, publish) for frame in self.frames],
            "planes": self.planes,
            "sent": [self.sent_rows, self.sent_cols],
            "size": [self.rows, self.cols],
            "offset": self.value_offset,
            "step": self.value_step,
            "top": self.value_top,
            "window": list(self.window),
            "spacing_mm": None if self.spacing_mm is None else list(self.spacing_mm),
            "magnified": self.magnified,
            "marker": None if self.marker is None else {"side": self.marker.side, "stated": self.marker.stated},
            "title_lines": list(self.title_lines),
            "synthetic": self.synthetic,
        }


def encode_scan(scan: Scan, title_lines: Sequence[str] = ()) -> ViewerScan:
    """Pack every frame, reduced by area averaging to at most ``MAX_FILM_SIDE``: in colour where the scan keeps its colour.

    The full range of values is kept, not only the display window, so that the reader can window beyond it.
    Codes are exact for whole-numbered films of up to 16 bits that are not reduced; otherwise the error is at most half
    a grey level, or half of 1/65535 of the range for films that are not whole-numbered.
    """
    rows, cols = scan.shape
    side = min(MAX_FILM_SIDE, math.isqrt(MAX_FILM_PIXELS // scan.n_frames))
    packed = _pack_grey(scan, side) if scan.colour is None else _pack_colour(scan.colour, side)
    return ViewerScan(
        sha256=scan.sha256,
        **packed,
        rows=rows,
        cols=cols,
        spacing_mm=scan.spacing_mm,
        magnified=any("magnified" in note for note in scan.notes),
        marker=laterality_marker(scan),
        title_lines=(*title_lines, *_scan_lines(scan)),
        synthetic=scan.metadata.synthetic,
    )


def _pack_grey(scan: Scan, side: int) -> dict[str, Any]:
    low, high = float(scan.frames.min()), float(scan.frames.max())
    whole = high - low <= 65535 and all(bool(np.array_equal(frame, np.rint(frame))) for frame in scan.frames)
    step = 1.0 if whole else (high - low) / 65535 or 1.0
    planes = 1 if whole and high - low <= 255 else 2
    small = [area_mean(frame, side) for frame in scan.frames]
    codes = [np.clip(np.rint((frame - low) / step), 0, 65535).astype(np.uint16) for frame in small]
    return {
        "frames": tuple(pack_planes(frame, planes) for frame in codes),
        "planes": planes,
        "sent_rows": small[0].shape[0],
        "sent_cols": small[0].shape[1],
        "value_offset": low,
        "value_step": step,
        "value_top": high,
        "window": (scan.window.centre, scan.window.width),
    }


def _pack_colour(colour: np.ndarray, side: int) -> dict[str, Any]:
    small = [colour_mean(frame, side) for frame in colour]
    return {
        "frames": tuple(write_png(frame) for frame in small),
        "planes": COLOUR,
        "sent_rows": small[0].shape[0],
        "sent_cols": small[0].shape[1],
        "value_offset": 0.0,
        "value_step": 1.0,
        "value_top": 255.0,
        "window": (127.5, 255.0),
    }


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


def _scan_lines(scan: Scan) -> tuple[str, ...]:
    metadata = scan.metadata
    paired = metadata.body_part is not None and metadata.body_part not in _UNPAIRED
    side = {"L": text("film.left"), "R": text("film.right")}.get(metadata.laterality or "") if paired else None
    what = " · ".join(part for part in (metadata.modality, metadata.body_part, side, metadata.view) if part)
    rows, cols = scan.shape
    size = text("film.size", cols=f"{cols:d}", rows=f"{rows:d}")
    if scan.n_frames > 1:
        size = f"{size} · {counted('film.frames', scan.n_frames)}"
    return tuple(line for line in (what, metadata.study_date or "", size) if line)
