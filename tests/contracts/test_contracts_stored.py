"""The schemas of what is stored are those of the forms it is read by, and hold for what lies in the repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from model_zoo.card import WEIGHTS_ROOT
from tests.contracts.stored_forms import FOLDER, SCHEMAS, text_of

CASES = Path(__file__).resolve().parents[1] / "model_zoo" / "case" / "stored"
STORED = [
    *(("case", path) for path in sorted(CASES.glob("*.json"))),
    *(("model-review", path) for path in sorted(WEIGHTS_ROOT.glob("*/review.json"))),
    *(("trust-card", path) for path in sorted(WEIGHTS_ROOT.glob("*/trust.json"))),
]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_committed_schema_is_the_generated_one(name: str) -> None:
    assert (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8") == text_of(name)


@pytest.mark.parametrize(("name", "path"), STORED, ids=lambda value: value if isinstance(value, str) else value.name)
def test_what_is_stored_keeps_to_it(name: str, path: Path) -> None:
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    stored = json.loads(path.read_text(encoding="utf-8"))
    if name == "model-review":
        stored.pop("schema_version")
    Draft202012Validator(schema).validate(stored)


def test_a_word_for_a_number_keeps_to_none() -> None:
    schema = json.loads((FOLDER / "case.schema.json").read_text(encoding="utf-8"))
    stored = json.loads(max(CASES.glob("*.json")).read_text(encoding="utf-8"))
    stored["prediction"]["findings"][0]["probability"] = "high"
    assert not Draft202012Validator(schema).is_valid(stored)
