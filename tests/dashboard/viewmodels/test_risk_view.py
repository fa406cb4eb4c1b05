"""The rows of the risk panel: the source's numbers in per cent, with what always stands beside them."""

from __future__ import annotations

import pytest

from dashboard.catalogue import text
from dashboard.viewmodels.patient.risk import build_risk, percent_words
from model_zoo.patients.risk import INTERVAL_TITLE, OutcomeRisk, RiskEstimate


def an_estimate(**more: object) -> RiskEstimate:
    outcome = {
        "name": "death_in_hospital", "title": "Death in hospital", "probability": 0.4142, "low": 0.35, "high": 0.49,
        "horizon_days": None, "threshold": 0.22, "above_threshold": True, "base_rate": 0.261,
    } | more  # fmt: skip
    late = OutcomeRisk("death_180_days", "Death within 180 days", 0.447, 0.40, 0.58, 180, 0.4506, False, 0.52)
    outcomes = (OutcomeRisk(**outcome), late)
    return RiskEstimate(
        "toy", "Toy risk", "c" * 64, outcomes, "Some patients.", INTERVAL_TITLE, ("Albumin",), ("A remark.",)
    )


def test_rows_carry_the_source_numbers() -> None:
    estimate = an_estimate()
    for row, outcome in zip(build_risk(estimate).rows, estimate.outcomes, strict=True):
        assert (row.probability, row.low, row.high) == (outcome.probability, outcome.low, outcome.high)
        assert (row.threshold, row.base_rate, row.above) == (
            outcome.threshold,
            outcome.base_rate,
            outcome.above_threshold,
        )


def test_a_risk_in_words_says_what_its_interval_is_and_how_common_the_event_was() -> None:
    row = build_risk(an_estimate()).rows[0]
    said = {"value": "41", "low": "35", "high": "49", "threshold": "22", "base": "26"}
    assert row.words == text("patient.risk.says.above", **said)


def test_a_risk_that_rounds_to_its_threshold_is_told_apart() -> None:
    row = build_risk(an_estimate()).rows[1]
    assert (row.value_words, row.threshold_words) == ("44.7 %", "45.1 %")
    said = {"value": "44.7", "low": "40", "high": "58", "threshold": "45.1", "base": "52"}
    assert row.words == text("patient.risk.says.below", **said)


def test_population_and_the_two_groups_of_people_stand_beside_every_risk() -> None:
    view = build_risk(an_estimate())
    assert view.population == "Some patients."
    assert view.interval == INTERVAL_TITLE
    # No era of its own: each population names its years and places.
    assert view.notes == (text("patient.risk.different_people"),)
    assert view.age_remark == ""
    assert view.not_measured_words == text("patient.risk.not_measured", values="Albumin")
    assert view.flags == ("A remark.",)


@pytest.mark.parametrize(
    ("risk", "words"),
    [
        (0.002, text("patient.risk.less_than", percent="1")),
        (0.998, text("patient.risk.more_than", percent="99")),
        (0.5, "50"),
        (0.026, "3"),
    ],
)
def test_no_risk_reads_as_nought_or_a_hundred(risk: float, words: str) -> None:
    assert percent_words(risk) == words
