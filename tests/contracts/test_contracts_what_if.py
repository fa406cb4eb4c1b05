"""The answer of ``what-if --json`` against its schema, and errors that repeat no value."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from copy import deepcopy
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from model_zoo.cli import main

SCHEMA = json.loads((Path(__file__).parent / "what_if.schema.json").read_text(encoding="utf-8"))
HEART = {
    "identifier": "Jane Roe", "age_years": 70, "sex": "F", "ejection_fraction_percent": 25, "creatinine_umol_l": 110,
    "sodium_mmol_l": 136, "platelets_10e9_l": 250, "anaemia": "no", "diabetes": "yes", "smoking": "yes",
}  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    path = tmp_path_factory.mktemp("patient") / "heart.json"
    path.write_text(json.dumps(HEART), encoding="utf-8")

    def run(*words):
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(["what-if", "--patient", str(path), "--patient-model", "heart-failure", *words, "--json"])
        return code, json.loads(out.getvalue() or err.getvalue())

    return run


@pytest.fixture(scope="module")
def whole(asked):
    code, answer = asked(
        "--set", "creatinine=1.7", "--units", "US", "--set", "age=60", "--path", "creatinine", "--counterfactual"
    )
    assert code == 0
    return answer


def test_the_answer_keeps_its_contract_and_names_nobody(whole):
    Draft202012Validator(SCHEMA).validate(whole)
    assert "Jane" not in json.dumps(whole)
    changed = {change["name"]: change["after"] for change in whole["changes"]}
    assert changed["creatinine_umol_l"] == pytest.approx(1.7 * 88.4)
    assert any("cannot fall" in warning for warning in whole["warnings"])


def test_what_was_not_asked_is_null(asked):
    code, answer = asked()
    assert code == 0
    Draft202012Validator(SCHEMA).validate(answer)
    assert (answer["path"], answer["counterfactuals"], answer["changes"]) == (None, None, [])
    assert answer["before"] == answer["after"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--set", "creatinine"), "NAME=VALUE"),
        (("--set", "creatinine=1", "--set", "creatinine=2"), "twice"),
        (("--set", "creatinin=150"), "did you mean 'creatinine'"),
        (("--set", "creatinine=987654"), "outside the plausible range"),
        (("--path", "colour"), "no quantity of this model"),
        (("--counterfactual", "--outcome", "weather"), "no outcome named"),
        (("--set", "ejection_fraction=not measured"), "must be known"),
    ],
)
def test_errors_in_words(asked, words, said):
    code, answer = asked(*words)
    assert code == 2
    assert said in json.dumps(answer)
    assert "987654" not in json.dumps(answer)


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.update(patient="x"),
        lambda a: a["after"][0].update(probability=1.2),
        lambda a: a["contributions"][0].update(residual=0.002),
        lambda a: a["counterfactuals"].update(side="near"),
        lambda a: a["counterfactuals"]["answers"][0].update(changes=[]),
        lambda a: a["reference"]["nearest_group"].update(patients=49),
    ],
)
def test_what_breaks_the_contract(whole, change):
    altered = deepcopy(whole)
    change(altered)
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate(altered)
