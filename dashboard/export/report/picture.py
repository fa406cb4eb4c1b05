"""Film and overlay of a report: pixels flow in, PNG with square pixels in millimetres comes out.

A film whose pixels are no squares is resampled once, here, so that no layout can show it in another shape. The colours of a map
are those of the page: the same palette, floor of the range and opacity.
"""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
from PIL import Image

from dashboard.viewmodels.explain.maps import colour_range
from model_zoo.explainers.picture import colours
from model_zoo.results import Attribution
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.scans.scan import Scan

# Pixels along the longer side: 250 to the inch where the picture is 10 cm long.
PICTURE_SIDE = 1000
LEGEND_STEPS = 128


def picture_size(shape: tuple[int, int], spacing_mm: tuple[float, float] | None) -> tuple[int, int]:
    """Return (rows, cols) of the picture of a scan: its shape in millimetres where these are known, else in pixels."""
    high, wide = (float(side) * step for side, step in zip(shape, spacing_mm or (1.0, 1.0), strict=True))
    scale = PICTURE_SIDE / max(high, wide)
    return max(1, round(high * scale)), max(1, round(wide * scale))


def scan_picture(scan: Scan, frame: int, colour: np.ndarray | None = None) -> np.ndarray:
    """Return one frame as it is shown, float32 (rows, cols, 3) in [0, 1].

    colour: uint8 (rows, cols, 3) of a colour scan; its window is that of the camera. Raises NoNumber for a pixel that is none.
    """
    rows, cols = picture_size(scan.shape, scan.spacing_mm)
    if colour is not None:
        small = Image.fromarray(np.ascontiguousarray(colour, dtype=np.uint8)).resize((cols, rows), _filter(scan, cols))
        return np.asarray(small, dtype=np.float32) / 255
    grey = Image.fromarray(np.ascontiguousarray(scan.frames[frame], dtype=np.float32))
    values = np.asarray(grey.resize((cols, rows), _filter(scan, cols)), dtype=np.float32)
    shown = replace(scan, frames=values[None].copy()).presentation()
    return np.repeat(shown[..., None], 3, axis=2)


def overlaid(film: np.ndarray, attribution: Attribution) -> np.ndarray:
    """Return the film under the colours of a map, float32 (rows, cols, 3) in [0, 1]."""
    low, high = colour_range(attribution)
    on_film = picture_geometry(attribution.geometry, film.shape[:2]).to_scan(attribution.values)
    layer = colours(on_film, low, high, attribution.signed)
    opacity = layer[..., 3:]
    return film * (1 - opacity) + layer[..., :3] * opacity


def picture_geometry(geometry: Geometry, size: tuple[int, int]) -> Geometry:
    """Return the way from the model grid to a picture of the whole scan with ``size`` (rows, cols)."""
    down, across = size[0] / geometry.scan_shape[0], size[1] / geometry.scan_shape[1]
    crop = geometry.crop
    box = Box(crop.top * down, crop.left * across, crop.height * down, crop.width * across)
    return Geometry(size, box, geometry.model_shape)


def legend(attribution: Attribution) -> bytes:
    """Return the colours of a map from the lower to the upper end of its range, on the grey of a film, as PNG."""
    low, high = colour_range(attribution)
    strip = colours(np.linspace(low, high, LEGEND_STEPS, dtype=np.float32)[None], low, high, attribution.signed)
    opacity = strip[..., 3:]
    return png(np.repeat(0.35 * (1 - opacity) + strip[..., :3] * opacity, 8, axis=0))


def png(picture: np.ndarray) -> bytes:
    """Return float (rows, cols, 3) in [0, 1] as PNG, grey where it has no colour."""
    levels = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    grey = bool((levels[..., 0] == levels[..., 1]).all() and (levels[..., 0] == levels[..., 2]).all())
    buffer = io.BytesIO()
    Image.fromarray(levels[..., 0] if grey else levels).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


def _filter(scan: Scan, cols: int) -> Image.Resampling:
    """Area means where the picture is coarser than the scan, interpolation where it is finer."""
    return Image.Resampling.BOX if cols * 2 <= scan.shape[1] else Image.Resampling.BILINEAR
