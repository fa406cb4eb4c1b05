"""The label table: what is read, what is refused, and that all problems come at once without patient data."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model_zoo.errors import DataNotFound, ZooError
from model_zoo.evaluation.labels import (
    FilmLabels,
    InvalidLabels,
    LabelTable,
    alike_across_folds,
    read_labels,
    write_labels,
)

HEADER = "file,patient_id,age_years,sex,view,opacity"


def folder_with(path: Path, *lines: str, header: str = HEADER, films: tuple[str, ...] = ("a.png", "b.png")) -> Path:
    for film in films:
        (path / film).write_bytes(b"a film")
    (path / "labels.csv").write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return path


def problems_of(path: Path, *lines: str, header: str = HEADER) -> str:
    with pytest.raises(InvalidLabels) as caught:
        read_labels(folder_with(path, *lines, header=header))
    return " / ".join(caught.value.problems)


def test_reads_the_contract(tmp_path: Path) -> None:
    table = read_labels(folder_with(tmp_path, "a.png,007,54,f,pa,1", "b.png,P 2,,,,"))
    first, second = table.rows
    assert table.outputs == ("opacity",)
    assert (first.patient_id, first.age_years, first.sex, first.view, first.labels) == (
        "007",
        54,
        "F",
        "PA",
        {"opacity": 1},
    )
    assert (second.age_years, second.sex, second.view, second.fold, second.labels) == (
        None,
        None,
        None,
        None,
        {"opacity": None},
    )
    assert table.path(1) == tmp_path / "b.png"
    np.testing.assert_array_equal(table.labels("opacity"), [1, np.nan])
    assert not table.has_folds


def test_reads_the_optional_columns(tmp_path: Path) -> None:
    header = f"{HEADER},fold,population,lung_mask,orig_w,orig_h"
    line = "a.png,1,,,AP,0,4,child,b.png,1200,900"
    row = read_labels(folder_with(tmp_path, line, header=header)).rows[0]
    assert (row.fold, row.population, row.lung_mask, row.original_size) == (4, "child", "b.png", (1200, 900))


def test_unknown_original_size_is_none(tmp_path: Path) -> None:
    row = read_labels(folder_with(tmp_path, "a.png,1,,,AP,0,0,0", header=f"{HEADER},orig_w,orig_h")).rows[0]
    assert row.original_size is None


def test_a_table_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    folder_with(tmp_path)
    text = f'\ufeff{HEADER}\r\n"a.png", 1 ,40.5,M,PA,1\r\n\r\n,,,,,\r\n'
    (tmp_path / "labels.csv").write_bytes(text.encode("utf-8"))
    assert [(row.patient_id, row.age_years) for row in read_labels(tmp_path).rows] == [("1", 40.5)]


def test_wanted_outputs_leave_other_columns_alone(tmp_path: Path) -> None:
    folder_with(tmp_path, "a.png,1,,,,1,seen twice", header=f"{HEADER},Remarks of the reader")
    table = read_labels(tmp_path, outputs=("opacity", "effusion"))
    assert table.outputs == ("opacity",)
    assert np.isnan(table.labels("effusion")).all()


def test_no_wanted_output_is_an_error(tmp_path: Path) -> None:
    folder_with(tmp_path, "a.png,1,,,,1")
    with pytest.raises(InvalidLabels, match="effusion"):
        read_labels(tmp_path, outputs=("effusion",))


def test_all_problems_come_at_once_with_their_lines(tmp_path: Path) -> None:
    text = problems_of(tmp_path, "a.png,1,200,X,PA,2", ",,old,F,P/A;,1", "b.png,3,40,F,PA", "b.png,4,40,F,PA,yes")
    for part in (
        "line 2 (and 1 more lines): opacity must be 1, 0 or empty",
        "line 2 (and 1 more lines): age_years must be a number",
        "line 2: sex must be",
        "line 3: file is empty",
        "line 3: patient_id is empty",
        "line 3: view must be",
        "line 4: has 5 cells where the header has 6",
    ):
        assert part in text


def test_messages_hold_no_patient_data(tmp_path: Path) -> None:
    folder_with(tmp_path, "Jane_Doe.png,Jane Doe,201,Jane,Jane,Jane")
    with pytest.raises(InvalidLabels) as caught:
        read_labels(tmp_path)
    assert "Jane" not in str(caught.value)
    assert "201" not in str(caught.value)


def test_many_problems_stay_a_short_message(tmp_path: Path) -> None:
    names = [f"o{i}" for i in range(40)]
    with pytest.raises(InvalidLabels) as caught:
        read_labels(folder_with(tmp_path, "a.png,1,,,," + ",".join("x" * 40), header=",".join([HEADER[:-8], *names])))
    assert len(caught.value.problems) == 40
    assert "and 28 more" in caught.value.message


@pytest.mark.parametrize(
    "name",
    [
        "../a.png",
        "x/../../a.png",
        "/etc/passwd",
        "..",
        "C:/a.png",
        "C:a.png",
        "..\\a.png",
        "\\\\server\\a.png",
        ".",
        "a\0.png",
    ],
)
@pytest.mark.parametrize("column", ["file", "lung_mask"])
def test_paths_out_of_the_folder_are_refused(tmp_path: Path, name: str, column: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "a.png").write_bytes(b"outside")
    file, mask = (name, "") if column == "file" else ("a.png", name)
    text = problems_of(inner, f"{file},1,,,,1,{mask}", header=f"{HEADER},lung_mask")
    assert f"{column} must be a path below the folder" in text


def test_films_that_are_not_there_are_named_by_line(tmp_path: Path) -> None:
    lines = ("a.png,1,,,,1", "c.png,1,,,,1")
    assert problems_of(tmp_path, *lines) == "line 3: file names a picture that is not in the folder"
    assert len(read_labels(tmp_path, check_files=False)) == 2


def test_a_film_listed_twice_is_refused(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "a.png,1,,,,1", "a.png,2,,,,1") == "line 3: file is listed before"


def test_a_patient_in_two_folds_is_refused(tmp_path: Path) -> None:
    header = f"{HEADER},fold"
    text = problems_of(tmp_path, "a.png,1,,,,1,4", "b.png,1,,,,1,3", header=header)
    assert text == "line 3: fold differs from another film of the same patient"


@pytest.mark.parametrize("fold", ["", "x", "-1", "1.5", "\u00b2", "9999"])
def test_a_bad_or_missing_fold_is_refused(tmp_path: Path, fold: str) -> None:
    assert "line 3: fold" in problems_of(tmp_path, "a.png,1,,,,1,4", f"b.png,2,,,,1,{fold}", header=f"{HEADER},fold")


@pytest.mark.parametrize("age", ["nan", "inf", "-1", "126", "054Y"])
def test_ages_that_are_no_ages_are_refused(tmp_path: Path, age: str) -> None:
    assert "age_years must be a number from 0 to 125" in problems_of(tmp_path, f"a.png,1,{age},,,1")


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("file,age_years,sex,view,opacity", "the column patient_id is missing"),
        (f"{HEADER},opacity", "the column 'opacity' occurs twice"),
        ("file,patient_id,age_years,sex,view", "there is no column for an output"),
        (f"{HEADER},Lung Opacity", "must be named with lower-case letters"),
        ("", "the column file is missing"),
    ],
)
def test_headers_are_checked(tmp_path: Path, header: str, part: str) -> None:
    assert part in problems_of(tmp_path, "a.png,1,,,,1", header=header)


def test_a_table_without_films_is_refused(tmp_path: Path) -> None:
    assert problems_of(tmp_path) == "labels.csv lists no film"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\x01", b'file,"patient\n', b"\x00" * 100, b'a"b,"c"d\n"'])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "labels.csv").write_bytes(content)
    with pytest.raises(InvalidLabels):
        read_labels(tmp_path)


def test_a_folder_without_labels_is_told_what_to_hold(tmp_path: Path) -> None:
    with pytest.raises(DataNotFound, match="patient_id"):
        read_labels(tmp_path)
    with pytest.raises(DataNotFound):
        read_labels(tmp_path / "nowhere")
    assert issubclass(InvalidLabels, ZooError)


def some_table(folder: Path) -> LabelTable:
    rows = (
        FilmLabels("a.png", "1", {"x": 1, "y": None}, 54.5, "F", "PA", 4, "adult"),
        FilmLabels("b.png", "2", {"x": 0, "y": 1}, None, None, None, 3, "child", "a.png", (1200, 900)),
    )
    return LabelTable(folder, ("x", "y"), rows)


def test_what_is_written_is_read_back_equal(tmp_path: Path) -> None:
    folder_with(tmp_path)
    table = some_table(tmp_path)
    write_labels(table, tmp_path / "labels.csv")
    assert read_labels(tmp_path) == table


def test_only_the_reported_fold_is_reported(tmp_path: Path) -> None:
    table = some_table(tmp_path)
    assert [row.file for row in table.reported().rows] == ["a.png"]
    assert len(table.reported(all_folds=True)) == 2
    without = LabelTable(tmp_path, ("x",), tuple(replace(row, fold=None) for row in table.rows))
    assert len(without.reported()) == 2


def test_a_table_without_the_reported_fold_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataNotFound, match="fold 4"):
        some_table(tmp_path).in_folds(0, 3).reported()


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("P1", "p1", 1), ("01", "1", 1), ("P01", "P1", 1), ("P-1", "P 1", 1), ("P1", " P1", 1), ("P_007", "p-7", 1), ("0", "00", 1),
        ("P1", "P1", 0), ("1-23", "12-3", 0), ("P1", "P10", 0), ("P1", "P-1", 0), ("1", "2", 0), ("100", "1", 0),
    ],
)  # fmt: skip
def test_identifiers_that_may_be_one_person_are_counted_across_folds(one: str, other: str, alike: int) -> None:
    assert alike_across_folds([(one, 0), (other, 4)]) == alike
    assert alike_across_folds([(one, 4), (other, 4)]) == 0


def test_a_person_written_in_two_ways_across_folds_is_remarked_on(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "a.png,P01,,,,1,0", "b.png,p1,,,,0,4", header=f"{HEADER},fold")
    (remark,) = read_labels(folder).remarks
    assert "1 patient_id" in remark
    assert "P01" not in remark
    assert read_labels(folder_with(tmp_path, "a.png,P01,,,,1", "b.png,p1,,,,0")).remarks == ()
