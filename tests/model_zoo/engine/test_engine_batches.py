"""Large pictures go through the network in smaller batches, and the answers do not depend on it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from model_zoo.engine import InferenceEngine
from model_zoo.engine.batches import PacedSubject, logits_in_parts
from model_zoo.explainers import EXPLAINERS
from model_zoo.explainers.method import at_once, read_parameters
from model_zoo.trust.check import MapSubject


class Counting(nn.Module):
    """A small network that notes how many pictures it was given at once."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.Conv2d(1, 4, 3, stride=4)
        self.head = nn.Linear(4, 2)
        self.largest = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.largest = max(self.largest, len(x))
        found: torch.Tensor = self.head(torch.tanh(self.layer(x)).mean((2, 3)))
        return found


@pytest.mark.parametrize(
    ("shape", "most", "expected"),
    [((128, 128), 64, 64), ((64, 64), 64, 64), ((160, 160), 64, 40), ((352, 416), 64, 7), ((352, 416), 25, 2)],
)
def test_a_batch_takes_the_memory_of_a_batch_of_chest_films(shape, most, expected) -> None:
    assert at_once(torch.zeros(1, 1, *shape), most) == expected


def test_one_picture_always_goes() -> None:
    assert at_once(torch.zeros(1, 1, 2048, 2048), 16) == 1


def test_the_answers_are_those_of_one_batch() -> None:
    network, x = Counting().eval(), torch.rand(20, 1, 352, 416)
    with torch.no_grad():
        expected = network(x)
    network.largest = 0
    found = logits_in_parts(network, x)
    assert network.largest == 7
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)


def test_checks_of_a_map_pace_themselves_and_say_the_same() -> None:
    x = torch.rand(12, 1, 352, 416)
    facts = {
        "target_layer": "layer",
        "x": x[:1],
        "target": 1,
        "explainer": EXPLAINERS.get("grad-cam"),
        "parameters": {},
        "values": np.zeros((1, 1), np.float32),
        "details": {},
        "regions": None,
    }
    network = Counting().eval()
    expected = MapSubject(network, **facts).logits(x)
    assert network.largest == 12
    network.largest = 0
    np.testing.assert_allclose(PacedSubject(network, **facts).logits(x), expected, rtol=1e-5, atol=1e-6)
    assert network.largest == 7


@pytest.mark.parametrize(
    ("method", "stated", "most"),
    [
        ("integrated-gradients", {"steps": 8}, 7),
        ("smooth-grad", {"samples": 10}, 4),
        ("occlusion", {"window": 64, "stride": 64}, 16),
    ],
)
def test_methods_keep_to_it(method: str, stated: dict[str, int], most: int) -> None:
    network, x = Counting().eval(), torch.rand(1, 1, 256, 256)
    explainer = EXPLAINERS.get(method)
    values = read_parameters(explainer, stated)
    explainer.attribute(network, "layer", x, 0, **values, **({"most_steps": 8} if "steps" in stated else {}))
    assert network.largest <= most


def test_the_engine_uses_it(engine: InferenceEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    inner = engine._network.forward
    monkeypatch.setattr(engine._network, "forward", lambda x: sizes.append(len(x)) or inner(x))
    x = torch.rand(70, *engine.card.input_shape)
    assert engine.logits(x).shape == (70, len(engine.card.outputs))
    assert max(sizes) == 64
