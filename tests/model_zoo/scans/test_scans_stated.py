"""What a file states twice, only in codes, or not at all: compared, read from the codes, or named."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from model_zoo.errors import UnsupportedScan
from model_zoo.scans import Scan, decode_scan
from tests.model_zoo.scans.scan_files import ANATOMY, dataset, dicom, picture
from tests.model_zoo.scans.test_scans_raster import deep_tiff

RAMP = np.tile(np.linspace(0, 1, 48), (40, 1))
TWO_VIEWS = "The file states two views that contradict each other"


def read(*left_out: str, **elements: object) -> Scan:
    ds = dataset(**elements)
    for keyword in left_out:
        delattr(ds, keyword)
    return decode_scan(dicom(ds))


def coded(value: str, meaning: str) -> Sequence:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "SCT", meaning
    return Sequence([item])


@pytest.mark.parametrize(
    "elements",
    [
        {"ViewPosition": "PA", "ViewCodeSequence": coded("399260004", "medio-lateral oblique")},
        {"ViewCodeSequence": coded("R-10214", "lateral")},
        {"ViewPosition": ["PA", "LL"]},
        {"ViewPosition": "AP", "ViewCodeSequence": coded("399198007", "right lateral")},
    ],
)
def test_views_that_contradict_each_other_are_a_doubt(elements: dict[str, object]) -> None:
    assert TWO_VIEWS in read(**elements).doubts


def test_two_names_of_one_view_are_none() -> None:
    assert not read(ViewPosition="PA", ViewCodeSequence=coded("272479007", "postero-anterior")).doubts


@pytest.mark.parametrize(
    ("code", "meaning", "part"),
    [("51185008", "Thorax", "CHEST"), ("T-D3000", "Chest", "CHEST"), ("72696002", "Knee", "KNEE"), ("", "", None)],
)
def test_a_region_in_codes_alone_is_the_body_part(code: str, meaning: str, part: str | None) -> None:
    assert read(AnatomicRegionSequence=coded(code, meaning)).metadata.body_part == part


def test_a_region_without_a_short_name_is_named() -> None:
    scan = read(AnatomicRegionSequence=coded("1", "Entire joint of lower extremity"))
    assert "AnatomicRegionSequence cannot be read and is left out." in scan.notes


@pytest.mark.parametrize(("code", "doubts"), [("12738006", 1), ("39607008", 0), ("72696002", 0)])
def test_a_known_region_is_compared_with_the_body_part(code: str, doubts: int) -> None:
    scan = read(BodyPartExamined="CHEST", AnatomicRegionSequence=coded(code, "region"))
    assert scan.metadata.body_part == "CHEST"
    assert len(scan.doubts) == doubts


@pytest.mark.parametrize(("code", "animal"), [("448771007", True), ("337915000", False), ("L-85B00", False)])
def test_an_animal_is_known_by_its_code(code: str, animal: bool) -> None:
    assert ("The file is of an animal" in read(PatientSpeciesCodeSequence=coded(code, "species")).doubts) == animal


@pytest.mark.parametrize(
    ("elements", "side", "note"),
    [
        ({"ImageLaterality": "L"}, "L", ""),
        ({"Laterality": "R"}, "R", ""),
        ({"ImageLaterality": "U", "Laterality": "R"}, "R", ""),
        ({"ImageLaterality": "B"}, None, ""),
        ({"ImageLaterality": "LEFT"}, None, "ImageLaterality cannot be read"),
        ({"ImageLaterality": "L", "Laterality": "R"}, None, "contradict each other"),
    ],
)
def test_the_side_of_the_body_is_read_or_named(elements: dict[str, str], side: str | None, note: str) -> None:
    scan = read(**elements)
    assert scan.metadata.laterality == side
    assert note in " ".join(scan.notes)
    assert bool(note) == bool(scan.notes)


@pytest.mark.parametrize(
    ("cosines", "doubt"), [([-1, 0, 0, 0, 0, -1], True), ([1, 0, 0, 0, 0, -1], False), ([0, 1, 0, 0, 0, -1], False)]
)
def test_two_statements_of_the_orientation_are_compared(cosines: list[int], doubt: bool) -> None:
    scan = read(PatientOrientation=["L", "F"], ImageOrientationPatient=cosines)
    assert bool(scan.doubts) == doubt


def test_the_birth_date_is_compared_with_the_time_of_acquisition() -> None:
    scan = read(PatientAge="063Y", PatientBirthDate="20160101", AcquisitionDateTime="20240314120000.0")
    assert scan.metadata.age_years is None
    assert scan.metadata.stated_ages == pytest.approx((63, 8.2), abs=0.01)


@pytest.mark.parametrize("keyword", ["PhotometricInterpretation", "PixelRepresentation"])
def test_what_decides_bright_and_dark_is_named_where_it_is_missing(keyword: str) -> None:
    assert any(note.startswith(f"{keyword} is not stated") for note in read(keyword).notes)


@pytest.mark.parametrize(
    ("centre", "inverted", "named"), [(40000, False, True), (-500, False, True), (40000, True, True), (0, False, False)]
)
def test_a_window_that_leaves_nothing_to_be_seen_is_named(centre: int, inverted: bool, named: bool) -> None:
    photometric = "MONOCHROME1" if inverted else "MONOCHROME2"
    scan = read(WindowCenter=centre, WindowWidth=100, PhotometricInterpretation=photometric)
    assert any("leaves nothing to be seen" in note for note in scan.notes) == named
    assert (np.ptp(scan.presentation()) == 0) == named


@pytest.mark.parametrize("keyword", ["WindowCenter", "WindowWidth"])
def test_half_a_window_is_named(keyword: str) -> None:
    assert any("a part of a display window" in note for note in read(**{keyword: 2000}).notes)


def tiff(pixels: np.ndarray, sample_format: int) -> bytes:
    """Write a picture, then state the sample format (tag 339): Pillow writes that of its mode."""
    data = bytearray(picture(pixels, "TIFF", tiffinfo={339: 1}))
    at = data.index(np.array([339, 3, 1, 0], "<u2").tobytes()) + 8
    data[at : at + 2] = sample_format.to_bytes(2, "little")
    return bytes(data)


@pytest.mark.parametrize(
    ("kind", "whole", "sample_format"), [("i4", "u4", 1), ("i4", "i4", 2), ("u1", "u1", 1), ("u1", "i1", 2)]
)
def test_the_sign_of_tiff_samples_is_the_stated_one(kind: str, whole: str, sample_format: int) -> None:
    info = np.iinfo(whole)
    stored = (RAMP * (float(info.max) - info.min) + info.min).clip(info.min, info.max * 0.999).astype(whole)
    scan = decode_scan(tiff(stored.view(kind), sample_format))
    np.testing.assert_allclose(scan.presentation(), RAMP, atol=0.01)


def test_deep_colour_in_separate_planes_is_refused() -> None:
    data = bytearray(deep_tiff(np.repeat(ANATOMY[..., np.newaxis], 3, axis=2), "<", photometric=2))
    at = 10 + 12 * 7  # of the tags written, RowsPerStrip can be spared
    data[at : at + 12] = np.array([284, 3, 1, 0, 2, 0], "<u2").tobytes()
    with pytest.raises(UnsupportedScan, match="separate colour planes"):
        decode_scan(bytes(data))
