"""Fitting a RiskEnsemble: one encoding for all members, a bootstrap sample of the patients for each.

Each member stops where the loss of the patients that its own bootstrap sample left out (about 37 %) is lowest. Values
are dropped at random in training, so that a missing value costs what it is worth and not what its absence meant in the
study. A recipe may name features that are dropped together too, because they are absent together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from model_zoo.patients.ensemble import RiskEnsemble
from model_zoo.patients.features import FeatureSpec
from model_zoo.training.loop import descend, seed_everything

# Read as logarithms; the floor is below what a laboratory reports, so that a recorded 0 does not become minus infinity.
LOG_FLOORS: Mapping[str, float] = {
    "leucocytes_10e9_l": 0.5, "creatinine_umol_l": 5.0, "bilirubin_umol_l": 1.0, "glucose_mmol_l": 0.5,
    "urea_mmol_l": 0.3, "urine_ml_per_day": 50.0, "pao2_fio2_kpa": 1.0, "hospital_day": 0.5,
    "lymphocytes_10e9_l": 0.1, "neutrophils_10e9_l": 0.2, "direct_bilirubin_umol_l": 0.5, "alt_u_l": 3.0, "ast_u_l": 3.0,
    "alp_u_l": 5.0, "ggt_u_l": 3.0, "ldh_u_l": 50.0, "crp_mg_l": 0.5, "d_dimer_mg_l": 0.1,
    "prothrombin_time_s": 5.0, "creatine_kinase_u_l": 10.0,
}  # fmt: skip
# Where a heap of patients lies at the lowest value, equal quantiles would put all knots there.
_HEAPED_QUANTILES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)


@dataclass(frozen=True)
class Recipe:
    """Hyperparameters of one fit.

    knots: inner knots of a numeric feature; 0 reads it as a straight line over its training range.
    drop_value, drop_phase: chance that a value, or all ``phase_features`` together, are hidden.
    always_given: features without which there is no risk, so that the model need not learn to do without them.
    heaped: scores with a heap of patients at their lowest value.
    log_floors: features that are read as logarithms, with the floor; None: ``LOG_FLOORS``.
    epochs: at most; each member keeps its best. other_groups: the patients of the study's other groups train along.
    """

    hidden: int = 24
    dropout: float = 0.2
    knots: int = 6
    learning_rate: float = 3e-3
    decay_linear: float = 1e-2
    decay: float = 1e-3
    drop_value: float = 0.1
    drop_phase: float = 0.3
    epochs: int = 16
    batch: int = 256
    other_groups: bool = False
    phase_features: tuple[str, ...] = ()
    always_given: tuple[str, ...] = ()
    heaped: tuple[str, ...] = ()
    log_floors: Mapping[str, float] | None = None

    @property
    def floors(self) -> Mapping[str, float]:
        return LOG_FLOORS if self.log_floors is None else self.log_floors


def encoding_of(values: np.ndarray, specs: tuple[FeatureSpec, ...], recipe: Recipe) -> dict[str, torch.Tensor]:
    """Return the encoding buffers of RiskEnsemble, fitted to training patients. values: (n, F), NaN missing."""
    feature: list[int] = []
    lower: list[float] = []
    width: list[float] = []
    code: list[float] = []
    for i, spec in enumerate(specs):
        if spec.kind == "choice":
            present = np.unique(values[~np.isnan(values[:, i]), i])
            feature += [i] * len(present)
            lower, width, code = lower + [0.0] * len(present), width + [0.0] * len(present), [*code, *present]
            continue
        edges = np.array([0.0, 1.0]) if spec.kind == "flag" else _knots(values[:, i], spec, recipe)
        feature += [i] * (len(edges) - 1)
        lower, width, code = [*lower, *edges[:-1]], [*width, *np.diff(edges)], code + [0.0] * (len(edges) - 1)
    columns = {"feature": feature, "lower": lower, "width": width, "code": code, "centre": [0.0] * len(feature)}
    encoding = {name: torch.tensor(np.array(column), dtype=torch.float32) for name, column in columns.items()}
    encoding["log_floor"] = torch.tensor([recipe.floors.get(spec.name, 0.0) for spec in specs])
    plain = RiskEnsemble(encoding, 1, 1, 1)
    raw = plain.channels(tensors_of(values)[0])
    seen = torch.tensor(~np.isnan(values))[:, feature].float()
    encoding["centre"] = (raw * seen).sum(dim=0) / seen.sum(dim=0)
    return encoding


def fit_ensemble(
    values: np.ndarray, labels: np.ndarray, specs: tuple[FeatureSpec, ...], recipe: Recipe, members: int, seed: int
) -> tuple[RiskEnsemble, list[int]]:
    """Return the fitted ensemble (float32, eval mode) and the best epoch of each member.

    values: (n, F), NaN missing. labels: (n, outcomes).
    """
    draw = seed_everything(seed)
    network = RiskEnsemble(encoding_of(values, specs, recipe), members, recipe.hidden, labels.shape[1], recipe.dropout)
    x, mask = tensors_of(values)
    y = torch.tensor(labels, dtype=torch.float32)
    rate = y.mean(dim=0)
    network.bias.data += torch.log(rate / (1 - rate))
    linear = [network.linear]
    rest = [parameter for name, parameter in network.named_parameters() if name != "linear"]
    optimiser = torch.optim.AdamW(
        [
            {"params": linear, "weight_decay": recipe.decay_linear / recipe.learning_rate},
            {"params": rest, "weight_decay": recipe.decay / recipe.learning_rate},
        ],
        lr=recipe.learning_rate,
    )
    n = len(x)
    sample = torch.randint(n, (members, n), generator=draw)
    left_out = torch.stack([torch.bincount(row, minlength=n) == 0 for row in sample]).float()
    phase = [i for i, spec in enumerate(specs) if spec.name in recipe.phase_features]
    given = [i for i, spec in enumerate(specs) if spec.name in recipe.always_given]
    best = torch.full((members,), torch.inf)
    best_epoch = torch.zeros(members, dtype=torch.long)
    kept = {name: parameter.detach().clone() for name, parameter in network.named_parameters()}
    with torch.no_grad():
        channels = network.channels(x)
        whole = network.masked(channels, mask)
    for epoch in range(recipe.epochs):
        network.train()
        order = torch.argsort(torch.rand(members, n, generator=draw), dim=1)
        shuffled = torch.gather(sample, 1, order)
        for start in range(0, n, recipe.batch):
            rows = shuffled[:, start : start + recipe.batch]
            seen = _dropped(mask[rows], phase, given, recipe, draw)
            loss = binary_cross_entropy_with_logits(
                network.member_logits(network.masked(channels[rows], seen)), y[rows], reduction="none"
            )
            descend(loss.mean(dim=(1, 2)).sum(), optimiser)
        network.eval()
        with torch.no_grad():
            target = y.expand(members, -1, -1)
            loss = binary_cross_entropy_with_logits(network.member_logits(whole), target, reduction="none")
            outside = (loss.mean(dim=2) * left_out).sum(dim=1) / left_out.sum(dim=1)
            better = outside < best
            best, best_epoch = torch.where(better, outside, best), torch.where(better, epoch, best_epoch)
            for name, parameter in network.named_parameters():
                kept[name][better] = parameter[better]
    network.load_state_dict(kept, strict=False)
    return network.eval().requires_grad_(False), best_epoch.tolist()


def tensors_of(values: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Return values (missing as 0) and mask, float32, of an array with NaN for missing."""
    return torch.tensor(np.nan_to_num(values), dtype=torch.float32), torch.tensor(
        ~np.isnan(values), dtype=torch.float32
    )


def _dropped(
    mask: torch.Tensor, phase: list[int], given: list[int], recipe: Recipe, draw: torch.Generator
) -> torch.Tensor:
    kept = (torch.rand(mask.shape, generator=draw) >= recipe.drop_value).float()
    kept[..., given] = 1
    together = (torch.rand(mask.shape[:-1], generator=draw) >= recipe.drop_phase).float()
    kept[..., phase] *= together[..., None]
    return mask * kept


def _knots(column: np.ndarray, spec: FeatureSpec, recipe: Recipe) -> np.ndarray:
    seen = column[~np.isnan(column)]
    floor = recipe.floors.get(spec.name)
    seen = np.log(np.maximum(seen, floor)) if floor else seen
    heaped = spec.name in recipe.heaped and recipe.knots > 0
    inner = np.array(_HEAPED_QUANTILES) if heaped else np.linspace(0.02, 0.98, recipe.knots)
    edges = np.unique(np.concatenate([[seen.min(), seen.max()], np.quantile(seen, inner)]))
    # float32 must tell two knots apart.
    return edges[np.concatenate([[True], np.diff(edges) > 1e-4 * min(1.0, float(edges[-1] - edges[0]))])]
