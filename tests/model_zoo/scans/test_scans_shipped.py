"""Every file that pydicom ships for its own tests decodes or is refused in words; known pixels agree with pydicom."""

import warnings

import numpy as np
import pydicom
import pytest
from pydicom.pixels import apply_modality_lut, apply_voi_lut, pixel_array

from model_zoo.errors import ScanDecodeError, ZooError
from model_zoo.scans import decode_scan
from tests.model_zoo.scans.scan_files import PYDICOM_DATA, shipped

FILES = sorted(p for p in PYDICOM_DATA.rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc"))
REFUSED = {  # sound or broken, but without pixels that can be read; everything else with pixels has to decode
    "MR_truncated.dcm",
    "JPEG2000-embedded-sequence-delimiter.dcm",  # its picture size is overwritten by a delimiter
    "meta_missing_tsyntax.dcm",  # pixel data without rows and columns
    "nested_priv_SQ.dcm",  # likewise
    "no_meta.dcm",  # a stray byte stands before its first element
}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_file_decodes_or_is_refused_in_words(path, recwarn, capfd):
    data = path.read_bytes()
    try:
        scan = decode_scan(data)
    except ZooError as e:
        refused, scan = e, None
    if scan is None:
        assert refused.message.endswith(".")
        assert refused.hint
        assert "Error" not in refused.message
        has_pixels = b"\xe0\x7f\x10\x00" in data and path.suffix == ".dcm"
        assert not has_pixels or path.name in REFUSED
    else:
        assert scan.frames.dtype == np.float32
        assert scan.frames.ndim == 3
        assert np.isfinite(scan.frames).all()
        assert scan.window.width > 0
    assert not recwarn.list
    assert capfd.readouterr() == ("", "")


def test_the_walk_covers_the_wheel():
    assert len(FILES) > 150


def reference(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds = pydicom.dcmread(PYDICOM_DATA / "test_files" / name)
        return ds, pixel_array(ds)


@pytest.mark.parametrize(
    "name",
    ["CT_small.dcm", "693_J2KI.dcm", "JPEG2000.dcm", "MR_small_RLE.dcm", "MR_small_bigendian.dcm"],
)
def test_modality_values_are_those_of_pydicom(name):
    ds, stored = reference(name)
    scan = decode_scan(shipped(name))
    np.testing.assert_allclose(scan.frames[0], apply_modality_lut(stored, ds), rtol=1e-6)


@pytest.mark.parametrize("name", ["693_J2KI.dcm", "MR_small.dcm", "examples_overlay.dcm"])
def test_presentation_is_that_of_pydicom(name):
    ds, stored = reference(name)
    shown = apply_voi_lut(apply_modality_lut(stored, ds), ds).astype(np.float64)
    top = 2.0**ds.BitsStored - 1
    low = -(2.0 ** (ds.BitsStored - 1)) if ds.PixelRepresentation else 0.0
    if "RescaleSlope" in ds:  # pydicom scales its output range with the rescale
        low, top = (low * ds.RescaleSlope + ds.RescaleIntercept), top * ds.RescaleSlope
    np.testing.assert_allclose(decode_scan(shipped(name)).presentation(), (shown - low) / top, atol=2e-3)


def test_known_pixels_of_the_ct():
    data = shipped("CT_small.dcm")
    start = data.rindex(b"\xe0\x7f\x10\x00OW") + 12
    frame = decode_scan(data).frames[0]
    assert frame[0, :3].tolist() == [175 - 1024, 180 - 1024, 166 - 1024]  # RescaleIntercept -1024
    np.testing.assert_array_equal(frame.ravel(), np.frombuffer(data, "<i2", 128 * 128, start) - 1024.0)


@pytest.mark.parametrize(
    ("compressed", "plain"),
    [
        ("MR_small_RLE.dcm", "MR_small.dcm"),
        ("MR_small_jp2klossless.dcm", "MR_small.dcm"),
        ("MR_small_jpeg_ls_lossless.dcm", "MR_small.dcm"),
        ("MR_small_bigendian.dcm", "MR_small.dcm"),
        ("MR_small_implicit.dcm", "MR_small.dcm"),
        ("rtdose_rle.dcm", "rtdose.dcm"),
        ("rtdose_expb.dcm", "rtdose.dcm"),
        ("liver_expb_1frame.dcm", "liver_1frame.dcm"),
        ("SC_rgb_jpeg_gdcm.dcm", "SC_rgb_rle.dcm"),  # JPEG lossless beside RLE
    ],
)
def test_lossless_sibling_is_equal(compressed, plain):
    np.testing.assert_array_equal(decode_scan(shipped(compressed)).frames, decode_scan(shipped(plain)).frames)


def test_frames_and_colour():
    scan = decode_scan(shipped("examples_ybr_color.dcm"))
    assert scan.n_frames == 30
    assert scan.is_colour
    _, rgb = reference("examples_ybr_color.dcm")
    np.testing.assert_allclose(scan.frames, rgb @ np.array([0.299, 0.587, 0.114]), atol=1e-3)


def test_palette_agrees_with_pydicom():
    from pydicom.pixels import apply_color_lut

    ds, stored = reference("examples_palette.dcm")
    rgb = apply_color_lut(stored, ds)
    scan = decode_scan(shipped("examples_palette.dcm"))
    np.testing.assert_allclose(scan.frames[0], rgb[..., :3] @ np.array([0.299, 0.587, 0.114]), rtol=1e-5, atol=0.01)


def test_truncated_file_says_so():
    with pytest.raises(ScanDecodeError, match="holds fewer"):
        decode_scan(shipped("MR_truncated.dcm"))
