"""The curves against scikit-learn on the same predictions, net benefit by hand, and what a threshold means per hundred."""

import numpy as np
import pytest
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

from model_zoo.evaluation.curves import calibration_bins, count_curve, decision_curve, wilson
from model_zoo.evaluation.metrics import auroc, average_precision
from model_zoo.evaluation.mistakes import FALSE_ALARM, MISSED, rank_mistakes
from model_zoo.evaluation.operating import Confusion, per_hundred
from model_zoo.evaluation.predictions import OutputScores
from model_zoo.evaluation.subgroups import rank_subgroups


def films(seed: int, tied: bool = False, n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.25).astype(float)
    p = 1 / (1 + np.exp(-(rng.normal(size=n) + 1.5 * y - 1.5)))
    return y, np.round(p, 1) if tied else p


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_roc_precision_recall_and_confusion_are_those_of_scikit_learn(seed: int, tied: bool) -> None:
    y, p = films(seed, tied)
    curve = count_curve(y, p)
    fpr, tpr = curve.roc()
    expected_fpr, expected_tpr, _ = sk.roc_curve(y, p, drop_intermediate=False)
    np.testing.assert_allclose(fpr, expected_fpr)
    np.testing.assert_allclose(tpr, expected_tpr)
    assert np.trapezoid(tpr, fpr) == pytest.approx(auroc(y, p))

    recall, precision = curve.precision_recall()
    expected_precision, expected_recall, thresholds = sk.precision_recall_curve(y, p)
    # Theirs rises with the threshold and ends in an invented point (recall 0, precision 1).
    np.testing.assert_allclose(precision, expected_precision[:-1][::-1])
    np.testing.assert_allclose(recall, expected_recall[:-1][::-1])
    np.testing.assert_allclose(curve.thresholds, thresholds[::-1])
    assert (np.diff(recall, prepend=0) * precision).sum() == pytest.approx(average_precision(y, p))

    for threshold in (-1.0, 0.0, 0.2, 0.45, 0.9, 1.1):
        found = curve.confusion(threshold)
        tn, fp, fn, tp = sk.confusion_matrix(y, p >= threshold, labels=[0, 1]).ravel()
        assert (found.true_positive, found.false_positive) == (tp, fp)
        assert (found.false_negative, found.true_negative) == (fn, tn)


def test_calibration_bins_are_those_of_scikit_learn_by_quantile() -> None:
    y, p = films(5)
    share, mean = calibration_curve(y, p, n_bins=10, strategy="quantile")
    found = calibration_bins(y, p, np.arange(y.size), bins=10)
    np.testing.assert_allclose([b.mean_probability for b in found], mean, atol=0.01)
    np.testing.assert_allclose([b.share for b in found], share, atol=0.04)
    assert sum(b.n_films for b in found) == y.size


def test_films_of_one_patient_widen_the_interval_of_a_bin() -> None:
    y, p = films(6)
    alone, together = (calibration_bins(y, p, ids, bins=4) for ids in (np.arange(300), np.arange(300) // 5))
    for one, five in zip(alone, together, strict=True):
        assert one.share == five.share
        assert five.high - five.low > one.high - one.low


def test_wilson_by_hand_and_at_the_ends() -> None:
    # Wilson's interval of 8 of 10, as in Brown, Cai and DasGupta 2001: 0.490 to 0.943.
    assert wilson(0.8, 10) == pytest.approx((0.490, 0.943), abs=5e-4)
    assert wilson(0.0, 10)[0] == 0
    assert wilson(1.0, 10)[1] == 1
    assert wilson(0.5, 0) == (0, 1)


def test_net_benefit_by_hand() -> None:
    y = np.array([1, 1, 0, 0, 0, 0, 0, 0, 0, 0], dtype=float)
    p = np.array([0.9, 0.3, 0.6, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    curve = decision_curve(count_curve(y, p), steps=80)
    at = int(np.argmin(np.abs(np.array(curve.probabilities) - 0.2)))
    odds = curve.probabilities[at] / (1 - curve.probabilities[at])
    assert curve.model[at] == pytest.approx((2 - odds * 1) / 10)
    assert curve.treat_all[at] == pytest.approx((2 - odds * 8) / 10)
    useful = curve.useful_range()
    assert useful is not None
    assert useful[0] < 0.2 < useful[1]


def test_a_useless_score_has_no_useful_range_worth_the_name() -> None:
    y = np.array([1.0, 0.0] * 50)
    assert decision_curve(count_curve(y, np.full(100, 0.5))).useful_range() is None


def test_a_thinned_curve_keeps_its_ends() -> None:
    y, p = films(7, n=2000)
    thin, full = count_curve(y, p, most=100), count_curve(y, p)
    assert len(thin.thresholds) == 100
    assert (thin.thresholds[0], thin.thresholds[-1]) == (full.thresholds[0], full.thresholds[-1])
    assert thin.true_positive[-1] + thin.false_positive[-1] == 2000


def test_per_hundred_at_the_observed_and_at_a_stated_prevalence() -> None:
    confusion = Confusion(true_positive=40, false_positive=30, false_negative=10, true_negative=120)
    here = per_hundred(confusion)
    assert here is not None
    assert (here.flagged, here.missed, here.found) == pytest.approx((35, 5, 20))
    rare = per_hundred(confusion, 0.01)
    assert rare is not None
    assert (rare.found, rare.missed, rare.false_alarms) == pytest.approx((0.8, 0.2, 19.8))
    assert per_hundred(Confusion(0, 3, 0, 7)) is None
    with pytest.raises(ValueError, match="0 to 1"):
        per_hundred(confusion, 2)


def test_mistakes_are_ranked_by_how_confidently_wrong_they_are() -> None:
    y = np.array([1, 0, 1, 0, np.nan, 1])
    scores = OutputScores(np.array([-4.0, 3.0, 2.0, -1.0, 9.0, np.nan]))
    found = rank_mistakes(y, scores, threshold_logit=0.5)
    assert [(m.index, m.kind, m.margin) for m in found] == [(0, MISSED, 4.5), (1, FALSE_ALARM, 2.5)]


def subgroup(group: str, value: float | None, high: float = 0.9, positives: int = 60) -> dict:
    if value is None:
        return {"group": group, "too_few": True, "n_positive_patients": positives}
    ends = {"value": value, "low": value - 0.1, "high": high}
    return {
        "group": group,
        "too_few": False,
        "n_films": 100,
        "n_positive_patients": positives,
        "auroc": ends,
        "sensitivity": ends,
        "specificity": None,
    }


def test_the_worst_subgroup_stands_on_top_and_too_few_below() -> None:
    rows = rank_subgroups(
        {
            "auroc": {"value": 0.85},
            "subgroups": {
                "sex": [subgroup("female", 0.84), subgroup("male", 0.7, high=0.8)],
                "age_years": [subgroup("18-39", None, positives=3), subgroup("60+", None, positives=49)],
            },
        }
    )
    assert [(r.kind, r.group) for r in rows] == [("sex", "male"), ("sex", "female"), ("age", "60+"), ("age", "18-39")]
    assert [r.below_overall for r in rows] == [True, False, False, False]
    assert rows[-1].auroc == (None, None, None)
