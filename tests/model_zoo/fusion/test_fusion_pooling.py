"""Parts of the same outcome pool by log odds with the prevalence counted once; everything else is refused with the reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from model_zoo.errors import ZooError
from model_zoo.fusion import CasePart, NotPooled, pool
from model_zoo.fusion.pooling import shapley

SCAN = CasePart("scan", "Scan", "", "malignant lump", "malignant", 0.8, 0.7, 0.9, 0.3, True, frozenset({"picture"}))
CELLS = CasePart(
    "patient values", "Cytology", "", "malignant lump", "malignant", 0.6, 0.4, 0.8, 0.4, True, frozenset({"nuclei"})
)


def test_odds_multiply_and_the_prevalence_counts_once() -> None:
    # Likelihood ratios by hand: (0.8 / 0.2) / (0.3 / 0.7) and (0.6 / 0.4) / (0.4 / 0.6).
    odds = (0.1 / 0.9) * (4 * 7 / 3) * (1.5 * 1.5)
    assert pool([SCAN, CELLS], 0.1).probability == pytest.approx(odds / (1 + odds))


def test_a_part_that_says_what_everybody_has_moves_nothing() -> None:
    empty = replace(CELLS, probability=0.4)
    alone = 0.2 / 0.8 * (4 * 7 / 3)
    found = pool([SCAN, empty], 0.2)
    assert found.probability == pytest.approx(alone / (1 + alone))
    assert found.shares["patient values"] == pytest.approx(0)


def test_shares_add_up_to_what_the_parts_moved() -> None:
    found = pool([SCAN, CELLS], 0.1)
    assert sum(found.shares.values()) == pytest.approx(found.probability - 0.1)
    assert all(share > 0 for share in found.shares.values())
    assert found.low < found.probability < found.high


def test_shapley_shares_are_symmetric_and_add_up_for_three() -> None:
    shares = shapley({"a": 1.0, "b": 1.0, "c": -0.5}, -1.0)
    assert shares["a"] == pytest.approx(shares["b"])
    total = 1 / (1 + np.exp(-0.5)) - 1 / (1 + np.exp(1.0))
    assert sum(shares.values()) == pytest.approx(total)


def test_independent_parts_pool_to_the_posterior() -> None:
    rng = np.random.default_rng(3)
    y = (rng.random(60_000) < 0.3).astype(int)
    first, second = rng.normal(1.2 * y), rng.normal(0.8 * y)
    one, two = (LogisticRegression().fit(x[:, None], y).predict_proba(x[:, None])[:, 1] for x in (first, second))
    both = LogisticRegression().fit(np.stack([first, second], 1), y).predict_proba(np.stack([first, second], 1))[:, 1]
    share = y.mean()
    for i in range(20):
        parts = [
            replace(SCAN, probability=one[i], base_rate=share),
            replace(CELLS, probability=two[i], base_rate=share),
        ]
        assert pool(parts, share).probability == pytest.approx(both[i], abs=0.02)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (replace(CELLS, outcome="death in hospital"), "not estimate the same outcome"),
        (replace(CELLS, outcome=None), "not estimate the same outcome"),
        (replace(CELLS, probability=None), "no calibrated probability"),
        (replace(CELLS, base_rate=None), "no calibrated probability"),
        (replace(CELLS, probability=1.0), "probability of 0 or 1"),
        (replace(CELLS, measured_by=frozenset({"picture"})), "share measurements"),
        (replace(CELLS, modality="scan"), "one modality"),
        (replace(CELLS, absent="No values were given."), "One part alone"),
    ],
)
def test_what_must_not_become_one_number_is_refused(other: CasePart, reason: str) -> None:
    with pytest.raises(NotPooled, match=reason) as caught:
        pool([SCAN, other], 0.1)
    assert caught.value.hint


@pytest.mark.parametrize("prior", [0.0, 1.0, -0.2, 3.0])
def test_a_prior_has_to_be_stated_as_a_share(prior: float) -> None:
    with pytest.raises(ZooError, match="between 0 and 100 %"):
        pool([SCAN, CELLS], prior)
