"""Which bits of a pixel cell are the pixel (PS3.5 8.1.1): BitsStored, HighBit, padding, and files that contradict themselves.

pydicom masks whatever lies above BitsStored; a file that holds more there than it says is then shown wrapped, bright as dark.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import RLELossless

from model_zoo.scans.formats._dicom_file import number, transfer_syntax
from model_zoo.scans.formats._dicom_pixels import PixelLayout, decoded_frames
from model_zoo.scans.formats._remarks import Remarks

MORE_BITS = "The pixels hold more bits than BitsStored says; all of them are shown"
WHICH_BITS = "HighBit and the pixels contradict each other; the pixels are shown as they lie"
_OVERLAY_GROUPS = range(0x6000, 0x6020, 2)


def stored_frames(ds: Dataset, layout: PixelLayout, remarks: Remarks) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """Yield every frame of stored values, and where it holds padding (``None``: the file names no padding).

    Raises as ``decoded_frames``.
    """
    ends = padding_range(ds, layout)
    syntax = transfer_syntax(ds)
    compressed = syntax.is_encapsulated and syntax != RLELossless
    drawn_over = has_overlay_bits(ds, layout.bits_stored)
    for raw in decoded_frames(ds, layout):
        padded = is_padding(raw, ends)
        values = true_values(raw, layout, padded, remarks, compressed=compressed, drawn_over=drawn_over)
        if padded is not None and layout.shift:
            padded = padded | is_padding(values, ends)
        yield values, padded


def true_values(
    raw: np.ndarray,
    layout: PixelLayout,
    padded: np.ndarray | None,
    remarks: Remarks,
    *,
    compressed: bool = False,
    drawn_over: bool = False,
) -> np.ndarray:
    """Return the pixel values of decoded cells.

    Parameters
    ----------
    raw : integers in the type of BitsAllocated, as they lie in the file.
    padded : of the same shape, true where the cell holds padding; what lies outside the stored bits there is made black.
    compressed : a decoder has made the cells; it aligns them to the right whatever HighBit says.
    drawn_over : drawings lie in the unused bits; they are dropped.

    Returns
    -------
    integers of the type of ``raw``. Bits below HighBit - BitsStored + 1 and above HighBit are dropped; where that would lose
    a part of the picture everything is kept, and a doubt says so.
    """
    width = 8 * raw.dtype.itemsize
    if raw.dtype.kind not in "iu" or layout.bits_allocated == 1 or layout.bits_stored >= width:
        return raw
    cells = raw.view(f"u{raw.dtype.itemsize}")
    beyond = cells >> np.array(layout.bits_stored, cells.dtype)
    if layout.shift and (beyond.any() or not compressed):
        below = cells & np.array((1 << layout.shift) - 1, cells.dtype)
        if below.any() and not beyond.any():  # right-aligned under a header that says otherwise
            remarks.doubt(WHICH_BITS)
            return raw
        return _extended(cells >> np.array(layout.shift, cells.dtype), layout, raw.dtype)
    if not beyond.any():
        return _extended(cells, layout, raw.dtype) if layout.signed else raw
    outside = beyond != 0
    if layout.signed:
        outside = _outside_signed(cells, beyond, layout, width)
    masked = _extended(cells, layout, raw.dtype)
    if padded is not None and (outside & padded).any():
        low, high = layout.stored_range
        masked[outside & padded] = high if layout.photometric == "MONOCHROME1" else low
        outside = outside & ~padded
    if drawn_over or not outside.any():
        return masked
    remarks.doubt(MORE_BITS)
    return raw if padded is None else np.where(padded, masked, raw)


def _outside_signed(cells: np.ndarray, beyond: np.ndarray, layout: PixelLayout, width: int) -> np.ndarray:
    """Tell which signed cells go beyond the stored bits: writers fill the rest with the sign, or with zeros."""
    ones = np.array((1 << (width - layout.bits_stored)) - 1, cells.dtype)
    negative = (cells >> np.array(layout.bits_stored - 1, cells.dtype)) & np.array(1, cells.dtype)
    extended = (beyond == ones) & (negative == 1)
    # Where some cells carry their sign up, a cell with the sign bit and zeros above is a large positive number.
    large = (beyond == 0) & (negative == 1) if extended.any() else np.zeros(cells.shape, bool)
    return ((beyond != 0) & ~extended) | large


def _extended(cells: np.ndarray, layout: PixelLayout, dtype: np.dtype) -> np.ndarray:
    """Keep the lowest BitsStored bits, with their sign."""
    rest = np.array(8 * cells.dtype.itemsize - layout.bits_stored, cells.dtype)
    kind = f"{'i' if layout.signed else 'u'}{cells.dtype.itemsize}"
    return ((cells << rest).view(kind) >> rest.astype(kind)).astype(dtype)


def padding_range(ds: Dataset, layout: PixelLayout) -> tuple[float, float] | None:
    """Return the lowest and highest stored value that stands for "no picture here" (PS3.3 C.7.5.1.1.2); ``None``: none does.

    A value written as unsigned for signed pixels, or the reverse, is taken as the bits it is made of.
    """
    prefix = ""
    if layout.is_float:
        prefix = "DoubleFloat" if layout.bits_allocated == 64 else "Float"
    value = number(ds, f"{prefix}PixelPaddingValue")
    if value is None:
        return None
    limit = number(ds, f"{prefix}PixelPaddingRangeLimit")
    ends = [value, value if limit is None else limit]
    if not layout.is_float:
        ends = [_in_cell(end, layout) for end in ends]
    return min(ends), max(ends)


def is_padding(values: np.ndarray, ends: tuple[float, float] | None) -> np.ndarray | None:
    """Return where ``values`` lie in the padding range; ``None`` without one."""
    return None if ends is None else (values >= ends[0]) & (values <= ends[1])


def _in_cell(value: float, layout: PixelLayout) -> float:
    bits = int(value) % (1 << layout.bits_allocated)
    return float(bits - (1 << layout.bits_allocated) if layout.signed and bits >> (layout.bits_allocated - 1) else bits)


def has_overlay_bits(ds: Dataset, bits_stored: int) -> bool:
    """Tell whether drawings lie in the unused bits of the pixels: OverlayBitPosition, long retired."""
    positions = (ds.get((group, 0x0102)) for group in _OVERLAY_GROUPS)
    return any(p is not None and isinstance(p.value, int) and p.value >= bits_stored for p in positions)
