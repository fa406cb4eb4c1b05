"""Why this risk at this hour: the difference to a reference, shared out over (hour, variable), in risk units.

The reference is a stay in which every measured value is the training mean. The shares are Integrated Gradients of the
calibrated probability, on the straight line between the encodings of the reference and of this stay, both with this
stay's pattern of measurements. So a cell that was not measured has no share of its own; that this stay was measured
otherwise than the usual one is ``pattern_contribution``, the exact difference of two risks of the reference. On that line
the network is smooth, but a recurrent one may jump from one state to another within a thousandth of it. So the line is cut
where the quadrature misses the change of the risk, which is known of every part; what is missing in the end is
``completeness_delta``.

References: Sundararajan et al. 2017, arXiv:1703.01365.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch

from model_zoo.errors import InvalidPatientRecord
from model_zoo.icu.risk import IcuRiskModel

QUADRATURE_POINTS = 16  # Gauss-Legendre, on every part of the line
SMALL_DELTA = 0.002  # of the risk, over all parts: well inside the 1 % that a reader is promised
# Halving so often finds a jump a thousand times narrower than the line several times over; a page waits for it a few seconds.
MOST_CUTS = 48
_RiskOf = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
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


def attribute_risk_at(
    model: IcuRiskModel,
    values: np.ndarray,
    hours: np.ndarray | None = None,
    facts: Mapping[str, float] | None = None,
    at_hour: int | None = None,
) -> IcuAttribution:
    """Share the risk of ``at_hour`` (default: the last) out over the cells up to it.

    Parameters
    ----------
    model
        The fitted model.
    values, hours, facts
        As in risk_by_hour.
    at_hour
        Counted from 0; by default the last.

    Raises
    ------
    InvalidPatientRecord
        As risk_by_hour, and where the stay has no such hour.
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
    parts = _line(risk_of, channels, fact_channels, at_reference, risk)
    shares = torch.zeros(hour + 1, len(model.variables), dtype=torch.float64)
    shares.index_add_(1, model.network.variable.long(), torch.stack([part.shares for part in parts]).sum(dim=0))
    fact_shares = torch.zeros(len(model.facts), dtype=torch.float64)
    fact_shares.index_add_(0, model.network.fact.long(), torch.stack([part.fact_shares for part in parts]).sum(dim=0))
    delta = risk - at_reference - float(shares.sum() + fact_shares.sum())
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


@dataclass(frozen=True, eq=False)
class _Part:
    """A piece of the line. start, end: place from 0 to 1 and risk there. shares: (hours, D); fact_shares: (C,)."""

    start: tuple[float, float]
    end: tuple[float, float]
    shares: torch.Tensor
    fact_shares: torch.Tensor

    @property
    def missing(self) -> float:
        """What the shares miss of the change of the risk over this part."""
        return self.end[1] - self.start[1] - float(self.shares.sum() + self.fact_shares.sum())

    def halved(self, risk_of: _RiskOf, channels: torch.Tensor, fact_channels: torch.Tensor) -> tuple[_Part, _Part]:
        place = (self.start[0] + self.end[0]) / 2
        with torch.no_grad():
            middle = (place, float(risk_of(place * channels, place * fact_channels)))
        first, second = (self.start, middle), (middle, self.end)
        return _part(risk_of, channels, fact_channels, *first), _part(risk_of, channels, fact_channels, *second)


def _line(
    risk_of: _RiskOf, channels: torch.Tensor, fact_channels: torch.Tensor, at_reference: float, risk: float
) -> list[_Part]:
    """Return the line from the reference to the stay, cut where the quadrature misses the change of the risk."""
    parts = [_part(risk_of, channels, fact_channels, (0.0, at_reference), (1.0, risk))]
    for _ in range(MOST_CUTS):
        if sum(abs(part.missing) for part in parts) <= SMALL_DELTA * risk:
            break
        worst = max(parts, key=lambda part: abs(part.missing))
        parts.remove(worst)
        parts += worst.halved(risk_of, channels, fact_channels)
    return parts


def _part(
    risk_of: _RiskOf,
    channels: torch.Tensor,
    fact_channels: torch.Tensor,
    start: tuple[float, float],
    end: tuple[float, float],
) -> _Part:
    """Return the piece from start to end with what it adds to every share."""
    width = end[0] - start[0]
    nodes, weights = np.polynomial.legendre.leggauss(QUADRATURE_POINTS)
    position = torch.from_numpy(start[0] + width * (nodes + 1) / 2)
    weight = torch.from_numpy(width * weights / 2)
    gradient, fact_gradient = torch.zeros_like(channels[0]), torch.zeros_like(fact_channels[0])
    step = max(1, _CHUNK_HOURS // channels.shape[1])
    for at in range(0, len(position), step):
        place, share = position[at : at + step], weight[at : at + step]
        path = (place[:, None, None] * channels).requires_grad_(True)
        fact_path = (place[:, None] * fact_channels).requires_grad_(True)
        first, second = torch.autograd.grad(risk_of(path, fact_path).sum(), (path, fact_path))
        gradient += (share[:, None, None] * first).sum(dim=0)
        fact_gradient += (share[:, None] * second).sum(dim=0)
    return _Part(start, end, gradient * channels[0], fact_gradient * fact_channels[0])
