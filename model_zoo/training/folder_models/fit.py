"""Fit one network to pictures of exclusive classes: augmentation, class balance, early stopping, checkpoints that resume.

Everything random is drawn anew from (seed, fold, epoch) at the start of an epoch. So an epoch does not depend on what ran
before it in this process, and a training that was killed goes on from its checkpoint to the same weights, bit for bit on
the CPU.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from model_zoo.engine.device import pick_device
from model_zoo.errors import ZooError
from model_zoo.scans.intensity import stretch
from model_zoo.training.augmentation import random_affine, random_exposure
from model_zoo.training.loop import Checkpoint, cosine_rate, seed_everything, set_rate

BALANCES, OPTIMISERS = ("weights", "sampling", "none"), ("adamw", "sgd")
# A tenth of all steps, and no more than a hundred, go to the warm-up.
WARMUP_SHARE, MOST_WARMUP = 0.1, 100
# What is trained is forgiven this much: an improvement below it is noise of the validation fold.
LEAST_GAIN = 1e-4


@dataclass(frozen=True)
class FitSettings:
    """How a network is fitted. Every field changes the weights, and all of them are in the card.

    rate: peak of the cosine schedule. patience: epochs without a better validation loss before stopping. balance: of the
    classes, "weights" in the loss, "sampling", or "none". rotate: degrees. crop: share of a side that zooming may take
    away. shift: of the side. intensity: strength of changes of gamma, contrast, sharpness and noise, 1 as for chest films.
    flip: share mirrored; left is left in most pictures, so 0. dropout: ``None`` keeps what the architecture has. mixed: half
    precision on a GPU.
    """

    epochs: int = 40
    batch: int = 16
    optimiser: str = "adamw"
    rate: float = 1e-3
    weight_decay: float = 0.05
    dropout: float | None = 0.2
    patience: int = 10
    balance: str = "weights"
    rotate: float = 10.0
    crop: float = 0.10
    shift: float = 0.05
    intensity: float = 0.5
    flip: float = 0.0
    mixed: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        if self.balance not in BALANCES or self.optimiser not in OPTIMISERS:
            raise ZooError(
                "Unknown optimiser or class balance.",
                f"Optimisers: {', '.join(OPTIMISERS)}; balance: {', '.join(BALANCES)}.",
            )


@dataclass(frozen=True)
class EpochReport:
    """One epoch, for progress bars and logs. loss: of training, under augmentation. best: whether it is the best so far."""

    fold: int
    epoch: int
    epochs: int
    loss: float
    validation_loss: float
    validation_accuracy: float
    rate: float
    seconds: float
    best: bool


@dataclass(frozen=True)
class FitResult:
    """The best epoch's weights are in the network; this says what led to them."""

    epochs_run: int
    best_epoch: int
    validation_loss: float
    history: tuple[dict[str, float], ...]


OnEpoch = Callable[[EpochReport], None]


def fit(
    network: nn.Module,
    images: torch.Tensor,
    labels: torch.Tensor,
    validation: tuple[torch.Tensor, torch.Tensor],
    settings: FitSettings,
    checkpoint: Path,
    fold: int = 0,
    on_epoch: OnEpoch = lambda report: None,
) -> FitResult:
    """Fit ``network`` in place; on return it holds the weights of the epoch with the lowest validation loss, on the CPU.

    images: float32 (N, 1, H, W) in [0, 1]. labels: int64 (N,). checkpoint: written after each epoch, atomically; a run
    that was killed goes on from it. Parameters that require no gradient stay as they are, and so do their norms.
    """
    device = pick_device()
    network.to(device)
    count = int(max(int(labels.max()), int(validation[1].max()))) + 1
    weights = _class_weights(labels, count, settings.balance).to(device)
    optimiser = _optimiser(network, settings)
    half = settings.mixed and device.type == "cuda"
    scaler = torch.amp.GradScaler("cuda", enabled=half)
    state = _State(checkpoint, network, optimiser, scaler)
    steps = max(1, math.ceil(len(labels) / settings.batch))
    while state.epoch < settings.epochs and state.since_best < settings.patience:
        started = time.perf_counter()
        generator = seed_everything(_seed(settings.seed, fold, state.epoch))
        _train_mode(network)
        losses = []
        for step, pick in enumerate(_batches(labels, count, settings, generator)):
            x = _augmented(images[pick].to(device), settings, generator)
            y = labels[pick].to(device)
            total = steps * settings.epochs
            rate = cosine_rate(
                state.epoch * steps + step, total, settings.rate, min(MOST_WARMUP, max(1, int(WARMUP_SHARE * total)))
            )
            set_rate(optimiser, rate)
            optimiser.zero_grad(set_to_none=True)
            with torch.autocast("cuda", dtype=torch.float16, enabled=half):
                logits = network(x)
            loss = exclusive_loss(logits.float(), y, weights)
            scaler.scale(loss).backward()
            scaler.step(optimiser)
            scaler.update()
            losses.append(float(loss.detach()))
        valid_loss, accuracy = _validate(network, validation, weights, device)
        report = EpochReport(
            fold, state.epoch + 1, settings.epochs, sum(losses) / len(losses), valid_loss, accuracy, rate,
            time.perf_counter() - started, valid_loss < state.best_loss - LEAST_GAIN,
        )  # fmt: skip
        state.finish_epoch(report)
        on_epoch(report)
    network.load_state_dict(state.best)
    network.to("cpu").eval()
    return FitResult(state.epoch, state.best_epoch, state.best_loss, tuple(state.history))


def exclusive_loss(logits: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return the cross-entropy of log-odds (N, K): softplus of minus the log-odds of the true class, weighted by class."""
    own = logits.gather(1, labels[:, None])[:, 0]
    return (functional.softplus(-own) * weights[labels]).sum() / weights[labels].sum()


def predict(network: nn.Module, images: torch.Tensor, batch: int = 32) -> torch.Tensor:
    """Return the logits, float32 (N, K), of pictures (N, 1, H, W) in [0, 1], as the engine gives them."""
    network.eval()
    device = next(network.parameters()).device
    with torch.no_grad():
        parts = [network(stretch(images[i : i + batch]).to(device)).cpu() for i in range(0, len(images), batch)]
    return torch.cat(parts)


class _State:
    """What a killed run needs to go on: all of it, and nothing that is drawn anew."""

    def __init__(self, path: Path, network: nn.Module, optimiser: torch.optim.Optimizer, scaler: Any) -> None:
        self._network = network
        self._checkpoint = Checkpoint(path, network=network, optimiser=optimiser, scaler=scaler)
        self.epoch = self.best_epoch = self.since_best = 0
        self.best_loss = math.inf
        self.best = _copied(network)
        self.history: list[dict[str, float]] = []
        for name, value in self._checkpoint.resume().items():
            setattr(self, name, value)

    def finish_epoch(self, report: EpochReport) -> None:
        self.epoch = report.epoch
        self.since_best = 0 if report.best else self.since_best + 1
        if report.best:
            self.best_loss, self.best_epoch, self.best = report.validation_loss, report.epoch, _copied(self._network)
        self.history.append(
            {
                "epoch": report.epoch,
                "loss": report.loss,
                "validation_loss": report.validation_loss,
                "validation_accuracy": report.validation_accuracy,
                "rate": report.rate,
            }
        )
        names = ("epoch", "best_epoch", "since_best", "best_loss", "best", "history")
        self._checkpoint.save(**{name: getattr(self, name) for name in names})


def _copied(network: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.detach().cpu().clone() for name, value in network.state_dict().items()}


def _seed(seed: int, fold: int, epoch: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed} {fold} {epoch}".encode()).digest()[:7], "big")


def _batches(labels: torch.Tensor, count: int, settings: FitSettings, generator: torch.Generator) -> list[torch.Tensor]:
    if settings.balance == "sampling":
        weights = _class_weights(labels, count, "weights")[labels]
        order = torch.multinomial(weights, len(labels), replacement=True, generator=generator)
    else:
        order = torch.randperm(len(labels), generator=generator)
    parts = list(order.split(settings.batch))
    # A batch of one has no variance to be normalised by.
    return parts[:-1] if len(parts) > 1 and len(parts[-1]) == 1 else parts


def _augmented(images: torch.Tensor, settings: FitSettings, generator: torch.Generator) -> torch.Tensor:
    x = stretch(images)
    if settings.rotate or settings.crop or settings.shift or settings.flip:
        x, _ = random_affine(
            x, torch.zeros_like(x[:, :, :1, :1]).expand(-1, 1, *x.shape[2:]), generator,
            settings.rotate, settings.crop, settings.crop / 2, settings.shift, settings.flip,
        )  # fmt: skip
    if settings.intensity:
        x = x + settings.intensity * (random_exposure(x, generator) - x)
    return x.clamp(-1.5, 1.5)  # the range of ``stretch``, which is all that the network will ever be shown


def _class_weights(labels: torch.Tensor, count: int, balance: str) -> torch.Tensor:
    if balance != "weights":
        return torch.ones(count)
    counts = torch.bincount(labels, minlength=count).float()
    return len(labels) / (count * counts.clamp_min(1))


def _optimiser(network: nn.Module, settings: FitSettings) -> torch.optim.Optimizer:
    """Weight decay on kernels only, as in the chest recipe."""
    trained = [p for p in network.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
    if settings.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=settings.rate, momentum=0.9, nesterov=True)
    return torch.optim.AdamW(groups, lr=settings.rate)


def _train_mode(network: nn.Module) -> None:
    """Training mode, but norms whose weights are frozen keep their running statistics too."""
    network.train()
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.weight is not None:
            module.train(module.weight.requires_grad)


def _validate(
    network: nn.Module, validation: tuple[torch.Tensor, torch.Tensor], weights: torch.Tensor, device: torch.device
) -> tuple[float, float]:
    images, labels = validation
    logits = predict(network, images)
    loss = exclusive_loss(logits, labels, weights.cpu())
    return float(loss), float((logits.argmax(1) == labels).float().mean())
