"""``review`` without a browser: the record, a labelled folder with drift, and the file for the meeting."""

from __future__ import annotations

from pathlib import Path

import pytest

from model_zoo.cli import review as command
from model_zoo.phantoms.labelled import write_drifted_series, write_labelled_series


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "Jane-Roe"
    write_labelled_series(folder, 16)
    write_drifted_series(folder / "new", 20)
    return folder


def test_the_record_becomes_one_file(cli, tmp_path: Path) -> None:
    out = tmp_path / "review.html"
    answer = cli("review", "chest-xray", "--recorded", "--html", out)
    assert answer.code == 0, answer.err
    assert "Lung opacity" in answer.out
    page = out.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "Pneumonia" in page


def test_a_folder_with_a_second_model_and_new_films(cli, films: Path) -> None:
    answer = cli("review", "chest-xray", "--labels", films / "labels.csv", "--other", "chest-xray/fold0", "--new",
                 films / "new", "--json")  # fmt: skip
    assert answer.code == 0, answer.err
    found = answer.json
    assert (found["n_films"], found["other"]) == (16, "chest-xray, sister network of fold 0")
    assert {c["name"] for c in found["outputs"][0]["comparisons"]} == {"thumbnail", "other"}
    assert found["drift"]["verdict"] == "drift"
    assert "Roe" not in answer.out + answer.err


def test_what_cannot_be_done_is_said(cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli("review", "chest-xray").code == 2
    unknown = cli("review", "chest-xrey", "--recorded")
    assert "Did you mean 'chest-xray'?" in unknown.err
    record = cli("review", "chest-xray", "--synthetic", "--record")
    assert "Only a review of an installed model" in record.err
    nowhere = cli("review", "chest-xray", "--recorded", "--html", tmp_path / "missing" / "out.html")
    assert nowhere.code == 2
    assert "could not be written" in nowhere.err
    monkeypatch.setattr(command, "EXPORTER", "dashboard.export.nothing")
    assert cli("review", "chest-xray", "--recorded", "--html", tmp_path / "out.html").code == 2


def test_a_review_without_held_out_patients_is_not_kept(cli, films: Path) -> None:
    answer = cli("review", "chest-xray", "--labels", films, "--record")
    assert answer.code == 2
    assert "no folds" in answer.err
