"""Where the patient lies: sides, films that hang otherwise, and what is never flipped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_zoo.card import ModelCard, read_card
from model_zoo.case.outlines.outlining import _side_names
from model_zoo.scans import decode_scan
from model_zoo.scans.coverage import check_coverage, stated_facts
from model_zoo.scans.orientation import Orientation, orientation_of_cosines, orientation_of_letters
from tests.model_zoo.scans.scan_files import ANATOMY, dataset, dicom
from tests.tiny_zoo import made_scan, tiny_card, write_card


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> ModelCard:
    folder = tmp_path_factory.mktemp("card")
    write_card(folder, tiny_card() | {"weights_sha256": "0" * 64})
    return read_card(folder)


def oriented(*letters: str, **elements: object):
    ds = dataset(**({"BodyPartExamined": "CHEST", "ViewPosition": "PA", "Modality": "DX"} | elements))
    ds.PatientOrientation = list(letters)
    return decode_scan(dicom(ds))


@pytest.mark.parametrize(
    ("letters", "at_left", "word"),
    [
        (("L", "F"), "R", None),
        (("l", "f "), "R", None),
        (("LA", "F"), "R", None),
        (("L", "FP"), "R", None),
        (("R", "F"), "L", "mirrored"),
        (("RP", "F"), "L", "mirrored"),
        (("R", "H"), "L", "upside down"),
        (("L", "H"), "R", "upside down and mirrored"),
        (("F", "L"), None, "turned"),
        (("H", "R"), None, "turned"),
        (("A", "F"), None, "from the side"),
        (("P", "F"), None, "from the side"),
        (("AR", "FL"), None, "from the side"),
        (("P", "H"), None, "from the side"),
        (("L", "P"), "R", "no upright film"),
    ],
)
def test_letters_name_the_side_at_the_left_edge_and_what_hangs_otherwise(letters, at_left, word):
    found = orientation_of_letters(letters)
    assert found.side_at_left == at_left
    assert (found.fault() is None) if word is None else (word in found.fault())


@pytest.mark.parametrize(
    "letters", [("L",), ("L", "R"), ("LR", "F"), ("X", "F"), ("", "F"), ("LE", "V"), ("L", "F", "H")]
)
def test_letters_that_name_no_two_directions_are_not_guessed_at(letters):
    assert orientation_of_letters(letters) is None


@pytest.mark.parametrize(
    ("cosines", "expected"),
    [
        ((1, 0, 0, 0, 1, 0), Orientation("L", "P")),
        ((-1, 0, 0, 0, 1, 0), Orientation("R", "P")),
        ((0, 1, 0, 0, 0, -1), Orientation("P", "F")),
        ((0.98, 0.17, 0, 0, 0, -1), Orientation("L", "F")),
        ((0, 0, 0, 0, 0, 0), None),
        ((1, 0, 0, 1, 0, 0), None),
        ((1, 0, 0), None),
        ((100, 0, 0, 0, 100, 0), None),
    ],
)
def test_direction_cosines_of_a_slice(cosines, expected):
    assert orientation_of_cosines(cosines) == expected


@pytest.mark.parametrize(
    ("letters", "word"), [("RF", "mirrored"), ("RH", "upside down"), ("LH", "upside down and mirrored")]
)
def test_a_film_that_hangs_otherwise_is_refused_with_the_reason_and_keeps_its_pixels(card, letters, word):
    scan = oriented(*letters)
    np.testing.assert_array_equal(scan.frames[0], ANATOMY)
    violations = check_coverage(card, scan, stated_facts(scan, 60, None, None)).violations
    assert violations == (f"The film is {word}: PatientOrientation is {letters[0]}\\{letters[1]}",)
    assert any(word in note and "as it lies" in note for note in scan.notes)
    upright = oriented("L", "F")
    assert check_coverage(card, upright, stated_facts(upright, 60, None, None)).violations == ()


@pytest.mark.parametrize("letters", [("A", "F"), ("P", "F"), ("AL", "FR")])
@pytest.mark.parametrize("written", ["", None])
def test_rows_to_front_or_back_are_a_lateral_film_where_no_view_is_stated(card, letters, written):
    scan = oriented(*letters, **({} if written is None else {"ViewPosition": written}))
    if written is None:
        scan = decode_scan(dicom(dataset(BodyPartExamined="CHEST", PatientOrientation=list(letters))))
    assert scan.metadata.view == "LATERAL"
    violations = check_coverage(card, scan, stated_facts(scan, 60, None, None)).violations
    assert "The view is LATERAL; for adults the model reads PA, AP" in violations
    # A reader who states a frontal view is contradicted.
    assert any(v.startswith("The file says view LATERAL") for v in
               check_coverage(card, scan, stated_facts(scan, 60, None, "PA")).violations)  # fmt: skip


def test_a_frontal_view_with_the_orientation_of_a_lateral_film_is_a_contradiction(card):
    scan = oriented("A", "F", ViewPosition="PA")
    assert scan.doubts == ("The file states two views that contradict each other",)
    assert scan.doubts[0] in check_coverage(card, scan, stated_facts(scan, 60, None, None)).violations


def test_an_orientation_that_cannot_be_read_is_named_and_claims_nothing():
    scan = oriented("LEFT", "FOOT")
    assert scan.metadata.orientation is None
    assert "PatientOrientation cannot be read and is left out." in scan.notes
    assert decode_scan(dicom(dataset(PatientOrientation=""))).notes == ()


def test_a_slice_may_lie_as_it_pleases(card):
    raw = replace(card, populations=tuple(replace(p, views=()) for p in card.populations))
    scan = made_scan()
    turned = replace(scan, metadata=replace(scan.metadata, orientation=Orientation("R", "P")))
    assert check_coverage(raw, turned, stated_facts(turned, 60, None, None)).violations == ()


@pytest.mark.parametrize(
    ("orientation", "names"),
    [
        (None, ("right-lung", "left-lung")),
        (Orientation("L", "F"), ("right-lung", "left-lung")),
        (Orientation("R", "F"), ("left-lung", "right-lung")),
        (Orientation("R", "H"), ("left-lung", "right-lung")),
        (Orientation("A", "F"), None),
        (Orientation("F", "R"), None),
    ],
)
def test_the_lungs_are_named_by_the_side_that_the_tags_put_them_on(orientation, names):
    scan = made_scan()
    found = _side_names(replace(scan, metadata=replace(scan.metadata, orientation=orientation)))
    assert (found and tuple(name for name, _ in found)) == names


def test_laterality_is_of_the_body_part_and_moves_no_side():
    scan = oriented("L", "F", ImageLaterality="L")
    assert (scan.metadata.laterality, scan.metadata.orientation.side_at_left) == ("L", "R")


def test_what_may_be_shown_wrongly_is_a_remark_beside_the_finding(card: ModelCard) -> None:
    """What holds of every such file is none: that lengths are those at the detector."""
    stated = {"PixelSpacing": [0.2, 0.2], "ImagerPixelSpacing": [0.2, 0.2]}
    plain_film, doubtful = oriented("L", "F", **stated), oriented("L", "F", PresentationLUTShape="INVERSE", **stated)
    assert plain_film.notes
    assert not plain_film.cautions
    assert len(doubtful.cautions) == 1
    assert set(doubtful.cautions) <= set(check_coverage(card, doubtful, stated_facts(doubtful, 60, None, None)).remarks)
