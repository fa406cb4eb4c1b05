from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from torch import nn

from model_zoo.explainers import EXPLAINERS, read_parameters

METHOD = EXPLAINERS.get("smooth-grad")
SIDE = 16


class Linear(nn.Module):
    """Two logits, each a weighted sum of the pixels of both channels."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(2, 2, SIDE, SIDE, generator=torch.Generator().manual_seed(5)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.einsum("nchw,kchw->nk", x, self.weight)


class Squared(nn.Module):
    """The sum of the squares: the gradient is twice the picture."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.square().sum((1, 2, 3))[:, None]


def _input(channels: int = 1) -> torch.Tensor:
    return torch.randn(1, channels, SIDE, SIDE, generator=torch.Generator().manual_seed(0)).clamp(-1.5, 1.5)


@pytest.mark.parametrize("target", [0, 1])
@pytest.mark.parametrize("samples", [4, 24])
def test_on_a_linear_network_it_is_the_weights(target: int, samples: int) -> None:
    network = Linear()
    weights = network.weight[target].detach().sum(0)
    settings = {"samples": samples, "noise": 20}
    signed = METHOD.attribute(network, "", _input(2), target, average="signed", **settings).values
    torch.testing.assert_close(torch.from_numpy(signed), weights, rtol=1e-4, atol=1e-5)
    squared = METHOD.attribute(network, "", _input(2), target, average="squared", **settings).values
    torch.testing.assert_close(torch.from_numpy(squared), weights.abs(), rtol=1e-4, atol=1e-5)


def test_the_noise_is_centred_on_the_scan_and_as_wide_as_asked_for() -> None:
    """On a sum of squares, the mean gradient is twice the mean of the noisy copies."""
    x = _input()
    raw = METHOD.attribute(Squared(), "", x, 0, samples=128, noise=10, average="signed")
    spread = 0.10 * float(x.max() - x.min())
    assert raw.details["noise_standard_deviation"] == pytest.approx(spread)
    missed = raw.values / 2 - x[0, 0].numpy()
    assert missed.std() == pytest.approx(spread / np.sqrt(128), rel=0.15)
    squared = METHOD.attribute(Squared(), "", x, 0, samples=128, noise=10, average="squared").values
    assert float((squared**2).mean()) / 4 == pytest.approx(float(x.square().mean()) + spread**2, rel=0.02)


def test_more_noise_gives_another_map_where_the_network_bends() -> None:
    little, much = (
        METHOD.attribute(Squared(), "", _input(), 0, samples=16, noise=noise, average="signed").values
        for noise in (1, 50)
    )
    assert np.abs(little - much).max() > 0.1


def test_threads_that_draw_random_numbers_meanwhile_do_not_change_the_map() -> None:
    """Captum's NoiseTunnel draws from the numbers of the whole process: seeded, it would still be disturbed here."""
    settings = read_parameters(METHOD, {})
    alone = METHOD.attribute(Squared(), "", _input(), 0, **settings).values
    stop = threading.Event()

    def draw() -> None:
        while not stop.is_set():
            torch.randn(100)

    others = [threading.Thread(target=draw) for _ in range(2)]
    for thread in others:
        thread.start()
    try:
        beside = [METHOD.attribute(Squared(), "", _input(), 0, **settings).values for _ in range(5)]
    finally:
        stop.set()
        for thread in others:
            thread.join()
    assert all(np.array_equal(alone, values) for values in beside)


def test_the_sign_and_the_cost_follow_the_parameters() -> None:
    assert METHOD.is_signed({"average": "signed"}) is True
    assert METHOD.is_signed({"average": "squared"}) is False
    assert METHOD.passes(read_parameters(METHOD, {"samples": 24})) == 24
