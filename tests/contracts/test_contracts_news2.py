"""The answer of ``news2 --json`` against its schema: whole and partial scores, alerts, and no identifier."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from copy import deepcopy
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from model_zoo.cli import main

SCHEMA = json.loads((Path(__file__).parent / "news2.schema.json").read_text(encoding="utf-8"))


def answer_of(*words):
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["news2", *map(str, words), "--json"])
    assert code == 0, err.getvalue()
    return json.loads(out.getvalue())


@pytest.fixture(scope="module")
def written():
    return answer_of("--example", "pneumonia-sepsis")


def test_a_written_stay(written):
    Draft202012Validator(SCHEMA).validate(written)
    assert written["series"]["synthetic"]
    assert len(written["hours"]) == 31
    assert {a["rule"] for a in written["alerts"]} >= {"news2-urgent", "news2-emergency"}


def test_a_partial_score(tmp_path):
    path = tmp_path / "stay.csv"
    path.write_text("time (h),HR,name\n0,135,Jane Roe\n1,90,Jane Roe\n", encoding="utf-8")
    answer = answer_of(path)
    Draft202012Validator(SCHEMA).validate(answer)
    assert [h["partial"] for h in answer["hours"]] == [True, True]
    assert (answer["hours"][0]["lowest"], answer["hours"][0]["highest"]) == (3, 20)
    assert "Jane" not in json.dumps(answer)


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.update(patient="x"),
        lambda a: a["hours"][0].update(aggregate=21),
        lambda a: a["hours"][0].update(partial=True),
        lambda a: a["alerts"][0].pop("source"),
        lambda a: a["alerts"][0].update(level="loud"),
    ],
)
def test_what_breaks_the_contract(written, change):
    altered = deepcopy(written)
    change(altered)
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate(altered)
