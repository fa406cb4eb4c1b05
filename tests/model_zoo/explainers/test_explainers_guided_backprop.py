from __future__ import annotations

import pytest
import torch
from torch import nn

from model_zoo.errors import ExplainerNotApplicable
from model_zoo.explainers import EXPLAINERS

METHOD = EXPLAINERS.get("guided-backprop")


class TwoLayers(nn.Module):
    """Weighted pixels, a ReLU, a weighted sum: small enough to go through by hand."""

    def __init__(self, out_weights: tuple[float, float, float], inplace: bool = False) -> None:
        super().__init__()
        # Hidden units: pixel 0, minus pixel 1, minus pixel 0.
        self.register_buffer("inner", torch.tensor([[1.0, 0.0], [0.0, -1.0], [-1.0, 0.0]]))
        self.register_buffer("outer", torch.tensor(out_weights))
        self.rectifier = nn.ReLU(inplace=inplace)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (self.rectifier(x.flatten(1) @ self.inner.T) * self.outer).sum(1, keepdim=True)


def _pixels(first: float, second: float) -> torch.Tensor:
    return torch.tensor([first, second]).reshape(1, 1, 1, 2)


@pytest.mark.parametrize(
    ("outer", "wanted"),
    [
        ((2.0, 3.0, 5.0), [2.0, -3.0]),  # both active units speak for: the plain gradient, sign of the pixel kept
        ((-2.0, 3.0, 5.0), [0.0, -3.0]),  # the first speaks against: stopped at the ReLU, the plain gradient is -2
        ((-2.0, -3.0, 5.0), [0.0, 0.0]),  # nothing speaks for
    ],
)
def test_negative_gradients_are_gone_behind_the_relu(outer: tuple[float, float, float], wanted: list[float]) -> None:
    network, x = TwoLayers(outer), _pixels(1.0, -1.0)
    assert METHOD.attribute(network, "", x, 0).values[0].tolist() == wanted
    leaf = x.clone().requires_grad_(True)
    (plain,) = torch.autograd.grad(network(leaf)[0, 0], leaf)
    assert plain.flatten().tolist() == [outer[0], -outer[1]]  # and the network is as it was


def test_units_that_are_off_pass_nothing() -> None:
    assert METHOD.attribute(TwoLayers((2.0, 3.0, 5.0)), "", _pixels(-1.0, 1.0), 0).values[0].tolist() == [-5.0, 0.0]


@pytest.mark.parametrize("network", [TwoLayers((1.0, 1.0, 1.0), inplace=True), nn.Linear(2, 1)])
def test_a_network_without_relu_modules_that_keep_their_input_is_refused(network: nn.Module) -> None:
    with pytest.raises(ExplainerNotApplicable, match="ReLUs are modules that keep their input"):
        METHOD.attribute(network, "", _pixels(1.0, 1.0), 0)


def test_it_is_offered_only_with_its_failed_check() -> None:
    assert METHOD.caution is not None
    for word in ("randomisation", "Adebayo 2018", "Nie 2018", "picture rather than the network"):
        assert word in METHOD.caution
    assert [e.name for e in EXPLAINERS if e.caution is not None] == ["guided-backprop"]
