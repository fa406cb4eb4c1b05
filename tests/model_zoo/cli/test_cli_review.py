"""``review`` without a browser: the record, a labelled folder with drift, and the file for the meeting."""

from __future__ import annotations

from pathlib import Path

import pytest

from model_zoo.cli import review as command
from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.phantoms.labelled import write_drifted_series, write_labelled_series
from tests.lesion_sets import write_lesion_sets


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
    assert "Only a review of one installed model" in record.err
    nowhere = cli("review", "chest-xray", "--recorded", "--html", tmp_path / "missing" / "out.html")
    assert nowhere.code == 2
    assert "could not be written" in nowhere.err
    monkeypatch.setattr(command, "EXPORTER", "dashboard.export.nothing")
    assert cli("review", "chest-xray", "--recorded", "--html", tmp_path / "out.html").code == 2


def test_a_review_without_held_out_patients_is_not_kept(cli, films: Path) -> None:
    answer = cli("review", "chest-xray", "--labels", films, "--record")
    assert answer.code == 2
    assert "no folds" in answer.err


@pytest.mark.parametrize("name", ["breast-ultrasound", "brain-mri-tumour", "fundus-retinopathy"])
def test_the_records_of_the_other_models_are_those_of_their_cards(cli, name: str) -> None:
    answer = cli("review", name, "--recorded", "--json")
    assert answer.code == 0, answer.err
    card = CLASSIFIERS.get(name).card
    stated = card.raw["metrics"][card.populations[0].name]
    found = answer.json
    assert (found["fold"], found["n_films"], found["n_patients"]) == (4, stated["n_films"], stated["n_patients"])
    assert found["weights_sha256"] == card.weights_sha256
    assert found["nouns"]["sampled"] == card.raw["groups"]
    for mine, theirs in zip(found["outputs"], stated["outputs"], strict=True):
        assert mine["name"] == theirs["name"]
        # Batches of another size: the last digits of a float32 score differ, and with it the order of near ties.
        assert mine["numbers"]["auroc"][0] == pytest.approx(theirs["auroc"]["value"], abs=2e-3)
        assert mine["threshold"] == pytest.approx(theirs["threshold"], rel=1e-3)
    assert (card_folder(name) / "review.json").stat().st_size < 32_000


def card_folder(name: str) -> Path:
    return CLASSIFIERS.get(name).folder


def test_the_fold_that_was_held_out_is_reviewed_from_the_data_set(cli, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("DIAPHANE_DATA", str(write_lesion_sets(tmp_path)))
    answer = cli("review", "breast-ultrasound", "--held-out", "--json")
    assert answer.code == 0, answer.err
    found = answer.json
    assert (found["fold"], found["n_films"]) == (4, 12)
    assert found["source"] == "Groups held out of training, selection and calibration"
    assert [o["name"] for o in found["outputs"]] == ["no_lesion", "benign", "malignant"]
    refused = cli("review", "chest-xray", "--held-out")
    assert refused.code == 2
    assert "--labels FOLDER" in refused.err
