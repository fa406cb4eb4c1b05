"""The beat network and its attribution, on untrained weights and made-up beats."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from model_zoo.ecg.beats import CLASSES, EcgBeatModel, load_ecg_model
from model_zoo.ecg.network import RHYTHM, BeatNetwork, rhythm_features, rhythm_intervals
from model_zoo.errors import DataNotFound, InvalidPatientRecord, UnknownName
from model_zoo.training.ecg.beats import BeatTable
from model_zoo.training.ecg.recipe import by_record, fit_beats, macro_f1, resampled


def _beats(count: int = 40) -> BeatTable:
    rng = np.random.default_rng(4)
    label = rng.integers(0, 4, count)
    clock = np.arange(78) - 30
    width = np.where(label == 2, 6.0, 2.0)[:, None]
    height = np.where(label == 3, 600, 1200)[:, None]
    waves = height * np.exp(-0.5 * (clock / width) ** 2) + rng.normal(0, 20, (count, 78))
    before = np.where(label == 1, 0.5, 0.8) + rng.normal(0, 0.01, count)
    rr = np.stack([before, np.full(count, 0.8), np.full(count, 0.8), np.full(count, 0.8)], axis=1)
    return BeatTable(np.arange(count) % 8, waves, rr, label, np.ones(count), np.zeros(count, bool))


@pytest.fixture(scope="module")
def model() -> EcgBeatModel:
    state, _ = fit_beats(_beats(), np.arange(40), epochs=3)
    card = {"reference": "mean beat", "ranges": {"amplitude_microvolts": [300, 3000], "interval_seconds": [0.3, 2.0]}}
    return EcgBeatModel(card, BeatNetwork.from_state(state))


def test_the_same_seed_gives_the_same_beat_weights() -> None:
    table = _beats()
    first, again = (fit_beats(table, np.arange(40), epochs=1)[0] for _ in range(2))
    assert all(torch.equal(first[name], again[name]) for name in first)


def test_probabilities_add_up_and_the_label_is_the_largest(model: EcgBeatModel) -> None:
    table = _beats()
    found = model.classify(table.microvolts, table.rr)
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1)
    assert found.label == tuple(CLASSES[i] for i in found.probabilities.argmax(axis=1))
    assert found.flags == ()


@pytest.mark.parametrize("target", CLASSES)
def test_the_waveform_and_the_rhythm_explain_the_log_odds(model: EcgBeatModel, target: str) -> None:
    table = _beats()
    found = model.attribute(table.microvolts[3], table.rr[3], target)
    assert found.values.shape == (78,)
    assert tuple(found.rhythm) == RHYTHM
    total = found.reference_log_odds + found.values.sum() + sum(found.rhythm.values()) + found.completeness_delta
    assert total == pytest.approx(found.log_odds, abs=1e-9)
    assert abs(found.completeness_delta) < 0.01 * max(1.0, abs(found.log_odds - found.reference_log_odds))


def test_the_mean_beat_needs_no_explanation(model: EcgBeatModel) -> None:
    reference = model.network.reference.numpy()
    found = model.attribute(reference, np.array([0.8, 0.8, 0.8, 0.8]), "V")
    np.testing.assert_allclose(found.values, 0, atol=1e-12)


def test_beats_unlike_all_training_beats_are_flagged(model: EcgBeatModel) -> None:
    table = _beats(3)
    found = model.classify(table.microvolts * [[1], [5], [1]], np.where([[0], [0], [1]], 2.5, table.rr))
    assert found.outside.tolist() == [False, True, True]
    assert len(found.flags) == 2


def test_a_premature_beat_is_short_before_and_long_after() -> None:
    features = rhythm_features(torch.tensor([[0.4, 0.8, 1.2, 0.8], [0.8, 0.8, 0.8, 0.8]]))
    np.testing.assert_allclose(features[0, [0, 1, 3, 4]], np.log([0.5, 1.5, 1 / 3, 0.5]), atol=1e-6)
    np.testing.assert_allclose(features[1, [0, 1, 3, 4]], 0, atol=1e-6)


@pytest.mark.parametrize(
    ("waves", "rr"),
    [
        (np.zeros((2, 77)), np.ones((2, 4))),
        (np.zeros((2, 78)), np.ones((3, 4))),
        (np.zeros((1, 78)), np.zeros((1, 4))),
        (np.full((1, 78), np.nan), np.ones((1, 4))),
    ],
)
def test_beats_that_cannot_be_read_are_refused(model: EcgBeatModel, waves: np.ndarray, rr: np.ndarray) -> None:
    with pytest.raises(InvalidPatientRecord):
        model.classify(waves, rr)


def test_unknown_classes_and_missing_weights_are_named(model: EcgBeatModel, tmp_path) -> None:
    with pytest.raises(UnknownName):
        model.attribute(np.zeros(78), np.ones(4), "X")
    with pytest.raises(DataNotFound):
        load_ecg_model(tmp_path)


def test_macro_f1_by_hand_and_by_record() -> None:
    label, named, record = np.array([0, 0, 2, 2]), np.array([0, 2, 2, 2]), np.array([1, 1, 1, 2])
    confusions = by_record(label, named, record, np.ones(4))
    assert confusions.shape == (2, 4, 4)
    assert macro_f1(confusions.sum(axis=0)) == pytest.approx((2 / 3 + 4 / 5) / 2)
    found = resampled(macro_f1, confusions)
    assert found["low"] <= found["value"] <= found["high"]


def test_the_rhythm_looks_back_and_one_beat_ahead() -> None:
    times = np.cumsum([0.0, 1.0, 1.0, 0.8, 0.6, 1.2, 5.0])
    assert rhythm_intervals(times, 4) == pytest.approx((0.6, 2.8 / 3, 1.2, 1.0))
    assert rhythm_intervals(times, 1) == pytest.approx((1.0, 1.0, 1.0, 1.0))
