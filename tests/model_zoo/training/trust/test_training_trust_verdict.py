"""Limits, cross-fitted verdicts and rates, on made rows whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from model_zoo.training.trust.page import share
from model_zoo.training.trust.verdict import (
    PASS,
    TARGET,
    check_separation,
    cross_fitted,
    fit_limits,
    passing,
    summarise_maps,
    verdict_rates,
    word,
)
from model_zoo.trust.check import FATAL, PASSED
from model_zoo.trust.verdict import BELIEVED, DOUBTFUL, NOT_TO_BE_USED


def made_rows(n: int = 200, informative: bool = True, seed: int = 0) -> list[dict]:
    """Rows of one method; with ``informative`` the faithfulness of maps that hit is higher by three spreads."""
    generator = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        hit = bool(generator.random() < 0.5)
        faithful = float(generator.normal(3.0 * hit if informative else 1.5, 1.0))
        checks = {
            "completeness": {"outcome": PASSED, "measure": 0.001},
            "anatomy": {"outcome": PASSED, "measure": float(generator.normal(2.0 + 0.1 * hit, 0.1))},
            "covering": {"outcome": PASSED, "measure": float(abs(generator.normal(1.0 + 0.2 * hit, 0.2)))},
            "faithfulness": {"outcome": PASSED, "measure": faithful},
            "stability": {"outcome": PASSED, "measure": float(abs(generator.normal(0.3 - 0.05 * hit, 0.05)))},
            "randomisation": {"outcome": PASSED, "measure": 0.1},
        }
        rows.append(
            {
                "file": f"f{i}", "patient": f"p{i // 2}", "fold": (i // 2) % 5, "method": "m", "hit": hit, "mass": 0.3,
                "box_share": 0.1, "checks": checks, "elsewhere": 0.05, "over_random": 1.0,
            }
        )  # fmt: skip
        rows.append({k: v for k, v in rows[-1].items() if k != "checks"} | {"method": "mean-box", "hit": i % 2 == 0})
    return rows


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    return made_rows()


def of_method(rows: list[dict]) -> list[dict]:
    return [row for row in rows if row["method"] == "m"]


def test_nine_of_ten_hitting_maps_pass_each_limit(rows: list[dict]) -> None:
    mine = of_method(rows)
    limits = fit_limits(mine)
    hits = [row["checks"]["faithfulness"]["measure"] for row in mine if row["hit"]]
    assert np.mean(np.array(hits) >= limits["faithfulness"]) == pytest.approx(PASS, abs=0.01)
    hits = [row["checks"]["stability"]["measure"] for row in mine if row["hit"]]
    assert np.mean(np.array(hits) <= limits["stability"]) == pytest.approx(PASS, abs=0.01)


def test_a_check_that_tells_nothing_gets_no_limit() -> None:
    mine = of_method(made_rows())
    for row in mine:
        row["checks"]["anatomy"]["measure"] = 1.0 if row["hit"] else 2.0
    assert check_separation(mine)["anatomy"]["value"] == 0.0
    assert fit_limits(mine)["anatomy"] is None


def test_a_check_that_only_seems_to_tell_gets_no_limit() -> None:
    mine = of_method(made_rows(n=40, seed=4))
    generator = np.random.default_rng(1)
    for row in mine:
        row["checks"]["anatomy"]["measure"] = float(generator.normal(0.05 * row["hit"], 1.0))
    found = check_separation(mine)["anatomy"]
    assert found["low"] <= 0.5 < found["high"]
    assert fit_limits(mine)["anatomy"] is None


def test_no_limit_of_principle_falls_below_zero(rows: list[dict]) -> None:
    low = [row | {"checks": dict(row["checks"])} for row in of_method(rows)]
    for row in low:
        row["checks"]["faithfulness"] = {"outcome": PASSED, "measure": row["checks"]["faithfulness"]["measure"] - 9.0}
    limits = fit_limits(low)
    assert limits["faithfulness"] == 0.0
    assert passing(low, "faithfulness", limits) < 0.1
    assert passing(of_method(rows), "faithfulness", fit_limits(of_method(rows))) == pytest.approx(PASS, abs=0.01)
    assert passing(low, "anatomy", {}) is None


def test_the_worst_outcome_decides_the_word(rows: list[dict]) -> None:
    row = of_method(rows)[0] | {"elsewhere": 0.0}
    free = {"anatomy": None, "covering": None, "faithfulness": None, "stability": None}
    good = row | {"checks": row["checks"] | {"faithfulness": {"outcome": PASSED, "measure": 1.0}}}
    assert word(good, free) == BELIEVED
    assert word(good, free | {"faithfulness": 5.0}) == DOUBTFUL
    assert word(good | {"elsewhere": 0.4}, free) == DOUBTFUL  # the alarm of a map is a doubt
    assert word(good | {"elsewhere": 0.4}, free | {"elsewhere": 0.45}) == BELIEVED
    assert word(good | {"elsewhere": 0.9}, free) == NOT_TO_BE_USED
    assert word(good | {"over_random": -0.1}, free) == NOT_TO_BE_USED
    fatal = row["checks"] | {"randomisation": {"outcome": FATAL, "measure": 0.9}}
    assert word(good | {"checks": fatal}, free) == NOT_TO_BE_USED


def test_informative_checks_are_validated_and_random_ones_are_not(rows: list[dict]) -> None:
    mine = of_method(rows)
    point = [row for row in rows if row["method"] == "mean-box"]
    good = verdict_rates(mine, cross_fitted(mine), point)
    assert good["validated"]
    assert good["one_point"]["value"] == 0.5
    # Told apart, but no better than one point that hits always: that validates nothing.
    sure = verdict_rates(mine, cross_fitted(mine), [row | {"hit": True} for row in point])
    assert sure["told_apart"]
    assert not sure["validated"]
    assert good["difference"]["low"] > 0
    assert good["believed"]["value"] > good["doubtful"]["value"]
    for seed in (1, 2):
        found = cross_fitted(of_method(made_rows(informative=False, seed=seed)))
        assert 0 < found.count(BELIEVED) < 200


def test_verdicts_drawn_by_lot_are_not_validated(rows: list[dict]) -> None:
    mine = of_method(rows)
    generator = np.random.default_rng(5)
    lots = [BELIEVED if generator.random() < 0.5 else DOUBTFUL for _ in mine]
    assert not verdict_rates(mine, lots)["validated"]


def test_one_verdict_for_all_gives_no_difference(rows: list[dict]) -> None:
    mine = of_method(rows)
    found = verdict_rates(mine, [BELIEVED] * len(mine))
    assert found["difference"]["value"] is None
    assert found["doubtful"]["value"] is None
    assert not found["validated"]
    assert share(found["doubtful"]) == "not defined"


def test_the_summary_holds_benchmark_limits_and_rates(rows: list[dict]) -> None:
    found = summarise_maps(rows, of_method(rows)[:40])
    assert found["n_films"] == 200
    assert found["n_patients"] == 100
    method = found["methods"]["m"]
    assert set(method) == {"benchmark", "limits", "verdict", "verdict_fold_4", "verdict_phantoms", "checks"}
    hits = np.mean([row["hit"] for row in of_method(rows)])
    assert method["benchmark"]["all_folds"]["hit_rate"]["value"] == pytest.approx(hits)
    assert method["benchmark"]["all_folds"]["mean_box_on_the_same_films"]["value"] == 0.5
    assert method["benchmark"]["all_folds"]["gain_over_mean_box"]["value"] == pytest.approx(hits - 0.5)
    assert "limits" not in found["methods"]["mean-box"]
    assert method["verdict"][TARGET]["n_patients"] == 100
