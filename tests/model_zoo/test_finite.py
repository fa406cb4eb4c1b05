"""What is no number is refused where it arises, and never replaced."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from model_zoo.errors import NoNumber, WeightsMismatch
from model_zoo.finite import finite, finite_weights, number, read_json, rising, share

NONE = (math.nan, math.inf, -math.inf)


@pytest.mark.parametrize("value", NONE)
def test_one_value_that_is_no_number_refuses_all(value: float) -> None:
    for values in (value, np.array([1.0, value]), torch.tensor([[1.0], [value]])):
        with pytest.raises(NoNumber, match="gives no number here") as caught:
            finite(values, "The network")
        assert "verify" in caught.value.hint


def test_numbers_come_back_as_they_are() -> None:
    values = np.array([0.0, -1e30])
    assert finite(values, "x") is values


@pytest.mark.parametrize(
    "text",
    ["NaN", '{"a": [1, Infinity]}', '{"a": -Infinity}', "1e999", "-1e999", "1" + "0" * 400, "[" * 100_000, "{", ""],
)
def test_json_that_holds_no_number_is_no_json(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_json(text)


def test_json_is_read_as_python_reads_it() -> None:
    assert read_json('{"a": [1, 2.5, null, true, "NaN"]}') == {"a": [1, 2.5, None, True, "NaN"]}


@pytest.mark.parametrize("value", [*NONE, None, True, "0.5", [0.5], 10**400])
def test_an_entry_that_is_no_number(value: object) -> None:
    with pytest.raises(ValueError, match="expected"):
        number(value)


@pytest.mark.parametrize("value", [-0.01, 1.01, math.nan, True])
def test_an_entry_that_is_no_share(value: object) -> None:
    with pytest.raises(ValueError, match="expected"):
        share(value)


@pytest.mark.parametrize("values", [[], [1], [2, 1], [1, 3, 2], [1, 1], [0, math.nan, 2], [0, math.inf], [0, "1"]])
def test_values_out_of_order(values: list[object]) -> None:
    with pytest.raises(ValueError, match="expected"):
        rising(values)


def test_values_in_order() -> None:
    assert rising([0, 0, 1.5]) == (0.0, 0.0, 1.5)


@pytest.mark.parametrize("value", NONE)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_weights_that_hold_no_numbers(value: float, dtype: torch.dtype) -> None:
    state = {"a": torch.ones(3), "count": torch.tensor(3), "b": torch.tensor([[0.0, value]]).to(dtype)}
    with pytest.raises(WeightsMismatch, match="no numbers"):
        finite_weights(state)
