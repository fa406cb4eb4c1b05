"""Additivity of the hourly models: counted over every stay, stated on card and page, and plain where the promise is not kept."""

from __future__ import annotations

import json

import numpy as np
import pytest

from model_zoo.card import WEIGHTS_ROOT
from model_zoo.icu.risk import load_icu_model
from model_zoo.icu.variables import MORTALITY
from model_zoo.training.icu.card import card_page
from model_zoo.training.icu.recipe import additivity, additivity_of
from model_zoo.training.icu.tables import IcuTable
from tests.model_zoo.icu.tiny_icu import tiny_table


def test_stays_beyond_the_promise_are_counted():
    found = additivity_of([0.001, 0.01, 0.0298])
    assert (found["stays"], found["stays_beyond_1_percent"], found["within_1_percent"]) == (3, 1, False)
    assert found["largest_share_of_risk"] == pytest.approx(0.0298)
    assert additivity_of([0.001, 0.01])["within_1_percent"] is True


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([0.001, 0.002], "Within the promised 1 % in all of them."),
        ([0.001, 0.02], "Beyond the promised 1 % in 1 of them."),
    ],
)
def test_the_page_states_what_was_measured(shares, words):
    card = json.loads((WEIGHTS_ROOT / "icu-mortality" / "card.json").read_text(encoding="utf-8"))
    card["metrics"]["additivity"] = additivity_of(shares)
    page = card_page(card)
    assert "Over 2 reported stays at their last hour" in page
    assert words in page


def test_every_stay_of_a_table_is_measured():
    small = tiny_table().take([0, 1, 2])
    values = small.values[:, :6]
    # The tiny table has three variables; the shipped form reads 26, of which these are the first.
    wide = np.full((3, 6, len(MORTALITY.variables)), np.nan, np.float32)
    wide[..., 0] = np.where(np.isnan(values[..., 0]), np.nan, values[..., 0])
    facts = np.full((3, len(MORTALITY.statics)), np.nan, np.float32)
    table = IcuTable(small.ids, wide, facts, small.labels[:, :6], small.event, np.full(3, 6), small.fold, 0)
    found = additivity(WEIGHTS_ROOT / "icu-mortality", MORTALITY, table)
    assert found["stays"] == 3
    assert found["within_1_percent"]
    load_icu_model.cache_clear()
