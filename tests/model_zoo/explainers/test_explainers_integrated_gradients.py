from __future__ import annotations

import pytest
import torch
from captum.attr import IntegratedGradients
from torch import nn

from model_zoo.classifiers.residual import LocalResidualNet
from model_zoo.explainers import EXPLAINERS
from model_zoo.explainers.baseline import build_baseline
from model_zoo.explainers.integrated_gradients import MOST_STEPS, RELATIVE_DELTA, SMALLEST_CHANGE

METHOD = EXPLAINERS.get("integrated-gradients")
BASELINES = ("black", "blurred", "mean")

# Eight steps, and each halving two parts of eight more in the place of one, as often as the limit of 400 allows.
HALVINGS = (MOST_STEPS - 8) // 16


class Linear(nn.Module):
    """Two logits, each a weighted sum of the pixels."""

    def __init__(self, side: int = 20) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(2, side * side, generator=torch.Generator().manual_seed(5)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.flatten(1) @ self.weight.T


class Steep(nn.Module):
    """A sum of steps of ``tanh``: the steeper, the more points the path needs."""

    def __init__(self, steepness: float) -> None:
        super().__init__()
        self.steepness = steepness

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.tanh(self.steepness * (x - 0.217)).sum((1, 2, 3))[:, None]


class Counted(nn.Module):
    """Counts the points at which the network inside is asked for."""

    def __init__(self, inside: nn.Module) -> None:
        super().__init__()
        self.inside, self.points = inside, 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.points += len(x)
        return self.inside(x)


def _input(side: int = 20) -> torch.Tensor:
    return torch.randn(1, 1, side, side, generator=torch.Generator().manual_seed(0)).clamp(-1.5, 1.5)


@pytest.mark.parametrize("baseline", BASELINES)
@pytest.mark.parametrize("target", [0, 1])
def test_on_a_linear_network_it_is_weight_times_difference(baseline: str, target: int) -> None:
    network, x = Linear(), _input()
    raw = METHOD.attribute(network, "", x, target, baseline=baseline, steps=8)
    wanted = network.weight[target].detach().reshape(20, 20) * (x - build_baseline(x, baseline))[0, 0]
    torch.testing.assert_close(torch.from_numpy(raw.values), wanted, rtol=1e-4, atol=1e-5)
    assert raw.details["converged"]
    assert raw.details["steps_used"] == 8
    assert raw.warnings == ()


@pytest.mark.parametrize("baseline", BASELINES)
def test_the_values_add_up_to_the_change_within_the_reported_delta(baseline: str) -> None:
    network = LocalResidualNet(2).eval().requires_grad_(False)
    x = _input(64)
    raw = METHOD.attribute(network, "", x, 1, baseline=baseline, steps=8)
    with torch.no_grad():
        change = float(network(x)[0, 1] - network(build_baseline(x, baseline))[0, 1])
    details = raw.details
    assert details["change_in_logit"] == pytest.approx(change, abs=1e-5)
    assert details["logit"] - details["baseline_logit"] == pytest.approx(change, abs=1e-5)
    assert float(raw.values.sum(dtype="float64")) - change == pytest.approx(details["completeness_delta"], abs=2e-5)
    within = abs(details["completeness_delta"]) <= RELATIVE_DELTA * max(abs(change), SMALLEST_CHANGE)
    assert details["converged"] is within
    assert bool(raw.warnings) is not within


def test_steps_are_added_until_the_values_add_up() -> None:
    network = Counted(Steep(8.0))
    raw = METHOD.attribute(network, "", _input(), 0, baseline="black", steps=8)
    assert raw.details["converged"]
    assert 8 < raw.details["steps_used"] <= 8 * (1 + HALVINGS)
    assert raw.details["steps_computed"] == 2 * raw.details["steps_used"] - 8
    assert raw.warnings == ()
    assert network.points >= raw.details["steps_computed"]


@pytest.mark.parametrize("place", [0.1, 0.37, 0.9])
def test_steps_are_added_where_the_way_is_steep(place: float) -> None:
    """A logit that jumps at one place of the way: 200 points spread over all of it still miss more than is allowed."""
    x, steepness = torch.ones(1, 1, 4, 4), 150.0

    class Edge(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.tanh(steepness * (x.mean((1, 2, 3)) - (2 * place - 1)))[:, None]

    black = build_baseline(x, "black")
    spread = IntegratedGradients(Edge()).attribute(x, black, 0, n_steps=200, method="gausslegendre")
    assert abs(float(spread.sum()) - 2) > RELATIVE_DELTA * 2
    raw = METHOD.attribute(Edge(), "", x, 0, baseline="black", steps=50)
    assert raw.details["converged"]
    assert raw.details["steps_computed"] <= 110
    torch.testing.assert_close(torch.from_numpy(raw.values), torch.full((4, 4), 2 / 16), rtol=RELATIVE_DELTA, atol=0.0)


def test_a_map_that_does_not_converge_says_so_and_stops() -> None:
    raw = METHOD.attribute(Steep(3000.0), "", _input(), 0, baseline="black", steps=8)
    assert raw.details["converged"] is False
    assert raw.details["steps_used"] == 8 * (1 + HALVINGS)
    assert raw.details["steps_computed"] == 8 + 16 * HALVINGS
    assert len(raw.warnings) == 1
    assert f"after {8 + 16 * HALVINGS} steps" in raw.warnings[0]
    assert f"{abs(raw.details['completeness_delta']):.3f}" in raw.warnings[0]


def test_what_each_baseline_is() -> None:
    x = _input(40)
    assert torch.equal(build_baseline(x, "black"), torch.full_like(x, -1.0))
    torch.testing.assert_close(build_baseline(x, "mean"), torch.full_like(x, float(x.mean())))
    blurred = build_baseline(x, "blurred")
    assert blurred.shape == x.shape
    assert float(blurred.std()) < 0.25 * float(x.std())
    assert float(blurred.mean()) == pytest.approx(float(x.mean()), abs=0.1)
    assert {value for value, _ in METHOD.parameters[0].options} == set(BASELINES)


def test_a_scan_equal_to_its_baseline_has_an_empty_map() -> None:
    x = torch.full((1, 1, 20, 20), -1.0)
    raw = METHOD.attribute(Linear(), "", x, 0, baseline="black", steps=8)
    assert not raw.values.any()
    assert raw.details["converged"]
