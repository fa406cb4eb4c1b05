from __future__ import annotations

import pytest
import torch
from torch import nn

from model_zoo.classifiers.residual import LocalResidualNet
from model_zoo.explainers import EXPLAINERS
from model_zoo.explainers.grad_cam_plus_plus import place_weights
from tests.tiny_zoo import LAYER, randomise, tiny_network

METHOD = EXPLAINERS.get("grad-cam-plus-plus")


@pytest.fixture(scope="module")
def network() -> LocalResidualNet:
    network = tiny_network().eval().requires_grad_(False)
    randomise(network)
    with torch.no_grad():
        # Channels that speak for and against every target, and activations on both sides of zero, as in a trained network.
        network.local_head.weight.abs_()[:, ::2] *= -1
        network.centre_on(network.features(_input()).mean((0, 2, 3)))
    return network


def _input(seed: int = 0) -> torch.Tensor:
    return torch.randn(1, 1, 48, 64, generator=torch.Generator().manual_seed(seed))


def _by_hand(network: LocalResidualNet, x: torch.Tensor, target: int) -> torch.Tensor:
    """Chattopadhay et al. 2018, equations 10 and 19, channel by channel and place by place, without hooks."""
    features = network.features(x).detach().double().requires_grad_(True)
    logit = network.double().pool(network.local_head(features))[0, target]
    (gradient,) = torch.autograd.grad(logit, features)
    network.float()
    cam = torch.zeros(features.shape[2:], dtype=torch.float64)
    for a, g in zip(features[0].detach(), gradient[0], strict=True):
        weight = 0.0
        for place in g.flatten().tolist():
            if place > 0:
                weight += place * place**2 / (2 * place**2 + float(a.clamp_min(0).sum()) * place**3)
        cam += weight * a
    return cam.float()


@pytest.mark.parametrize("target", [0, 1, 2])
def test_it_is_the_published_method_with_the_declared_departures(network: LocalResidualNet, target: int) -> None:
    wanted = _by_hand(network, _input(), target)
    assert float(wanted.abs().max()) > 1e-4
    signed = METHOD.attribute(network, LAYER, _input(), target, signed=True).values
    torch.testing.assert_close(torch.from_numpy(signed), wanted, rtol=1e-3, atol=1e-5)
    unsigned = METHOD.attribute(network, LAYER, _input(), target, signed=False).values
    assert (unsigned == signed.clip(0)).all()
    assert unsigned.shape == (6, 8)
    assert METHOD.is_signed({"signed": True}) is True
    assert METHOD.is_signed({"signed": False}) is False


def test_the_weights_stay_finite_where_the_papers_denominator_is_zero() -> None:
    """2 g^2 + g^3 sum(a) is zero for g = 1 and a sum of -2: possible only with centred activations."""
    activation = torch.full((1, 2, 2), -0.5)
    weights = place_weights(activation, torch.tensor([[[1.0, 0.0], [-1.0, 1e-20]]]))
    assert weights.tolist() == [[[0.5, 0.0], [0.0, 0.5]]]


def test_a_small_lesion_counts_as_much_as_a_large_one() -> None:
    """The point of the paper: two channels, one active at 1 place, one at 16; Grad-CAM halves neither, but buries the first."""

    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Identity()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            # Saturates per place: the gradient lives only where a channel is active.
            return torch.relu(self.layer(x) - 0.5).sum((1, 2, 3))[:, None]

    x = torch.zeros(1, 2, 8, 8)
    x[0, 0, 1, 1] = 1.0
    x[0, 1, 4:, 4:] = 1.0
    plus = METHOD.attribute(Two(), "layer", x, 0, signed=False).values
    plain = EXPLAINERS.get("grad-cam").attribute(Two(), "layer", x, 0, signed=False).values
    assert plain[1, 1] / plain[6, 6] == pytest.approx(1 / 16)
    assert plus[1, 1] / plus[6, 6] > 0.3
