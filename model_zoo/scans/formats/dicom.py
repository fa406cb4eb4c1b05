"""DICOM through pydicom and its decoder plug-ins, down to values in which larger is brighter."""

from __future__ import annotations

from pydicom.dataset import Dataset

from model_zoo.errors import ScanDecodeError, UnsupportedScan
from model_zoo.scans.formats._dicom_file import looks_like_dicom, number, read_dicom, text
from model_zoo.scans.formats._dicom_frames import colour_frames, functional_groups, grey_frames, palette_frames
from model_zoo.scans.formats._dicom_metadata import name_unreadable, read_metadata
from model_zoo.scans.formats._dicom_pixels import PIXEL_KEYWORDS, read_layout
from model_zoo.scans.formats._dicom_spacing import read_spacing
from model_zoo.scans.formats._remarks import Remarks
from model_zoo.scans.limits import DecodeLimits
from model_zoo.scans.scan import Scan

NAME = "DICOM"
EXTENSIONS = ("dcm", "dicom")
PRIORITY = 10

_SMALL_BYTES = 2 * 2**20
# Transfer syntaxes whose pixels stand in the file as they are: implicit, explicit, and big endian.
_NATIVE = (b"1.2.840.10008.1.2", b"1.2.840.10008.1.2.1", b"1.2.840.10008.1.2.2")
_PIXEL_TAG = (b"\xe0\x7f\x10\x00", b"\x7f\xe0\x00\x10")
# SOP class UIDs, by prefix, of files that hold no picture.
_PICTURELESS = (
    ("1.2.840.10008.5.1.4.1.1.88.59", "a selection of key images"),
    ("1.2.840.10008.5.1.4.1.1.88", "a structured report"),
    ("1.2.840.10008.5.1.4.1.1.104", "an encapsulated document such as a PDF"),
    ("1.2.840.10008.5.1.4.1.1.481", "a radiotherapy plan or structure set"),
    ("1.2.840.10008.5.1.4.1.1.9", "a waveform such as an ECG"),
    ("1.2.840.10008.5.1.4.1.1.11", "a presentation state"),
    ("1.2.840.10008.5.1.4.39", "a colour palette"),
    ("1.2.840.10008.1.3.10", "the directory of a disc"),
)


def sniff(head: bytes) -> bool:
    """Tell whether the bytes open like a DICOM file, with or without preamble."""
    return looks_like_dicom(head)


def is_small(data: bytes) -> bool:
    """Tell a file of at most 2 MiB whose pixels are neither compressed nor deflated: it cannot grow when it is decoded."""
    stated = data.find(b"\x02\x00\x10\x00UI", 128, 4096)
    if len(data) > _SMALL_BYTES or stated < 0:
        return False
    length = int.from_bytes(data[stated + 6 : stated + 8], "little")
    return data[stated + 8 : stated + 8 + length].rstrip(b"\0 ") in _NATIVE


def decode(data: bytes, sha256: str, limits: DecodeLimits) -> Scan:
    """Decode a DICOM file.

    Returns
    -------
    Scan, frames float32 in modality units. MONOCHROME1 is inverted about the middle of the range that its bits can
    hold, and its window with it. Nothing is flipped or turned: where the patient lies is said in the metadata. A VOI table
    or a sigmoid is applied to the frames; a linear window is handed on. Colour is reduced to luminance.
    """
    ds = read_dicom(data, limits)
    if not any(keyword in ds for keyword in PIXEL_KEYWORDS):
        raise _no_picture(ds, data)
    layout = read_layout(ds, limits)
    remarks = Remarks()
    groups = functional_groups(ds, layout.n_frames)
    metadata = read_metadata(ds, groups[0], remarks)
    if layout.photometric == "PALETTE COLOR":
        rendered = palette_frames(ds, layout, remarks)
    elif layout.samples == 3:
        rendered = colour_frames(ds, layout, remarks)
    else:
        rendered = grey_frames(ds, layout, groups, remarks)
    name_unreadable(ds, groups[0], remarks)
    return Scan(
        sha256=sha256,
        format=NAME,
        frames=rendered.frames,
        window=rendered.window,
        spacing_mm=read_spacing(ds, groups[0], remarks),
        is_colour=rendered.is_colour,
        colour=rendered.colour,
        metadata=metadata,
        notes=tuple(remarks.notes),
        doubts=tuple(remarks.doubts),
        cautions=tuple(remarks.cautions),
    )


def _no_picture(ds: Dataset, data: bytes) -> ScanDecodeError:
    """Tell a sound file without picture from one that ends before its picture, and from no DICOM at all."""
    hint = "Upload the image file of the study instead."
    sop_class = text(ds, "SOPClassUID") or text(getattr(ds, "file_meta", Dataset()), "MediaStorageSOPClassUID")
    for prefix, what in _PICTURELESS:
        if sop_class == prefix or sop_class.startswith(f"{prefix}."):
            return UnsupportedScan(f"This DICOM file holds {what}, not a picture.", hint)
    announced = number(ds, "Rows") is not None or any(tag in data for tag in _PIXEL_TAG)
    if announced or len(ds) == 0:
        return ScanDecodeError(
            "The DICOM file ends before its picture: it is damaged or incomplete.",
            "Export or download the scan again.",
        )
    return UnsupportedScan("This DICOM file holds no picture.", hint)
