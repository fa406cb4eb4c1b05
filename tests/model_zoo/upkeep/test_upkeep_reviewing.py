"""Reviews of labelled folders in every form, of data sets as they lie, and of versions side by side."""

import csv
import json
import shutil

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from dashboard.viewmodels.model_review.report import comparison_words
from model_zoo.cli import main
from model_zoo.engine import InferenceEngine
from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.errors import DataNotFound, UnknownName
from model_zoo.evaluation.review_json import review_from_json, review_to_json
from model_zoo.model_review.candidates import beside, candidate, candidates
from model_zoo.model_review.reviewing import review_folder
from model_zoo.model_review.tables import read_review_table, trained_on
from model_zoo.training.lesions.tables import held_out_table, is_lesion_set
from model_zoo.upkeep.held_out import read_held_out
from model_zoo.upkeep.held_out_review import COMMON, held_out_review
from tests.drawn_pictures import write_classes, write_table
from tests.lesion_sets import write_lesion_sets


@pytest.fixture(scope="module")
def lesion_sets(tmp_path_factory):
    return write_lesion_sets(tmp_path_factory.mktemp("data"))


def card_of(name):
    return CLASSIFIERS.get(name).card


def test_sub_folders_are_labels_and_each_file_its_own_patient(tmp_path):
    for name in ("normal", "benign", "malignant"):
        write_classes(tmp_path / "made", 4)
        (tmp_path / "folder" / name).mkdir(parents=True)
        for path in sorted((tmp_path / "made" / "disc").iterdir()):
            (tmp_path / "folder" / name / path.name).write_bytes(path.read_bytes())
    read = read_review_table(card_of("breast-ultrasound"), tmp_path / "folder")
    assert read.table.outputs == ("no_lesion", "benign", "malignant")
    # "normal" is what its own set calls "no lesion".
    assert sorted({tuple(row.labels.values()) for row in read.table.rows}) == [(0, 0, 1), (0, 1, 0), (1, 0, 0)]
    assert {row.population for row in read.table.rows} == {"adult"}
    assert np.unique(read.table.patient_ids).size == len(read.table) == 6
    assert "each file counts as a patient" in read.notes[0]
    assert not read.own_data


def test_a_table_of_labels_names_the_patients(tmp_path, discs):
    folder = write_table(tmp_path / "pictures", 12)
    read = read_review_table(discs.entry().card, folder)
    assert (len(read.table), np.unique(read.table.patient_ids).size, read.notes) == (12, 6, ())
    assert read.table.labels("disc").sum() == 6


def test_one_finding_needs_a_class_with_it_and_one_without(tmp_path):
    card = card_of("fundus-retinopathy")
    for names, right in ((("referable_retinopathy", "normal"), True), (("referable_retinopathy", "glaucoma"), False)):
        folder = tmp_path / names[1]
        write_classes(folder, 4)
        for old, new in zip(("disc", "square"), names, strict=True):
            (folder / old).rename(folder / new)
        if right:
            assert sorted(read_review_table(card, folder).table.labels("referable_retinopathy")) == [0, 0, 1, 1]
        else:
            with pytest.raises(DataNotFound, match="not those of 'fundus-retinopathy'"):
                read_review_table(card, folder)


@pytest.mark.parametrize("name", ["breast-ultrasound", "brain-mri-tumour", "fundus-retinopathy"])
def test_a_data_set_is_read_as_it_lies_with_its_folds_and_groups(lesion_sets, monkeypatch, name):
    monkeypatch.setenv("DIAPHANE_DATA", str(lesion_sets))
    table = held_out_table(name)
    assert table.outputs == card_of(name).labels
    assert table.has_folds
    assert 0 < len(table.reported()) < len(table)
    with (table.folder / "labels.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row.get("subset", "grading") == "grading"]
    assert len(table) == len(rows)
    assert is_lesion_set(name, table.folder)
    assert read_review_table(card_of(name), table.folder).own_data
    with pytest.raises(DataNotFound, match="no data set that this command knows"):
        held_out_table("chest-xray")


def test_what_a_version_was_trained_on_is_said(discs, pictures):
    engine = InferenceEngine("discs@2")
    read = read_review_table(engine.card, pictures)
    assert trained_on(engine.entry.folder, read.table) == 51
    ran = review_folder(engine, pictures, ("discs, version 1", InferenceEngine("discs@1")))
    assert any("This model was trained or calibrated on 51" in note for note in ran.review.notes)
    assert any("discs, version 1 was trained" in note for note in ran.review.notes)
    other = next(c for c in ran.review.outputs[0].comparisons if c.name == "other")
    assert (other.title, other.n_films) == ("discs, version 1", 64)
    assert ran.review.nouns.pictures == "pictures"


def test_versions_are_candidates_and_stand_side_by_side(discs):
    found = {entry.key: entry for entry in candidates()}
    assert {"discs", "discs@2", "breast-ultrasound", "chest-xray/fold0"} <= set(found)
    assert "discs@1" not in found  # the one in use is listed under its own name
    assert candidate("discs@1").key == "discs"
    with pytest.raises(UnknownName):
        candidate("discs@9")
    assert [entry.key for entry in beside(found["discs"], list(found.values()))] == ["discs@2"]
    assert beside(found["breast-ultrasound"], list(found.values())) == ()
    assert candidate("discs@2").load().card.version == "2"


def test_two_versions_are_reviewed_on_what_both_held_out(discs):
    one, two = (discs.entry(version) for version in ("1", "2"))
    review = held_out_review(two.card, two.folder, ("discs, version 1", one.folder), resamples=50)
    assert (review.source, review.version, review.other, review.n_films) == (COMMON, "2", "discs, version 1", 13)
    tables = [read_held_out(entry.folder) for entry in (two, one)]
    for k, output in enumerate(review.outputs):
        areas = [roc_auc_score(table.labels == k, table.logits[:, k]) for table in tables]
        assert output.numbers["auroc"][0] == pytest.approx(areas[0])
        other = next(c for c in output.comparisons if c.name == "other")
        assert other.auroc[0] == pytest.approx(areas[1])
        assert other.bootstrap[0] == pytest.approx(areas[0] - areas[1])
        assert output.on_probability
    assert "Patients are not named" in review.notes[0]
    assert review_from_json(review_to_json(review)) == review


def test_versions_without_common_pictures_are_refused(discs):
    entry = discs.entry("2")
    (discs.place / "1" / "held_out.csv").unlink()
    with pytest.raises(DataNotFound, match="keeps no predictions"):
        held_out_review(entry.card, entry.folder, ("x", discs.folder_of("1")))


def test_a_calibrated_version_is_told_apart_by_its_probabilities(discs):
    one = discs.entry("1")
    shutil.copytree(one.folder, discs.place / "3")
    path = discs.place / "3" / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    for output in card["outputs"]:
        output["calibration"] |= {"slope": 0.01, "intercept": -6.0}
    card["local_calibration"] = {"base_version": "1"}
    path.write_text(json.dumps(card), encoding="utf-8")
    review = held_out_review(one.card, one.folder, ("discs, version 3", discs.folder_of("3")), resamples=50)
    found = next(c for c in review.outputs[0].comparisons if c.name == "other")
    assert "calibration of discs, version 3 was fitted on films given later" in review.notes[-1]
    assert found.bootstrap[0] == 0
    assert found.brier[0] < 0
    assert found.brier[2] < 0
    assert comparison_words(review.outputs[0])[0].brier.startswith("-")
    # The baseline states no probabilities.
    assert all(c.brier == (None, None, None) for c in review.outputs[0].comparisons if c.name != "other")


def test_versions_are_reviewed_from_the_command_line(discs, capsys):
    capsys.readouterr()
    assert main(["review", "discs@2", "--recorded", "--other", "discs@1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["version"], found["other"], found["n_films"]) == ("2", "discs 1", 13)
    assert main(["review", "breast-ultrasound", "--recorded", "--other", "discs"]) == 2
    assert "A record holds no film" in capsys.readouterr().err
