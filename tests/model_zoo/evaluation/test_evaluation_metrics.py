"""Each metric against scikit-learn or an answer known by hand, and the properties of the patient bootstrap."""

import time

import numpy as np
import pytest
from sklearn import metrics as sk
from sklearn.linear_model import LogisticRegression

from model_zoo.evaluation import metrics as m

N_FILMS = 400
EVERY = [
    m.auroc,
    m.average_precision,
    m.brier,
    m.calibration_slope,
    m.calibration_intercept,
    m.sensitivity(0.3),
    m.specificity(0.3),
    m.ppv(0.3),
    m.npv(0.3),
    m.f1(0.3),
    m.accuracy(0.3),
    m.expected_calibration_error(10),
]


def films(seed: int, tied: bool = False, n: int = N_FILMS) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, probabilities that go with them, and patients of one to several films."""
    rng = np.random.default_rng(seed)
    patients = rng.integers(0, n // 3, n)
    y = (rng.random(n) < 0.2).astype(float)
    p = 1 / (1 + np.exp(-(rng.normal(size=n) + 1.5 * y - 1.5)))
    return y, np.round(p, 1) if tied else p, patients


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_equal_to_scikit_learn(seed: int, tied: bool) -> None:
    y, p, _ = films(seed, tied)
    named = p >= 0.3
    expected = {
        m.auroc: sk.roc_auc_score(y, p),
        m.average_precision: sk.average_precision_score(y, p),
        m.brier: sk.brier_score_loss(y, p),
        m.sensitivity(0.3): sk.recall_score(y, named),
        m.recall(0.3): sk.recall_score(y, named),
        m.specificity(0.3): sk.recall_score(1 - y, ~named),
        m.ppv(0.3): sk.precision_score(y, named),
        m.precision(0.3): sk.precision_score(y, named),
        m.npv(0.3): sk.precision_score(1 - y, ~named),
        m.f1(0.3): sk.f1_score(y, named),
        m.accuracy(0.3): sk.accuracy_score(y, named),
    }
    for metric, value in expected.items():
        assert metric(y, p) == pytest.approx(value, abs=1e-12), metric.name


def test_calibration_slope_is_that_of_an_unpenalised_regression() -> None:
    y, p, _ = films(11)
    logit = np.log(p / (1 - p))
    fitted = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(logit[:, None], y)
    assert m.calibration_slope(y, p) == pytest.approx(fitted.coef_[0, 0], rel=1e-4)


def test_calibration_of_probabilities_that_are_true_is_one_and_zero() -> None:
    rng = np.random.default_rng(5)
    p = rng.uniform(0.05, 0.95, 200_000)
    y = (rng.random(p.size) < p).astype(float)
    assert m.calibration_slope(y, p) == pytest.approx(1, abs=0.02)
    assert m.calibration_intercept(y, p) == pytest.approx(0, abs=0.02)
    assert m.expected_calibration_error(10)(y, p) < 0.01


def test_calibration_notices_probabilities_that_are_too_extreme_and_too_low() -> None:
    rng = np.random.default_rng(6)
    logit = rng.normal(size=100_000)
    y = (rng.random(logit.size) < 1 / (1 + np.exp(-logit))).astype(float)
    assert m.calibration_slope(y, 1 / (1 + np.exp(-2 * logit))) == pytest.approx(0.5, abs=0.02)
    assert m.calibration_intercept(y, 1 / (1 + np.exp(-(logit - 1)))) == pytest.approx(1, abs=0.03)


def test_calibration_error_by_hand() -> None:
    # Two bins of two films: mean probability 0.15 against 0.5, and 0.85 against 1.
    y, p = np.array([0, 1, 1, 1]), np.array([0.1, 0.2, 0.8, 0.9])
    assert m.expected_calibration_error(2)(y, p) == pytest.approx((0.35 + 0.15) / 2)


def test_calibration_error_keeps_equal_probabilities_in_one_bin() -> None:
    y = np.array([0.0, 1.0] * 50)
    assert m.expected_calibration_error(10)(y, np.full(100, 0.5)) == pytest.approx(0)


def test_auroc_by_hand_with_ties() -> None:
    # Pairs (positive, negative): 0.5 > 0.2, 0.5 = 0.5 (one half), 0.9 > both.
    assert m.auroc(np.array([0, 0, 1, 1]), np.array([0.2, 0.5, 0.5, 0.9])) == 3.5 / 4


@pytest.mark.parametrize("seed", range(5))
def test_auroc_depends_on_the_order_alone_and_turns_round_with_the_sign(seed: int) -> None:
    y, p, _ = films(seed, tied=True)
    assert m.auroc(y, np.exp(7 * p)) == m.auroc(y, p)
    assert m.auroc(y, -p) == pytest.approx(1 - m.auroc(y, p), abs=1e-12)
    assert m.auroc(1 - y, p) == pytest.approx(1 - m.auroc(y, p), abs=1e-12)


@pytest.mark.parametrize("metric", [m.auroc, m.average_precision, m.calibration_slope, m.calibration_intercept])
def test_one_class_is_undefined_and_not_a_number(metric: m.Metric) -> None:
    p = np.linspace(0.1, 0.9, 20)
    assert metric(np.zeros(20), p) is None
    interval = m.bootstrap_interval(metric, np.zeros(20), p, np.arange(20))
    assert (interval.value, interval.low, interval.high) == (None, None, None)
    assert (interval.n_films, interval.n_positive_films, interval.n_positive_patients) == (20, 0, 0)


def test_without_films_nothing_is_defined() -> None:
    for metric in EVERY:
        assert metric(np.empty(0), np.empty(0)) is None, metric.name


def test_perfect_separation_has_no_calibration_slope() -> None:
    assert m.calibration_slope(np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.8, 0.9])) is None


def test_predictive_values_without_such_films_are_undefined() -> None:
    y, p = np.array([0, 1, 0]), np.array([0.1, 0.2, 0.3])
    assert m.ppv(0.5)(y, p) is None
    assert m.npv(0.05)(y, p) is None


def test_threshold_includes_its_own_value() -> None:
    assert m.sensitivity(0.5)(np.array([0, 1]), np.array([0.1, 0.5])) == 1


@pytest.mark.parametrize(
    ("y", "score"),
    [([0, 2], [0.1, 0.2]), ([0, np.nan], [0.1, 0.2]), ([0, 1], [0.1, np.nan]), ([0, 1], [0.1]), ([[0, 1]], [[0, 1]])],
)
def test_labels_and_scores_are_checked(y: list, score: list) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        m.auroc(np.array(y), np.array(score))


@pytest.mark.parametrize("metric", [m.brier, m.calibration_slope, m.expected_calibration_error()])
def test_logits_are_no_probabilities(metric: m.Metric) -> None:
    with pytest.raises(ValueError, match="probabilities"):
        metric(np.array([0, 1]), np.array([-2.0, 3.0]))


@pytest.mark.parametrize("metric", EVERY, ids=lambda metric: metric.name)
def test_weights_mean_repeated_films(metric: m.Metric) -> None:
    y, p, _ = films(3, tied=True)
    times = np.random.default_rng(4).integers(0, 4, y.size)
    weighted = metric.weighted(y, p, times[None, :].astype(float))[0]
    if metric.name == "expected_calibration_error":  # its bins stay those of the films given
        assert np.isfinite(weighted)
    else:
        assert weighted == pytest.approx(metric(np.repeat(y, times), np.repeat(p, times)), abs=1e-7)


def test_interval_agrees_with_a_plain_loop_over_patients() -> None:
    y, p, patients = films(8)
    interval = m.bootstrap_interval(m.auroc, y, p, patients, n=1000, seed=1)
    rng = np.random.default_rng(2)
    unique = np.unique(patients)
    values = []
    for _ in range(600):
        rows = np.concatenate([np.flatnonzero(patients == i) for i in rng.choice(unique, unique.size)])
        values.append(sk.roc_auc_score(y[rows], p[rows]))
    low, high = np.quantile(values, [0.025, 0.975])
    assert interval.value == pytest.approx(sk.roc_auc_score(y, p))
    assert interval.low == pytest.approx(low, abs=0.012)
    assert interval.high == pytest.approx(high, abs=0.012)


def test_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    truth = 0.7602499389065233  # P(N(1, 1) > N(0, 1))
    hits = 0
    for seed in range(200):
        rng = np.random.default_rng(1000 + seed)
        y = np.repeat([0.0, 1.0], 60)
        interval = m.bootstrap_interval(m.auroc, y, rng.normal(size=120) + y, np.arange(120), n=300, seed=seed)
        hits += interval.low <= truth <= interval.high
    assert 0.89 <= hits / 200 <= 0.99


def test_films_of_one_patient_do_not_narrow_the_interval() -> None:
    y, p, _ = films(9, n=120)
    once = m.bootstrap_interval(m.auroc, y, p, np.arange(120), seed=0)
    ten = m.bootstrap_interval(m.auroc, np.repeat(y, 10), np.repeat(p, 10), np.repeat(np.arange(120), 10), seed=0)
    assert (ten.value, ten.low, ten.high) == pytest.approx((once.value, once.low, once.high))
    assert (ten.n_films, ten.n_patients) == (1200, 120)
    assert ten.n_positive_films == 10 * once.n_positive_films
    assert ten.n_positive_patients == once.n_positive_patients


def test_interval_repeats_with_its_seed_and_not_with_another() -> None:
    y, p, patients = films(10)
    first, again, other = (m.bootstrap_interval(m.auroc, y, p, patients, seed=seed) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_interval_does_not_depend_on_the_order_of_films_or_the_kind_of_identifier() -> None:
    y, p, patients = films(12)
    order = np.random.default_rng(0).permutation(y.size)
    names = np.array([f"{i:08d}" for i in patients])
    first = m.bootstrap_interval(m.auroc, y, p, patients)
    second = m.bootstrap_interval(m.auroc, y[order], p[order], names[order])
    assert (first.low, first.high) == pytest.approx((second.low, second.high))


def test_no_interval_from_resamples_that_mostly_fail() -> None:
    # One positive patient of 30 is missing from more than a third of the resamples.
    y = np.r_[1.0, np.zeros(29)]
    interval = m.bootstrap_interval(m.auroc, y, np.arange(30.0), np.arange(30))
    assert interval.value == 0
    assert (interval.low, interval.high) == (None, None)


def test_paired_difference_of_equal_scores_is_exactly_zero() -> None:
    y, p, patients = films(13)
    interval = m.paired_bootstrap_difference(m.auroc, y, p, p, patients)
    assert (interval.value, interval.low, interval.high) == (0, 0, 0)


def test_paired_difference_has_the_sign_of_the_better_score_and_is_narrower_than_unpaired() -> None:
    y, p, patients = films(14)
    noisy = p + np.random.default_rng(0).normal(scale=0.05, size=p.size)
    worse = p + np.random.default_rng(1).normal(scale=0.5, size=p.size)
    assert m.paired_bootstrap_difference(m.auroc, y, p, worse, patients).low > 0
    assert m.paired_bootstrap_difference(m.auroc, y, worse, p, patients).high < 0
    paired = m.paired_bootstrap_difference(m.auroc, y, p, noisy, patients)
    alone = m.bootstrap_interval(m.auroc, y, p, patients)
    assert paired.high - paired.low < (alone.high - alone.low) / 2


def test_identifiers_must_fit_the_films() -> None:
    with pytest.raises(ValueError, match="3 patient identifiers for 2 films"):
        m.bootstrap_interval(m.auroc, np.array([0, 1]), np.array([0.1, 0.2]), ["a", "b", "c"])


def test_a_thousand_resamples_of_a_fold_are_quick() -> None:
    y, p, patients = films(15, n=1600)
    for metric in EVERY:
        start = time.process_time()
        m.bootstrap_interval(metric, y, p, patients)
        assert time.process_time() - start < 3, metric.name  # under 1 s on a free core; CI machines are slower
