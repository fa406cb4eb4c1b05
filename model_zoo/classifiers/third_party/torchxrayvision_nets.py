"""The networks of torchxrayvision as folder models: their weights in safetensors, their input contract kept.

The package (optional) brings architectures, labels and operating points; ``fetch_torchxrayvision`` turns weights that it has
fetched into a folder model once. The network then takes values from -1 to 1, as the rest of the zoo thinks, and hands on
-1024 to 1024, as it was trained. Its scores are the logits; the page shows them as the package rescales them, with 50 at
the operating point of its makers, and calls them not calibrated until ``calibrate`` has been run on local films.

Reference: Cohen et al. 2022, arXiv:2111.00595.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torchvision import models

from model_zoo.classifiers.third_party.torchvision_nets import switch_off_in_place
from model_zoo.errors import DataNotFound, UnknownName

PACKAGE = "torchxrayvision"
HALF_RANGE = 1024.0
INSTALL = "pip install torchxrayvision"


@dataclass(frozen=True)
class Pretrained:
    """One set of weights of the package: our name, its name, architecture, and the side of its input in pixels."""

    name: str
    title: str
    weights: str
    architecture: str
    side: int


PRETRAINED = (
    Pretrained(
        "xrv-densenet121", "Chest X-ray, torchxrayvision DenseNet-121", "densenet121-res224-all",
        "torchxrayvision/densenet121", 224,
    ),
    Pretrained(
        "xrv-resnet50", "Chest X-ray, torchxrayvision ResNet-50", "resnet50-res512-all", "torchxrayvision/resnet50", 512
    ),
)  # fmt: skip


class ScaledDenseNet(nn.Module):
    """DenseNet-121 of the package: input times 1024, ReLU after the features not in place, raw logits."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.features: Any = inner.features
        self.classifier: Any = inner.classifier

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        features = functional.relu(self.features(HALF_RANGE * x))
        return self.classifier(torch.flatten(functional.adaptive_avg_pool2d(features, (1, 1)), 1))


class ScaledResNet(models.ResNet):
    """ResNet-50 with the one grey channel of the package: input times 1024, raw logits."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(HALF_RANGE * x)


def build_torchxrayvision(name: str, outputs: int) -> nn.Module:
    """Return an untrained network. Raises DataNotFound without the package, UnknownName for another architecture."""
    network: nn.Module
    if name == "torchxrayvision/densenet121":
        network = ScaledDenseNet(package().models.DenseNet(num_classes=outputs, weights=None))
    elif name == "torchxrayvision/resnet50":
        network = ScaledResNet(models.resnet.Bottleneck, [3, 4, 6, 3], num_classes=outputs)
        network.conv1 = nn.Conv2d(1, 64, 7, 2, 3, bias=False)
    else:
        raise UnknownName("architecture", name, (p.architecture for p in PRETRAINED))
    switch_off_in_place(network)
    return network


def package() -> ModuleType:
    """Return the package. Raises DataNotFound with the command where it is not installed."""
    if importlib.util.find_spec(PACKAGE) is None:
        raise DataNotFound("This model needs the package torchxrayvision, which is not installed.", INSTALL)
    return importlib.import_module(PACKAGE)


def missing(pretrained: Pretrained) -> tuple[str, str]:
    """Return what a model of the package still lacks here, and the command to get it."""
    fetch = f"python -m model_zoo fetch {pretrained.name}"
    if importlib.util.find_spec(PACKAGE) is None:
        return "the package torchxrayvision and its weights", f"{INSTALL} && {fetch}"
    return "its weights", fetch


def pretrained_state(pretrained: Pretrained, cache: Path | None = None) -> tuple[nn.Module, list[str], list[float]]:
    """Let the package fetch and open its weights, and return our network with them, its labels and operating points.

    The package opens its own files, which are pickles: this is done once, by whoever asks for it, and never for a file
    that a reader sends. Outputs without a label are left out. Raises DataNotFound where nothing could be fetched.
    """
    xrv = package()
    kind = xrv.models.DenseNet if "densenet" in pretrained.architecture else xrv.models.ResNet
    try:
        theirs = kind(weights=pretrained.weights, cache_dir=None if cache is None else str(cache))
    except Exception as error:  # the package answers a failed download or a broken file with anything
        url = xrv.models.model_urls[pretrained.weights]["weights_url"]
        raise DataNotFound(
            f"The package could not fetch or open the weights of '{pretrained.name}'.",
            f"Fetch them by hand into {xrv.utils.get_cache_dir()}: {url}",
        ) from error
    return adopt(pretrained, theirs)


def adopt(pretrained: Pretrained, theirs: nn.Module) -> tuple[nn.Module, list[str], list[float]]:
    """Return our network with the weights of one of the package's, and the labels and operating points of its outputs."""
    labels = [str(label) for label in theirs.targets]  # type: ignore[union-attr]
    given: Any = getattr(theirs, "op_threshs", None)
    points = np.full(len(labels), 0.5) if given is None else given.double().numpy()
    kept = [i for i, label in enumerate(labels) if label and np.isfinite(points[i])]
    state = getattr(theirs, "model", theirs).state_dict()
    head = "classifier" if "densenet" in pretrained.architecture else "fc"
    state = {name: value for name, value in state.items() if name != "op_threshs"}
    for part in ("weight", "bias"):
        state[f"{head}.{part}"] = state[f"{head}.{part}"][kept]
    network = build_torchxrayvision(pretrained.architecture, len(kept))
    network.load_state_dict(state)
    return network.eval(), [labels[i] for i in kept], [float(points[i]) for i in kept]
