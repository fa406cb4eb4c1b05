"""From stored values to the frames of a ``Scan``: grey, palette and colour DICOM."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset

from model_zoo.errors import ScanDecodeError
from model_zoo.scans.formats._dicom_bits import stored_frames
from model_zoo.scans.formats._dicom_file import items, text
from model_zoo.scans.formats._dicom_palette import read_palette, read_supplemental
from model_zoo.scans.formats._dicom_pixels import PixelLayout
from model_zoo.scans.formats._dicom_values import (
    LookupTable,
    Voi,
    grey_scaling,
    modality_values,
    read_table,
    read_voi,
    sigmoid,
)
from model_zoo.scans.formats._luminance import to_eight_bits, to_luminance
from model_zoo.scans.formats._remarks import Remarks
from model_zoo.scans.scan import Window

_COLOUR_NOTE = "Networks see the brightness of the picture, not its colour."
_COLOUR_SHARE = 0.001  # of the pixels, as for other pictures
_POLARITY = (
    "PresentationLUTShape contradicts PhotometricInterpretation; the shape is followed. Check that bone is white."
)


@dataclass(frozen=True)
class Rendered:
    """frames: float32 (frames, rows, cols), larger is brighter. colour: uint8 (frames, rows, cols, 3), for real colour alone."""

    frames: np.ndarray
    window: Window
    is_colour: bool = False
    colour: np.ndarray | None = None


@dataclass(frozen=True)
class _Shown:
    """One frame after VOI. window: ``None`` where the file asks for none. ends: values of the ends of the stored range."""

    values: np.ndarray
    window: Window | None
    ends: tuple[float, float]


def functional_groups(ds: Dataset, n_frames: int) -> list[list[Dataset]]:
    """Return, per frame of an enhanced multi-frame file, its own functional group and then the shared one."""
    shared = items(ds, "SharedFunctionalGroupsSequence")[:1]
    own = items(ds, "PerFrameFunctionalGroupsSequence")
    return [own[i : i + 1] + shared for i in range(n_frames)]


def grey_frames(ds: Dataset, layout: PixelLayout, groups: list[list[Dataset]], remarks: Remarks) -> Rendered:
    """Render MONOCHROME1 and MONOCHROME2: modality values, VOI, and the mirror of MONOCHROME1."""
    table = _modality_table(ds, layout, remarks)
    colours = read_supplemental(ds, layout.signed)
    inverted = _is_inverted(ds, layout, remarks)
    frames = np.empty((layout.n_frames, layout.rows, layout.cols), dtype=np.float32)
    masks: list[np.ndarray | None] = []
    first: _Shown | None = None
    seen = (np.inf, -np.inf)
    for i, (stored, padded) in enumerate(stored_frames(ds, layout, remarks)):
        shown = _shown(ds, layout, groups[i], table, stored, remarks)
        drawn = None if colours is None else stored >= colours.first
        masks.append(drawn)
        if first is None:
            first = shown
        elif shown.window != first.window:
            remarks.note("The frames ask for different display windows; that of the first is used.")
        seen = _widened(seen, shown.values, padded, drawn)
        if inverted:
            np.subtract(np.float32(sum(first.ends)), shown.values, out=frames[i])
        else:
            frames[i] = shown.values
        if colours is not None:
            frames[i][drawn] = colours.apply(stored[drawn]) / colours.full_scale
    if first is None:
        raise ScanDecodeError("The DICOM file holds no frame.", "Export or download the scan again.")
    window = first.window or _full_range(layout, table is not None, seen, _first_scaling(ds, groups[0]))
    if _shows_nothing(window, seen):
        remarks.note("The display window of the file leaves nothing to be seen: widen it.")
    if inverted:
        window = Window(sum(first.ends) - window.centre, window.width)
    drawn_over = [(frame, mask) for frame, mask in zip(frames, masks, strict=True) if mask is not None and mask.any()]
    for frame, mask in drawn_over:
        frame[mask] = window.centre - window.width / 2 + frame[mask] * window.width
    if drawn_over:
        remarks.note("A part of the picture is drawn in colour; it is reduced to brightness.")
    return Rendered(frames, window, bool(drawn_over))


def _shown(
    ds: Dataset,
    layout: PixelLayout,
    groups: list[Dataset],
    table: LookupTable | None,
    stored: np.ndarray,
    remarks: Remarks,
) -> _Shown:
    """Return one frame in modality units after its VOI."""
    slope, intercept = _first_scaling(ds, groups)
    values = modality_values(stored, table, slope, intercept)
    ends = modality_values(np.array(layout.stored_range), table, slope, intercept)
    voi = _first_voi(ds, groups, layout.signed or (intercept or 0.0) < 0, remarks)
    if layout.is_float:
        bad = ~np.isfinite(values)
        if bad.any():
            remarks.note("Some pixels hold no number; they are set to zero.")
        values[bad] = 0.0
        ends = np.array([values.min(), values.max()])
    if voi.n_views > 1:
        remarks.aside(f"The file offers {voi.n_views} display settings; the first is used.")
    if voi.table is not None:
        white = voi.table.full_scale
        return _Shown(voi.table.apply(values), Window(white / 2, white), (0.0, white))
    if voi.sigmoid is not None:
        return _Shown(sigmoid(values, voi.sigmoid), Window(0.5, 1.0), (0.0, 1.0))
    return _Shown(values, voi.window, (float(ends.min()), float(ends.max())))


def _shows_nothing(window: Window, seen: tuple[float, float]) -> bool:
    """Tell whether a window makes all of the picture black, or all of it white, although it is not of one value."""
    low, high = window.centre - window.width / 2, window.centre + window.width / 2
    return seen[0] < seen[1] and (seen[1] <= low or seen[0] >= high)


def _is_inverted(ds: Dataset, layout: PixelLayout, remarks: Remarks) -> bool:
    """Tell whether low values are bright, by PhotometricInterpretation and PresentationLUTShape (PS3.3 C.11.6).

    The shape INVERSE belongs to MONOCHROME1, IDENTITY to MONOCHROME2, and both turn the picture once. Where they contradict
    each other the shape counts, as the last step before the screen and as in DCMTK.
    """
    for keyword in ("PhotometricInterpretation", "PixelRepresentation"):
        if not text(ds, keyword) and not layout.is_float:
            remarks.note(f"{keyword} is not stated; the picture may be shown wrongly. Check that bone is white.")
    shape = text(ds, "PresentationLUTShape").upper()
    dark = layout.photometric == "MONOCHROME1"
    if shape not in ("IDENTITY", "INVERSE"):
        if shape:
            remarks.note("PresentationLUTShape names no known shape and is left out.")
        return dark
    if (shape == "INVERSE") != dark:
        remarks.note(_POLARITY)
    return shape == "INVERSE"


def _widened(
    seen: tuple[float, float], values: np.ndarray, padded: np.ndarray | None, drawn: np.ndarray | None
) -> tuple[float, float]:
    """Return the range of the values seen so far, without padding and without what is drawn in colour."""
    left_out = [mask for mask in (padded, drawn) if mask is not None and mask.any()]
    if left_out:
        values = values[~np.logical_or.reduce(left_out)]
    return (min(seen[0], float(values.min())), max(seen[1], float(values.max()))) if values.size else seen


def palette_frames(ds: Dataset, layout: PixelLayout, remarks: Remarks) -> Rendered:
    """Render PALETTE COLOR: every pixel becomes the luminance of its palette entry."""
    table, coloured = read_palette(ds, layout.signed)
    frames = np.empty((layout.n_frames, layout.rows, layout.cols), dtype=np.float32)
    share = LookupTable(coloured.astype(np.float32), table.first, 1.0)
    n_coloured = 0.0
    for i, (stored, _) in enumerate(stored_frames(ds, layout, remarks)):
        frames[i] = table.apply(stored)
        n_coloured += float(share.apply(stored).sum(dtype=np.float64))
    is_colour = n_coloured > _COLOUR_SHARE * frames.size
    window = Window(table.full_scale / 2, table.full_scale)
    return _coloured(frames, window, is_colour, remarks)


def colour_frames(ds: Dataset, layout: PixelLayout, remarks: Remarks) -> Rendered:
    """Render RGB and YBR (converted to RGB by pydicom) as luminance in the values of the file."""
    frames = np.empty((layout.n_frames, layout.rows, layout.cols), dtype=np.float32)
    colour = np.empty((*frames.shape, 3), dtype=np.uint8)
    full_scale = layout.stored_range[1]
    is_colour = False
    for i, (stored, _) in enumerate(stored_frames(ds, layout, remarks)):
        if stored.ndim != 3 or stored.shape[2] != 3:
            raise ScanDecodeError(
                "The DICOM file is damaged: its colour pixels are incomplete.", "Export or download the scan again."
            )
        frames[i], frame_colour = to_luminance(stored, full_scale)
        colour[i] = to_eight_bits(stored, full_scale)
        is_colour = is_colour or frame_colour
    return _coloured(frames, Window(full_scale / 2, full_scale), is_colour, remarks, colour)


def _coloured(
    frames: np.ndarray, window: Window, is_colour: bool, remarks: Remarks, colour: np.ndarray | None = None
) -> Rendered:
    if is_colour:
        remarks.aside(_COLOUR_NOTE)
    return Rendered(frames, window, is_colour, colour if is_colour else None)


def _modality_table(ds: Dataset, layout: PixelLayout, remarks: Remarks) -> LookupTable | None:
    tables = items(ds, "ModalityLUTSequence")
    if not tables:
        return None
    try:
        return read_table(tables[0], "LUTDescriptor", "LUTData", layout.signed)
    except ScanDecodeError:
        remarks.note("The modality table (LUT) of the file is damaged and is not applied: values are uncalibrated.")
        return None


def _first_scaling(ds: Dataset, groups: list[Dataset]) -> tuple[float | None, float | None]:
    """Return (slope, intercept) of the frame, from its functional groups when the file has them."""
    for group in groups:
        for item in items(group, "PixelValueTransformationSequence"):
            return grey_scaling(item)
    return grey_scaling(ds)


def _first_voi(ds: Dataset, groups: list[Dataset], signed: bool, remarks: Remarks) -> Voi:
    for group in groups:
        for item in items(group, "FrameVOILUTSequence"):
            return read_voi(item, signed, remarks)
    return read_voi(ds, signed, remarks)


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
