"""Architectures by name: log-odds, target layers, nothing in place, gradients that are right, files that still fit."""

import pytest
import torch
from torch import nn
from torchvision import models

from model_zoo.classifiers.architectures import (
    AUTOMATIC,
    architecture_names,
    build_architecture,
    find_target_layer,
    is_fine,
)
from model_zoo.classifiers.residual import log_odds
from model_zoo.classifiers.third_party.torchvision_nets import torchvision_names
from model_zoo.errors import CardInvalid, UnknownName

# One of each family that is cheap to build; every one is built once in the table of target layers.
LAYERS = [
    ("resnet18", 224, "layer4"),
    ("resnet18", 64, "layer3"),
    ("mobilenet_v3_small", 224, "features"),
    ("mobilenet_v3_small", 64, "features.8"),
    ("densenet121", 64, "features.transition3.conv"),
    ("shufflenet_v2_x0_5", 128, "stage3"),
    ("regnet_y_400mf", 64, "trunk_output.block3"),
    ("efficientnet_b0", 64, "features.5"),
    ("local-residual-small", 64, "centre"),
]


@pytest.mark.parametrize(("name", "side", "layer"), LAYERS)
def test_the_target_layer_is_the_last_that_is_fine_enough_and_on_the_trunk(name, side, layer):
    network = build_architecture(name, 3, {"exclusive": True}).eval()
    assert find_target_layer(network, (1, side, side)) == layer
    assert not [n for n, m in network.named_modules() if getattr(m, "inplace", False)]
    places = []
    handle = network.get_submodule(layer).register_forward_hook(lambda m, i, o: places.append(tuple(o.shape[2:])))
    with torch.no_grad():
        logits = network(torch.rand(2, 1, side, side))
    handle.remove()
    assert len(places) == 1
    assert is_fine(places[0], (side, side))
    # Exclusive classes: the sigmoids of the log-odds are one softmax.
    assert torch.sigmoid(logits).sum(1) == pytest.approx([1.0, 1.0], abs=1e-5)


def test_log_odds_are_those_of_the_softmax():
    z = torch.randn(7, 4, generator=torch.Generator().manual_seed(1))
    p = torch.softmax(z, 1)
    torch.testing.assert_close(log_odds(z), torch.log(p / (1 - p)))


@pytest.mark.parametrize("name", ["resnet18", "densenet121", "mobilenet_v3_small"])
def test_the_gradient_is_the_slope_of_the_logit(name):
    """In-place ReLU gives wrong gradients: a step along the gradient has to change the logit by its square."""
    torch.manual_seed(3)
    network = build_architecture(name, 2, {"exclusive": True}).eval().double()
    x = torch.rand(1, 1, 64, 64, dtype=torch.float64, requires_grad=True)
    logit = network(x)[0, 1]
    (gradient,) = torch.autograd.grad(logit, x)
    step = 1e-6 / gradient.norm()
    with torch.no_grad():
        change = network(x + step * gradient)[0, 1] - network(x - step * gradient)[0, 1]
    assert float(change / (2 * step)) == pytest.approx(float(gradient.square().sum()), rel=1e-3)


def test_densenet_leaves_the_features_that_grad_cam_reads_alone():
    network = build_architecture("densenet121", 2).eval()
    kept = []
    network.features.register_forward_hook(lambda m, i, o: kept.append((o, o.clone())))
    with torch.no_grad():
        network(torch.rand(1, 1, 64, 64))
    assert torch.equal(*kept[0])
    assert float(kept[0][0].min()) < 0


def test_weights_of_torchvision_fit_and_give_its_answer():
    torch.manual_seed(0)
    theirs = models.resnet18(num_classes=3).eval()
    mine = build_architecture("resnet18", 3, {"mean": [0.4, 0.5, 0.6], "std": [0.2, 0.3, 0.4]}).eval()
    mine.load_state_dict(theirs.state_dict())
    grey = torch.rand(2, 1, 64, 64)
    colour = (grey.expand(-1, 3, -1, -1) - torch.tensor([0.4, 0.5, 0.6])[:, None, None]) / torch.tensor(
        [0.2, 0.3, 0.4]
    )[:, None, None]
    with torch.no_grad():
        torch.testing.assert_close(mine(grey), theirs(colour))


def test_dropout_is_that_of_the_settings_and_off_when_reading():
    for name in ("resnet18", "mobilenet_v3_small", "local-residual-small"):
        network = build_architecture(name, 2, {}, 0.5)
        own = [m.p for m in network.modules() if isinstance(m, nn.Dropout | nn.Dropout2d)]
        assert set(own) == {0.5} or getattr(network, "fc", None).drop == 0.5
        network.eval()
        x = torch.rand(2, 1, 64, 64)
        with torch.no_grad():
            assert torch.equal(network(x), network(x))


def test_unknown_names_and_options_are_refused():
    with pytest.raises(UnknownName, match="Did you mean 'resnet18'"):
        build_architecture("resnet_18", 2)
    for name in ("vit_b_16", "inception_v3", "googlenet", "squeezenet1_0", "mnasnet0_5"):
        assert name not in torchvision_names()
    with pytest.raises(CardInvalid, match="unknown options"):
        build_architecture("resnet18", 2, {"pretrained": True})
    assert AUTOMATIC not in architecture_names()
