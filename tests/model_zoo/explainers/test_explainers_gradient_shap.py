from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from model_zoo.explainers import EXPLAINERS, read_parameters
from model_zoo.explainers.baseline import build_baseline
from model_zoo.explainers.gradient_shap import BASELINES, MOST_SAMPLES
from model_zoo.explainers.integrated_gradients import RELATIVE_DELTA, SMALLEST_CHANGE

METHOD = EXPLAINERS.get("gradient-shap")
SIDE = 16


class Linear(nn.Module):
    """Two logits, each a weighted sum of the pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(2, SIDE * SIDE, generator=torch.Generator().manual_seed(5)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.flatten(1) @ self.weight.T


class Steep(nn.Module):
    """A sum of steps of ``tanh``; counts the pictures it is asked for."""

    def __init__(self, steepness: float) -> None:
        super().__init__()
        self.steepness, self.pictures = steepness, 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.pictures += len(x)
        return torch.tanh(self.steepness * (x - 0.217)).sum((1, 2, 3))[:, None]


def _input() -> torch.Tensor:
    return torch.randn(1, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(0)).clamp(-1.5, 1.5)


def _baselines(x: torch.Tensor) -> torch.Tensor:
    return torch.cat([build_baseline(x, kind) for kind in BASELINES])


@pytest.mark.parametrize("samples", [6, 7, 48])
@pytest.mark.parametrize("target", [0, 1])
def test_on_a_linear_network_it_is_weight_times_the_mean_difference(samples: int, target: int) -> None:
    network, x = Linear(), _input()
    raw = METHOD.attribute(network, "", x, target, samples=samples)
    weights = network.weight[target].detach().reshape(SIDE, SIDE)
    wanted = weights * (x - _baselines(x).mean(0, keepdim=True))[0, 0]
    torch.testing.assert_close(torch.from_numpy(raw.values), wanted, rtol=1e-4, atol=1e-5)
    with torch.no_grad():
        change = float(network(x)[0, target] - network(_baselines(x))[:, target].mean())
    assert float(raw.values.sum(dtype="float64")) == pytest.approx(change, abs=1e-4)
    assert raw.details["change_in_logit"] == pytest.approx(change, abs=1e-4)
    assert raw.details["converged"] is True
    assert raw.details["steps_used"] == samples // 3 * 3
    assert raw.warnings == ()


@pytest.mark.parametrize("steepness", [1.0, 8.0, 3000.0])
def test_points_are_added_until_the_values_add_up_or_it_says_that_they_do_not(steepness: float) -> None:
    network = Steep(steepness)
    raw = METHOD.attribute(network, "", _input(), 0, samples=6)
    details = raw.details
    missing = float(raw.values.sum(dtype="float64")) - details["change_in_logit"]
    assert missing == pytest.approx(details["completeness_delta"], abs=1e-3)
    assert details["logit"] - details["baseline_logit"] == pytest.approx(details["change_in_logit"], abs=1e-4)
    within = abs(details["completeness_delta"]) <= RELATIVE_DELTA * max(
        abs(details["change_in_logit"]), SMALLEST_CHANGE
    )
    assert details["converged"] is within
    assert bool(raw.warnings) is not within
    # No point is computed twice: the scan, three baselines, and each point once.
    assert network.pictures == 4 + details["steps_used"]
    assert details["steps_used"] in [6 * 2**k for k in range(7)]
    assert details["steps_used"] <= MOST_SAMPLES
    assert within or details["steps_used"] == MOST_SAMPLES


def test_what_does_not_converge_is_said_with_the_number() -> None:
    raw = METHOD.attribute(Steep(3000.0), "", _input(), 0, samples=6)
    assert raw.details["converged"] is False
    assert f"after {MOST_SAMPLES} points" in raw.warnings[0]
    assert f"{abs(raw.details['completeness_delta']):.3f}" in raw.warnings[0]


def test_it_nears_the_mean_of_integrated_gradients_over_the_baselines() -> None:
    integrated = EXPLAINERS.get("integrated-gradients")
    exact = np.mean(
        [integrated.attribute(Steep(2.0), "", _input(), 0, baseline=kind, steps=200).values for kind in BASELINES],
        axis=0,
    )
    few, many = (METHOD.attribute(Steep(2.0), "", _input(), 0, samples=n).values for n in (6, MOST_SAMPLES))
    assert np.abs(many - exact).mean() < 0.005 * np.abs(exact).mean()
    assert np.abs(many - exact).mean() < np.abs(few - exact).mean()


def test_the_details_are_those_of_integrated_gradients() -> None:
    """Page and command put both into words by the same keys."""
    integrated = EXPLAINERS.get("integrated-gradients")
    theirs = integrated.attribute(Linear(), "", _input(), 0, **read_parameters(integrated, {})).details
    mine = METHOD.attribute(Linear(), "", _input(), 0, **read_parameters(METHOD, {})).details
    assert set(mine) == set(theirs)
    assert METHOD.passes(read_parameters(METHOD, {})) == 48
