"""A weights folder is read once, written whole, and nothing passes for what its card describes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from torch import nn

from model_zoo.artefact import (
    CARD_FILE,
    PAGE_FILE,
    constants,
    file_sha256,
    fill,
    half,
    read_card_json,
    read_tensors,
    write_card,
    write_tensors,
)
from model_zoo.errors import CardInvalid, DataNotFound, WeightsMismatch
from model_zoo.stored import Count


@dataclass(frozen=True)
class Card:
    value: Count


STATE = {"a": torch.tensor([0.5, 1.25]), "steps": torch.tensor(3), "knots": torch.tensor([0.1], dtype=torch.float64)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model" / "model.safetensors"


def test_what_is_written_is_read_as_float32_and_whole_numbers_stay(path: Path) -> None:
    sha256 = write_tensors(path, half(STATE, wide=("knots",)))
    assert sha256 == file_sha256(path)
    found = read_tensors(path, sha256)
    assert {name: value.dtype for name, value in found.items()} == {
        "a": torch.float32, "steps": torch.int64, "knots": torch.float32,
    }  # fmt: skip
    assert torch.equal(found["a"], STATE["a"])
    assert found["knots"].item() == torch.tensor(0.1).item()


def test_float64_is_read_as_it_is(path: Path) -> None:
    write_tensors(path, STATE)
    assert read_tensors(path)["knots"].dtype == torch.float64


@pytest.mark.parametrize("stated", [None, 7, "", "0" * 64])
def test_a_file_of_another_hash_is_refused_whatever_is_stated(stated: object, path: Path) -> None:
    write_tensors(path, STATE)
    with pytest.raises(WeightsMismatch, match="not those its card describes"):
        read_tensors(path, stated)


def test_missing_damaged_and_not_finite_weights_are_refused(path: Path) -> None:
    with pytest.raises(WeightsMismatch, match="missing"):
        read_tensors(path)
    write_tensors(path, {"a": torch.tensor([float("nan")])})
    with pytest.raises(WeightsMismatch, match="no numbers"):
        read_tensors(path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(WeightsMismatch, match="damaged"):
        read_tensors(path)


def test_a_network_is_filled_for_reading_or_refused(path: Path) -> None:
    network = nn.Sequential(nn.Linear(2, 1), nn.BatchNorm1d(1))
    write_tensors(path, half(network.state_dict()))
    fill(network, path)
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())
    with pytest.raises(WeightsMismatch, match="do not fit"):
        fill(nn.Linear(3, 1), path)


def test_constants_are_what_is_not_trained() -> None:
    assert constants(nn.BatchNorm1d(2)) == {"running_mean", "running_var", "num_batches_tracked"}


def test_a_card_is_written_with_its_page_and_read(tmp_path: Path) -> None:
    write_card(tmp_path / "model", {"name": "Größe", "value": 1})
    assert not (tmp_path / "model" / PAGE_FILE).exists()
    write_card(tmp_path / "model", {"name": "Größe", "value": 1}, "# page\n")
    assert (tmp_path / "model" / PAGE_FILE).read_text(encoding="utf-8") == "# page\n"
    assert read_card_json(tmp_path / "model", Card) == {"name": "Größe", "value": 1}


def test_a_card_that_cannot_be_used_is_refused_with_the_way_on(tmp_path: Path) -> None:
    with pytest.raises(DataNotFound, match="not there"):
        read_card_json(tmp_path, Card)
    for text, words in (
        ("{", "JSON"),
        ("[]", "JSON"),
        ("{}", "range: value"),
        (json.dumps({"value": -1}), "range: value"),
    ):
        (tmp_path / CARD_FILE).write_text(text)
        with pytest.raises(CardInvalid, match=words) as caught:
            read_card_json(tmp_path, Card)
        assert caught.value.hint
