"""One verdict per map: what decides, what only waits, and what the evidence says."""

from __future__ import annotations

import pytest

from model_zoo.trust.check import (
    FAILED,
    FATAL,
    INFORMS,
    MAP_CHECKS,
    NOT_APPLICABLE,
    PASSED,
    CheckResult,
    ordered_checks,
)
from model_zoo.trust.checks.completeness import CHECK as COMPLETENESS
from model_zoo.trust.checks.covering import CHECK as COVERING
from model_zoo.trust.masking import MaskingEffect
from model_zoo.trust.verdict import BELIEVED, DOUBTFUL, NOT_TO_BE_USED, PENDING, judge, limits_of, rates_of
from tests.model_zoo.trust.subjects import perfect_map, subject

RATES = {
    "n_films": 100,
    "n_patients": 80,
    "believed": {"value": 0.8, "low": 0.7, "high": 0.9},
    "doubtful": {"value": 0.4, "low": 0.3, "high": 0.5},
    "one_point": {"value": 0.5, "low": 0.4, "high": 0.6},
    "told_apart": True,
    "validated": True,
}


def result(outcome: str, name: str = "a") -> CheckResult:
    return CheckResult(name, name, outcome, 1.0, 0.0, f"{name} {outcome}.")


@pytest.mark.parametrize(
    ("outcomes", "complete", "doubts", "expected"),
    [
        ([PASSED, PASSED], True, (), BELIEVED),
        ([PASSED, NOT_APPLICABLE], True, (), BELIEVED),
        ([PASSED, INFORMS], True, (), BELIEVED),
        ([PASSED, FAILED], True, (), DOUBTFUL),
        ([PASSED, PASSED], True, ("unlike the training films",), DOUBTFUL),
        ([FAILED, FATAL], True, (), NOT_TO_BE_USED),
        ([FATAL], False, (), NOT_TO_BE_USED),
        ([PASSED, FAILED], False, (), PENDING),
    ],
)
def test_the_worst_check_decides(outcomes, complete, doubts, expected) -> None:
    verdict = judge([result(o) for o in outcomes], complete, None, doubts)
    assert verdict.verdict == expected


def test_reasons_name_what_decided_first() -> None:
    verdict = judge([result(FAILED, "b"), result(FATAL, "c"), result(PASSED, "d")], True, None)
    assert verdict.reasons == ("c not to be used.", "b failed.")


def test_what_only_informs_is_no_reason_to_believe() -> None:
    verdict = judge([result(PASSED, "b"), result(INFORMS, "c")], True, None)
    assert verdict.reasons == ("b passed.",)


def test_a_verdict_is_only_as_good_as_its_measured_rates() -> None:
    good = judge([result(PASSED)], True, RATES)
    assert good.validated
    assert "80 % (70 to 90)" in good.evidence
    assert "the one point that is best on other patients' films did in 50 %" in good.evidence
    same = judge([result(PASSED)], True, RATES | {"validated": False, "told_apart": False})
    assert not same.validated
    assert same.evidence.startswith("Verdict not validated: the two rates cannot be told apart")
    idle = judge([result(PASSED)], True, RATES | {"validated": False})
    assert idle.evidence.startswith("Verdict not validated: a believed map")
    none = judge([result(PASSED)], True, None)
    assert not none.validated
    assert none.evidence.startswith("Verdict not validated")


def test_rates_and_limits_are_found_by_method_and_finding() -> None:
    section = {"methods": {"m": {"limits": {"anatomy": 2.0}, "verdict": {"t": RATES}}}}
    assert rates_of(section, "m", "t") == RATES
    assert rates_of(section, "m", "u") is None
    assert limits_of(section, "m") == {"anatomy": 2.0}
    assert limits_of(None, "m") == {}


@pytest.mark.parametrize(("delta", "outcome"), [(0.005, PASSED), (-0.005, PASSED), (0.05, FAILED), (0.5, FATAL)])
def test_completeness_is_the_missing_share_of_the_change(delta: float, outcome: str) -> None:
    found = COMPLETENESS.run(subject(perfect_map(), details={"completeness_delta": delta, "change_in_logit": -1.0}))
    assert found.outcome == outcome
    assert found.measure == pytest.approx(abs(delta))


def test_completeness_is_not_asked_of_methods_that_do_not_promise_it() -> None:
    assert COMPLETENESS.run(subject(perfect_map())).outcome == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("over_random", "outcome"), [(0.4, PASSED), (0.0, FAILED), (-0.4, FAILED), (None, NOT_APPLICABLE)]
)
def test_covering_asks_whether_the_marked_region_counts_more(over_random, outcome) -> None:
    effect = MaskingEffect("a", "score", 80, 30, 75, 60, 80, 0.1, "", over_random)
    assert COVERING.run(subject(perfect_map(), effect=effect)).outcome == outcome


def test_the_panel_lists_the_registry_in_its_order() -> None:
    checks = ordered_checks()
    assert {check.name for check in checks} == set(MAP_CHECKS.names())
    assert [check.order for check in checks] == sorted({check.order for check in checks})
    assert all(check.question.endswith("?") for check in ordered_checks())
