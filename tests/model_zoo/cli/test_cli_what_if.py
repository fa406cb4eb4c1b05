"""``what-if`` in words, and its part of ``bench`` against the contract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from model_zoo.bench.what_if import LIMIT_SECONDS, measure_what_if
from model_zoo.patients.risk_models import definitions

CONTRACT = Path(__file__).resolve().parents[2] / "contracts" / "bench.schema.json"
HEART = "field,value\nage_years,70\nsex,F\nejection_fraction_percent,25\ncreatinine_umol_l,110\nsodium_mmol_l,136\nanaemia,no\n"


@pytest.fixture
def patient(tmp_path):
    path = tmp_path / "heart.csv"
    path.write_text(HEART, encoding="utf-8")
    return path


def test_the_answer_in_words(cli, patient):
    words = ("--set", "creatinine=900", "--path", "creatinine", "--counterfactual")
    answer = cli("what-if", "--patient", patient, "--patient-model", "heart-failure", *words)
    assert answer.code == 0
    text = " ".join(answer.out.split())
    for said in (
        "What if: Creatinine 110 µmol/L -> 900 µmol/L", "Mind: Creatinine lies outside the training patients", "900 µmol/L (now)",
        "not the effect of a treatment", "Nearest to this patient",
    ):  # fmt: skip
        assert said in text
    assert text.count("lies outside the training patients") == 1


def test_a_missing_file_and_an_unknown_model_are_errors_in_words(cli, tmp_path, patient):
    assert "no readable file" in cli("what-if", "--patient", tmp_path / "none.csv").err
    assert "heart-failure" in cli("what-if", "--patient", patient, "--patient-model", "heart-failur").err


def test_every_patient_model_is_timed_and_keeps_the_contract():
    found = measure_what_if(1)
    schema = json.loads(CONTRACT.read_text(encoding="utf-8"))
    part = {"$defs": schema["$defs"], **schema["properties"]["what_if"]}
    Draft202012Validator(part).validate(found)
    assert set(found["models"]) == set(definitions())
    assert found["limit_seconds"] == LIMIT_SECONDS
