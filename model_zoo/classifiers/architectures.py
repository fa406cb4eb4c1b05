"""Networks by the name that a card or a command gives: the zoo's own, and those of torchvision; and their target layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from model_zoo.classifiers.residual import LocalResidualNet, log_odds
from model_zoo.errors import CardInvalid, ExplainerNotApplicable, UnknownName, ZooError

# The small one has a sixteenth of the weights: for sets of some hundred pictures, and for a processor without a GPU.
_RESIDUAL: dict[str, dict[str, Any]] = {
    "local-residual": {"widths": (32, 64, 128, 256), "depths": (1, 2, 3, 2), "fused": 128},
    "local-residual-small": {"widths": (8, 16, 32, 64), "depths": (1, 1, 2, 1), "fused": 32},
}
OPTIONS = ("exclusive", "mean", "std")
# A map of stride 16 or finer, or one of at least 7 x 7 places (the coarsest on which Grad-CAM was published), points at a
# lesion; a coarser one at a quadrant.
COARSEST_STRIDE, FEWEST_PLACES = 16, 7
AUTOMATIC = "auto"


class ExclusiveResidualNet(LocalResidualNet):
    """``LocalResidualNet`` for exclusive classes: the pooled logits become log-odds of each class."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return log_odds(super().forward(x))


def architecture_names() -> tuple[str, ...]:
    """Return every architecture that a card may name."""
    from model_zoo.classifiers.third_party.torchvision_nets import (
        torchvision_names,  # a second of import that no card of ours needs
    )

    return (*_RESIDUAL, *torchvision_names())


def build_architecture(
    name: str, outputs: int, options: Mapping[str, Any] | None = None, dropout: float | None = None
) -> nn.Module:
    """Return an untrained network for float32 (N, 1, H, W) with that many logits.

    options, from the card: "exclusive" (classes exclude each other: the logits are log-odds of a softmax), "mean" and "std"
    (normalisation per colour channel).

    Parameters
    ----------
    name
        Of the architecture.
    outputs
        How many logits.
    options
        From the card: "exclusive" (classes exclude each other: the logits are log-odds of a softmax), "mean" and "std"
        (normalisation per colour channel).
    dropout
        ``None`` keeps what the architecture has.

    Raises
    ------
    UnknownName
        For the name.
    CardInvalid
        For the options.
    """
    given = dict(options or {})
    if unknown := sorted(set(given) - set(OPTIONS)):
        raise CardInvalid(f"The card states unknown options of the network: {', '.join(unknown)}.", "Correct the card.")
    exclusive = bool(given.get("exclusive", False))
    if name in _RESIDUAL:
        kind = ExclusiveResidualNet if exclusive else LocalResidualNet
        settings = _RESIDUAL[name] | ({} if dropout is None else {"dropout": dropout})
        return kind(outputs, **settings)
    if name.startswith("torchxrayvision/"):
        from model_zoo.classifiers.third_party.torchxrayvision_nets import build_torchxrayvision

        return build_torchxrayvision(name, outputs)
    from model_zoo.classifiers.third_party.torchvision_nets import build_torchvision, torchvision_names

    if name not in torchvision_names():
        raise UnknownName("architecture", name, architecture_names())
    return build_torchvision(name, outputs, exclusive, dropout, given.get("mean", ()), given.get("std", ()))


def head_parameters(network: nn.Module) -> list[nn.Parameter]:
    """Return the parameters of the last layers: what "head only" trains."""
    if isinstance(network, LocalResidualNet):
        return [*network.local_head.parameters(), *network.pool.parameters()]
    linears = [m for m in network.modules() if isinstance(m, nn.Linear)]
    if not linears:
        raise ZooError("This network has no linear head to be trained alone.", "Train all parameters instead.")
    return list(linears[-1].parameters())


def find_target_layer(network: nn.Module, shape: tuple[int, int, int]) -> str:
    """Return the name of the last convolutional feature layer whose map is fine enough to point at something.

    The last in the order of computing, and on the trunk: inside a block a map is only one branch of what goes on. A layer
    that is used several times has no one map, and adaptive pooling makes a coarse map look fine: both are left out.
    Raises ExplainerNotApplicable for a network without any.
    """
    if isinstance(network, LocalResidualNet):
        return "centre"
    seen: list[tuple[str, tuple[int, ...]]] = []
    hooks = []
    for name, module in network.named_modules():
        if not _on_trunk(network, name) or isinstance(module, nn.AdaptiveAvgPool2d):
            continue

        def keep(_module: nn.Module, _inputs: Any, output: Any, name: str = name) -> None:
            if isinstance(output, torch.Tensor) and output.ndim == 4:
                seen.append((name, tuple(output.shape)))

        hooks.append(module.register_forward_hook(keep))
    training = network.training
    try:
        network.eval()
        with torch.no_grad():
            network(torch.zeros(1, *shape))
    finally:
        network.train(training)
        for hook in hooks:
            hook.remove()
    times = [name for name, _ in seen]
    for name, found in reversed(seen):
        if times.count(name) == 1 and is_fine(found[2:], shape[1:]):
            return name
    raise ExplainerNotApplicable("The network has no convolutional map.", "Choose a convolutional architecture.")


def _on_trunk(network: nn.Module, name: str) -> bool:
    """Whether a layer is reached from the network through sequences alone."""
    parts = name.split(".")
    above = [network.get_submodule(".".join(parts[:depth])) for depth in range(1, len(parts))]
    return bool(name) and all(isinstance(module, nn.Sequential) for module in above)


def is_fine(places: tuple[int, ...], picture: tuple[int, ...]) -> bool:
    """Whether a map of so many (rows, cols) of a picture of (rows, cols) can point at a lesion."""
    by_stride = all(p * COARSEST_STRIDE >= side for p, side in zip(places, picture, strict=True))
    return by_stride or min(places) >= FEWEST_PLACES
