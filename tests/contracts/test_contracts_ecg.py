"""The answer of ``ecg --json`` against its schema: with and without an attribution, and no identifier; errors in JSON."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from copy import deepcopy
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from model_zoo.cli import main
from model_zoo.ecg.demo import synthetic_strip

SCHEMA = json.loads((Path(__file__).parent / "ecg.schema.json").read_text(encoding="utf-8"))


def run(*words: object) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["ecg", *map(str, words)])
    return code, out.getvalue()


def answer_of(*words: object) -> dict:
    code, out = run(*words, "--json")
    assert code == 0, out
    return json.loads(out)


@pytest.fixture(scope="module")
def example() -> dict:
    return answer_of("--example", "--beat", 8, "--target", "V")


def test_the_example_with_an_attribution(example: dict) -> None:
    Draft202012Validator(SCHEMA).validate(example)
    assert example["strip"]["synthetic"]
    assert example["attribution"]["target"] == "V"
    assert example["ventricular_runs"] == [[16, 17]]


def test_a_file_without_a_time_column(tmp_path: Path) -> None:
    strip = synthetic_strip(12.0, (5,))
    path = tmp_path / "strip.csv"
    lines = ["II (mV),name", *(f"{value / 1000:.4f},Jane Roe" for value in strip.microvolts)]
    path.write_text("\n".join(lines), encoding="utf-8")
    answer = answer_of(path, "--rate", 360)
    Draft202012Validator(SCHEMA).validate(answer)
    assert answer["attribution"] is None
    assert answer["counts"]["V"] == 1
    assert "Jane" not in json.dumps(answer)
    code, out = run(path, "--json")
    assert code == 2
    assert "--rate" in json.loads(out)["error"]["hint"]


@pytest.mark.parametrize(
    "words",
    [(), ("--example", "strip.csv"), ("--example", "--target", "V"), ("--example", "--beat", "1"), ("gone.csv",)],
)
def test_what_cannot_be_answered_says_what_to_do(words: tuple[str, ...]) -> None:
    code, out = run(*words, "--json")
    assert code == 2
    assert json.loads(out)["error"]["hint"]


def test_the_words_for_people_name_method_limits_and_weak_classes() -> None:
    code, out = run("--example", "--beat", 8)
    assert code == 0
    text = " ".join(out.split())
    for words in ("Integrated Gradients", "residual", "no diagnosis", "Not for paced rhythm", "of 100 beats called so"):
        assert words in text
    assert "100 %" not in text


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.update(patient="x"),
        lambda a: a["beats"][3].update(label="Q"),
        lambda a: a["beats"][3].update(unanimous=False),
        lambda a: a["attribution"]["samples"]["values"].pop(),
        lambda a: a["attribution"].pop("completeness_delta"),
        lambda a: a["model"].pop("not_for"),
    ],
)
def test_what_breaks_the_contract(example: dict, change) -> None:
    altered = deepcopy(example)
    change(altered)
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate(altered)
