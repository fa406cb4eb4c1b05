"""A killed run that goes on ends with the very weights of one that was never killed."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from model_zoo.training.loop import AveragedWeights, Checkpoint, cosine_rate, descend, seed_everything


def _network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 1))


def _train(folder: Path, epochs: int, stop_after: int | None = None) -> tuple[nn.Module, nn.Module]:
    """Train as the recipes do: a fresh seed for each epoch, a checkpoint after it."""
    seed_everything(3)
    network = _network()
    optimiser = torch.optim.AdamW(network.parameters(), lr=0.01)
    average = AveragedWeights(network, 0.9)
    checkpoint = Checkpoint(folder / "run" / "last.pt", network=network, optimiser=optimiser, average=average)
    for epoch in range(checkpoint.resume().get("epoch", 0), epochs):
        generator = seed_everything(100 + epoch)
        network.train()
        for _ in range(3):
            x = torch.randn(16, 4, generator=generator)
            loss = (network(x) - x.sum(1, keepdim=True)).square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            average.update(network)
        checkpoint.save(epoch=epoch + 1)
        if stop_after == epoch + 1:
            break
    return network, average.network


def test_resuming_gives_the_weights_of_an_uninterrupted_run(tmp_path: Path) -> None:
    whole = _train(tmp_path / "whole", 4)
    _train(tmp_path / "parts", 4, stop_after=1)
    _train(tmp_path / "parts", 4, stop_after=3)
    resumed = _train(tmp_path / "parts", 4)
    for mine, theirs in zip(whole, resumed, strict=True):
        for name, value in mine.state_dict().items():
            assert torch.equal(value, theirs.state_dict()[name]), name


def test_a_finished_run_is_not_trained_again(tmp_path: Path) -> None:
    first = _train(tmp_path, 2)[1].state_dict()
    second = _train(tmp_path, 2)[1].state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_kill_while_writing_leaves_the_last_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _train(tmp_path, 2, stop_after=1)
    path = tmp_path / "run" / "last.pt"
    before = path.read_bytes()

    def killed(state: object, partial: Path) -> None:
        partial.write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(torch, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            _train(tmp_path, 2)
    assert path.read_bytes() == before
    _train(tmp_path, 2)


def test_the_average_known_answer() -> None:
    network = nn.Linear(1, 1, bias=False)
    nn.init.constant_(network.weight, 0.0)
    average = AveragedWeights(network, decay=0.5)
    nn.init.constant_(network.weight, 1.0)
    expected = 0.0
    for update in range(1, 12):
        average.update(network)
        decay = min(0.5, (1 + update) / (10 + update))
        expected = decay * expected + (1 - decay) * 1.0
        assert average.network.weight.item() == pytest.approx(expected, rel=1e-5)
    assert network.weight.item() == 1.0
    assert not average.network.weight.requires_grad


def test_the_average_follows_buffers_and_copies_counters() -> None:
    network = nn.BatchNorm1d(2)
    average = AveragedWeights(network, decay=0.5)
    network(torch.tensor([[1.0, 2.0], [3.0, 6.0]]))
    average.update(network)
    assert int(average.network.num_batches_tracked) == 1
    # First update: decay 2/11, from 0 to the running mean after one batch, 0.1 x (2, 4).
    torch.testing.assert_close(average.network.running_mean, torch.tensor([0.2, 0.4]) * 9 / 11)
    assert not average.network.training


def test_the_learning_rate_known_answers() -> None:
    assert cosine_rate(0, 1000, 1.0) == pytest.approx(0.01)
    assert cosine_rate(99, 1000, 1.0) == pytest.approx(1.0)
    assert cosine_rate(550, 1000, 1.0) == pytest.approx(0.505)
    assert cosine_rate(1000, 1000, 2.0) == pytest.approx(0.02)
    assert cosine_rate(5000, 1000, 2.0) == pytest.approx(0.02)
    rates = [cosine_rate(step, 400, 1.0) for step in range(100, 400)]
    assert rates == sorted(rates, reverse=True)


def test_the_seed_reaches_every_source_of_chance() -> None:
    import random

    def draw() -> tuple[object, ...]:
        generator = seed_everything(5)
        return (
            random.random(), float(np.random.rand()), float(torch.rand(1)), float(torch.rand(1, generator=generator)),
        )  # fmt: skip

    assert draw() == draw()


def test_a_checkpoint_of_other_settings_is_left_alone(tmp_path: Path) -> None:
    network = _network()
    checkpoint = Checkpoint(tmp_path / "last.pt", network=network)
    checkpoint.save(settings={"rate": 0.1}, epoch=2)
    other = _network()
    assert Checkpoint(tmp_path / "last.pt", network=other).resume(settings={"rate": 0.2}) == {}
    assert not torch.equal(other[0].weight, network[0].weight)
    assert Checkpoint(tmp_path / "last.pt", network=other).resume(settings={"rate": 0.1})["epoch"] == 2
    assert torch.equal(other[0].weight, network[0].weight)


def test_a_long_gradient_is_shortened() -> None:
    for longest, expected in ((math.inf, 100.0), (1.0, 1.0)):
        value = nn.Parameter(torch.zeros(1))
        descend(100 * value.sum(), torch.optim.SGD([value], lr=1.0), longest)
        assert -value.item() == pytest.approx(expected, rel=1e-4)
