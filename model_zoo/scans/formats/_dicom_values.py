"""Modality and VOI transformations of DICOM (PS3.3 C.11.1 and C.11.2), in float32 and frame by frame.

pydicom has the same in float64 over all frames at once; its results are the reference in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset

from model_zoo.errors import ScanDecodeError
from model_zoo.scans.formats._dicom_file import items, number, numbers, text
from model_zoo.scans.formats._remarks import Remarks
from model_zoo.scans.scan import Window

_MAX_LUT_ENTRIES = 65536
_CHUNK = 4_000_000  # pixels per step, so that the float64 of exact arithmetic is never held for a whole frame


@dataclass(frozen=True)
class LookupTable:
    """values: float32, one per entry. first: stored value that the first entry stands for.

    full_scale: what is shown white: 2^bits - 1, or the highest entry where ``narrower`` or wider than the declared bits.
    """

    values: np.ndarray
    first: int
    full_scale: float
    narrower: bool = False

    def apply(self, pixels: np.ndarray) -> np.ndarray:
        """Look up every pixel; values outside the table take its first or last entry (C.11.2.1.1)."""
        out = np.empty(pixels.shape, dtype=np.float32)
        flat, target = pixels.reshape(-1), out.reshape(-1)
        for at in range(0, flat.size, _CHUNK):
            index = np.clip(flat[at : at + _CHUNK].astype(np.float64) - self.first, 0, len(self.values) - 1)
            target[at : at + _CHUNK] = self.values[np.rint(index).astype(np.intp)]
        return out


@dataclass(frozen=True)
class Voi:
    """How values become visible: by a linear ``window``, or else by ``table`` or ``sigmoid``."""

    window: Window | None = None
    table: LookupTable | None = None
    sigmoid: Window | None = None
    n_views: int = 1


def read_table(item: Dataset, descriptor: str, data: str, signed: bool) -> LookupTable:
    """Read a lookup table of one channel (modality, VOI, or a plain palette).

    Raises ScanDecodeError when descriptor and data do not fit.
    """
    shape = numbers(item, descriptor)
    if len(shape) != 3 or not 0 <= shape[0] <= _MAX_LUT_ENTRIES or not 1 <= shape[2] <= 16:
        raise _bad_table()
    entries = int(shape[0]) or _MAX_LUT_ENTRIES  # 0 stands for 65,536: the field has 16 bits
    first = int(shape[1])
    if signed and first > 32767:  # written as unsigned although the pixels are signed
        first -= 65536
    elif not signed and first < 0:
        first += 65536
    values = _table_words(item, data, entries)
    white, narrower = white_of(float(values.max()), int(shape[2]))
    return LookupTable(values.astype(np.float32), first, white, narrower)


def white_of(highest: float, bits: int) -> tuple[float, bool]:
    """Return the value that is white, and whether the entries do not fill the declared bits.

    Tables of 12 bits declared as 16 are common; by the letter they would be shown at a sixteenth of their brightness.
    """
    declared = float(2**bits - 1)
    fits = declared / 2 < highest <= declared
    return (declared, False) if fits or highest <= 0 else (highest, True)


def _table_words(item: Dataset, keyword: str, entries: int) -> np.ndarray:
    try:
        raw = item[keyword].value
    except Exception as e:  # absent, or not convertible
        raise _bad_table() from e
    if isinstance(raw, bytes):
        little = bool(item.original_encoding[1]) if item.original_encoding[1] is not None else True
        if len(raw) >= 2 * entries:
            words = np.frombuffer(raw[: 2 * entries], dtype="<u2" if little else ">u2")
        else:  # 8-bit entries, two to a word
            words = np.frombuffer(raw, dtype=np.uint8)
    else:
        words = np.asarray(raw, dtype=np.int64).reshape(-1) & 0xFFFF
    if len(words) < entries:
        raise _bad_table()
    return words[:entries]


def modality_values(
    pixels: np.ndarray, table: LookupTable | None, slope: float | None, intercept: float | None
) -> np.ndarray:
    """Return stored values in modality units, float32, in the shape of ``pixels``."""
    if table is not None:
        return table.apply(pixels)
    slope, intercept = 1.0 if slope is None else slope, intercept or 0.0
    if (slope, intercept) == (1.0, 0.0):
        return pixels.astype(np.float32)
    out = np.empty(pixels.shape, dtype=np.float32)
    flat, target = pixels.reshape(-1), out.reshape(-1)
    for at in range(0, flat.size, _CHUNK):
        target[at : at + _CHUNK] = flat[at : at + _CHUNK].astype(np.float64) * slope + intercept
    return out


def read_voi(ds: Dataset, signed: bool, remarks: Remarks) -> Voi:
    """Read what the file (or one functional group) asks for; a VOI table goes before a window, as in pydicom."""
    tables = items(ds, "VOILUTSequence")
    if tables:
        try:
            table = read_table(tables[0], "LUTDescriptor", "LUTData", signed)
        except ScanDecodeError:
            remarks.note("The display table (VOI LUT) of the file is damaged and is not applied.")
        else:
            if table.narrower:
                remarks.aside(
                    "The display table (VOI LUT) does not fill its declared bits: its highest entry is white."
                )
            return Voi(table=table, n_views=len(tables))
    centres, widths = numbers(ds, "WindowCenter"), numbers(ds, "WindowWidth")
    if not centres or not widths:
        if centres or widths:
            remarks.note("The file states a part of a display window only; the full range is shown.")
        return Voi()
    centre, width = centres[0], widths[0]
    if width <= 0:
        remarks.note("The file asks for a display window without width; the full range is shown.")
        return Voi()
    function = text(ds, "VOILUTFunction").split("\\")[0].strip().upper() or "LINEAR"
    if function not in ("LINEAR", "LINEAR_EXACT", "SIGMOID"):
        remarks.note("VOILUTFunction names no known function; the window is shown as a linear one.")
    if function == "SIGMOID":
        return Voi(sigmoid=Window(centre, width), n_views=len(centres))
    if function == "LINEAR_EXACT" or width < 1:
        return Voi(Window(centre, width), n_views=len(centres))
    return Voi(_linear(centre, width, remarks), n_views=len(centres))


def _linear(centre: float, width: float, remarks: Remarks) -> Window:
    """Return the window of C.11.2.1.2.1: black up to c - 0.5 - (w - 1) / 2, white from c - 0.5 + (w - 1) / 2."""
    if width > 1:
        return Window(centre - 0.5, width - 1)
    # Of width 1 the standard makes a threshold: black up to c - 0.5 itself, white right above it.
    step = max(1e-6, float(np.spacing(np.float32(abs(centre - 0.5)))))
    remarks.note("The display window of the file is one grey value wide: the picture is shown in black and white.")
    return Window(centre - 0.5 + step / 2, step)


def sigmoid(values: np.ndarray, window: Window) -> np.ndarray:
    """Apply the sigmoid of C.11.2.1.3.1: float32 in (0, 1), 0.5 at the centre."""
    out = np.empty(values.shape, dtype=np.float32)
    flat, target = values.reshape(-1), out.reshape(-1)
    for at in range(0, flat.size, _CHUNK):
        exponent = -4.0 * (flat[at : at + _CHUNK].astype(np.float64) - window.centre) / window.width
        target[at : at + _CHUNK] = 1.0 / (1.0 + np.exp(np.clip(exponent, -80, 80)))
    return out


def grey_scaling(ds: Dataset) -> tuple[float | None, float | None]:
    """Return (slope, intercept) of a data set or functional group, ``None`` where it says nothing."""
    slope = number(ds, "RescaleSlope")
    return (None if slope == 0 else slope), number(ds, "RescaleIntercept")


def _bad_table() -> ScanDecodeError:
    return ScanDecodeError(
        "A lookup table in the DICOM file is damaged or incomplete.", "Export or download the scan again."
    )
