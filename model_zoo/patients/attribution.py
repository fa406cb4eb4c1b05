"""Why this risk: the difference to a reference patient, shared out over the features in risk units.

The shares are Integrated Gradients of the calibrated probability, on the straight line between the encodings of the
reference patient and of this one, both seen through this patient's mask. So a feature that was not measured has no
share; what the missing measurements do together is a difference of two risks of the reference patient, and exact.
On that line the network is smooth, and Gauss-Legendre quadrature reaches the risk to about 1e-9; the residual is kept.

The path differs from the common one in the raw values: in the encoding, an additive effect gets exactly its own
difference, whatever knots the other features cross on the way.

References: Sundararajan et al. 2017, arXiv:1703.01365.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch

from model_zoo.patients.features import Value
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import RiskModel, RiskNotApplicable, encoded_value, tensors
from model_zoo.stored import Share

QUADRATURE_POINTS = 48


@dataclass(frozen=True)
class FeatureContribution:
    """One feature's share of risk minus reference risk, as a signed difference of probabilities. value: SI unit."""

    name: str
    title: str
    value: Value
    reference_value: Value
    contribution: float


@dataclass(frozen=True)
class RiskAttribution:
    """risk = reference_risk + missingness_contribution + sum of contributions + residual, in probability.

    reference: what the reference patient is. missingness_contribution: risk of the reference patient with only what was
    measured here, minus with everything measured.
    """

    outcome: str
    risk: Share
    reference: str
    reference_risk: Share
    contributions: tuple[FeatureContribution, ...]
    missingness_contribution: float
    residual: float


def attribute_risk(model: RiskModel, record: PatientRecord) -> tuple[RiskAttribution, ...]:
    """Return one attribution per outcome, contributions in the order of the model's features.

    Raises RiskNotApplicable where the model has no risk for this record.
    """
    reason = model.definition.applicability(record)
    if reason is not None:
        raise RiskNotApplicable(reason, "The scan can be read without a risk estimate.")
    return shared_out(model, record)


def shared_out(model: RiskModel, record: PatientRecord) -> tuple[RiskAttribution, ...]:
    """Return the attributions of ``attribute_risk`` without asking whether the model speaks for this patient.

    For figures of a table whose patients lack what a reader has to give (an age that its source blanked out).
    """
    values, measured = tensors(model, record)
    reference, everything = reference_tensors(model)
    network = model.network
    start, end = network.encode(reference, measured), network.encode(values, measured)
    channel = network.channel_feature
    known: Mapping[str, Value] = model.card["reference_patient"]["values"]
    found = []
    for i, outcome in enumerate(model.definition.outcomes):

        def risk_of(encoded: torch.Tensor, index: int = i) -> torch.Tensor:
            return model.calibrated(network.member_logits(encoded).mean(dim=0))[:, index]

        shares = torch.zeros(len(model.specs), dtype=torch.float64)
        shares.index_add_(0, channel, integrated_gradients(risk_of, start[0], end[0]))
        with torch.no_grad():
            full, seen, risk = (float(risk_of(e)[0]) for e in (network.encode(reference, everything), start, end))
        contributions = tuple(
            FeatureContribution(spec.name, spec.title, record.value(spec.name), known[spec.name], float(share))
            for spec, share in zip(model.specs, shares, strict=True)
        )
        residual = risk - full - (seen - full) - float(shares.sum())
        found.append(
            RiskAttribution(
                outcome.name,
                risk,
                str(model.card["reference_patient"]["description"]),
                full,
                contributions,
                seen - full,
                residual,
            )
        )
    return tuple(found)


def integrated_gradients(
    function: Callable[[torch.Tensor], torch.Tensor], start: torch.Tensor, end: torch.Tensor
) -> torch.Tensor:
    """Return the share of each input in function(end) - function(start): (inputs,).

    function: (points, inputs) -> (points,), each row on its own. start, end: (inputs,), float64.
    """
    nodes, weights = np.polynomial.legendre.leggauss(QUADRATURE_POINTS)
    position = torch.tensor((nodes + 1) / 2, dtype=start.dtype)[:, None]
    path = (start + position * (end - start)).requires_grad_(True)
    (gradient,) = torch.autograd.grad(function(path).sum(), path)
    return (end - start) * (torch.tensor(weights / 2, dtype=start.dtype)[:, None] * gradient).sum(dim=0)


def reference_tensors(model: RiskModel) -> tuple[torch.Tensor, torch.Tensor]:
    """Return values and mask, float64 (1, features), of the reference patient of the card: everything measured."""
    stored = model.card["reference_patient"]["values"]
    row = [encoded_value(spec, stored[spec.name]) for spec in model.specs]
    values = torch.tensor([row], dtype=torch.float64)
    return values, torch.ones_like(values)
