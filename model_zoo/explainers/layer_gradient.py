"""Activation and gradient of a logit at one layer: what the methods that read a convolutional map start from."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from model_zoo.errors import ExplainerNotApplicable
from model_zoo.explainers.method import find_layer


def layer_gradient(
    network: nn.Module, target_layer: str, x: torch.Tensor, target: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return activation and gradient of logit ``target`` at a layer, both float32 (channels, h, w).

    Raises ExplainerNotApplicable when the layer is not there, gives no map, or the logit does not depend on it. The hook
    is gone afterwards, whatever happens.
    """
    seen: list[Any] = []
    hook = find_layer(network, target_layer).register_forward_hook(lambda module, inputs, output: seen.append(output))
    try:
        # A fresh leaf: gradients must reach the layer though every weight is frozen.
        leaf = x.detach().clone().requires_grad_(True)
        with torch.enable_grad():
            logit = network(leaf)[0, target]
    finally:
        hook.remove()
    activation = seen[-1] if seen else None
    gradient = None
    if isinstance(activation, torch.Tensor) and activation.ndim == 4:
        (gradient,) = torch.autograd.grad(logit, activation, allow_unused=True)
    if not isinstance(activation, torch.Tensor) or gradient is None:
        raise ExplainerNotApplicable(
            f"Layer '{target_layer}' gives no convolutional map.", "Name a convolutional layer in the card."
        )
    return activation[0].detach(), gradient[0].detach()
