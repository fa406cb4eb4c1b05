"""The in-distribution gate: is this picture like the films that the network learned from?

Features of the network itself (its deepest layer, averaged over a coarse grid) are compared with those of the training
films: the Mahalanobis distance inside the principal directions, and what is left over outside them. Either alone is
blind to something (a foreign picture may lie inside the span of chest films, or far out along its axes), so their
logarithms are added. The threshold lets pass a stated share of genuine films held out of training.

References: Lee et al. 2018, arXiv:1807.03888 (Mahalanobis distance of features); Ndiour et al. 2020, arXiv:2012.04250
(feature reconstruction error beside it). The alternatives that were measured against it are named in the trust card.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn
from torch.nn import functional

from model_zoo.artefact import UNSTATED, read_tensors
from model_zoo.finite import finite, number, rising
from model_zoo.stored import Share

# Where no trust card names others: the deepest stage of the trunk, on a 4 x 4 grid.
GATE_LAYER, GATE_CELLS = "stages.3", 4
# Of the random projections inside the singular value decomposition.
SEED = 3
# A film further out than nine of ten genuine ones is accepted with a remark.
REMARK_FROM = 0.90


@dataclass(frozen=True)
class GateResult:
    """Whether a picture is like the training films of a population.

    distance: combined distance; threshold: the largest that is accepted. rank: share of genuine held-out films that lie
    nearer than this one, 0 to 1. neighbourhood: the nearest group of training films, in words. reason: why it is refused,
    a sentence without a full stop, or ``None``. remark: for a film at the rim of what is accepted.
    """

    population: str
    accepted: bool
    distance: float
    threshold: float
    rank: Share
    neighbourhood: str
    reason: str | None
    remark: str | None


@dataclass(frozen=True, eq=False)
class FeatureGate:
    """The gate of one population.

    mean, scale: of the features (d,). directions (d, k) and variances (k,): principal directions of the scaled features.
    inside, outside: medians of both distances over held-out films, which make them comparable. quantiles: of the combined
    distance over held-out films at 0, 1, ... 100 %. neighbourhoods: centres (groups, k) of named groups of training films.
    """

    population: str
    mean: np.ndarray
    scale: np.ndarray
    directions: np.ndarray
    variances: np.ndarray
    inside: float
    outside: float
    threshold: float
    quantiles: tuple[float, ...]
    neighbourhoods: tuple[str, ...]
    centres: np.ndarray

    def distances(self, features: np.ndarray) -> np.ndarray:
        """Return the combined distance (n,) of features (n, d)."""
        inside, outside = self.parts(features)
        return np.log(inside / self.inside + 1e-12) + np.log(outside / self.outside + 1e-12)

    def parts(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the Mahalanobis distance inside the directions and the squared remainder outside them, each (n,)."""
        scaled = (features - self.mean) / self.scale
        along = scaled @ self.directions
        return (along**2 / self.variances).sum(1), ((scaled - along @ self.directions.T) ** 2).sum(1)

    def judge(self, features: np.ndarray) -> GateResult:
        """Judge one picture by its features (d,)."""
        distance = float(self.distances(features[None])[0])
        rank = float(np.interp(distance, self.quantiles, np.linspace(0, 1, len(self.quantiles))))
        scaled = ((features - self.mean) / self.scale) @ self.directions
        near = int(np.argmin((((scaled - self.centres) ** 2) / self.variances).sum(1)))
        neighbourhood = self.neighbourhoods[near]
        accepted = distance <= self.threshold
        reason = remark = None
        if not accepted:
            reason = (
                f"The picture is unlike the pictures this network learned from: {_rank_words(rank)}. The nearest group it knows: "
                f"{neighbourhood}"
            )
        elif rank >= REMARK_FROM:
            remark = f"An unusual picture: {_rank_words(rank)}. The nearest group in training: {neighbourhood}."
        return GateResult(self.population, accepted, distance, self.threshold, rank, neighbourhood, reason, remark)


def pooled_features(network: nn.Module, layers: Sequence[tuple[str, int]], pictures: torch.Tensor) -> list[np.ndarray]:
    """Return features of each layer, averaged over its ``cells`` x ``cells`` fields, float32 (n, channels * cells ** 2).

    The fields keep where in the picture something is, so that a turned film is not like an upright one.

    Parameters
    ----------
    network
        In eval mode.
    layers
        Name of each layer, and fields a side.
    pictures
        Inputs of the network, (N, C, H, W).

    Raises
    ------
    AttributeError
        For a network without that layer.
    """
    return _pass(network, layers, pictures)[1]


def seen(
    network: nn.Module, layers: Sequence[tuple[str, int]], pictures: torch.Tensor
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the logits, float32 (n, outputs), and the pooled features of one pass; see ``pooled_features``.

    Parameters
    ----------
    network
        In eval mode.
    layers
        Name of each layer, and fields a side.
    pictures
        Inputs of the network, (N, C, H, W).

    Raises
    ------
    NoNumber
        Where one is NaN or infinite.
    """
    logits, features = _pass(network, layers, pictures)
    return finite(logits, "The network").cpu().numpy(), features


def _pass(
    network: nn.Module, layers: Sequence[tuple[str, int]], pictures: torch.Tensor
) -> tuple[torch.Tensor, list[np.ndarray]]:
    found: dict[str, torch.Tensor] = {}
    hooks = []
    for layer, _ in layers:

        def keep(_module: nn.Module, _inputs: Any, output: torch.Tensor, layer: str = layer) -> None:
            found[layer] = output

        hooks.append(network.get_submodule(layer).register_forward_hook(keep))
    try:
        with torch.no_grad():
            logits: torch.Tensor = network(pictures)
    finally:
        for hook in hooks:
            hook.remove()
    features = [
        finite(functional.adaptive_avg_pool2d(found[layer], cells).flatten(1).float().cpu().numpy(), "The network")
        for layer, cells in layers
    ]
    return logits, features


def fit_gate(
    population: str,
    training: np.ndarray,
    groups: Sequence[str],
    held_out: np.ndarray,
    directions: int,
    accept: float,
) -> FeatureGate:
    """Fit a gate: directions and centres on training features (n, d), medians and threshold on held-out ones (m, d).

    Parameters
    ----------
    population
        Name of the population, as in the card.
    training
        (n, d).
    groups
        The named group of each training film.
    held_out
        (m, d).
    directions
        How many principal directions are kept.
    accept
        Share of the held-out films that the threshold lets pass.
    """
    from sklearn.utils.extmath import randomized_svd  # for fitting alone: reading goes without it

    mean, scale = training.mean(0), training.std(0) + 1e-3
    scaled = (training - mean) / scale
    _, values, rows = randomized_svd(scaled, directions, n_iter=4, random_state=SEED)
    basis, variances = rows.T, values**2 / len(training)
    along = scaled @ basis
    names = sorted(set(groups))
    centres = np.stack([along[np.array(groups) == name].mean(0) for name in names])
    # Rounded before the medians and the threshold are taken: what is stored is what was measured.
    bare = FeatureGate(
        population=population,
        mean=_half(mean),
        scale=_half(scale),
        directions=_half(basis),
        variances=_half(variances),
        inside=1.0,
        outside=1.0,
        threshold=0.0,
        quantiles=(),
        neighbourhoods=tuple(names),
        centres=_half(centres),
    )
    inside, outside = bare.parts(held_out)
    scaled_gate = replace(bare, inside=float(np.median(inside)), outside=float(np.median(outside)))
    distances = scaled_gate.distances(held_out)
    return replace(
        scaled_gate,
        threshold=float(np.quantile(distances, accept)),
        quantiles=tuple(float(q) for q in np.quantile(distances, np.linspace(0, 1, 101))),
    )


def save_gates(gates: Sequence[FeatureGate], extra: Mapping[str, np.ndarray], path: Path) -> dict[str, Any]:
    """Write the arrays of all gates and ``extra`` to a safetensors file (float16); return the rest as JSON values.

    Parameters
    ----------
    gates
        One a population.
    extra
        Further arrays by name.
    path
        The file.
    """
    arrays = dict(extra)
    described = {}
    for gate in gates:
        for name in ("mean", "scale", "directions", "variances", "centres"):
            arrays[f"gate.{gate.population}.{name}"] = np.ascontiguousarray(getattr(gate, name)).astype(np.float16)
        described[gate.population] = {
            "inside": gate.inside,
            "outside": gate.outside,
            "threshold": gate.threshold,
            "quantiles": list(gate.quantiles),
            "neighbourhoods": list(gate.neighbourhoods),
        }
    save_file(arrays, path)
    return described


def load_gates(section: Mapping[str, Any], path: Path, sha256: object = UNSTATED) -> dict[str, FeatureGate]:
    """Read the gates of a trust card, by population.

    Parameters
    ----------
    section
        "gate" of the trust card.
    path
        The file.
    sha256
        Of the tensors, as the card states it.

    Raises
    ------
    WeightsMismatch
        For other tensors.
    LookupError or ValueError
        For what is missing, no number or out of order.
    """
    arrays = {name: value.numpy() for name, value in read_tensors(path, sha256).items()}
    gates = {}
    for population, stored in section["populations"].items():
        part = {
            name: arrays[f"gate.{population}.{name}"]
            for name in ("mean", "scale", "directions", "variances", "centres")
        }
        gates[population] = FeatureGate(
            population,
            part["mean"],
            part["scale"],
            part["directions"],
            part["variances"],
            number(stored["inside"]),
            number(stored["outside"]),
            number(stored["threshold"]),
            rising(stored["quantiles"]),
            tuple(stored["neighbourhoods"]),
            part["centres"],
        )
    return gates


def _half(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float16).astype(np.float32)


def _rank_words(rank: float) -> str:
    if rank >= 1:
        return "further away than every genuine picture it was tried on"
    return f"further away than {100 * rank:.0f} of 100 genuine pictures"
