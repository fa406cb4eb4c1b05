"""The converter: on a made-up set of the described form, and its counts on the real ones against SOURCE.md."""

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from model_zoo.errors import DataNotFound, UnknownName, ZooError
from model_zoo.evaluation.given_sets import GIVEN_SETS, MEDIAN_CHILD_SIZE, convert, read_given_set, stable_fold
from model_zoo.evaluation.labels import LabelTable, read_labels

ADULT = """file,nih_findings,patient_id,age,sex,view,rsna_class,fold
images/1.jpg,Pleural_Thickening|Effusion,00000007,58,M,AP,Lung Opacity,4
images/2.jpg,No Finding,00000008,60,F,PA,Normal,0
images/3.jpg,Mass,00000008,60,F,PA,No Lung Opacity / Not Normal,0
images/4.jpg,No Finding,00000009,33,F,PA,,2
"""
ADULT_320 = """file,nih_findings,patient_id,age,sex,view,rsna_class
images/1.jpg,Pneumonia,00000007,58,M,AP,
images/2.jpg,No Finding,00000555,60,F,PA,Normal
"""
CHILD = """file,label,pneumonia,patient_id,fold,orig_w,orig_h,lung_mask,view
images/1.jpg,normal,0,IM-1,3,2031,1837,lung_masks/1.png,AP
images/2.jpg,bacterial,1,person1,4,0,0,,AP
images/3.jpg,viral,1,person2,0,1000,700,,AP
"""


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    for name, text in (("chest_xray_adult", ADULT), ("chest_xray_adult_320", ADULT_320), ("chest_xray_child", CHILD)):
        (tmp_path / name / "images").mkdir(parents=True)
        (tmp_path / name / "labels.csv").write_text(text, encoding="utf-8")
        for i in range(1, 5):
            (tmp_path / name / "images" / f"{i}.jpg").write_bytes(b"a film")
    (tmp_path / "chest_xray_child" / "lung_masks").mkdir()
    (tmp_path / "chest_xray_child" / "lung_masks" / "1.png").write_bytes(b"a mask")
    return tmp_path


def test_adult_labels(sets: Path) -> None:
    table = read_given_set(sets / "chest_xray_adult", "chest_xray_adult")
    np.testing.assert_array_equal(table.labels("lung_opacity"), [1, 0, 0, np.nan])
    np.testing.assert_array_equal(table.labels("report_pleural_thickening"), [1, 0, 0, 0])
    np.testing.assert_array_equal(table.labels("report_effusion"), [1, 0, 0, 0])
    np.testing.assert_array_equal(table.labels("report_any_finding"), [1, 0, 1, 0])
    first = table.rows[0]
    assert (first.patient_id, first.age_years, first.sex, first.view, first.fold) == ("00000007", 58, "M", "AP", 4)


def test_companion_set_inherits_folds_and_deals_the_rest_stably(sets: Path) -> None:
    folds = read_given_set(sets / "chest_xray_adult_320", "chest_xray_adult_320").folds
    assert folds.tolist() == [4, stable_fold("00000555")]
    # Written down, so that no release ever moves a patient between folds.
    assert [stable_fold(name) for name in ("00000555", "00000001", "00000010")] == [3, 1, 0]


def test_child_labels(sets: Path) -> None:
    table = read_given_set(sets / "chest_xray_child", "chest_xray_child")
    np.testing.assert_array_equal(table.labels("pneumonia"), [0, 1, 1])
    np.testing.assert_array_equal(table.labels("bacterial"), [np.nan, 1, 0])
    assert {(row.age_years, row.population) for row in table.rows} == {(None, "child")}
    assert [row.original_size for row in table.rows] == [(2031, 1837), MEDIAN_CHILD_SIZE, (1000, 700)]
    assert [row.lung_mask for row in table.rows] == ["lung_masks/1.png", None, None]


@pytest.mark.parametrize("link", [True, False])
@pytest.mark.parametrize("kind", GIVEN_SETS)
def test_what_is_converted_is_what_evaluate_reads(sets: Path, tmp_path: Path, kind: str, link: bool) -> None:
    source, target = sets / kind, tmp_path / "out" / kind
    converted = convert(source, target, kind, link=link)
    assert read_labels(target) == converted
    assert converted.rows == read_given_set(source, kind).rows
    assert (target / "images").is_symlink() == link
    assert sorted(os.listdir(source)) == sorted({*os.listdir(target), "labels.csv"})


def test_a_folder_in_use_is_not_written_to(sets: Path) -> None:
    before = (sets / "chest_xray_child" / "labels.csv").read_text()
    with pytest.raises(ZooError, match="not empty"):
        convert(sets / "chest_xray_child", sets / "chest_xray_child", "chest_xray_child")
    assert (sets / "chest_xray_child" / "labels.csv").read_text() == before


def test_the_wrong_kind_is_said(sets: Path) -> None:
    with pytest.raises(ZooError, match=r"SOURCE\.md"):
        read_given_set(sets / "chest_xray_child", "chest_xray_adult")
    with pytest.raises(UnknownName, match="chest_xray_child"):
        read_given_set(sets / "chest_xray_child", "chest_xray_kid")


def test_missing_sets_are_said(sets: Path, tmp_path: Path) -> None:
    with pytest.raises(DataNotFound, match="DIAPHANE_DATA"):
        read_given_set(tmp_path / "chest_xray_gone", "chest_xray_adult")
    with pytest.raises(DataNotFound, match="there"):
        read_given_set(sets / "chest_xray_adult_320", "chest_xray_adult_320", folds_from=tmp_path / "gone")


def given(kind: str) -> LabelTable:
    return read_given_set(Path(os.environ["DIAPHANE_DATA"]) / "imaging" / kind, kind)


def count(table: LabelTable, output: str) -> tuple[int, int]:
    """(positive, negative) films."""
    labels = table.labels(output)
    return int((labels == 1).sum()), int((labels == 0).sum())


@pytest.mark.data
def test_adult_counts_are_those_of_the_source() -> None:
    table = given("chest_xray_adult")
    assert (len(table), len(set(table.patient_ids))) == (7970, 2297)
    assert count(table, "lung_opacity") == (308, 722 + 637)
    assert count(table, "report_any_finding") == (7970 - 4812, 4812)
    expected = {
        "infiltration": 1064,
        "atelectasis": 717,
        "effusion": 713,
        "pneumothorax": 380,
        "nodule": 356,
        "pleural_thickening": 251,
        "consolidation": 248,
        "mass": 246,
        "cardiomegaly": 179,
        "fibrosis": 173,
        "emphysema": 159,
        "edema": 78,
        "pneumonia": 61,
        "hernia": 19,
    }
    assert {name: count(table, f"report_{name}")[0] for name in expected} == expected
    assert Counter(row.view for row in table.rows) == {"PA": 5643, "AP": 2327}
    assert Counter(row.sex for row in table.rows) == {"M": 3958, "F": 4012}
    assert min(row.age_years for row in table.rows) >= 18


@pytest.mark.data
def test_companion_counts_are_those_of_the_source() -> None:
    table = given("chest_xray_adult_320")
    assert len(table) == 505
    assert count(table, "lung_opacity") == (18, 90 + 20)
    assert count(table, "report_any_finding") == (272, 233)
    assert len(set(table.patient_ids) & set(given("chest_xray_adult").patient_ids)) == 182


@pytest.mark.data
def test_child_counts_are_those_of_the_source() -> None:
    table = given("chest_xray_child")
    assert count(table, "pneumonia") == (2780 + 1493, 1583)
    assert count(table, "bacterial") == (2780, 1493)
    assert sum(row.lung_mask is not None for row in table.rows) == 4936
    # One of the 5,038 films of known size has exactly the median one.
    assert sum(row.original_size != MEDIAN_CHILD_SIZE for row in table.rows) == 5037


@pytest.mark.data
def test_no_patient_is_in_two_folds_of_either_population() -> None:
    for kinds in (("chest_xray_adult", "chest_xray_adult_320"), ("chest_xray_child",)):
        fold_of: dict[str, set[int]] = {}
        for kind in kinds:
            for row in given(kind).rows:
                fold_of.setdefault(row.patient_id, set()).add(row.fold)
        assert set(map(len, fold_of.values())) == {1}
        assert set().union(*fold_of.values()) == {0, 1, 2, 3, 4}


@pytest.mark.data
@pytest.mark.parametrize("kind", GIVEN_SETS)
def test_the_real_sets_convert_and_read_back(tmp_path: Path, kind: str) -> None:
    convert(Path(os.environ["DIAPHANE_DATA"]) / "imaging" / kind, tmp_path / kind, kind)
    assert read_labels(tmp_path / kind).rows == given(kind).rows
