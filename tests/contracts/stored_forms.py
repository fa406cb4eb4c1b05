"""``python -m tests.contracts.stored_forms``: write the schemas of what is stored, generated from the forms it is read by."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from model_zoo.case.json_form import case_schema
from model_zoo.evaluation.model_review import ModelReview
from model_zoo.quality.result import QualityResult
from model_zoo.stored import schema_of
from model_zoo.trust.trust_form import TrustForm

FOLDER = Path(__file__).parent / "stored"
SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "case": case_schema,
    "model-review": lambda: schema_of(ModelReview),
    "phantom-run": lambda: schema_of(QualityResult),
    "trust-card": lambda: schema_of(TrustForm, "ignore"),
}


def text_of(name: str) -> str:
    """Return the schema as its file holds it."""
    return json.dumps(SCHEMAS[name](), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for one in SCHEMAS:
        (FOLDER / f"{one}.schema.json").write_text(text_of(one), encoding="utf-8")
