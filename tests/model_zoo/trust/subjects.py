"""Networks whose important pixels are known, and subjects of checks on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from model_zoo.explainers import EXPLAINERS
from model_zoo.explainers.method import RawAttribution
from model_zoo.trust.check import MapSubject
from model_zoo.trust.checks.faithfulness import edge_map

SIDE = 64
# Rows and columns of the square that the known network reads.
SQUARE = (slice(24, 40), slice(8, 24))


class SquareSum(nn.Module):
    """One logit: the sum of the pixels of a known square, through a convolution so that there is a layer to re-draw."""

    def __init__(self) -> None:
        super().__init__()
        self.centre = nn.Conv2d(1, 1, 1, bias=False)
        nn.init.ones_(self.centre.weight)
        mask = torch.zeros(1, 1, SIDE, SIDE)
        mask[0, 0][SQUARE] = 1.0
        self.register_buffer("mask", mask)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (self.centre(x) * self.mask).flatten(1).sum(1, keepdim=True) / 64


class EdgesPosing:
    """An edge detector that poses as an explanation: it never looks at the network."""

    name, title, unit, explanation = "edges-posing", "Edges", "none", ""
    parameters: tuple[Any, ...] = ()
    needs: tuple[str, ...] = ()
    caution = None

    def passes(self, values: Any) -> int:
        return 0

    def is_signed(self, values: Any) -> bool:
        return False

    def attribute(
        self, network: nn.Module, target_layer: str, x: torch.Tensor, target: int, **_: Any
    ) -> RawAttribution:
        return RawAttribution(edge_map(x).astype(np.float32))


def picture(seed: int = 0, side: int = SIDE) -> torch.Tensor:
    """Return a textured picture with bright content everywhere, float32 (1, 1, side, side)."""
    generator = torch.Generator().manual_seed(seed)
    return 0.5 + 0.3 * torch.randn(1, 1, side, side, generator=generator)


def subject(values: np.ndarray, **changed: Any) -> MapSubject:
    """Return a subject around a map of the square network; zero is put in place of what is taken away."""
    x = changed.pop("x", picture())
    defaults: dict[str, Any] = {
        "network": SquareSum().eval(),
        "target_layer": "centre",
        "x": x,
        "target": 0,
        "explainer": EXPLAINERS.get("grad-cam"),
        "parameters": {"signed": False},
        "values": values,
        "details": {},
        "regions": None,
        "reference": torch.zeros_like(x),
    }
    return MapSubject(**(defaults | changed))


def perfect_map() -> np.ndarray:
    """Return the map of exactly what the square network reads."""
    values = np.zeros((SIDE, SIDE), np.float32)
    values[SQUARE] = 1.0
    return values
