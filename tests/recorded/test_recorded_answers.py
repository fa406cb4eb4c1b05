"""Every command answers what it answered when the answers were recorded."""

from __future__ import annotations

import json

import pytest

from tests.recorded import ANSWERS, RECORDED, answer, differences

KEPT = json.loads(RECORDED.read_text(encoding="utf-8"))


def test_a_difference_is_seen_and_a_rounding_is_none() -> None:
    before = {"a": [1.0, {"b": "x", "n": None}], "c": True}
    assert differences(before, {"a": [1.001, {"b": "x", "n": None}], "c": True}) == []
    for now in ({"a": [1.01, {"b": "x", "n": None}], "c": True}, {"a": [1.0, {"b": "y", "n": None}], "c": True},
                {"a": [1.0, {"b": "x", "n": 0}], "c": True}, {"a": [1.0, {"b": "x"}], "c": True}, {"a": [1.0], "c": True},
                {"a": [1.0, {"b": "x", "n": None}], "c": 1}):  # fmt: skip
        assert len(differences(before, now)) == 1


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize("name", ANSWERS)
def test_the_answer_is_the_recorded_one(name: str) -> None:
    assert differences(KEPT[name], answer(name)) == []
