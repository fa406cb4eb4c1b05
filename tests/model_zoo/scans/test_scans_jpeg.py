"""JPEG in DICOM: baseline (1.2.840.10008.1.2.4.50), extended (.51), lossless process 14 (.57) and its first-order form SV1 (.70).

Lossless is held to the bit against an encoder written here, and against DCMTK's. What lossy JPEG decodes to is left open by a
grey level by the standard; there the values are those of DCMTK.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.uid import JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1

from model_zoo.errors import ScanDecodeError
from model_zoo.scans import decode_scan
from tests.model_zoo.scans.jpeg_lossless import jpeg_lossless
from tests.model_zoo.scans.scan_files import dataset, dicom, encapsulated, picture, shipped

SEED = 20260401
# SHA-256 of the picture in JPGExtended.dcm, uint16 little-endian, as DCMTK 3.6.7 decodes it.
EXTENDED_12_BIT = "d30242775a414c01d616447854ebe3f2b20259822894bcd6891f879bcdcbf313"
PREDICTORS = [(JPEGLosslessSV1, 1), *((JPEGLossless, predictor) for predictor in range(1, 8))]
SMOOTH = ((np.sin(np.arange(96) / 7)[:, None] + np.cos(np.arange(80) / 9)) * 1000 + 2048).astype(np.uint16)


def noise(bits: int, *shape: int) -> np.ndarray:
    """Return samples of all values that the bits can hold: the largest differences there can be."""
    pixels = np.random.default_rng(SEED + bits).integers(0, 2**bits, shape or (23, 31))
    return pixels.astype(np.uint8 if bits <= 8 else np.uint16)


def lossless(pixels: np.ndarray, bits: int, syntax: str = JPEGLosslessSV1, **options: int) -> bytes:
    described = dataset(pixels, BitsStored=bits, HighBit=bits - 1)
    return encapsulated(described, [jpeg_lossless(pixels, bits, **options)], syntax)


@pytest.mark.parametrize("bits", [2, 7, 8, 9, 10, 12, 14, 15, 16])
@pytest.mark.parametrize(("syntax", "predictor"), PREDICTORS)
def test_lossless_is_exact_at_every_precision_and_predictor(syntax, predictor, bits):
    pixels = noise(bits)
    np.testing.assert_array_equal(
        decode_scan(lossless(pixels, bits, syntax, predictor=predictor)).frames[0], pixels.astype(np.float32)
    )


def test_lossless_of_several_frames_and_with_restarts_is_exact():
    frames = noise(12, 3, 24, 31)
    data = encapsulated(dataset(frames), [jpeg_lossless(f, 12, 6, restart_rows=5) for f in frames], JPEGLossless)
    np.testing.assert_array_equal(decode_scan(data).frames, frames.astype(np.float32))


@pytest.mark.parametrize("bits", [12, 16])
def test_lossless_of_signed_values_is_exact(bits):
    pixels = (noise(bits).astype(int) - 2 ** (bits - 1)).astype(np.int16)
    described = dataset(pixels, BitsStored=bits, HighBit=bits - 1)
    data = encapsulated(described, [jpeg_lossless(pixels.astype(int) & (2**bits - 1), bits)], JPEGLosslessSV1)
    np.testing.assert_array_equal(decode_scan(data).frames[0], pixels.astype(np.float32))


def test_lossless_in_colour_is_exact():
    pixels = noise(8, 23, 31, 3)
    scan = decode_scan(lossless(pixels, 8))
    assert scan.colour is not None
    np.testing.assert_array_equal(scan.colour[0], pixels)


def test_samples_of_8_bits_in_cells_of_16_are_exact():
    pixels = noise(8).astype(np.uint16)
    np.testing.assert_array_equal(decode_scan(lossless(pixels, 8)).frames[0], pixels.astype(np.float32))


def test_a_stream_goes_before_the_label_of_its_file():
    pixels = noise(12)
    for label in (JPEGBaseline8Bit, JPEGExtended12Bit):
        np.testing.assert_array_equal(decode_scan(lossless(pixels, 12, label)).frames[0], pixels.astype(np.float32))


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.98])
def test_a_stream_that_breaks_off_is_refused(kept):
    pixels = noise(12, 64, 64)
    stream = jpeg_lossless(pixels, 12)
    with pytest.raises(ScanDecodeError, match="damaged"):
        decode_scan(encapsulated(dataset(pixels), [stream[: int(len(stream) * kept)]], JPEGLosslessSV1))


def test_samples_wider_than_their_cells_are_refused():
    described = dataset(noise(8))
    with pytest.raises(ScanDecodeError, match="damaged"):
        decode_scan(encapsulated(described, [jpeg_lossless(noise(12), 12)], JPEGLosslessSV1))


def test_a_damaged_stream_says_nothing_of_the_patient(capfd):
    described = dataset(SMOOTH, PatientName="Doe^Jane", PatientID="SECRET-7781")
    stream = bytearray(jpeg_lossless(SMOOTH, 12))
    stream[len(stream) // 2 :: 7] = b"\xaa" * len(stream[len(stream) // 2 :: 7])
    with pytest.raises(ScanDecodeError) as refused:
        decode_scan(encapsulated(described, [bytes(stream)], JPEGLosslessSV1))
    assert not {"Doe", "SECRET"} & set(str(refused.value).split())
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["JPGExtended.dcm", "JPEG-lossy.dcm"])
def test_extended_12_bit_is_the_picture_of_dcmtk(name):
    """The second is the first with a scan header that breaks the standard; DCMTK reads both alike."""
    frame = decode_scan(shipped(name)).frames[0]
    assert hashlib.sha256(frame.astype("<u2").tobytes()).hexdigest() == EXTENDED_12_BIT


@pytest.mark.parametrize("syntax", [JPEGBaseline8Bit, JPEGExtended12Bit])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_grey_of_8_bits_is_that_of_a_jpeg_file(syntax, options):
    stream = picture((SMOOTH // 16).astype(np.uint8), "JPEG", quality=92, **options)
    data = encapsulated(dataset((SMOOTH // 16).astype(np.uint8)), [stream], syntax)
    np.testing.assert_array_equal(decode_scan(data).frames[0], decode_scan(stream).frames[0])


@pytest.mark.parametrize("syntax", [JPEGBaseline8Bit, JPEGExtended12Bit])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_colour_of_8_bits_is_that_of_a_jpeg_file_up_to_the_rounding_of_its_conversion(syntax, subsampling):
    grey = (SMOOTH // 16).astype(np.uint8)
    colour = np.dstack([grey, grey[::-1], 255 - grey])
    stream = picture(colour, "JPEG", quality=92, subsampling=subsampling)
    scan = decode_scan(encapsulated(dataset(colour, PhotometricInterpretation="YBR_FULL_422"), [stream], syntax))
    with Image.open(io.BytesIO(stream)) as image:
        seen = np.asarray(image.convert("RGB")).astype(int)
    assert scan.colour is not None
    assert np.abs(scan.colour[0] - seen).max() <= 1


def dcmtk(tool: str, data: bytes, folder: Path, *options: str) -> bytes:
    (folder / "in.dcm").write_bytes(data)
    subprocess.run(
        [tool, *options, str(folder / "in.dcm"), str(folder / "out.dcm")], check=True, capture_output=True, timeout=60
    )
    return (folder / "out.dcm").read_bytes()


@pytest.mark.peers
@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("options", [["+e1"], *(["+el", "+sv", str(i)] for i in range(1, 8))], ids=" ".join)
def test_what_dcmtk_compresses_without_loss_comes_back(options, bits, tmp_path):
    pixels = noise(bits)
    data = dcmtk("dcmcjpeg", dicom(dataset(pixels, BitsStored=bits, HighBit=bits - 1)), tmp_path, *options)
    syntax = pydicom.dcmread(io.BytesIO(data)).file_meta.TransferSyntaxUID
    assert syntax == (JPEGLosslessSV1 if options == ["+e1"] else JPEGLossless)
    np.testing.assert_array_equal(decode_scan(data).frames[0], pixels.astype(np.float32))


@pytest.mark.peers
@pytest.mark.parametrize(
    ("option", "bits", "syntax"),
    [("+eb", 8, JPEGBaseline8Bit), ("+ee", 8, JPEGExtended12Bit), ("+ee", 12, JPEGExtended12Bit)],
)
def test_lossy_grey_is_to_the_bit_what_dcmtk_decodes(option, bits, syntax, tmp_path):
    pixels = SMOOTH if bits == 12 else (SMOOTH // 16).astype(np.uint8)
    data = dcmtk("dcmcjpeg", dicom(dataset(pixels)), tmp_path, option, "+q", "80")
    assert pydicom.dcmread(io.BytesIO(data)).file_meta.TransferSyntaxUID == syntax
    theirs = pydicom.dcmread(io.BytesIO(dcmtk("dcmdjpeg", data, tmp_path))).pixel_array
    np.testing.assert_array_equal(decode_scan(data).frames[0], theirs.astype(np.float32))
