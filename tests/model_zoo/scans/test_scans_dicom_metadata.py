"""What a file says of patient, view and size: two ages, codes, placeholders, and numbers that do not parse."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from model_zoo.card import ModelCard, read_card
from model_zoo.case.identity import identity_conflicts
from model_zoo.patients.record import PatientRecord
from model_zoo.scans import Window, decode_scan
from model_zoo.scans.coverage import check_coverage, stated_facts
from tests.model_zoo.scans.scan_files import ANATOMY, dataset, dicom
from tests.tiny_zoo import tiny_card, write_card

FLOAT = ANATOMY.astype(np.float32)


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> ModelCard:
    folder = tmp_path_factory.mktemp("card")
    write_card(folder, tiny_card() | {"weights_sha256": "0" * 64})
    return read_card(folder)


def read(**elements: object):
    return decode_scan(dicom(dataset(**elements)))


def written(keyword: str, value: str, **elements: object):
    """Read a file that holds ``value`` in an element of numbers, whatever it is."""
    ds = dataset(**elements)
    ds.add_new(keyword, "LO", value)
    ds[keyword].VR = "DS"
    return decode_scan(dicom(ds))


@pytest.mark.parametrize(
    ("age", "born", "both"),
    [
        ("063Y", "20150101", (63, 8)),
        ("000Y", "19600101", (0, 63)),
        ("008Y", "19600101", (8, 63)),
        ("063Y", "19700101", (63, 53)),
        ("006M", "20200101", (0.5, 3)),
        ("003D", "20221001", (3 / 365.25, 0.25)),
    ],
)
def test_an_age_that_contradicts_the_birth_date_has_to_be_stated(card, age, born, both):
    scan = read(PatientAge=age, PatientBirthDate=born, StudyDate="20230101", Modality="DX", ViewPosition="PA")
    assert scan.metadata.age_years is None
    assert scan.metadata.contradicting_ages == pytest.approx(both, abs=0.1)
    (refused,) = check_coverage(card, scan, stated_facts(scan, None, None, None)).violations[:1]
    assert refused.startswith("The file says")
    assert refused.endswith("by its birth date: state the age")


def test_the_reader_settles_two_ages_by_stating_one_of_them_and_only_so(card):
    scan = read(PatientAge="063Y", PatientBirthDate="20150101", StudyDate="20230101", Modality="DX", ViewPosition="PA")
    settled = check_coverage(card, scan, stated_facts(scan, 63, None, None))
    assert settled.violations == ()
    assert settled.remarks == ("The file says 63 years of age, and 8 by its birth date.",)
    third = check_coverage(card, scan, stated_facts(scan, 40, None, None))
    assert third.violations == ("The file says 63 years of age, and 8 by its birth date; you state 40",)
    facts = stated_facts(scan, None, None, None)
    assert identity_conflicts(scan, facts, PatientRecord(age_years=63.0)) != ()


@pytest.mark.parametrize(
    ("age", "born", "study"),
    [
        ("063Y", "19600601", "20230901"),
        ("063Y", "19601201", "20230601"),  # rounded up, or taken a little earlier
        ("018M", "20210630", "20230101"),
        ("003D", "20221229", "20230101"),
        ("000Y", "20221001", "20230101"),
        ("063Y", "", "20230101"),
        ("063Y", "19600101", ""),
    ],
)
def test_an_age_that_fits_the_birth_date_stands(age, born, study):
    scan = read(PatientAge=age, PatientBirthDate=born, StudyDate=study)
    assert scan.metadata.contradicting_ages is None
    assert scan.metadata.age_years is not None


def test_the_day_of_the_picture_stands_in_for_that_of_the_study():
    scan = read(PatientBirthDate="20000301", AcquisitionDate="20200301")
    assert scan.metadata.age_years == pytest.approx(20, abs=0.01)
    assert read(PatientBirthDate="1960-06-01", StudyDate="2020.06.01").metadata.age_years == pytest.approx(60, abs=0.01)


@pytest.mark.parametrize(
    ("elements", "keyword"),
    [
        ({"PatientAge": "63"}, "PatientAge"),
        ({"PatientAge": "999Y"}, "PatientAge"),
        ({"PatientAge": "6,5Y"}, "PatientAge"),
        ({"PatientBirthDate": "19600000", "StudyDate": "20230101"}, "PatientBirthDate"),
        ({"PatientBirthDate": "20300101", "StudyDate": "20230101"}, "PatientBirthDate"),
        ({"StudyDate": "01.02.2023"}, "StudyDate"),
        ({"PatientSex": "FEMALE"}, "PatientSex"),
        ({"BodyPartExamined": "CHEST, PA + LAT"}, "BodyPartExamined"),
        ({"ViewPosition": "as ordered by the ward"}, "ViewPosition"),
    ],
)
def test_what_cannot_be_used_is_named_without_its_value(elements, keyword):
    ds = dataset()
    for name, value in elements.items():
        ds.add_new(name, "LO", value)
        ds[name].VR = {"PatientAge": "AS", "PatientSex": "CS"}.get(name, "DA" if name.endswith("Date") else "CS")
    scan = decode_scan(dicom(ds))
    assert any(keyword in note for note in scan.notes)
    assert not any(str(value) in note for note in scan.notes for value in elements.values())


@pytest.mark.parametrize(
    ("value", "width"),
    [
        ("1500,0", 1500),
        ("1500,5", 1500.5),
        ("1500\\", 1500),
        (" 1500 ", 1500),
        ("1.5E3", 1500),
        ("1500,25\\400", 1500.25),
    ],
)
def test_a_window_with_a_decimal_comma_or_an_empty_part_is_read(value, width):
    scan = written("WindowWidth", value, WindowCenter="2048")
    assert scan.window == Window(2047.5, width - 1)
    assert not any("WindowWidth" in note for note in scan.notes)


@pytest.mark.parametrize("value", ["1,500", "1.500,0", "wide", "1_500", "1500 HU", "nan", "\\1500"])
@pytest.mark.parametrize("keyword", ["WindowWidth", "RescaleSlope", "RescaleIntercept"])
def test_a_number_that_cannot_be_read_is_named(keyword, value):
    scan = written(keyword, value, WindowCenter="2048")
    assert f"{keyword} cannot be read and is left out." in scan.notes
    np.testing.assert_array_equal(scan.frames[0], FLOAT)


def test_a_slope_with_a_decimal_comma_is_read_and_one_of_zero_is_named():
    np.testing.assert_array_equal(written("RescaleSlope", "0,125").frames[0], FLOAT / 8)
    assert "RescaleSlope is zero and is left out." in read(RescaleSlope="0").notes


def test_numbers_in_the_groups_of_an_enhanced_file_are_named_too():
    item = Dataset()
    item.add_new("WindowWidth", "LO", "wide")
    item["WindowWidth"].VR, item.WindowCenter = "DS", "40"
    group = Dataset()
    group.FrameVOILUTSequence = Sequence([item])
    scan = read(SharedFunctionalGroupsSequence=Sequence([group]))
    assert "WindowWidth cannot be read and is left out." in scan.notes


@pytest.mark.parametrize("keyword", ["PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"])
@pytest.mark.parametrize("modality", ["DX", "CR", "US", "OP", "OT"])
def test_a_millimetre_a_pixel_is_no_measure_but_on_slices(keyword, modality):
    scan = read(**{keyword: ["1", "1.0"]}, Modality=modality)
    assert scan.spacing_mm is None
    assert any(keyword in note and "placeholder" in note for note in scan.notes)


@pytest.mark.parametrize("modality", ["MR", "CT", "PT"])
def test_a_millimetre_a_pixel_on_slices_is_a_measure(modality):
    assert read(PixelSpacing=["1", "1"], Modality=modality).spacing_mm == (1.0, 1.0)


def test_behind_a_placeholder_the_detector_is_asked_and_a_comma_is_read():
    scan = read(PixelSpacing=["1", "1"], ImagerPixelSpacing=["0.143", "0.143"])
    assert scan.spacing_mm == (0.143, 0.143)
    assert written("PixelSpacing", "0,143\\0,143").spacing_mm == (0.143, 0.143)
    assert "PixelSpacing cannot be read and is left out." in written("PixelSpacing", "0.2").notes
    assert "PixelSpacing cannot be read and is left out." in written("PixelSpacing", "0\\0").notes


def coded(value: str, meaning: str, position: str = ""):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "SCT", meaning
    return read(ViewCodeSequence=Sequence([item]), ViewPosition=position)


@pytest.mark.parametrize(
    ("value", "meaning", "view"),
    [
        ("272479007", "", "PA"),
        ("R-10214", "postero-anterior", "PA"),
        ("399348003", "", "AP"),
        ("R-10206", "", "AP"),
        ("399173006", "", "LATERAL"),
        ("R-10232", "", "LATERAL"),
        ("X", "Postero-Anterior projection", "PA"),
        ("X", "anteroposterior", "AP"),
        ("X", "left lateral", "LATERAL"),
        ("R-10216", "postero-anterior oblique", "OBLIQUE"),
        ("X", "left lateral oblique", "OBLIQUE"),
    ],
)
def test_the_view_is_read_from_its_code(value, meaning, view):
    assert coded(value, meaning).metadata.view == view


def test_two_views_that_contradict_each_other_are_a_doubt_and_two_names_of_one_are_not():
    assert coded("399173006", "left lateral", "PA").doubts == ("The file states two views that contradict each other",)
    assert coded("272479007", "postero-anterior", "PA").doubts == ()
    assert coded("R-10226", "medio-lateral oblique", "MLO").doubts == ()


@pytest.mark.parametrize(
    ("elements", "word"),
    [
        ({"PresentationIntentType": "FOR PROCESSING"}, "FOR PROCESSING"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.1.1.1"}, "FOR PROCESSING"),
        ({"AnatomicalOrientationType": "QUADRUPED"}, "animal"),
        ({"PatientSpeciesDescription": "Canine species"}, "animal"),
    ],
)
def test_raw_data_and_animals_are_refused_with_the_reason(card, elements, word):
    scan = read(**elements, ViewPosition="PA")
    assert any(word in v for v in check_coverage(card, scan, stated_facts(scan, 60, None, None)).violations)
    assert any(word in note for note in scan.notes)
    assert read(PresentationIntentType="FOR PRESENTATION", PatientSpeciesDescription="Homo sapiens").doubts == ()
