"""Training of the hourly ICU networks: an ensemble over folds, so that every training stay has a risk it was not fitted to.

Member k never sees fold k: the out-of-fold logits of the training stays serve to choose the epoch, to calibrate and to set
thresholds, and the shipped ensemble is the mean of the same members. Cells are dropped at random while training, so that
the network knows stays in which less is measured.
"""

from __future__ import annotations

import logging
import math
import time
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from model_zoo.artefact import constants, half
from model_zoo.icu.network import ENCODING, IcuNetwork
from model_zoo.icu.variables import IcuModelForm
from model_zoo.training.icu.tables import IcuTable
from model_zoo.training.loop import Checkpoint, descend, seed_everything, set_rate

LOG = logging.getLogger(__name__)
KNOTS = (0.001, 0.25, 0.75, 0.999)  # outermost a hair inside, so that one typing error does not stretch the ramp
FACT_KNOTS = (0.001, 0.33, 0.67, 0.999)
_BUCKET = 16  # stays of similar length share a batch, so that little is computed on padding


@dataclass(frozen=True)
class FitSettings:
    """How the ensemble is trained. replicas: members per left-out fold. drop: share of cells dropped while training.

    averaging: of the weights over steps (exponential); the average is what is measured and shipped, as it wavers less.
    epochs: over which the learning rate falls to zero. stop: epochs that are run, where fewer. beside: hidden units of the
    second reader, 0: none. taught: weight of the teacher's risks against the labels, 0: labels alone.
    """

    hidden: int = 24
    replicas: int = 1
    epochs: int = 9
    batch: int = 64
    learning_rate: float = 4e-3
    decay: float = 0.05
    dropout: float = 0.3
    drop: float = 0.2
    averaging: float = 0.98
    stop: int = 1000
    beside: int = 0
    taught: float = 0.0


@dataclass(frozen=True, eq=False)
class IcuFit:
    """state: float16 weights and float32 encoding. oof: float32 (N, T) out-of-fold logits of the training stays."""

    state: dict[str, torch.Tensor]
    oof: np.ndarray
    training: dict[str, Any]


def encoding(form: IcuModelForm, table: IcuTable) -> dict[str, torch.Tensor]:
    """Return the buffers of the network: knots at quantiles of the measured training cells, centred on their mean."""
    found: dict[str, list[float]] = {name: [] for name in ENCODING}
    for v, variable in enumerate(form.variables):
        seen = table.values[..., v]
        read = _scaled(seen[~np.isnan(seen)], variable.log_floor)
        found["log_floor"].append(variable.log_floor)
        for low, high in _ramps(read, KNOTS):
            found["variable"].append(v)
            found["lower"].append(low)
            found["width"].append(high - low)
            found["centre"].append(float(np.clip((read - low) / (high - low), 0, 1).mean()))
    for s, fact in enumerate(form.statics):
        column = table.facts[:, s]
        read = _scaled(column[~np.isnan(column)], fact.log_floor)
        found["fact_log_floor"].append(fact.log_floor)
        for code, _ in fact.choices:
            _fact_channel(found, s, 0.0, 0.0, code, float((read == code).mean()))
        for low, high in () if fact.choices else _ramps(read, FACT_KNOTS):
            _fact_channel(found, s, low, high - low, 0.0, float(np.clip((read - low) / (high - low), 0, 1).mean()))
    return {name: torch.tensor(numbers, dtype=torch.float32) for name, numbers in found.items()}


def fit_icu(
    form: IcuModelForm,
    table: IcuTable,
    settings: FitSettings,
    seed: int,
    runs: Path | None = None,
    teacher: np.ndarray | None = None,
) -> IcuFit:
    """Train the ensemble on all stays of ``table``; resumes from ``runs``/<name>.pt where an epoch was stored there.

    teacher: float32 (folds, N, T), risks by a model that left out each fold; with ``settings.taught`` a member learns from
    the risks of the one that left out its own fold, beside the labels.

    References: Hinton et al. 2015, arXiv:1503.02531 (learning from another model's risks).
    """
    seed_everything(seed)
    folds = sorted(set(table.fold.tolist()))
    left_out = folds * settings.replicas
    network = IcuNetwork(encoding(form, table), len(left_out), settings.hidden, settings.dropout, settings.beside)
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(settings.averaging))
    optimiser = torch.optim.AdamW(network.parameters(), lr=settings.learning_rate, weight_decay=settings.decay)
    checkpoint = None
    kept: dict[str, Any] = {}
    described = {"settings": asdict(settings), "seed": seed}
    if runs is not None:
        checkpoint = Checkpoint(runs / f"{form.name}.pt", network=network, average=average, optimiser=optimiser)
        kept = checkpoint.resume(**described)
    best: dict[str, Any] = kept.get("best", {"loss": math.inf})
    history: list[float] = kept.get("history", [])
    started = time.monotonic()
    for epoch in range(len(history), min(settings.epochs, settings.stop)):
        # Every epoch draws from its own seed, so that a resumed training equals an uninterrupted one.
        generator = seed_everything(seed * 1000 + epoch)
        set_rate(optimiser, settings.learning_rate * 0.5 * (1 + math.cos(math.pi * epoch / settings.epochs)))
        loss = _epoch(network, average, optimiser, table, left_out, settings, generator, teacher)
        held = _held_out_loss(cast(IcuNetwork, average.module), table, left_out)
        history.append(held)
        if held < best["loss"]:
            best = {
                "loss": held,
                "epoch": epoch,
                "state": {name: tensor.clone() for name, tensor in average.module.state_dict().items()},
            }
        LOG.info("%s epoch %d: training %.4f, out of fold %.4f, %.0f s", form.name, epoch, loss, held,
                 time.monotonic() - started)  # fmt: skip
        if checkpoint is not None:
            checkpoint.save(**described, best=best, history=history)
    state = half(best["state"], constants(network))
    reloaded = IcuNetwork.from_state(state)
    network.load_state_dict(best["state"])
    network.eval()
    sample = table.take(np.arange(min(64, len(table.ids))))
    change = np.abs(_mean_logits(network, sample) - _mean_logits(reloaded.float(), sample)).max()
    training = {
        **asdict(settings),
        "members": len(left_out),
        "stays": len(table.ids),
        "seed": seed,
        "best_epoch": best["epoch"],
        "out_of_fold_loss": [round(value, 5) for value in history],
        "parameters_per_member": sum(p.numel() for p in network.parameters()) // len(left_out),
        "float16_largest_change_in_logit": round(float(change), 5),
    }
    return IcuFit(state, out_of_fold(reloaded, table, left_out), training)


def out_of_fold(network: IcuNetwork, table: IcuTable, left_out: list[int]) -> np.ndarray:
    """Return the mean logit (N, T) of the members that never saw the stay; NaN beyond its end."""
    held = torch.tensor(left_out)
    found = np.full(table.labels.shape, np.nan, dtype=np.float32)
    for rows in batches_by_length(table.length, 200):
        part = table.take(rows)
        with torch.no_grad():
            logits = network.member_logits(*encoded(network, part))
        own = (held[:, None] == torch.tensor(part.fold)[None]).to(logits.dtype)[..., None]
        mean = ((logits * own).sum(0) / own.sum(0)).float().numpy()
        found[rows, : part.labels.shape[1]] = np.where(np.isnan(part.labels), np.nan, mean)
    return found


def encoded(
    network: IcuNetwork, table: IcuTable, keep: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return what ``member_logits`` takes. keep: (N, T, V), 0 where a cell is treated as not measured."""
    dtype = network.bias.dtype
    values, facts = torch.from_numpy(table.values), torch.from_numpy(table.facts)
    measured, known = (~values.isnan()).to(dtype), (~facts.isnan()).to(dtype)
    if keep is not None:
        measured = measured * keep
    return (
        network.channels(values.nan_to_num().to(dtype), measured),
        measured,
        network.fact_channels(facts.nan_to_num().to(dtype), known),
        known,
    )


def batches_by_length(length: np.ndarray, batch: int, rng: np.random.Generator | None = None) -> list[np.ndarray]:
    """Return batches of places; with ``rng`` in random order, stays of similar length together."""
    if rng is None:
        order = np.argsort(length, kind="stable")
        return [order[i : i + batch] for i in range(0, len(order), batch)]
    order = np.lexsort((rng.random(len(length)), length // _BUCKET))
    found = [order[i : i + batch] for i in range(0, len(order), batch)]
    return [found[i] for i in rng.permutation(len(found))]


def _epoch(
    network: IcuNetwork,
    average: AveragedModel,
    optimiser: torch.optim.Optimizer,
    table: IcuTable,
    left_out: list[int],
    settings: FitSettings,
    generator: torch.Generator,
    teacher: np.ndarray | None,
) -> float:
    network.train()
    rng = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
    total, seen = 0.0, 0.0
    held = torch.tensor(left_out)
    hours = (~np.isnan(table.labels)).sum(axis=1)
    for rows in batches_by_length(table.length, settings.batch, rng):
        part = table.take(rows)
        keep = (torch.rand(part.values.shape, generator=generator) >= settings.drop).float()
        logits = network.member_logits(*encoded(network, part, keep))
        goals = None
        if teacher is not None and settings.taught > 0:
            goals = torch.from_numpy(teacher[:, rows, : logits.shape[2]]).repeat(settings.replicas, 1, 1)
        # A mean over the hours of a batch alone would favour the hours of short stays.
        loss = _losses(logits, part, held, goals, settings.taught).mean() * float(hours[rows].mean() / hours.mean())
        descend(loss, optimiser, 1.0)
        average.update_parameters(network)
        total, seen = total + float(loss.detach()) * len(rows), seen + len(rows)
    return total / seen


def _held_out_loss(network: IcuNetwork, table: IcuTable, left_out: list[int]) -> float:
    oof = out_of_fold(network.eval(), table, left_out)
    inside = ~np.isnan(table.labels)
    label, logit = torch.from_numpy(table.labels[inside]), torch.from_numpy(oof[inside]).double()
    return float(functional.binary_cross_entropy_with_logits(logit, label))


def _losses(
    logits: torch.Tensor, part: IcuTable, held: torch.Tensor, goals: torch.Tensor | None, taught: float
) -> torch.Tensor:
    """Return the mean loss per member over the hours of the stays that it may see: (members,).

    goals: (members, stays, hours), what the labels are mixed with by the share ``taught``.
    """
    labels = torch.from_numpy(part.labels).to(logits.dtype)
    inside = ~labels.isnan()
    own = held[:, None] == torch.tensor(part.fold)[None]
    weight = (~own).to(logits.dtype)[..., None] * inside.to(logits.dtype)
    wanted = labels.nan_to_num().expand_as(logits)
    if goals is not None:
        wanted = (1 - taught) * wanted + taught * goals.nan_to_num()
    loss = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    return (loss * weight).sum((1, 2)) / weight.sum((1, 2)).clamp(min=1)


def _mean_logits(network: IcuNetwork, table: IcuTable) -> np.ndarray:
    with torch.no_grad():
        return network.member_logits(*encoded(network, table)).mean(0).double().numpy()


def _scaled(seen: np.ndarray, log_floor: float) -> np.ndarray:
    seen = seen.astype(np.float64)
    return np.log(np.maximum(seen, log_floor)) if log_floor > 0 else seen


def _ramps(read: np.ndarray, quantiles: tuple[float, ...]) -> list[tuple[float, float]]:
    knots = np.unique(np.quantile(read, quantiles).round(6)) if len(read) else np.array([0.0, 1.0])
    if len(knots) < 2:  # a variable that never varies still needs a ramp, which then says nothing
        knots = np.array([knots[0], knots[0] + 1.0])
    return [(float(low), float(high)) for low, high in pairwise(knots)]


def _fact_channel(
    found: dict[str, list[float]], fact: int, low: float, width: float, code: float, centre: float
) -> None:
    found["fact"].append(fact)
    for name, number in (("lower", low), ("width", width), ("code", code), ("centre", centre)):
        found[f"fact_{name}"].append(number)
