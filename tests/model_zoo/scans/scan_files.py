"""Files for the tests of scan decoding, made in memory."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pydicom
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian

PYDICOM_DATA = Path(pydicom.__file__).parent / "data"
ANATOMY = np.random.default_rng(20).integers(0, 4096, (40, 48)).astype(np.uint16)
DIGITAL_XRAY = "1.2.840.10008.5.1.4.1.1.1.1"


def shipped(name: str) -> bytes:
    """Read a file that pydicom ships in its wheel (never its downloader, which would ask the network)."""
    return (PYDICOM_DATA / "test_files" / name).read_bytes()


def picture(array: np.ndarray, kind: str, mode: str | None = None, **options: object) -> bytes:
    buffer = io.BytesIO()
    image = Image.fromarray(array)
    (image.convert(mode) if mode else image).save(buffer, kind, **options)
    return buffer.getvalue()


def png(header: tuple[int, int, int, int], rows: bytes) -> bytes:
    """Write a PNG by hand: (cols, rows, depth, colour type) and the unfiltered rows, each after its filter byte."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    ihdr = struct.pack(">IIBBBBB", *header, 0, 0, 0)
    body = chunk(b"IHDR", ihdr) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def deep_png(array: np.ndarray) -> bytes:
    """Write a 16-bit PNG with 2 (LA), 3 (RGB) or 4 (RGBA) channels, which Pillow does not write."""
    rows, cols, channels = array.shape
    colour_type = {2: 4, 3: 2, 4: 6}[channels]
    return png((cols, rows, 16, colour_type), b"".join(b"\x00" + row.astype(">u2").tobytes() for row in array))


def dataset(pixels: np.ndarray | None = ANATOMY, syntax: str = ExplicitVRLittleEndian, **elements: object) -> Dataset:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(syntax)
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = DIGITAL_XRAY
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = "1.2.3.4"
    ds.Modality = "DX"
    if pixels is not None:
        colour = pixels.ndim >= 3 and pixels.shape[-1] == 3
        ds.Rows, ds.Columns = pixels.shape[-3:-1] if colour else pixels.shape[-2:]
        frames = pixels.ndim - (3 if colour else 2)
        if frames:
            ds.NumberOfFrames = pixels.shape[0]
        ds.SamplesPerPixel = 3 if colour else 1
        if colour:
            ds.PlanarConfiguration = 0
        ds.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
        ds.BitsAllocated = 8 * pixels.dtype.itemsize
        ds.BitsStored = 12 if pixels.dtype == np.uint16 else ds.BitsAllocated
        ds.HighBit = ds.BitsStored - 1
        ds.PixelRepresentation = int(pixels.dtype.kind == "i")
        ds.PixelData = pixels.tobytes()
        ds["PixelData"].VR = "OB" if pixels.dtype.itemsize == 1 else "OW"
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


def dicom(ds: Dataset) -> bytes:
    buffer = io.BytesIO()
    ds.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def encapsulated(ds: Dataset, frames: list[bytes], syntax: str) -> bytes:
    ds.file_meta.TransferSyntaxUID = UID(syntax)
    ds.PixelData = encapsulate(frames)
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    return dicom(ds)


def deflated(ds: Dataset) -> bytes:
    ds.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2.1.99")
    return dicom(ds)
