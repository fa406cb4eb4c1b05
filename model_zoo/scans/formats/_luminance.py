"""Colour to luminance, in strips so that a large picture costs no large temporary arrays."""

from __future__ import annotations

import numpy as np

LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601, as in JPEG and in the DICOM YBR definitions
_STRIP_PIXELS = 1_000_000
_COLOUR_SPREAD = 0.08  # of the full scale: lossy chroma noise of grey film stored as RGB stays below
_COLOUR_SHARE = 0.001  # of the pixels: a few strongly coloured pixels are already a drawing or a photograph


def to_luminance(pixels: np.ndarray, full_scale: float, alpha: np.ndarray | None = None) -> tuple[np.ndarray, bool]:
    """Reduce RGB to luminance, on black where transparent.

    Parameters
    ----------
    pixels : (rows, cols, 3) unsigned integers from 0 to ``full_scale``.
    alpha : (rows, cols) opacity from 0 to ``full_scale``, or ``None`` for opaque.

    Returns
    -------
    float32 (rows, cols) in the scale of ``pixels``, and whether the picture carries real colour.
    """
    rows, cols = pixels.shape[:2]
    out = np.empty((rows, cols), dtype=np.float32)
    coloured = 0
    step = max(1, _STRIP_PIXELS // cols)
    for top in range(0, rows, step):
        strip = pixels[top : top + step]
        out[top : top + step] = strip.astype(np.float32) @ LUMA
        # Channel by channel: numpy reduces a last axis of length three many times slower.
        r, g, b = strip[..., 0], strip[..., 1], strip[..., 2]
        spread = np.maximum(np.maximum(r, g), b) - np.minimum(np.minimum(r, g), b)
        visible = spread > _COLOUR_SPREAD * full_scale
        if alpha is not None:
            opacity = alpha[top : top + step]
            out[top : top + step] *= opacity.astype(np.float32) / np.float32(full_scale)
            visible &= opacity > 0
        coloured += int(np.count_nonzero(visible))
    return out, coloured > _COLOUR_SHARE * rows * cols


def to_eight_bits(pixels: np.ndarray, full_scale: float, alpha: np.ndarray | None = None) -> np.ndarray:
    """Return RGB as it is looked at: uint8 (rows, cols, 3), on black where transparent. Parameters as for ``to_luminance``."""
    rows, cols = pixels.shape[:2]
    if alpha is None and full_scale == 255:
        return np.ascontiguousarray(pixels, dtype=np.uint8)
    out = np.empty((rows, cols, 3), dtype=np.uint8)
    step = max(1, _STRIP_PIXELS // cols)
    for top in range(0, rows, step):
        strip = pixels[top : top + step].astype(np.float32) * np.float32(255 / full_scale)
        if alpha is not None:
            strip *= (alpha[top : top + step].astype(np.float32) / np.float32(full_scale))[..., np.newaxis]
        out[top : top + step] = np.rint(strip)
    return out
