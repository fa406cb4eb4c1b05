"""From stored values to the frames of a ``Scan``: grey, palette and colour DICOM."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset

from model_zoo.errors import ScanDecodeError
from model_zoo.scans.formats._dicom_file import items, number
from model_zoo.scans.formats._dicom_palette import read_palette
from model_zoo.scans.formats._dicom_pixels import PixelLayout, decoded_frames
from model_zoo.scans.formats._dicom_values import (
    LookupTable,
    Voi,
    grey_scaling,
    modality_values,
    read_table,
    read_voi,
    sigmoid,
)
from model_zoo.scans.formats._luminance import to_luminance
from model_zoo.scans.scan import Window

_COLOUR_NOTE = "Colour is reduced to brightness."
_COLOUR_SHARE = 0.001  # of the pixels, as for other pictures


@dataclass(frozen=True)
class Rendered:
    """frames: float32 (frames, rows, cols), larger is brighter."""

    frames: np.ndarray
    window: Window
    is_colour: bool
    notes: list[str]


def functional_groups(ds: Dataset, n_frames: int) -> list[list[Dataset]]:
    """Return, per frame of an enhanced multi-frame file, its own functional group and then the shared one."""
    shared = items(ds, "SharedFunctionalGroupsSequence")[:1]
    own = items(ds, "PerFrameFunctionalGroupsSequence")
    return [own[i : i + 1] + shared for i in range(n_frames)]


def grey_frames(ds: Dataset, layout: PixelLayout, groups: list[list[Dataset]]) -> Rendered:
    """Render MONOCHROME1 and MONOCHROME2: modality values, VOI, and the mirror of MONOCHROME1."""
    notes: list[str] = []
    table = _modality_table(ds, layout, notes)
    frames = np.empty((layout.n_frames, layout.rows, layout.cols), dtype=np.float32)
    window: Window | None = None
    low, high = layout.stored_range
    padding = None if layout.is_float else number(ds, "PixelPaddingValue")
    seen_low, seen_high = np.inf, -np.inf
    not_finite = 0
    for i, stored in enumerate(decoded_frames(ds, layout)):
        slope, intercept = _first_scaling(ds, groups[i])
        values = modality_values(stored, table, slope, intercept)
        ends = modality_values(np.array(layout.stored_range), table, slope, intercept)
        signed = layout.signed or (intercept or 0.0) < 0
        voi, voi_notes = _first_voi(ds, groups[i], signed)
        notes += voi_notes
        if layout.is_float:
            bad = ~np.isfinite(values)
            not_finite += int(np.count_nonzero(bad))
            values[bad] = 0.0
            ends = np.array([values.min(), values.max()])
        if voi.n_views > 1:
            notes.append(f"The file offers {voi.n_views} display settings; the first is used.")
        if voi.table is not None:
            values, ends = voi.table.apply(values), np.array([0.0, voi.table.full_scale])
            frame_window: Window | None = Window(voi.table.full_scale / 2, voi.table.full_scale)
        elif voi.sigmoid is not None:
            values, ends = sigmoid(values, voi.sigmoid), np.array([0.0, 1.0])
            frame_window = Window(0.5, 1.0)
        else:
            frame_window = voi.window
            kept = values if padding is None else values[stored != padding]
            if kept.size:
                seen_low, seen_high = min(seen_low, float(kept.min())), max(seen_high, float(kept.max()))
        if i == 0:
            window, (low, high) = frame_window, (float(ends.min()), float(ends.max()))
        elif frame_window != window:
            notes.append("The frames ask for different display windows; that of the first is used.")
        if layout.photometric == "MONOCHROME1":
            np.subtract(np.float32(low + high), values, out=values)
        frames[i] = values
    if not_finite:
        notes.append("Some pixels hold no number; they are set to zero.")
    if window is None:
        window = _full_range(layout, table is not None, (seen_low, seen_high), _first_scaling(ds, groups[0]))
    if layout.photometric == "MONOCHROME1":
        window = Window(low + high - window.centre, window.width)
    return Rendered(frames, window, False, notes)


def palette_frames(ds: Dataset, layout: PixelLayout) -> Rendered:
    """Render PALETTE COLOR: every pixel becomes the luminance of its palette entry."""
    table, coloured = read_palette(ds, layout.signed)
    frames = np.empty((layout.n_frames, layout.rows, layout.cols), dtype=np.float32)
    share = LookupTable(coloured.astype(np.float32), table.first, 1.0)
    n_coloured = 0.0
    for i, stored in enumerate(decoded_frames(ds, layout)):
        frames[i] = table.apply(stored)
        n_coloured += float(share.apply(stored).sum(dtype=np.float64))
    is_colour = n_coloured > _COLOUR_SHARE * frames.size
    window = Window(table.full_scale / 2, table.full_scale)
    return Rendered(frames, window, is_colour, [_COLOUR_NOTE] if is_colour else [])


def colour_frames(ds: Dataset, layout: PixelLayout) -> Rendered:
    """Render RGB and YBR (converted to RGB by pydicom) as luminance in the values of the file."""
    frames = np.empty((layout.n_frames, layout.rows, layout.cols), dtype=np.float32)
    full_scale = layout.stored_range[1]
    is_colour = False
    for i, stored in enumerate(decoded_frames(ds, layout)):
        if stored.ndim != 3 or stored.shape[2] != 3:
            raise ScanDecodeError(
                "The DICOM file is damaged: its colour pixels are incomplete.", "Export or download the scan again."
            )
        frames[i], frame_colour = to_luminance(stored, full_scale)
        is_colour = is_colour or frame_colour
    return Rendered(frames, Window(full_scale / 2, full_scale), is_colour, [_COLOUR_NOTE] if is_colour else [])


def _modality_table(ds: Dataset, layout: PixelLayout, notes: list[str]) -> LookupTable | None:
    tables = items(ds, "ModalityLUTSequence")
    if not tables:
        return None
    try:
        return read_table(tables[0], "LUTDescriptor", "LUTData", layout.signed)
    except ScanDecodeError:
        notes.append("The modality table (LUT) of the file is damaged and is not applied: values are uncalibrated.")
        return None


def _first_scaling(ds: Dataset, groups: list[Dataset]) -> tuple[float | None, float | None]:
    """Return (slope, intercept) of the frame, from its functional groups when the file has them."""
    for group in groups:
        for item in items(group, "PixelValueTransformationSequence"):
            return grey_scaling(item)
    return grey_scaling(ds)


def _first_voi(ds: Dataset, groups: list[Dataset], signed: bool) -> tuple[Voi, list[str]]:
    for group in groups:
        for item in items(group, "FrameVOILUTSequence"):
            return read_voi(item, signed)
    return read_voi(ds, signed)


def _full_range(
    layout: PixelLayout,
    has_table: bool,
    seen: tuple[float, float],
    scaling: tuple[float | None, float | None],
) -> Window:
    """Return the window of a file that asks for none: black to white for plain 8 bit, else the range that occurs."""
    plain = not has_table and scaling[0] in (None, 1.0) and not scaling[1]
    if plain and not layout.is_float and not layout.signed and layout.bits_stored == 8:
        return Window(127.5, 255.0)
    low, high = seen if np.isfinite(seen).all() else (0.0, 1.0)
    return Window((low + high) / 2, max(high - low, 1e-6))
