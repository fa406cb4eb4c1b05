from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from model_zoo.classifiers.residual import LocalResidualNet
from model_zoo.errors import ExplainerNotApplicable
from model_zoo.explainers import EXPLAINERS
from tests.tiny_zoo import LAYER, randomise, tiny_network

GRAD_CAM = EXPLAINERS.get("grad-cam")


@pytest.fixture(scope="module")
def network() -> LocalResidualNet:
    network = tiny_network().eval().requires_grad_(False)
    randomise(network)
    return network


def _input(seed: int = 0) -> torch.Tensor:
    return torch.randn(1, 1, 48, 64, generator=torch.Generator().manual_seed(seed))


def _by_hand(network: LocalResidualNet, x: torch.Tensor, target: int, signed: bool) -> torch.Tensor:
    """Selvaraju et al. 2017, equations 1 and 2, without hooks: cut the network at its last map."""
    features = network.features(x).detach().requires_grad_(True)
    logit = network.pool(network.local_head(features))[0, target]
    (gradient,) = torch.autograd.grad(logit, features)
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    cam = (weights * features).sum(dim=1)[0].detach()
    return cam if signed else functional.relu(cam)


@pytest.mark.parametrize("target", [0, 1, 2])
@pytest.mark.parametrize("signed", [False, True])
def test_it_is_the_published_method(network: LocalResidualNet, target: int, signed: bool) -> None:
    raw = GRAD_CAM.attribute(network, LAYER, _input(), target, signed=signed)
    wanted = _by_hand(network, _input(), target, signed)
    assert float(_by_hand(network, _input(), target, True).abs().max()) > 1e-4
    torch.testing.assert_close(torch.from_numpy(raw.values), wanted, rtol=1e-4, atol=1e-6)
    assert raw.values.shape == (6, 8)
    assert GRAD_CAM.is_signed({"signed": signed}) is signed


def test_the_unsigned_map_is_the_positive_part_of_the_signed_one(network: LocalResidualNet) -> None:
    maps = [GRAD_CAM.attribute(network, LAYER, _input(), 0, signed=signed).values for signed in (False, True)]
    assert maps[1].min() < 0 < maps[1].max()
    assert (maps[0] == maps[1].clip(0)).all()


def test_nothing_is_rescaled() -> None:
    """Twice the logit, twice the map: a map stretched to its own maximum would hide an empty one."""
    network = tiny_network().eval()
    randomise(network)
    once = GRAD_CAM.attribute(network, LAYER, _input(), 0, signed=True).values
    with torch.no_grad():
        network.pool.scale *= 2
    twice = GRAD_CAM.attribute(network, LAYER, _input(), 0, signed=True).values
    torch.testing.assert_close(torch.from_numpy(twice), 2 * torch.from_numpy(once))


@pytest.mark.parametrize("layer", ["absent", "fuse.9", "pool"])
def test_a_layer_that_gives_no_map_is_refused_in_words(network: nn.Module, layer: str) -> None:
    with pytest.raises(ExplainerNotApplicable, match=f"'{layer}'"):
        GRAD_CAM.attribute(network, layer, _input(), 0, signed=False)
