"""The patient models on the command line: the table for the README, and figures recomputed without a file."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from model_zoo.figures.patients import patient_tables
from model_zoo.patients.risk_models import risk_model
from model_zoo.training.patient_models.covid_tables import FIRST_48_HOURS
from model_zoo.training.patient_models.recipes import PATIENT_RECIPES
from model_zoo.training.recipes import RECIPES
from model_zoo.words import spanned

SCHEMA = Path(__file__).parents[2] / "contracts" / "evaluate.schema.json"


def test_the_table_has_every_test_of_every_model_with_its_baseline():
    text = "\n".join(patient_tables())
    for recipe in PATIENT_RECIPES:
        metrics = risk_model(recipe.name).card["metrics"]
        (entry,) = metrics["outcomes"].values()
        assert f"(`{recipe.name}`) | held-out patients | {entry['events']} of {entry['patients']} |" in text
        assert spanned(entry["baselines"]["logistic"]["auc"]) in text
        for test in metrics["external"]:
            assert f"(`{recipe.name}`) | external: {test['title']} |" in text
            assert f"| `{recipe.name}`, {test['title']} | moved to the prevalence of the place |" in text


def test_every_patient_model_has_a_training_recipe():
    assert {recipe.name for recipe in PATIENT_RECIPES} <= set(RECIPES)


def test_cytology_is_evaluated_from_the_copy_of_scikit_learn(cli, tmp_path, monkeypatch):
    monkeypatch.delenv("DIAPHANE_DATA", raising=False)
    out = tmp_path / "risks.csv"
    answer = cli("evaluate", "breast-cytology", "--json", "--predictions", out)
    assert answer.code == 0, answer.err
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(answer.json)
    stored = risk_model("breast-cytology").card["metrics"]
    assert answer.json["patients"] == stored["patients"] == len(out.read_text(encoding="utf-8").splitlines()) - 1
    found = answer.json["outcomes"]["malignant"]
    assert found["auc"]["value"] == pytest.approx(stored["outcomes"]["malignant"]["auc"]["value"], abs=1e-4)
    assert answer.json["additivity"]["within_1_percent"]


def test_a_model_whose_table_is_not_there_says_where_it_is_looked_for(cli, monkeypatch):
    monkeypatch.delenv("DIAPHANE_DATA", raising=False)
    answer = cli("evaluate", "heart-failure")
    assert answer.code == 2
    assert "DIAPHANE_DATA" in answer.err


def test_patients_for_whom_a_reader_gets_no_risk_are_counted_with_those_who_lack_an_age(cli, tmp_path):
    columns = {**FIRST_48_HOURS.columns, "label": "outcome", "person": FIRST_48_HOURS.identity}
    lines = [",".join(columns.values())]
    for number in range(40):
        died = number % 2
        given = {"label": died, "person": number, "ldh_u_l": 200 + 400 * died + number, "crp_mg_l": 5 + 90 * died + number % 7,
                 "lymphocytes_10e9_l": 1.5 - died + 0.01 * number}  # fmt: skip
        lines.append(",".join(str(given.get(name, "")) for name in columns))
    table = tmp_path / "written.csv"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    answer = cli("evaluate", "covid-pneumonia", "--data", table, "--all")
    assert answer.code == 0, answer.err
    assert "A reader gets no risk for 40 of them (40 without an age)" in " ".join(answer.out.split())
    table.write_text("\n".join(line.split(",", 1)[1] for line in lines) + "\n", encoding="utf-8")
    answer = cli("evaluate", "covid-pneumonia", "--data", table, "--all")
    assert "lacks the columns age" in answer.err
    assert "leave its cells empty" in " ".join(answer.err.split())
