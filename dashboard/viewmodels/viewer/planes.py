"""Numbers packed into PNG, exactly, and how they travel: inside of the message, or published under an address of their own."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import numpy as np
from PIL import Image

# Keeps bytes of a kind (MIME) where the reader's browser may fetch them; the same bytes get the same address again.
Publish = Callable[[bytes, str], str]
_MISSING = 0  # code 0 of a packed map; values take 1 ... 65535


def picture_payload(png: bytes, publish: Publish | None) -> str | dict[str, str]:
    """Return a PNG as it is sent: base64, or the address under which it was published."""
    if publish is None:
        return base64.b64encode(png).decode("ascii")
    return {"url": publish(png, "image/png")}


def pack_planes(codes: np.ndarray, planes: int) -> bytes:
    """Write codes as a grey PNG: the high bytes above the low bytes, apart because each compresses better alone."""
    return write_png((codes if planes == 1 else np.concatenate([codes >> 8, codes & 255])).astype(np.uint8))


def write_png(pixels: np.ndarray) -> bytes:
    """Write uint8 pixels, grey (rows, cols) or colour (rows, cols, 3)."""
    buffer = io.BytesIO()
    # Level 3: a third of the time of the default for some 3 % more bytes on films and maps.
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


def pack_map(values: np.ndarray) -> tuple[bytes, float, float]:
    """Return the PNG of 16-bit codes and the values of codes 1 and 65535; the error is at most 1/131068 of their span."""
    known = np.isfinite(values)
    low, high = (float(values[known].min()), float(values[known].max())) if known.any() else (0.0, 0.0)
    span = high - low or 1.0
    codes = 1 + np.rint((np.where(known, values, low).astype(np.float64) - low) / span * 65534)
    return pack_planes(np.where(known, codes, _MISSING).astype(np.uint16), planes=2), low, low + span


def area_mean(values: np.ndarray, side: int) -> np.ndarray:
    """Reduce (rows, cols) so that the longer side is at most ``side``; every output pixel is the mean of its area."""
    size = reduced_size(values.shape, side)
    if size is None:
        return values
    image = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    return np.asarray(image.resize(size, Image.Resampling.BOX))


def colour_mean(pixels: np.ndarray, side: int) -> np.ndarray:
    """Reduce uint8 (rows, cols, 3) likewise."""
    size = reduced_size(pixels.shape[:2], side)
    if size is None:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))


def reduced_size(shape: tuple[int, ...], side: int) -> tuple[int, int] | None:
    """Return (cols, rows) of a picture whose longer side is ``side``; ``None`` where it is no longer already."""
    rows, cols = shape
    scale = side / max(rows, cols)
    return None if scale >= 1 else (max(1, round(cols * scale)), max(1, round(rows * scale)))


def reduce_map(values: np.ndarray, side: int) -> np.ndarray:
    """Reduce a map by area means over the values that are there; an area with less than half of them is missing."""
    known = np.isfinite(values)
    if known.all():
        return area_mean(values, side)
    share = area_mean(known.astype(np.float32), side)
    total = area_mean(np.where(known, values, 0).astype(np.float32), side)
    return np.where(share >= 0.5, total / np.maximum(share, 0.5), np.nan).astype(np.float32)
