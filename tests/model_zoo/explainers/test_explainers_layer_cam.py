from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from model_zoo.classifiers.residual import LocalResidualNet
from model_zoo.errors import ExplainerNotApplicable
from model_zoo.explainers import EXPLAINERS
from tests.tiny_zoo import LAYER, randomise, tiny_network

LAYER_CAM = EXPLAINERS.get("layer-cam")


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


def _by_hand(network: LocalResidualNet, x: torch.Tensor, target: int, signed: bool) -> torch.Tensor:
    """Jiang et al. 2021, equations 5 to 7, without hooks: cut the network at its last map."""
    features = network.features(x).detach().requires_grad_(True)
    logit = network.pool(network.local_head(features))[0, target]
    (gradient,) = torch.autograd.grad(logit, features)
    cam = (functional.relu(gradient) * features).sum(dim=1)[0].detach()
    return cam if signed else functional.relu(cam)


@pytest.mark.parametrize("target", [0, 1, 2])
@pytest.mark.parametrize("signed", [False, True])
def test_it_is_the_published_method(network: LocalResidualNet, target: int, signed: bool) -> None:
    raw = LAYER_CAM.attribute(network, LAYER, _input(), target, signed=signed)
    wanted = _by_hand(network, _input(), target, signed)
    assert float(_by_hand(network, _input(), target, True).abs().max()) > 1e-4
    torch.testing.assert_close(torch.from_numpy(raw.values), wanted, rtol=1e-4, atol=1e-6)
    assert raw.values.shape == (6, 8)
    assert LAYER_CAM.is_signed({"signed": signed}) is signed


def test_the_unsigned_map_is_the_positive_part_of_the_signed_one(network: LocalResidualNet) -> None:
    maps = [LAYER_CAM.attribute(network, LAYER, _input(), 0, signed=signed).values for signed in (False, True)]
    assert maps[1].min() < 0 < maps[1].max()
    assert (maps[0] == maps[1].clip(0)).all()


def test_it_is_not_grad_cam(network: LocalResidualNet) -> None:
    """One weight per place, not one per channel."""
    other = EXPLAINERS.get("grad-cam").attribute(network, LAYER, _input(), 0, signed=True).values
    mine = LAYER_CAM.attribute(network, LAYER, _input(), 0, signed=True).values
    ratio = mine / other
    assert ratio.std() > 0.1 * abs(ratio.mean())


@pytest.mark.parametrize("method", ["layer-cam", "grad-cam-plus-plus"])
@pytest.mark.parametrize("layer", ["absent", "fuse.9", "pool"])
def test_a_layer_that_gives_no_map_is_refused_in_words(network: nn.Module, method: str, layer: str) -> None:
    with pytest.raises(ExplainerNotApplicable, match=f"'{layer}'"):
        EXPLAINERS.get(method).attribute(network, layer, _input(), 0, signed=False)


class SideBranch(nn.Module):
    """A network with a layer that does not reach the logit, and one that never runs."""

    def __init__(self) -> None:
        super().__init__()
        self.main, self.side, self.unused = (nn.Conv2d(1, 2, 3) for _ in range(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.side(x)
        return self.main(x).mean((2, 3))


@pytest.mark.parametrize("layer", ["side", "unused"])
def test_a_layer_on_which_the_logit_does_not_depend_is_refused(layer: str) -> None:
    network = SideBranch().eval()
    with pytest.raises(ExplainerNotApplicable, match=f"'{layer}'"):
        LAYER_CAM.attribute(network, layer, _input(), 0, signed=False)
    assert not any(module._forward_hooks for module in network.modules())
