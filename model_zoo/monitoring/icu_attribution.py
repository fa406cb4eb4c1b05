"""Why this risk at this hour: the difference to a reference, shared out over (hour, variable), in risk units.

The reference is a stay in which every measured value is the training mean. The shares are Integrated Gradients of the
calibrated probability, on the straight line between the encodings of the reference and of this stay, both with this
stay's pattern of measurements. So a cell that was not measured has no share of its own; that this stay was measured
otherwise than the usual one is ``pattern_contribution``, the exact difference of two risks of the reference. On that line
the network is smooth, and Gauss-Legendre quadrature comes close to the risk; what is missing is ``completeness_delta``.

References: Sundararajan et al. 2017, arXiv:1703.01365.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch

from model_zoo.errors import InvalidPatientRecord
from model_zoo.monitoring.icu_risk import IcuRiskModel

QUADRATURE_POINTS = (16, 64, 256)  # more where the risk bends sharply on the line, until the delta is small enough
SMALL_DELTA = 0.002  # of the risk: well inside the 1 % that a reader is promised
_CHUNK_HOURS = 1600  # points x hours per pass: bounds the memory of long stays


@dataclass(frozen=True, eq=False)
class IcuAttribution:
    """risk = reference_risk + pattern_contribution + facts.sum() + values.sum() + completeness_delta, in probability.

    hour: whose risk is explained. reference: what the reference is, in words. values: (hour + 1, V), zero where nothing
    was measured. facts: (S,), zero where not known. measured: bool (hour + 1, V).
    """

    model: str
    hour: int
    risk: float
    reference: str
    reference_risk: float
    pattern_contribution: float
    values: np.ndarray
    facts: np.ndarray
    measured: np.ndarray
    completeness_delta: float
    variables: tuple[str, ...]
    fact_names: tuple[str, ...]

    @property
    def by_variable(self) -> dict[str, float]:
        """The share of every variable over all hours, largest size first."""
        sums = dict(zip(self.variables, self.values.sum(axis=0).tolist(), strict=True))
        return dict(sorted(sums.items(), key=lambda item: -abs(item[1])))


def attribute_risk_at(
    model: IcuRiskModel,
    values: np.ndarray,
    hours: np.ndarray | None = None,
    facts: Mapping[str, float] | None = None,
    at_hour: int | None = None,
) -> IcuAttribution:
    """Share the risk of ``at_hour`` (default: the last) out over the cells up to it. values, hours, facts: as in risk_by_hour.

    Raises InvalidPatientRecord, also where the stay has no such hour.
    """
    grid = model.grid(values, hours, facts)
    hour = len(grid.values) - 1 if at_hour is None else int(at_hour)
    if not 0 <= hour < len(grid.values):
        raise InvalidPatientRecord([f"the stay has the hours 0 to {len(grid.values) - 1}"], "Choose one of them.")
    seen = grid.values[: hour + 1]
    measured, channels, known, fact_channels = model.encoded(seen[None], grid.facts[None])

    def risk_of(part: torch.Tensor, fact_part: torch.Tensor) -> torch.Tensor:
        points = len(part)
        logits = model.network.member_logits(part, measured.expand(points, -1, -1), fact_part, known.expand(points, -1))
        return model.calibrated(logits.mean(dim=0))[:, hour]

    with torch.no_grad():
        risk = float(risk_of(channels, fact_channels))
        at_reference = float(risk_of(torch.zeros_like(channels), torch.zeros_like(fact_channels)))
    for points in QUADRATURE_POINTS:
        gradient, fact_gradient = _mean_gradients(risk_of, channels, fact_channels, points)
        shares = torch.zeros(hour + 1, len(model.variables), dtype=torch.float64)
        shares.index_add_(1, model.network.variable.long(), gradient * channels[0])
        fact_shares = torch.zeros(len(model.facts), dtype=torch.float64)
        fact_shares.index_add_(0, model.network.fact.long(), fact_gradient * fact_channels[0])
        delta = risk - at_reference - float(shares.sum() + fact_shares.sum())
        if abs(delta) <= SMALL_DELTA * risk:
            break
    known_reference = model.card["reference_risk"]
    usual = float(known_reference["by_hour"][hour])
    return IcuAttribution(
        model=model.name,
        hour=hour,
        risk=risk,
        reference=str(known_reference["description"]),
        reference_risk=usual,
        pattern_contribution=at_reference - usual,
        values=shares.numpy(),
        facts=fact_shares.numpy(),
        measured=~np.isnan(seen),
        completeness_delta=delta,
        variables=model.variables,
        fact_names=model.facts,
    )


def _mean_gradients(
    risk_of: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    channels: torch.Tensor,
    fact_channels: torch.Tensor,
    points: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the gradients averaged over the line from zero: (hours, D) and (C,)."""
    nodes, weights = np.polynomial.legendre.leggauss(points)
    position, weight = torch.from_numpy((nodes + 1) / 2), torch.from_numpy(weights / 2)
    gradient, fact_gradient = torch.zeros_like(channels[0]), torch.zeros_like(fact_channels[0])
    step = max(1, _CHUNK_HOURS // channels.shape[1])
    for start in range(0, len(position), step):
        place, share = position[start : start + step], weight[start : start + step]
        path = (place[:, None, None] * channels).requires_grad_(True)
        fact_path = (place[:, None] * fact_channels).requires_grad_(True)
        first, second = torch.autograd.grad(risk_of(path, fact_path).sum(), (path, fact_path))
        gradient += (share[:, None, None] * first).sum(dim=0)
        fact_gradient += (share[:, None] * second).sum(dim=0)
    return gradient, fact_gradient
