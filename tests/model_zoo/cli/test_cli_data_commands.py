"""``train``, ``convert`` and ``evaluate``: the commands that need data."""

import csv
import json

import numpy as np
import pytest
from PIL import Image

from model_zoo.engine import InferenceEngine
from model_zoo.evaluation.labels import read_labels
from model_zoo.symptoms.model import SYMPTOM_MODELS
from model_zoo.training import recipes
from model_zoo.training.recipes import RECIPES, TrainingRecipe
from model_zoo.upkeep.known_models import known_models


@pytest.fixture
def labelled(tmp_path, png_film):
    """Two films of two adults in the form of ``evaluate``, in folds 3 and 4."""
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(png_film.read_bytes())
    text = "file,patient_id,age_years,sex,view,fold,lung_opacity\na.png,ROE-1,60,F,PA,3,1\nb.png,ROE-2,70,M,AP,4,0\n"
    (tmp_path / "labels.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_every_model_has_a_recipe_and_no_recipe_is_without_model():
    names = {model.name for model in known_models()}
    # A symptom model is listed once it is trained; both are declared.
    # A model's trust card, and its head for sequences, have recipes of their own, named after it; the reference groups are
    # those of all patient models, the example predictions those of all models of series, beats and text; free text is read by both
    # symptom models, film and values by a scan model and a patient model together.
    own = {name.removesuffix("-trust").removesuffix("-sequence") for name in RECIPES} - {
        "reference-groups",
        "example-predictions",
        "film-and-values",
        "symptoms-free-text",
    }
    assert own == names | set(SYMPTOM_MODELS)
    assert names <= set(RECIPES)


def test_train_runs_the_recipe_in_the_folder_named(cli, monkeypatch, tmp_path):
    seen = []

    def made(runs):
        seen.append(runs)
        return {"name": "lungs", "weights_sha256": "ab" * 32}

    monkeypatch.setitem(recipes.RECIPES, "lungs", TrainingRecipe("lungs", "Lungs", made))
    answer = cli("train", "lungs", "--runs", tmp_path / "runs")
    assert answer.code == 0
    assert seen == [tmp_path / "runs"]
    assert (tmp_path / "runs").is_dir()
    assert "ab" * 32 in answer.out


def test_unknown_recipe_suggests_the_nearest(cli):
    assert "Did you mean 'chest-xray'?" in cli("train", "chest-xrays").err


@pytest.mark.parametrize("words", [("train", "support-respiratory"), ("convert", "chest_xray_adult", "films")])
def test_commands_without_data_say_where_it_is_looked_for(cli, monkeypatch, tmp_path, words):
    monkeypatch.delenv("DIAPHANE_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    answer = cli(*words)
    assert answer.code == 2
    assert "Set DIAPHANE_DATA" in answer.err


def test_unknown_set_suggests_the_nearest(cli, tmp_path):
    assert "Did you mean 'chest_xray_child'?" in cli("convert", "chest_xray_kid", tmp_path / "films").err


def test_convert_writes_a_folder_that_evaluate_reads(cli, monkeypatch, tmp_path):
    source = tmp_path / "data" / "imaging" / "chest_xray_child"
    (source / "images").mkdir(parents=True)
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(source / "images" / "f.png")
    header = "file,patient_id,label,pneumonia,view,fold,lung_mask,orig_w,orig_h"
    (source / "labels.csv").write_text(f"{header}\nimages/f.png,p1,viral,1,AP,4,,900,700\n", encoding="utf-8")
    monkeypatch.setenv("DIAPHANE_DATA", str(tmp_path / "data"))
    answer = cli("convert", "chest_xray_child", tmp_path / "films", "--copy", "--json")
    assert answer.json["n_films"] == 1
    table = read_labels(tmp_path / "films")
    assert table.rows[0].original_size == (900, 700)
    assert not (tmp_path / "films" / "images").is_symlink()
    assert cli("convert", "chest_xray_child", tmp_path / "films").code == 2


def test_evaluate_reports_the_held_out_fold_and_gives_the_numbers_of_read(cli, labelled, tmp_path):
    out = tmp_path / "predictions.csv"
    answer = cli("evaluate", "chest-xray", "--data", labelled, "--predictions", out)
    assert answer.code == 0
    assert answer.out.startswith("1 films of 1 patients (fold 4)")
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["file"] for row in rows] == ["b.png"]
    read = cli("read", labelled / "b.png", "--age-years", "70", "--view", "AP", "--methods", "", "--json").json
    for finding in read["prediction"]["findings"]:
        # Films are scored in batches, which may change the last bits.
        assert float(rows[0][f"{finding['output']}_logit"]) == pytest.approx(finding["logit"], abs=1e-4)
    child = InferenceEngine().card.outputs_of("child")[0].name
    assert rows[0][f"{child}_logit"] == ""


def test_evaluate_names_what_is_wrong_without_patient_ids(cli, labelled):
    text = (labelled / "labels.csv").read_text(encoding="utf-8").replace("b.png", "missing-ROE.png")
    (labelled / "labels.csv").write_text(text, encoding="utf-8")
    answer = cli("evaluate", "chest-xray", "--data", labelled, "--json")
    assert answer.code == 2
    assert "line 3" in json.loads(answer.out)["error"]["message"]
    assert "ROE" not in answer.out + answer.err


def test_segmenter_is_not_evaluated_here_and_says_so(cli, tmp_path):
    answer = cli("evaluate", "lungs", "--data", tmp_path)
    assert answer.code == 2
    assert "card lungs" in answer.err


@pytest.mark.parametrize("model", ["chest-xray", "support-respiratory"])
def test_evaluate_without_data(cli, tmp_path, model):
    assert cli("evaluate", model, "--data", tmp_path / "nothing").code == 2
