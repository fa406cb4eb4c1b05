"""Computed pictures as files: marked synthetic, of their modality, and decoded with what a reader needs to know."""

import io

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.uid import (
    EnhancedMRImageStorage,
    MRImageStorage,
    OphthalmicPhotography8BitImageStorage,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from model_zoo.errors import UnknownName
from model_zoo.phantoms import picture_samples, samples
from model_zoo.phantoms.brain.examination import render_head, render_stack
from model_zoo.phantoms.brain.mass import BrainMass
from model_zoo.phantoms.breast.examination import render_breast, render_sweep
from model_zoo.phantoms.breast.lesion import BreastLesion
from model_zoo.phantoms.eye.examination import render_fundus
from model_zoo.phantoms.eye.lesions import Retinopathy
from model_zoo.phantoms.picture_files import (
    marked_image,
    write_picture_dicom,
    write_picture_png,
    write_sequence_dicom,
)
from model_zoo.phantoms.picture_samples import PICTURE_CASES, SEQUENCE_CASES, cases_of, picture_case
from model_zoo.scans import decode_scan

MASS = BrainMass("glioma", (30.0, 0.0, 20.0), 16.0)
CYST = BreastLesion("cyst", (0.0, 0.4), 9.0, 0.8)
EXPECTED = {
    "breast": ("US", "BREAST", "L", UltrasoundImageStorage),
    "brain": ("MR", "BRAIN", None, MRImageStorage),
    "eye": ("OP", "EYE", "L", OphthalmicPhotography8BitImageStorage),
}


@pytest.fixture(scope="module")
def pictures():
    return {
        "breast": render_breast(2, CYST, 160, "L"),
        "brain": render_head(2, MASS, "axial", size=128),
        "eye": render_fundus(2, Retinopathy(4, 2), "L", 160),
    }


@pytest.mark.parametrize("protocol", EXPECTED)
def test_a_dicom_file_is_read_with_modality_side_and_spacing(pictures, protocol):
    picture = pictures[protocol]
    modality, body_part, side, sop_class = EXPECTED[protocol]
    data = write_picture_dicom(picture, "77", 50, "F", "2024-05-06", "case 1")
    scan = decode_scan(data)
    meta = scan.metadata
    assert (meta.modality, meta.body_part, meta.laterality) == (modality, body_part, side)
    assert (meta.age_years, meta.sex, meta.study_date, meta.patient_id) == (50, "F", "2024-05-06", "PHANTOM-77")
    assert meta.synthetic
    assert scan.spacing_mm == pytest.approx((picture.spacing_mm,) * 2, rel=1e-4)
    assert scan.is_colour is (protocol == "eye")
    assert scan.shape == picture.image.shape[:2]
    ds = pydicom.dcmread(io.BytesIO(data))
    assert (ds.SOPClassUID, ds.BurnedInAnnotation, str(ds.PatientName)) == (sop_class, "YES", "PHANTOM^SYNTHETIC")
    marked = marked_image(picture.image, "case 1")
    assert ds.pixel_array == pytest.approx(marked * (2**ds.BitsStored - 1), abs=0.51)
    if protocol != "eye":
        assert scan.presentation() == pytest.approx(marked, abs=0.01)


@pytest.mark.parametrize("protocol", EXPECTED)
def test_files_are_reproducible_and_marked_in_pixels_and_text(pictures, protocol):
    picture = pictures[protocol]
    assert write_picture_dicom(picture) == write_picture_dicom(picture)
    assert write_picture_dicom(picture) != write_picture_dicom(picture, study_date="2023-01-01")
    png = Image.open(io.BytesIO(write_picture_png(picture, "case 1")))
    assert png.mode == ("RGB" if protocol == "eye" else "L")
    assert "SYNTHETIC PHANTOM" in png.text["Synthetic"]
    assert decode_scan(write_picture_png(picture)).metadata.synthetic
    changed = marked_image(picture.image) != picture.image
    rows = np.nonzero(changed)[0]
    assert changed.sum() > 100
    assert rows.min() > 0.85 * picture.image.shape[0]
    assert not any((lesion.mask & changed.reshape(*lesion.mask.shape, -1).any(2)).any() for lesion in picture.lesions)


def test_a_stack_is_one_file_with_the_place_of_every_slice():
    stack = render_stack(2, MASS, slices=4, step_mm=8.0, first_mm=4.0, size=64)
    data = write_sequence_dicom(stack, "9", 60, "M", label="case 2")
    scan = decode_scan(data)
    assert scan.frames.shape == (4, 64, 64)
    assert scan.spacing_mm == pytest.approx((225 / 64,) * 2, rel=1e-4)
    assert (scan.metadata.modality, scan.metadata.body_part, scan.metadata.synthetic) == ("MR", "BRAIN", True)
    ds = pydicom.dcmread(io.BytesIO(data))
    assert ds.SOPClassUID == EnhancedMRImageStorage
    heights = [
        float(groups.PlanePositionSequence[0].ImagePositionPatient[2]) for groups in ds.PerFrameFunctionalGroupsSequence
    ]
    assert np.diff(heights) == pytest.approx(8.0, abs=0.1)
    assert write_sequence_dicom(stack, "9", 60, "M", label="case 2") == data


def test_a_sweep_is_one_cine_with_its_time():
    sweep = render_sweep(2, CYST, frames=3, step_mm=4.0, size=96, laterality="R")
    data = write_sequence_dicom(sweep)
    scan = decode_scan(data)
    ds = pydicom.dcmread(io.BytesIO(data))
    assert scan.n_frames == ds.NumberOfFrames == 3
    assert (scan.metadata.modality, scan.metadata.laterality) == ("US", "R")
    assert scan.spacing_mm == pytest.approx((sweep.pictures[0].spacing_mm,) * 2, rel=1e-4)
    assert (ds.SOPClassUID, float(ds.FrameTime)) == (UltrasoundMultiFrameImageStorage, 50.0)
    assert not np.array_equal(scan.frames[0], scan.frames[1])


def test_regions_of_ultrasound_that_differ_give_no_spacing(pictures):
    ds = pydicom.dcmread(io.BytesIO(write_picture_dicom(pictures["breast"])))
    other = pydicom.Dataset()
    other.update(ds.SequenceOfUltrasoundRegions[0])
    other.PhysicalDeltaX = other.PhysicalDeltaY = 0.02
    ds.SequenceOfUltrasoundRegions.append(other)
    buffer = io.BytesIO()
    ds.save_as(buffer)
    assert decode_scan(buffer.getvalue()).spacing_mm is None
    doppler = ds.SequenceOfUltrasoundRegions[1]
    doppler.RegionSpatialFormat, doppler.PhysicalUnitsXDirection = 3, 4  # a spectrum over time has no spacing
    buffer = io.BytesIO()
    ds.save_as(buffer)
    assert decode_scan(buffer.getvalue()).spacing_mm == pytest.approx((pictures["breast"].spacing_mm,) * 2, rel=1e-4)


def test_two_cases_for_each_protocol_under_names_of_their_own():
    names = [case.name for case in (*samples.SAMPLE_CASES, *PICTURE_CASES, *SEQUENCE_CASES)]
    identifiers = [case.identifier for case in (*samples.SAMPLE_CASES, *PICTURE_CASES, *SEQUENCE_CASES)]
    assert len(set(names)) == len(names)
    assert len(set(identifiers)) == len(identifiers)
    assert {protocol: len(cases_of(protocol)) for protocol in EXPECTED} == dict.fromkeys(EXPECTED, 2)
    assert {case.protocol for case in samples.SAMPLE_CASES} == {"chest"}
    for case in (*PICTURE_CASES, *SEQUENCE_CASES):
        assert "Synthetic" in case.title
        assert "omputed" in case.description
        assert "SYNTHETIC" in case.file_name
    with pytest.raises(UnknownName, match="eye-clear"):
        picture_case("eye-clean")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("breast-solid", "malignant"),
        ("breast-cyst", "cyst"),
        ("brain-ring", "glioma"),
        ("brain-dural", "meningioma"),
        ("eye-referable", "grade 2"),
        ("eye-clear", "grade 0"),
    ],
)
def test_a_sample_case_holds_what_its_title_says(name, label):
    case = picture_case(name)
    scan = decode_scan(case.scan_bytes())
    assert case.phantom().label == label
    assert scan.metadata.patient_id == case.identifier
    assert (scan.metadata.age_years, scan.metadata.sex) == (case.age_years, case.sex)
    assert f"{case.age_years}" in case.title
    assert scan.metadata.synthetic
    if scan.metadata.laterality:
        assert {"L": "left", "R": "right"}[scan.metadata.laterality] in case.title
    assert case.scan_bytes() is case.scan_bytes()
    assert case.sequence() is None
    assert case.prior_bytes() is None
    picture_samples._made.cache_clear()
    picture_samples._bytes.cache_clear()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["brain-stack", "breast-sweep"])
def test_a_sequence_case_is_one_file_and_knows_its_frames(name):
    case = picture_case(name)
    sequence = case.sequence()
    scan = decode_scan(case.scan_bytes())
    assert scan.n_frames == len(sequence.pictures) >= 20
    assert 3 <= len(sequence.lesion_frames) <= 0.6 * scan.n_frames
    assert case.phantom().lesions
