"""Attention pooling: weights over the frames that are there, and a study that follows the frame that matters."""

from __future__ import annotations

import torch

from model_zoo.classifiers.sequence import AttentionPool, log_odds


def test_untrained_it_is_the_mean_of_the_frames() -> None:
    torch.manual_seed(0)
    head = AttentionPool(5, 3).eval()
    torch.nn.init.zeros_(head.weigh.weight)
    logits, features = torch.randn(2, 4, 3), torch.randn(2, 4, 5)
    study, weights = head(features, logits, torch.ones(2, 4, dtype=torch.bool))
    assert torch.allclose(weights, torch.full((2, 4), 0.25))
    assert torch.allclose(study, log_odds(logits.mean(1)), atol=1e-6)


def test_frames_that_are_not_there_count_nothing() -> None:
    torch.manual_seed(1)
    head = AttentionPool(5, 3).eval()
    logits, features = torch.randn(1, 6, 3), torch.randn(1, 6, 5)
    mask = torch.tensor([[True, True, True, False, False, False]])
    padded, weights = head(features, logits, mask)
    short, _ = head(features[:, :3], logits[:, :3], mask[:, :3])
    assert weights[0, 3:].abs().sum() == 0
    assert torch.allclose(padded, short, atol=1e-6)


def test_log_odds_are_those_of_a_softmax() -> None:
    logits = torch.randn(7, 4)
    assert torch.allclose(torch.sigmoid(log_odds(logits)), torch.softmax(logits, -1), atol=1e-6)
    single = torch.randn(3, 1)
    assert torch.equal(log_odds(single), single)


def test_it_learns_which_frame_to_listen_to() -> None:
    generator = torch.Generator().manual_seed(2)
    head = AttentionPool(4, 2)
    optimiser = torch.optim.Adam(head.parameters(), lr=0.02)

    def runs(n: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        truth = torch.randint(2, (n,), generator=generator)
        telling = torch.randint(5, (n,), generator=generator)
        features = torch.randn(n, 5, 4, generator=generator)
        logits = 2 * torch.randn(n, 5, 2, generator=generator)
        rows = torch.arange(n)
        features[rows, telling] = torch.tensor([3.0, -3.0, 3.0, -3.0])  # what a telling frame looks like
        logits[rows, telling] = 3 * torch.nn.functional.one_hot(truth, 2).float()
        return features, logits, truth, telling

    mask = torch.ones(64, 5, dtype=torch.bool)
    for _ in range(150):
        features, logits, truth, _ = runs(64)
        loss = torch.nn.functional.cross_entropy(head(features, logits, mask)[0], truth)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    features, logits, truth, telling = runs(64)
    study, weights = head(features, logits, mask)
    assert (weights.argmax(1) == telling).float().mean() > 0.9
    assert (study.argmax(1) == truth).float().mean() > 0.9
    assert (logits.mean(1).argmax(1) == truth).float().mean() < 0.85
