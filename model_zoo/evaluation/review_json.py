"""A ``ModelReview`` as JSON values and back: what is kept beside the weights, and what the exported file is made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from model_zoo.disk import read_json_file
from model_zoo.errors import CardInvalid
from model_zoo.evaluation.model_review import ModelReview
from model_zoo.stored import rebuild

SCHEMA_VERSION = 1
FILE = "review.json"


def review_to_json(review: ModelReview) -> dict[str, Any]:
    """Return the review as values that JSON can hold."""
    return {"schema_version": SCHEMA_VERSION, **asdict(review)}


def review_from_json(raw: Mapping[str, Any]) -> ModelReview:
    """Return the review of ``review_to_json``. Raises: CardInvalid for another schema or a damaged file."""
    if raw.get("schema_version") != SCHEMA_VERSION:
        raise CardInvalid(f"The review is not of schema version {SCHEMA_VERSION}.", "Run the review again.")
    try:
        return rebuild(ModelReview, {key: value for key, value in raw.items() if key != "schema_version"})
    except ValueError as error:
        raise CardInvalid("The review is damaged.", "Run the review again.") from error


def write_review(review: ModelReview, path: Path) -> None:
    """Write the review; numbers keep five significant digits, which no meeting reads further."""
    path.write_text(json.dumps(_rounded(review_to_json(review)), separators=(",", ":")) + "\n", encoding="utf-8")


def read_review(path: Path) -> ModelReview:
    """Read a review. Raises: CardInvalid when it is missing, damaged or of another schema."""
    try:
        raw = read_json_file(path)
    except (OSError, ValueError) as error:
        raise CardInvalid("The review cannot be read.", "Run the review again.") from error
    if not isinstance(raw, dict):
        raise CardInvalid("The review is damaged.", "Run the review again.")
    return review_from_json(raw)


def recorded_review(folder: Path, weights_sha256: str) -> ModelReview | None:
    """Return the held-out review kept beside the weights, ``None`` where there is none or it is of other weights."""
    if not (folder / FILE).is_file():
        return None
    review = read_review(folder / FILE)
    return review if review.weights_sha256 == weights_sha256 else None


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, Mapping):
        return {key: _rounded(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(entry) for entry in value]
    return value
