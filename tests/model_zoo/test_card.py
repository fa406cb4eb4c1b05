"""A card that lacks something or contradicts itself is refused in words; a sound one answers by name."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model_zoo.card import Calibration, read_card
from model_zoo.errors import CardInvalid, UnknownName
from tests.tiny_zoo import tiny_card, write_card

SOUND = tiny_card() | {"weights_sha256": "0" * 64}


def _leaves(raw: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if not isinstance(raw, dict):
        return []
    return [(*path, key) for key in raw] + [leaf for key in raw for leaf in _leaves(raw[key], (*path, key))]


@pytest.mark.parametrize("path", _leaves(SOUND), ids=".".join)
def test_a_card_without_any_one_field_is_invalid(tmp_path: Path, path: tuple[str, ...]) -> None:
    raw = copy.deepcopy(SOUND)
    inner = raw
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    write_card(tmp_path, raw)
    with pytest.raises(CardInvalid):
        read_card(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": 2},
        {"outputs": [SOUND["outputs"][0] | {"kind": "guess"}]},
        {"outputs": [{k: v for k, v in SOUND["outputs"][0].items() if k != "threshold"}]},
        {"outputs": [SOUND["outputs"][0] | {"population": "martian"}]},
        {"outputs": [SOUND["outputs"][0], SOUND["outputs"][0]]},
        {"input": SOUND["input"] | {"shape": [1, 32]}},
        {"input": SOUND["input"] | {"aspect_range": [0.6]}},
        {"populations": [SOUND["populations"][0] | {"age_years": []}]},
        {"populations": None},
    ],
    ids=range(9),
)
def test_a_card_that_contradicts_itself_is_invalid(tmp_path: Path, change: dict[str, Any]) -> None:
    write_card(tmp_path, SOUND | change)
    with pytest.raises(CardInvalid):
        read_card(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null"])
def test_what_is_no_card_at_all_is_invalid(tmp_path: Path, text: str) -> None:
    (tmp_path / "card.json").write_text(text)
    with pytest.raises(CardInvalid):
        read_card(tmp_path)


def test_a_missing_card_is_invalid(tmp_path: Path) -> None:
    with pytest.raises(CardInvalid, match="cannot be read"):
        read_card(tmp_path)


def test_a_card_answers_by_name(tmp_path: Path) -> None:
    write_card(tmp_path, SOUND)
    card = read_card(tmp_path)
    assert card.labels == ("lung_opacity", "report_effusion", "pneumonia")
    assert card.index("pneumonia") == 2
    assert [output.name for output in card.outputs_of("adult")] == ["lung_opacity", "report_effusion"]
    with pytest.raises(UnknownName, match="Did you mean 'pneumonia'"):
        card.output("pneumoni")
    with pytest.raises(UnknownName, match="Known: adult, child"):
        card.population("elder")


def test_a_score_is_the_rank_among_held_out_films(tmp_path: Path) -> None:
    write_card(tmp_path, SOUND)
    output = read_card(tmp_path).output("lung_opacity")  # quantiles evenly from -4 to 4
    assert [output.score(v) for v in (-9, -4, -2, 0, 4, 9)] == pytest.approx([0, 0, 25, 50, 100, 100])


def test_probability_and_interval_known_answer() -> None:
    plain = Calibration(2.0, -1.0, ((0.0, 0.0), (0.0, 0.0)), "")
    assert plain.probability(0.5) == pytest.approx(0.5)
    assert plain.probability(1.0) == pytest.approx(1 / (1 + np.exp(-1)))
    assert plain.interval(1.0) == pytest.approx((plain.probability(1.0),) * 2)
    # At logit 2: variance 4 * 0.04 + 4 * 0.01 + 0.05 = 0.25, so half a unit of log odds.
    unsure = Calibration(2.0, -1.0, ((0.04, 0.01), (0.01, 0.05)), "")
    low, high = unsure.interval(2.0)
    assert np.log(low / (1 - low)) == pytest.approx(3 - 1.96 * 0.5)
    assert np.log(high / (1 - high)) == pytest.approx(3 + 1.96 * 0.5)
    assert plain.probability(-1e4) == 0.0
    assert plain.probability(1e4) == 1.0
