"""DICOM: values, windows, tables, inversion, frames, compression, geometry and metadata."""

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels import apply_voi_lut
from pydicom.sequence import Sequence

from model_zoo.scans import Window, decode_scan
from tests.model_zoo.scans.scan_files import ANATOMY, dataset, deflated, dicom, encapsulated, picture, shipped

FLOAT = ANATOMY.astype(np.float32)


def item(**elements):
    ds = Dataset()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


def table(first, values, bits):
    ds = item(LUTDescriptor=[len(values), first, bits])
    ds["LUTDescriptor"].VR = "US"
    ds.add_new("LUTData", "OW", np.asarray(values, "<u2").tobytes())
    return ds


@pytest.mark.parametrize(
    "syntax",
    ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99"],
    ids=["implicit", "explicit", "deflated"],
)
def test_native_syntaxes_keep_every_value(syntax):
    scan = decode_scan(dicom(dataset(syntax=syntax)))
    np.testing.assert_array_equal(scan.frames[0], FLOAT)
    assert scan.format == "DICOM"
    assert scan.window == Window((FLOAT.min() + FLOAT.max()) / 2, FLOAT.max() - FLOAT.min())


def test_file_without_preamble_and_meta_is_read():
    whole = dicom(dataset(syntax="1.2.840.10008.1.2.1"))
    at = whole.index(b"\x08\x00\x16\x00UI")
    np.testing.assert_array_equal(decode_scan(whole[at:]).frames[0], FLOAT)


def test_a_tiff_header_in_the_preamble_does_not_hide_the_dicom_file():
    data = dicom(dataset())
    assert decode_scan(b"II*\x00" + data[4:]).format == "DICOM"


def test_rescale_and_linear_window_follow_the_standard():
    scan = decode_scan(dicom(dataset(RescaleSlope="2", RescaleIntercept="-1024", WindowCenter="40", WindowWidth="400")))
    np.testing.assert_array_equal(scan.frames[0], 2 * FLOAT - 1024)
    assert scan.window == Window(39.5, 399.0)  # black up to 40 - 0.5 - 399/2
    exact = decode_scan(dicom(dataset(WindowCenter="40", WindowWidth="400", VOILUTFunction="LINEAR_EXACT")))
    assert exact.window == Window(40.0, 400.0)


def test_monochrome1_is_mirrored_with_its_window():
    elements = {"WindowCenter": "1000", "WindowWidth": "501"}
    bright = decode_scan(dicom(dataset(**elements)))
    dark = decode_scan(dicom(dataset(PhotometricInterpretation="MONOCHROME1", **elements)))
    np.testing.assert_array_equal(dark.frames, 4095 - bright.frames)
    np.testing.assert_allclose(dark.presentation(), 1 - bright.presentation(), atol=1e-6)


def test_monochrome1_with_voi_table_is_mirrored_after_the_table():
    lut = table(0, np.arange(4096) // 2, 11)
    plain = decode_scan(dicom(dataset(VOILUTSequence=Sequence([lut]))))
    mirrored = decode_scan(dicom(dataset(VOILUTSequence=Sequence([lut]), PhotometricInterpretation="MONOCHROME1")))
    np.testing.assert_array_equal(plain.frames[0], np.floor(FLOAT / 2))
    assert plain.window == Window(1023.5, 2047.0)
    np.testing.assert_allclose(mirrored.presentation(), 1 - plain.presentation(), atol=1e-6)


def test_voi_and_modality_tables_clip_at_their_ends():
    lut = table(1000, np.arange(500) * 7, 12)
    ds = dataset(VOILUTSequence=Sequence([lut]))
    np.testing.assert_array_equal(decode_scan(dicom(ds)).frames[0], apply_voi_lut(ANATOMY, ds))
    modality = decode_scan(dicom(dataset(ModalityLUTSequence=Sequence([table(1000, np.arange(500) * 7, 16)]))))
    np.testing.assert_array_equal(modality.frames[0], np.clip(FLOAT - 1000, 0, 499) * 7)


def test_sigmoid_is_applied_to_the_frames():
    ds = dataset(WindowCenter="2000", WindowWidth="800", VOILUTFunction="SIGMOID")
    scan = decode_scan(dicom(ds))
    np.testing.assert_allclose(scan.frames[0] * 4095, apply_voi_lut(ANATOMY, ds), atol=1)
    assert scan.window == Window(0.5, 1.0)


def test_damaged_table_is_told_and_not_applied():
    lut = table(0, np.arange(16), 12)
    lut["LUTDescriptor"].value = [4096, 0, 12]
    scan = decode_scan(dicom(dataset(VOILUTSequence=Sequence([lut]))))
    np.testing.assert_array_equal(scan.frames[0], FLOAT)
    assert "The display table (VOI LUT) of the file is damaged and is not applied." in scan.notes


def test_signed_values_and_padding():
    signed = ANATOMY.astype(np.int16) - 2000
    signed[0, 0] = -32768
    scan = decode_scan(dicom(dataset(signed, PixelPaddingValue=-32768)))
    np.testing.assert_array_equal(scan.frames[0], signed)
    inner = signed[signed != -32768]
    assert scan.window.centre - scan.window.width / 2 == inner.min()


def test_enhanced_frames_take_rescale_window_and_spacing_from_their_groups():
    frames = np.stack([ANATOMY, ANATOMY // 2])
    own = [
        item(PixelValueTransformationSequence=Sequence([item(RescaleSlope=str(k), RescaleIntercept="5")]))
        for k in (1, 3)
    ]
    shared = item(
        FrameVOILUTSequence=Sequence([item(WindowCenter="100", WindowWidth="51")]),
        PixelMeasuresSequence=Sequence([item(PixelSpacing=["0.5", "0.25"])]),
    )
    ds = dataset(
        frames,
        PerFrameFunctionalGroupsSequence=Sequence(own),
        SharedFunctionalGroupsSequence=Sequence([shared]),
    )
    scan = decode_scan(dicom(ds))
    np.testing.assert_array_equal(scan.frames, [FLOAT + 5, 3 * np.floor(FLOAT / 2) + 5])
    assert (scan.window, scan.spacing_mm) == (Window(99.5, 50.0), (0.5, 0.25))


def test_colour_and_sixteen_bit_palette():
    rgb = np.random.default_rng(22).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    scan = decode_scan(dicom(dataset(rgb)))
    np.testing.assert_allclose(scan.frames[0], rgb @ np.array([0.299, 0.587, 0.114]), atol=1e-3)
    assert scan.is_colour


@pytest.mark.parametrize(
    ("syntax", "encoding"),
    [
        ("1.2.840.10008.1.2.5", "pydicom"),
        ("1.2.840.10008.1.2.4.80", "pyjpegls"),
        ("1.2.840.10008.1.2.4.90", "pylibjpeg"),
    ],
    ids=["RLE", "JPEG-LS", "JPEG 2000"],
)
@pytest.mark.parametrize("n_frames", [1, 3])
def test_own_lossless_compression_is_exact(syntax, encoding, n_frames):
    frames = np.stack([np.roll(ANATOMY, i) for i in range(n_frames)])
    ds = dataset(frames if n_frames > 1 else ANATOMY)
    ds.compress(syntax, encoding_plugin=encoding)
    np.testing.assert_array_equal(decode_scan(dicom(ds)).frames, frames.astype(np.float32))


def test_jpeg_baseline_in_dicom():
    smooth = (np.add.outer(np.arange(32), np.arange(32)) * 3).astype(np.uint8)
    ds = dataset(smooth)
    scan = decode_scan(encapsulated(ds, [picture(smooth, "JPEG", quality=95)], "1.2.840.10008.1.2.4.50"))
    np.testing.assert_allclose(scan.frames[0], smooth, atol=4)


def test_jpeg_lossless_and_deflated_shipped_files_are_exercised():
    assert decode_scan(shipped("SC_rgb_jpeg_gdcm.dcm")).is_colour
    assert decode_scan(shipped("image_dfl.dcm")).shape == (512, 512)
    assert decode_scan(deflated(dataset())).shape == ANATOMY.shape


@pytest.mark.parametrize(
    ("elements", "spacing", "word"),
    [
        ({"PixelSpacing": ["0.2", "0.1"], "Modality": "CT"}, (0.2, 0.1), ""),
        ({"ImagerPixelSpacing": ["0.2", "0.2"]}, (0.2, 0.2), "detector"),
        ({"ImagerPixelSpacing": ["0.2", "0.2"], "EstimatedRadiographicMagnificationFactor": "1.25"}, (0.16, 0.16), "corrected"),
        ({"ImagerPixelSpacing": ["0.2", "0.2"], "PixelSpacing": ["0.2", "0.2"]}, (0.2, 0.2), "not calibrated"),
        (
            {"ImagerPixelSpacing": ["0.2", "0.2"], "PixelSpacing": ["0.18", "0.18"], "PixelSpacingCalibrationType": "FIDUCIAL"},
            (0.18, 0.18),
            "calibrated (fiducial)",
        ),
        ({"PixelSpacing": ["0", "0.1"]}, None, ""),
        ({}, None, ""),
    ],
)  # fmt: skip
def test_spacing_says_where_it_holds(elements, spacing, word):
    scan = decode_scan(dicom(dataset(**elements)))
    assert scan.spacing_mm == (pytest.approx(spacing) if spacing else None)
    assert word in " ".join(scan.notes)


def test_metadata_and_the_identifier_stays_out_of_every_representation():
    ds = dataset(
        PatientID="SECRET-7781", PatientName="Doe^Jane", PatientSex="F", PatientAge="018M", StudyDate="20240229",
        ViewPosition="LL", ImageLaterality="R", BodyPartExamined="CHEST ", SeriesDescription="synthetic phantom",
    )  # fmt: skip
    scan = decode_scan(dicom(ds))
    m = scan.metadata
    assert (m.modality, m.body_part, m.view, m.laterality, m.sex) == ("DX", "CHEST", "LATERAL", "R", "F")
    assert (m.age_years, m.study_date, m.patient_id, m.synthetic) == (1.5, "2024-02-29", "SECRET-7781", True)
    assert "SECRET" not in repr(scan)
    assert "Doe" not in repr(scan)


def test_age_comes_from_the_birth_date_when_it_is_not_stated():
    m = decode_scan(dicom(dataset(PatientBirthDate="20000301", StudyDate="20200301"))).metadata
    assert m.age_years == pytest.approx(20.0, abs=0.01)
    blank = decode_scan(dicom(dataset(PatientAge="", StudyDate=""))).metadata
    assert (blank.age_years, blank.study_date, blank.synthetic) == (None, None, False)
