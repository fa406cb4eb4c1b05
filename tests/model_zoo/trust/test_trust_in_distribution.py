"""The gate on features whose distribution is known, and its way to disk and back."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from model_zoo.trust.in_distribution import FeatureGate, fit_gate, load_gates, pooled_features, save_gates
from tests.tiny_zoo import LAYER, randomise, tiny_network

D = 24


def sample(seed: int, n: int = 600, shift: float = 0.0) -> np.ndarray:
    """Features that vary along six directions only, with a little noise everywhere."""
    mixing = np.random.default_rng(0).normal(size=(6, D))
    generator = np.random.default_rng(seed)
    return (generator.normal(size=(n, 6)) @ mixing + 0.1 * generator.normal(size=(n, D)) + shift).astype(np.float32)


@pytest.fixture(scope="module")
def gate() -> FeatureGate:
    groups = ["near" if i % 2 else "far" for i in range(600)]
    return fit_gate("adult", sample(1), groups, sample(2), directions=6, accept=0.95)


def test_genuine_features_pass_at_the_stated_rate(gate: FeatureGate) -> None:
    passed = np.mean(gate.distances(sample(3, 2000)) <= gate.threshold)
    assert passed == pytest.approx(0.95, abs=0.03)


def test_features_off_the_directions_are_refused(gate: FeatureGate) -> None:
    generator = np.random.default_rng(4)
    off = 3 * generator.normal(size=(300, D)).astype(np.float32)
    assert np.mean(gate.distances(off) > gate.threshold) > 0.95


def test_features_far_out_along_the_directions_are_refused(gate: FeatureGate) -> None:
    assert np.mean(gate.distances(6 * sample(5, 300)) > gate.threshold) > 0.95


def test_a_refusal_says_why_and_names_the_nearest_group(gate: FeatureGate) -> None:
    result = gate.judge(20 * sample(6, 1)[0])
    assert not result.accepted
    assert result.rank == 1.0
    assert result.neighbourhood in ("near", "far")
    assert "unlike the pictures" in result.reason
    assert result.neighbourhood in result.reason
    assert not result.reason.endswith(".")


def test_an_ordinary_picture_has_no_remark_and_one_at_the_rim_has(gate: FeatureGate) -> None:
    features = sample(7, 400)
    order = np.argsort(gate.distances(features))
    ordinary = gate.judge(features[order[200]])
    assert ordinary.accepted
    assert ordinary.remark is None
    rim = next(gate.judge(features[i]) for i in order[::-1] if gate.distances(features[i : i + 1])[0] <= gate.threshold)
    assert rim.accepted
    assert rim.remark is not None


def test_what_is_stored_judges_alike(gate: FeatureGate, tmp_path) -> None:
    described = save_gates([gate], {}, tmp_path / "t.safetensors")
    (loaded,) = load_gates({"populations": described}, tmp_path / "t.safetensors").values()
    features = sample(8, 50)
    np.testing.assert_allclose(loaded.distances(features), gate.distances(features), rtol=1e-6)
    assert loaded.judge(features[0]) == gate.judge(features[0])


def test_pooled_features_keep_where_something_is_and_leave_no_hook() -> None:
    network = tiny_network().eval()
    randomise(network)
    x = torch.randn(2, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    (upright,) = pooled_features(network, ((LAYER, 4),), x)
    (turned,) = pooled_features(network, ((LAYER, 4),), x.flip(-2))
    assert upright.shape == (2, 6 * 16)
    assert not np.allclose(upright, turned)
    assert all(not module._forward_hooks for module in network.modules())
    with pytest.raises(AttributeError):
        pooled_features(network, (("no.such.layer", 4),), x)
