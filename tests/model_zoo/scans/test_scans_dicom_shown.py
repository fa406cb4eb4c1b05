"""How values become visible: tables that do not fill their bits, thresholds, polarity, palettes, colours of a stream."""

import io

import numpy as np
import pytest
from PIL import Image
from pydicom.sequence import Sequence

from model_zoo.errors import UnsupportedScan
from model_zoo.scans import Window, decode_scan
from tests.model_zoo.scans.scan_files import ANATOMY, dataset, dicom, encapsulated, shipped
from tests.model_zoo.scans.test_scans_dicom import item

FLOAT = ANATOMY.astype(np.float32)
BASELINE = "1.2.840.10008.1.2.4.50"
GREY = np.linspace(0, 255, 64 * 64).astype(np.uint8).reshape(64, 64)


def tabled(entries, bits, **elements):
    lut = item()
    lut.add_new("LUTDescriptor", "US", [len(entries), 0, bits])
    lut.add_new("LUTData", "OW", np.asarray(entries, "<u2").tobytes())
    return decode_scan(dicom(dataset(VOILUTSequence=Sequence([lut]), **elements)))


@pytest.mark.parametrize(
    ("top", "bits", "white"),
    [
        (4095, 16, 4095),
        (1023, 16, 1023),
        (1000, 12, 1000),
        (4095, 8, 4095),
        (4095, 12, 4095),
        (3000, 12, 4095),
        (65535, 16, 65535),
    ],
)
def test_the_highest_entry_of_a_table_that_does_not_fill_its_bits_is_white(top, bits, white):
    scan = tabled(np.linspace(0, top, 4096).astype(int), bits)
    assert scan.window == Window(white / 2, white)
    assert any("VOI LUT" in note for note in scan.notes) == (white != 2**bits - 1)


def test_a_narrow_table_is_inverted_about_its_own_white():
    plain = tabled(np.arange(4096), 16).presentation()
    dark = tabled(np.arange(4096), 16, PhotometricInterpretation="MONOCHROME1").presentation()
    np.testing.assert_allclose(dark, 1 - plain, atol=1e-6)


@pytest.mark.parametrize("centre", [40.0, 0.8, 2048.5, -3.0])
def test_a_linear_window_of_one_is_a_threshold_of_floats_too(centre):
    at = centre - 0.5
    pixels = np.array([[at - 1, at - 0.01, at, at + 0.01, at + 1]], dtype=np.float32)
    pixels[0, 2] = np.float32(at)
    ds = dataset(None, Rows=1, Columns=5, SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2", BitsAllocated=32)
    ds.FloatPixelData = pixels.tobytes()
    ds.WindowCenter, ds.WindowWidth = str(centre), "1"
    scan = decode_scan(dicom(ds))
    np.testing.assert_allclose(scan.presentation()[0, [0, 1, 3, 4]], [0, 0, 1, 1])
    assert scan.presentation()[0, 2] < 0.01
    assert any("one grey value wide" in note for note in scan.notes)


def test_exact_and_unknown_functions_of_a_window():
    exact = decode_scan(dicom(dataset(WindowCenter="40", WindowWidth="1", VOILUTFunction="LINEAR_EXACT")))
    assert exact.window == Window(40, 1)
    unknown = decode_scan(dicom(dataset(WindowCenter="40", WindowWidth="401", VOILUTFunction="LOGARITHMIC")))
    assert unknown.window == Window(39.5, 400)
    assert any("VOILUTFunction" in note for note in unknown.notes)


@pytest.mark.parametrize(
    ("photometric", "shape", "inverted", "named"),
    [
        ("MONOCHROME2", "IDENTITY", False, False),
        ("MONOCHROME2", "INVERSE", True, True),
        ("MONOCHROME1", "INVERSE", True, False),
        ("MONOCHROME1", "IDENTITY", False, True),
        ("MONOCHROME1", "", True, False),
        ("MONOCHROME2", "LIN OD", False, True),
        ("MONOCHROME1", "LIN OD", True, True),
    ],
)
def test_the_presentation_shape_turns_a_picture_once_and_a_contradiction_is_named(photometric, shape, inverted, named):
    scan = decode_scan(dicom(dataset(PhotometricInterpretation=photometric, PresentationLUTShape=shape)))
    np.testing.assert_array_equal(scan.frames[0], 4095 - FLOAT if inverted else FLOAT)
    assert any("PresentationLUTShape" in note for note in scan.notes) == named


def with_palette(ds, first, bits, values):
    for name in ("Red", "Green", "Blue"):
        ds.add_new(f"{name}PaletteColorLookupTableDescriptor", "US", [len(values), first, bits])
        scaled = values if name == "Red" else values // 4
        ds.add_new(f"{name}PaletteColorLookupTableData", "OW", scaled.astype("<u2").tobytes())
    return ds


def test_a_part_drawn_by_a_supplemental_palette_is_colour_and_not_the_brightest_grey():
    pixels = np.clip(ANATOMY, 0, 4000).astype(np.uint16)
    pixels[:3] = 4090
    ds = with_palette(dataset(pixels, PixelPresentation="COLOR"), 4090, 16, np.full(6, 40000))
    scan = decode_scan(dicom(ds))
    assert scan.is_colour
    assert any("drawn in colour" in note for note in scan.notes)
    assert scan.window.centre + scan.window.width / 2 == pixels[3:].max()
    np.testing.assert_allclose(scan.presentation()[:3], 40000 * (0.299 + 0.701 / 4) / 65535, atol=1e-3)
    grey = decode_scan(dicom(with_palette(dataset(pixels), 4090, 16, np.full(6, 40000))))
    assert not grey.is_colour  # a palette that nothing refers to


@pytest.mark.parametrize(("bits", "scale"), [(16, 257), (16, 1), (8, 257)])
def test_a_palette_is_as_bright_as_its_entries_whatever_bits_it_declares(bits, scale):
    ds = with_palette(dataset(GREY, PhotometricInterpretation="PALETTE COLOR"), 0, bits, np.arange(256) * scale)
    shown = decode_scan(dicom(ds)).presentation()
    np.testing.assert_allclose(shown, GREY / 255 * (0.299 + 0.701 / 4), atol=0.01)


def jpeg(mode, label, *, ids=None, keep_marker=False, adobe=None):
    """Return a DICOM file with a JPEG of a grey ramp in three colours: in YCbCr or RGB, marked or not."""
    image = Image.fromarray(np.repeat(GREY[..., None], 3, axis=2))
    buffer = io.BytesIO()
    if mode == "RGB":
        image.save(buffer, "JPEG", quality=95, subsampling=0, keep_rgb=True)
    else:
        image.save(buffer, "JPEG", quality=95, subsampling=0)
    stream = bytearray(buffer.getvalue())
    if not keep_marker:
        del stream[2 : 4 + int.from_bytes(stream[4:6], "big")]
    if ids is not None:
        for marker, step, start in ((b"\xff\xc0", 3, 10), (b"\xff\xda", 2, 5)):
            at = stream.index(marker) + start
            stream[at : at + 3 * step : step] = bytes(ids)
    if adobe is not None:
        stream[2:2] = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + bytes([adobe])
    ds = dataset(np.repeat(GREY[..., None], 3, axis=2), PhotometricInterpretation=label)
    return decode_scan(encapsulated(ds, [bytes(stream)], BASELINE))


@pytest.mark.parametrize("label", ["RGB", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_420"])
@pytest.mark.parametrize(
    "stream",
    [
        {"mode": "YBR"},
        {"mode": "YBR", "keep_marker": True},
        {"mode": "YBR", "adobe": 1},
        {"mode": "RGB", "ids": b"RGB"},
        {"mode": "RGB", "ids": b"\1\2\3", "adobe": 0},
        {"mode": "RGB", "ids": b"\0\1\2", "adobe": 0},
    ],
    ids=["1-2-3", "JFIF", "Adobe YCbCr", "R-G-B", "Adobe RGB", "Adobe RGB 0-1-2"],
)
def test_the_stream_says_what_colours_it_holds_and_the_label_does_not(label, stream):
    scan = jpeg(label=label, **stream)
    assert not scan.is_colour
    np.testing.assert_allclose(scan.frames[0], GREY, atol=4)


def test_where_the_stream_says_nothing_the_label_stands():
    assert not jpeg("RGB", "RGB", ids=b"\0\1\2").is_colour
    assert not jpeg("YBR", "YBR_FULL", ids=b"\0\1\2").is_colour
    slide = decode_scan(shipped("SC_jpeg_no_color_transform.dcm")).frames
    marked = decode_scan(shipped("SC_jpeg_no_color_transform_2.dcm")).frames
    assert abs(slide.mean() - marked.mean()) < 5


@pytest.mark.parametrize("label", ["YBR_PARTIAL_422", "YBR_ICT", "YBR_RCT"])
def test_a_colour_space_that_no_decoder_turns_into_rgb_is_refused(label):
    pixels = np.repeat(GREY[..., None], 3, axis=2)
    with pytest.raises(UnsupportedScan, match="colour space"):
        decode_scan(dicom(dataset(pixels, PhotometricInterpretation=label)))
