"""Written phantoms say that they are synthetic, to any reader: these tests use Pillow and pydicom directly."""

import io
import json

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.uid import JPEG2000Lossless, RLELossless

from model_zoo.errors import UnknownName
from model_zoo.patients.record import PatientRecord
from model_zoo.phantoms import (
    SAMPLE_CASES,
    SAMPLE_SETTINGS,
    render_phantom,
    sample_case,
    samples,
    write_phantom_dicom,
    write_phantom_png,
)
from model_zoo.phantoms.files import burn_mark


@pytest.fixture(scope="module")
def phantom():
    return render_phantom(SAMPLE_SETTINGS, 4, size=256)


@pytest.fixture(autouse=True)
def small_sample_films(monkeypatch):
    """Sample films at a quarter of their size: what these tests look at does not depend on it."""
    monkeypatch.setattr(samples, "FILM_SIZE", 256)
    samples._render.cache_clear()
    samples._file.cache_clear()
    yield
    samples._render.cache_clear()
    samples._file.cache_clear()


@pytest.mark.parametrize("bits", [8, 16])
def test_png_carries_the_mark_in_text_and_pixels(phantom, bits):
    image = Image.open(io.BytesIO(write_phantom_png(phantom, "case 9", bits)))
    assert "SYNTHETIC PHANTOM" in image.text["Synthetic"]
    assert "SYNTHETIC PHANTOM" in image.text["Title"]
    pixels = np.asarray(image, float) / (255 if bits == 8 else 65535)
    assert image.mode == ("L" if bits == 8 else "I;16")
    assert pixels == pytest.approx(burn_mark(phantom.image, "case 9"), abs=0.51 / 255)


def test_the_burned_mark_stands_in_the_lower_corner_outside_the_lungs(phantom):
    changed = burn_mark(phantom.image) != phantom.image
    rows, columns = np.nonzero(changed)
    assert changed.sum() > 200
    assert rows.min() > 0.9 * phantom.image.shape[0]
    assert columns.max() < 0.6 * phantom.image.shape[1]
    assert not (changed & phantom.lung_mask).any()
    bright = burn_mark(np.zeros_like(phantom.image)) > 0.5
    assert bright.sum() > 100


def test_a_mark_wider_than_the_film_is_cut_and_not_an_error():
    assert burn_mark(np.zeros((24, 24), np.float32)).shape == (24, 24)


@pytest.mark.parametrize(
    ("compression", "syntax"), [("none", None), ("rle", RLELossless), ("jpeg2000", JPEG2000Lossless)]
)
def test_dicom_carries_the_marks_and_the_pixels(phantom, compression, syntax):
    data = write_phantom_dicom(phantom, "007", 63, "M", "2024-03-14", "case 9", compression)
    ds = pydicom.dcmread(io.BytesIO(data))
    assert syntax is None or ds.file_meta.TransferSyntaxUID == syntax
    assert (ds.PatientID, ds.PatientAge, ds.PatientSex, ds.StudyDate) == ("PHANTOM-007", "063Y", "M", "20240314")
    assert (ds.ViewPosition, ds.BodyPartExamined, ds.PhotometricInterpretation) == ("PA", "CHEST", "MONOCHROME2")
    assert list(ds.ImageType[:2]) == ["DERIVED", "SECONDARY"]
    assert ds.SeriesDescription == "SYNTHETIC PHANTOM"
    assert ds.BurnedInAnnotation == "YES"
    assert float(ds.PixelSpacing[0]) == pytest.approx(phantom.spacing_mm, rel=1e-4)
    assert ds.BitsStored == 12
    expected = np.round(burn_mark(phantom.image, "case 9") * 4095)
    assert np.array_equal(ds.pixel_array, expected)


def test_dicom_bytes_are_reproducible_and_uids_differ_between_films(phantom):
    assert write_phantom_dicom(phantom) == write_phantom_dicom(phantom)
    first, second = (
        pydicom.dcmread(io.BytesIO(write_phantom_dicom(phantom, study_date=date)))
        for date in ("2020-01-01", "2021-01-01")
    )
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert first.StudyInstanceUID != second.StudyInstanceUID


@pytest.mark.parametrize("case", SAMPLE_CASES, ids=lambda c: c.name)
def test_film_and_patient_of_a_sample_case_agree_and_are_marked(case):
    ds = pydicom.dcmread(io.BytesIO(case.scan_bytes()))
    record = PatientRecord.from_json(json.dumps(case.patient))
    assert ds.PatientID == record.identifier == case.identifier
    assert int(ds.PatientAge[:3]) == record.age_years == case.film.age_years
    assert ds.PatientSex == record.sex == case.sex
    assert record.synthetic
    assert ds.SeriesDescription == "SYNTHETIC PHANTOM"
    assert "ynthetic" in case.title
    assert "SYNTHETIC" in case.file_name
    assert {lesion.kind for lesion in case.phantom().lesions} == {spec.kind for spec in case.film.lesions}


def test_sample_bytes_are_computed_once():
    assert SAMPLE_CASES[0].scan_bytes() is SAMPLE_CASES[0].scan_bytes()


def test_the_first_case_has_an_earlier_clear_film_of_the_same_chest():
    case = sample_case("opacity")
    prior = pydicom.dcmread(io.BytesIO(case.prior_bytes()))
    current = pydicom.dcmread(io.BytesIO(case.scan_bytes()))
    assert prior.PatientID == current.PatientID
    assert prior.StudyDate < current.StudyDate
    assert int(current.PatientAge[:3]) - int(prior.PatientAge[:3]) == 2
    assert case.prior.lesions == ()
    assert case.prior.seed == case.film.seed
    assert case.prior_file_name != case.file_name
    assert SAMPLE_CASES[1].prior_bytes() is None


def test_the_childs_record_holds_no_physiology():
    child = sample_case("child-opacity")
    assert child.patient["age_years"] == 3
    assert child.patient["values"] == {}
    assert child.film.body == "child"


def test_an_unknown_sample_case_is_named():
    with pytest.raises(UnknownName, match="opacity"):
        sample_case("opacitiy")
