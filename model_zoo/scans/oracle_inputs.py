"""Small computed DICOM files, one for each thing that readers get wrong: held against the oracle. No patient is in them."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEGBaseline8Bit

_ROWS, _COLS = 32, 48
_SECONDARY_CAPTURE, _INSTANCE = UID("1.2.840.10008.5.1.4.1.1.7"), UID("1.2.3.4")
RAMP = np.linspace(0, 4095, _ROWS * _COLS).astype(np.uint16).reshape(_ROWS, _COLS)


def made_inputs() -> dict[str, bytes]:
    """Return the files by name: a ramp of grey or colour each, written as the name says."""
    return {name: _file(make()) for name, make in _MAKERS.items()}


def _grey(pixels: np.ndarray = RAMP, /, **elements: object) -> Dataset:
    ds = _dataset(pixels)
    ds.PhotometricInterpretation, ds.SamplesPerPixel = "MONOCHROME2", 1
    ds.BitsStored = 12 if pixels.dtype.itemsize == 2 else 8
    ds.PixelRepresentation = int(pixels.dtype.kind == "i")
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    if "HighBit" not in ds:
        ds.HighBit = ds.BitsStored - 1
    return ds


def _dataset(pixels: np.ndarray) -> Dataset:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = _SECONDARY_CAPTURE
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = _INSTANCE
    ds.Modality = "OT"
    ds.Rows, ds.Columns = pixels.shape[:2]
    ds.BitsAllocated = 8 * pixels.dtype.itemsize
    ds.PixelData = pixels.tobytes()
    ds["PixelData"].VR = "OW" if pixels.dtype.itemsize == 2 else "OB"
    return ds


def _raw(keyword: str, value: str, **elements: object) -> Dataset:
    """Write a value as it is, also one that no number is."""
    ds = _grey(**elements)
    ds.add_new(keyword, "LO", value)
    ds[keyword].VR = "DS"
    return ds


def _table(bits: int) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [4096, 0, bits])
    item.add_new("LUTData", "OW", np.arange(4096, dtype="<u2").tobytes())
    return _grey(VOILUTSequence=Sequence([item]))


def _palette(bits: int) -> Dataset:
    ds = _grey((RAMP >> 4).astype(np.uint8), PhotometricInterpretation="PALETTE COLOR")
    steps = np.arange(256, dtype="<u2")
    for name, values in (("Red", steps), ("Green", steps[::-1]), ("Blue", steps // 2)):
        ds.add_new(f"{name}PaletteColorLookupTableDescriptor", "US", [256, 0, bits])
        data = (values * 257 if bits == 16 else values).astype("<u2" if bits == 16 else "u1").tobytes()
        ds.add_new(f"{name}PaletteColorLookupTableData", "OW", data)
    return ds


def _colour_jpeg() -> Dataset:
    """Return a lossy JPEG labelled RGB whose stream holds YCbCr, without any marker that says so."""
    grey = (RAMP >> 4).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(np.repeat(grey[..., None], 3, axis=2)).save(buffer, "JPEG", quality=95, subsampling=0)
    stream = buffer.getvalue()
    stream = stream[:2] + stream[4 + int.from_bytes(stream[4:6], "big") :]  # without the JFIF marker
    ds = _dataset(np.repeat(grey[..., None], 3, axis=2))
    ds.PhotometricInterpretation, ds.SamplesPerPixel, ds.PlanarConfiguration = "RGB", 3, 0
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 7, 0
    ds.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    ds.PixelData = encapsulate([stream])
    ds["PixelData"].is_undefined_length = True
    return ds


def _file(ds: Dataset) -> bytes:
    buffer = io.BytesIO()
    ds.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


_WINDOW = {"WindowCenter": "2048", "WindowWidth": "1500"}
_MAKERS: dict[str, Callable[[], Dataset]] = {
    "12 bits, no window": lambda: _grey(),
    "window": lambda: _grey(**_WINDOW),
    "window with an empty second value": lambda: _raw("WindowCenter", "2048\\", WindowWidth="1500"),
    "window 1500,0": lambda: _raw("WindowWidth", "1500,0", WindowCenter="2048"),
    "window of one grey value": lambda: _grey(WindowCenter="2048", WindowWidth="1"),
    "sigmoid window": lambda: _grey(**_WINDOW, VOILUTFunction="SIGMOID"),
    "slope 0.25": lambda: _grey(WindowCenter="512", WindowWidth="1024", RescaleSlope="0.25", RescaleIntercept="0"),
    "slope 0,25": lambda: _raw("RescaleSlope", "0,25", WindowCenter="512", WindowWidth="1024", RescaleIntercept="0"),
    "MONOCHROME1": lambda: _grey(**_WINDOW, PhotometricInterpretation="MONOCHROME1"),
    "MONOCHROME1 and INVERSE": lambda: _grey(
        **_WINDOW, PhotometricInterpretation="MONOCHROME1", PresentationLUTShape="INVERSE"
    ),
    "MONOCHROME2 and INVERSE": lambda: _grey(**_WINDOW, PresentationLUTShape="INVERSE"),
    "MONOCHROME1 and IDENTITY": lambda: _grey(
        **_WINDOW, PhotometricInterpretation="MONOCHROME1", PresentationLUTShape="IDENTITY"
    ),
    "high bit 15": lambda: _grey(RAMP << 4, **_WINDOW, HighBit=15),
    "high bit 13": lambda: _grey(RAMP << 2, **_WINDOW, HighBit=13),
    "12 bits of pixels, BitsStored 10": lambda: _grey(**_WINDOW, BitsStored=10),
    "signed": lambda: _grey(RAMP.astype(np.int16) - 2048, WindowCenter="0", WindowWidth="1500"),
    "signed, zeros above the sign": lambda: _grey(
        ((RAMP.astype(np.int16) - 2048) & 0x0FFF).astype(np.int16), WindowCenter="0", WindowWidth="1500"
    ),
    "table of 12 bits": lambda: _table(12),
    "table of 12 bits declared as 16": lambda: _table(16),
    "palette of 16 bits": lambda: _palette(16),
    "palette of 8 bits": lambda: _palette(8),
    "YCbCr stream labelled RGB": _colour_jpeg,
}  # fmt: skip
