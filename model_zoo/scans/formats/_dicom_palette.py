"""Palette colour of DICOM (PS3.3 C.7.9): the three tables become one table of brightness."""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset

from model_zoo.errors import ScanDecodeError
from model_zoo.scans.formats._dicom_file import numbers, text
from model_zoo.scans.formats._dicom_values import LookupTable, read_table
from model_zoo.scans.formats._luminance import to_luminance

_CHANNELS = ("Red", "Green", "Blue")
_MAX_ENTRIES = 65536


def read_palette(ds: Dataset, signed: bool) -> tuple[LookupTable, np.ndarray]:
    """Return the table of luminance and, per entry, whether it is a real colour.

    Segmented tables are expanded here, within bounds: an indirect segment repeats others, by mistake also itself, so
    that a few bytes can describe an endless table.
    """
    channels = []
    for name in _CHANNELS:
        descriptor = f"{name}PaletteColorLookupTableDescriptor"
        segmented = f"Segmented{name}PaletteColorLookupTableData"
        if segmented in ds:
            channels.append(_expanded(ds, descriptor, segmented))
        else:
            channels.append(read_table(ds, descriptor, f"{name}PaletteColorLookupTableData", signed))
    length = min(len(c.values) for c in channels)
    colours = np.stack([c.values[:length] for c in channels], axis=1).astype(np.uint16)
    full_scale = _full_scale(int(colours.max(initial=0)), int(numbers(ds, "RedPaletteColorLookupTableDescriptor")[2]))
    luminance, _ = to_luminance(colours[:, np.newaxis], full_scale)
    spread = colours.max(axis=1) - colours.min(axis=1)
    return LookupTable(luminance[:, 0], channels[0].first, full_scale), spread > 0.08 * full_scale


def read_supplemental(ds: Dataset, signed: bool) -> LookupTable | None:
    """Return the table of luminance of a grey picture of which a part is drawn in colour (PS3.3 C.7.6.19).

    From its first mapped value on, a stored value is a colour and not a grey; ``None`` unless the file says so.
    """
    stated = text(ds, "PixelPresentation").upper()
    if stated not in ("COLOR", "MIXED") or "RedPaletteColorLookupTableDescriptor" not in ds:
        return None
    return read_palette(ds, signed)[0]


def _full_scale(highest: int, bits: int) -> float:
    """Return white: of 16 declared bits it may be 255, where the entries are those of a table of 8 bits, and the reverse."""
    if bits > 8 and highest <= 255:
        return 255.0
    return float(2**bits - 1) if highest < 2**bits else 65535.0


def _expanded(ds: Dataset, descriptor: str, keyword: str) -> LookupTable:
    shape = numbers(ds, descriptor)
    raw = ds[keyword].value
    if len(shape) != 3 or not isinstance(raw, bytes):
        raise _bad_palette()
    little = ds.original_encoding[1] is not False
    bytewise = shape[2] <= 8  # segments of 8-bit tables are bytes, of deeper ones words
    words = np.frombuffer(
        raw if bytewise else raw[: len(raw) // 2 * 2], "u1" if bytewise else "<u2" if little else ">u2"
    )
    entries = int(shape[0]) or _MAX_ENTRIES
    values: list[float] = []
    _expand(words.tolist(), 0, None, values, min(entries, _MAX_ENTRIES), bytewise)
    if len(values) < entries:
        raise _bad_palette()
    return LookupTable(np.array(values[:entries], dtype=np.float32), int(shape[1]), float(2 ** int(shape[2]) - 1))


def _expand(words: list[int], at: int, segments: int | None, out: list[float], limit: int, bytewise: bool) -> None:
    """Expand discrete (0), linear (1) and indirect (2) segments from ``at`` until ``limit`` values are there."""
    wide = 4 if bytewise else 2  # an indirect offset has 32 bits: four bytes or two words
    while at + 1 < len(words) and len(out) < limit and segments != 0:
        kind, count = words[at], words[at + 1]
        if kind == 0:
            out.extend(words[at + 2 : at + 2 + count])
            at += 2 + count
        elif kind == 1 and out and count and at + 2 < len(words):
            out.extend(np.linspace(out[-1], words[at + 2], count + 1)[1:].round().tolist())
            at += 3
        elif kind == 2 and segments is None:  # the standard forbids indirect segments within indirect ones
            parts = words[at + 2 : at + 2 + wide]
            target = sum(part << (8 if bytewise else 16) * i for i, part in enumerate(parts))
            _expand(words, target if bytewise else target // 2, count, out, limit, bytewise)
            at += 2 + wide
        else:
            raise _bad_palette()
        if segments is not None:
            segments -= 1


def _bad_palette() -> ScanDecodeError:
    return ScanDecodeError(
        "The colour palette of the DICOM file is damaged or incomplete.", "Export or download the scan again."
    )
