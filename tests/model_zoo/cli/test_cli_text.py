"""``symptoms``, ``extract`` and ``evaluate notes``: answers against their contracts, errors without the patient's words."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from model_zoo.symptoms import installed_symptom_models

CONTRACTS = Path(__file__).parents[2] / "contracts"
COMPLAINT = "64 year old man. Chest pain at rest, shortness of breath, palpitatons. I smoke cigarettes. No fever."
NOTE = "64-year-old woman, Na 128, kreatinine 1.8 mg/dl, BP 120/80. Denies diabetes. Mother had cancer."


def check(name, answer):
    Draft202012Validator(json.loads((CONTRACTS / f"{name}.schema.json").read_text(encoding="utf-8"))).validate(answer)


@pytest.mark.parametrize("model", installed_symptom_models())
def test_symptoms(cli, model):
    answer = cli("symptoms", "--text", COMPLAINT, "--model", model, "--explain", 2, "--json")
    assert answer.code == 0, answer.err
    check("symptoms", answer.json)
    assert len(answer.json["ranked"]) == 49
    assert len(answer.json["explained"]) == 2
    read = {COMPLAINT[e["start"] : e["end"]]: e["read_as"] for e in answer.json["evidences"]}
    assert read["palpitatons"] == "palpitations"
    (denied,) = answer.json["read"]["denied"]
    assert COMPLAINT[denied["start"] : denied["end"]] == "fever"
    assert "palpitatons" not in answer.out


def test_too_little_to_tell(cli):
    answer = cli("symptoms", "--text", "The committee approved the budget.", "--json")
    check("symptoms", answer.json)
    assert answer.json["cannot_tell"].startswith("Cannot tell")
    assert "Cannot tell" in cli("symptoms", "--text", "The committee approved the budget.").out


def test_symptoms_for_people(cli):
    out = cli("symptoms", "--text", COMPLAINT).out
    assert "onsider" in out
    assert "synthetic" in out
    assert "diagnosis" not in out.lower()


@pytest.mark.parametrize(
    "words",
    [
        ("--text", ""),
        (),
        ("--text", "a", "--file", "b"),
        ("--file", "/nowhere/x.txt"),
        ("--text", "a", "--model", "tfidf"),
    ],
)
def test_errors_of_symptoms(cli, words):
    assert cli("symptoms", *words).code == 2


def test_extract(cli, tmp_path):
    path = tmp_path / "note.txt"
    path.write_text(NOTE, encoding="utf-8")
    answer = cli("extract", path, "--json")
    assert answer.code == 0, answer.err
    check("extract", answer.json)
    assert answer.json["form"]["creatinine_umol_l"] == pytest.approx(159.12)
    assert answer.json["form"]["diabetes"] == 0.0
    family = [i for i in answer.json["items"] if i["context"] == "family"]
    assert family
    assert all(not i["in_form"] and i["left_out_because"] for i in family)
    assert "Creatinine" in cli("extract", path).out


def test_extract_from_standard_input_and_from_no_text(cli, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(NOTE))
    assert cli("extract", "-", "--json").json["form"]["sodium_mmol_l"] == 128
    path = tmp_path / "note.bin"
    path.write_bytes(b"\xff\xfe\x00\x81")
    answer = cli("extract", path)
    assert answer.code == 2
    assert "UTF-8" in answer.err


def test_the_notes_are_measured(cli):
    answer = cli("evaluate", "notes", "--json")
    check("notes", answer.json)
    sets = {found["set"]: found for found in answer.json["sets"]}
    assert sets["development"]["notes"] + sets["repaired"]["notes"] + sets["frozen"]["notes"] >= 60
    frozen = sets["frozen"]["all"]
    assert frozen["precision"]["low"] < frozen["precision"]["value"] < 1
    assert "frozen" in cli("evaluate", "notes").out
