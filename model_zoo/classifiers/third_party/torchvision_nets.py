"""Networks of torchvision by name, made fit for attribution: one grey channel in, log-odds out, nothing in place.

The names of the weights stay those of torchvision, so that a file made elsewhere still fits: the class of a layer is
changed where it stands, and no layer is wrapped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torchvision import models
from torchvision.models.densenet import DenseNet

from model_zoo.classifiers.residual import log_odds
from model_zoo.errors import UnknownName, ZooError

# Families with one convolutional trunk and one linear head. Transformers have no convolutional map; GoogLeNet and
# Inception answer with several heads while training and call ReLU in place as a function, which no switch turns off;
# SqueezeNet has no linear head. MNASNet wants a number beside its weights that safetensors has no place for.
_FAMILIES = (
    "alexnet", "convnext", "densenet", "efficientnet", "mobilenet", "regnet", "resnet", "resnext", "shufflenet",
    "vgg", "wide_resnet",
)  # fmt: skip


class GreyConv2d(nn.Conv2d):
    """The first convolution of a network for colour pictures: repeats the grey channel, and normalises it if asked to.

    mean, std: per input channel, as the network was trained with; empty for a network that takes the values as they are.
    """

    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.expand(-1, self.in_channels, -1, -1)
        if self.mean:
            x = (x - x.new_tensor(self.mean)[:, None, None]) / x.new_tensor(self.std)[:, None, None]
        return super().forward(x)


class Head(nn.Linear):
    """The last layer, with dropout before it; for exclusive classes its output is the log-odds of each class."""

    drop: float = 0.0
    exclusive: bool = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        z = super().forward(functional.dropout(x, self.drop, self.training))
        return log_odds(z) if self.exclusive else z


class PlainDenseNet(DenseNet):
    """DenseNet without torchvision's in-place ReLU after the features, which overwrites the map that Grad-CAM reads."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        features = functional.relu(self.features(x))
        return self.classifier(torch.flatten(functional.adaptive_avg_pool2d(features, (1, 1)), 1))


def torchvision_names() -> tuple[str, ...]:
    """Return the architectures of torchvision that can be used here."""
    names = models.list_models(module=models)
    return tuple(name for name in names if name.startswith(_FAMILIES))


def build_torchvision(
    name: str,
    outputs: int,
    exclusive: bool,
    dropout: float | None,
    mean: Sequence[float] = (),
    std: Sequence[float] = (),
) -> nn.Module:
    """Return an untrained network of torchvision for (N, 1, H, W).

    dropout: before the head; ``None`` keeps what the architecture has. Raises UnknownName, or ZooError for a network
    without the one convolution at its start and the one linear layer at its end that this needs.
    """
    if name not in torchvision_names():
        raise UnknownName("architecture", name, torchvision_names())
    network = models.get_model(name, weights=None, num_classes=outputs)
    if isinstance(network, DenseNet):
        network.__class__ = PlainDenseNet
    convolutions = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
    linears = [m for m in network.modules() if isinstance(m, nn.Linear)]
    first: Any = convolutions[0]
    last: Any = linears[-1]
    if (type(first), type(last)) != (nn.Conv2d, nn.Linear) or last.out_features != outputs:
        raise ZooError(
            f"'{name}' does not begin and end like the networks that can be used here.", "Choose another one."
        )
    first.__class__ = GreyConv2d
    first.mean, first.std = tuple(mean), tuple(std)
    last.__class__ = Head
    last.exclusive = exclusive
    if dropout is not None:
        own: list[Any] = [m for m in network.modules() if isinstance(m, nn.Dropout)]
        for module in own:
            module.p = dropout
        last.drop = 0.0 if own else dropout
    switch_off_in_place(network)
    return network


def switch_off_in_place(network: nn.Module) -> None:
    """Make every activation keep its input: in-place ReLU gives wrong gradients under attribution hooks."""
    module: Any
    for module in network.modules():
        if getattr(module, "inplace", False):
            module.inplace = False
