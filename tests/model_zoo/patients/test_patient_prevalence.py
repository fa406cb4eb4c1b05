"""A risk moved to another prevalence: the odds move by the ratio of the prior odds, and nothing crosses the threshold."""

import numpy as np
import pytest

from model_zoo.errors import ZooError
from model_zoo.patients.prevalence import at_prevalence, shifted
from model_zoo.patients.risk import OutcomeRisk, RiskEstimate


def test_a_known_shift():
    # Odds 1 at a prevalence of one half (prior odds 1) become odds 1/9 where one in ten is ill.
    assert shifted(np.array([0.5]), 0.5, 0.1)[0] == pytest.approx(0.1)
    assert shifted(np.array([0.8]), 0.5, 0.2)[0] == pytest.approx(0.5)


def test_the_same_prevalence_changes_nothing_and_ends_stay():
    risk = np.array([0.0, 0.2, 0.9, 1.0])
    assert shifted(risk, 0.3, 0.3) == pytest.approx(risk)
    assert shifted(risk, 0.3, 0.01)[[0, 3]] == pytest.approx([0, 1])


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 3.0])
def test_a_prevalence_is_a_share(share):
    with pytest.raises(ZooError, match="between 0 and 1"):
        shifted(np.array([0.5]), 0.3, share)


def test_the_whole_estimate_moves_and_the_verdict_stays():
    outcome = OutcomeRisk("ill", "Ill", 0.6, 0.5, 0.7, None, 0.55, True, 0.46)
    other = OutcomeRisk("dead", "Dead", 0.2, 0.1, 0.3, 180, 0.4, False, 0.3)
    estimate = RiskEstimate("m", "M", "a" * 64, (outcome, other), "people", "interval", (), ())
    moved = at_prevalence(estimate, {"ill": 0.1})
    found = moved.outcomes[0]
    assert found.low < found.probability < found.high < outcome.high
    assert found.base_rate == 0.1
    assert found.above_threshold == (found.probability >= found.threshold) == outcome.above_threshold
    assert moved.outcomes[1] == other
