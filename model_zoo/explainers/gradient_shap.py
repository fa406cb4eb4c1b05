"""GradientSHAP: Integrated Gradients against several baselines at once, at random points of the ways to the scan.

Reference: Lundberg and Lee 2017, arXiv:1705.07874; the estimator as in Erion et al. 2021, arXiv:1906.10670. The values
sum to f(scan) minus the mean logit of the three baselines (black, blurred, mean grey); what is missing is the
completeness delta, always reported. Points are added until it is small, or a warning says that it is not.

Departs from the references: the baselines are made from the scan, not drawn from training films, because no patient's film
is shipped; each way is cut into parts with one random point in each, short parts near the baseline, where this kind of
network changes most (plain draws missed twice as much); no noise is added to the scan. Captum's GradientShap draws from
the random numbers of the whole process, which other threads draw from as well; here they come from a generator of this
call alone, so that the same request gives the same map.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from captum.attr import Saliency
from torch import nn

from model_zoo.explainers.baseline import build_baseline
from model_zoo.explainers.integrated_gradients import BATCH_STEPS, RELATIVE_DELTA, SMALLEST_CHANGE
from model_zoo.explainers.method import ColourFloor, Number, ParameterSpec, RawAttribution, at_once

BASELINES = ("black", "blurred", "mean")
SEED = 29
# Points are doubled up to this number: about the cost at which Integrated Gradients gives up, too.
MOST_SAMPLES = 384


@dataclass(frozen=True)
class GradientShap:
    """Captum's Saliency at random points between the scan and three baselines, times the way from each.

    Positive: the pixel, as it is and not as in the baselines, raises the logit.
    """

    name: str = "gradient-shap"
    title: str = "GradientSHAP"
    unit: str = "change in logit per pixel"
    colour_floor: ColourFloor = ColourFloor(0.023, cells=128 * 128)
    explanation: str = "Which pixels make up the score, counted from three baselines at once; the values add up to it."
    parameters: tuple[ParameterSpec, ...] = (
        # At 16 points the sample films miss 20 to 40 % of the change, at 48 about 10 %.
        Number(
            "samples",
            "Random points",
            48,
            6,
            MOST_SAMPLES,
            3,
            "In equal numbers for each baseline. More points, smaller completeness delta, longer wait.",
        ),
    )
    needs: tuple[str, ...] = ()
    caution: str | None = None

    def passes(self, values: Mapping[str, Any]) -> int:
        return int(values["samples"])

    def is_signed(self, values: Mapping[str, Any]) -> bool:
        return True

    def attribute(
        self, network: nn.Module, target_layer: str, x: torch.Tensor, target: int, **parameters: Any
    ) -> RawAttribution:
        """Return values float32 (H, W), summed over channels; see the protocol."""
        scan = x.detach().clone()
        baselines = torch.cat([build_baseline(scan, kind) for kind in BASELINES])
        with torch.no_grad():
            logits = network(torch.cat([scan, baselines]))[:, target]
        change = float(logits[0] - logits[1:].mean())
        generator = torch.Generator().manual_seed(SEED)
        points = _first_points(len(baselines), int(parameters["samples"]) // len(baselines), generator)
        values = _gradient_times_way(network, scan, baselines, target, points)
        while True:
            samples = len(points.at)
            delta = float(values.sum(dtype=torch.float64)) - change
            converged = abs(delta) <= RELATIVE_DELTA * max(abs(change), SMALLEST_CHANGE)
            # The checks ask for fewer at most: they compare rankings, and a reader cannot set it.
            if converged or 2 * samples > int(parameters.get("most_steps", MOST_SAMPLES)):
                break
            halved, added = _split(points, generator)
            # Every part is now half as long, so what is already computed counts half.
            values = values / 2 + _gradient_times_way(network, scan, baselines, target, added)
            points = halved.joined(added)
        warnings: tuple[str, ...] = ()
        if not converged:
            warnings = (
                f"Not converged: after {samples} points the values still miss the change in the logit by {abs(delta):.3f}.",
            )
        # The names that Integrated Gradients uses: page and command speak of both in the same words.
        details = {
            "logit": float(logits[0]),
            "baseline_logit": float(logits[1:].mean()),
            "change_in_logit": change,
            "completeness_delta": delta,
            "steps_used": samples,
            "steps_computed": samples,
            "converged": converged,
        }
        return RawAttribution(values.cpu().numpy().astype("float32"), details, warnings)


@dataclass(frozen=True, eq=False)
class _Points:
    """One random point ``at`` (n,) in each part of the ways: 0 is the baseline number ``of``, 1 the scan."""

    low: torch.Tensor
    width: torch.Tensor
    at: torch.Tensor
    of: torch.Tensor

    def joined(self, other: _Points) -> _Points:
        pairs = ((self.low, other.low), (self.width, other.width), (self.at, other.at), (self.of, other.of))
        return _Points(*(torch.cat(pair) for pair in pairs))


def _first_points(ways: int, count: int, generator: torch.Generator) -> _Points:
    """Cut each way into ``count`` parts between squares of equal steps: the nearer to the baseline, the shorter."""
    edges = (torch.arange(count + 1) / count) ** 2
    low, width = edges[:-1].repeat(ways), edges.diff().repeat(ways)
    at = low + width * torch.rand(len(low), generator=generator)
    return _Points(low, width, at, torch.arange(ways).repeat_interleave(count))


def _split(points: _Points, generator: torch.Generator) -> tuple[_Points, _Points]:
    """Halve every part: the half with its point, as it was drawn, and the other half with a new point."""
    width = points.width / 2
    in_upper = points.at >= points.low + width
    kept = points.low + width * in_upper
    other = points.low + width * ~in_upper
    at = other + width * torch.rand(len(other), generator=generator)
    return _Points(kept, width, points.at, points.of), _Points(other, width, at, points.of)


def _gradient_times_way(
    network: nn.Module, scan: torch.Tensor, baselines: torch.Tensor, target: int, points: _Points
) -> torch.Tensor:
    """Return the sum over the points of part length x way x gradient, mean over the baselines, float32 (H, W)."""
    method = Saliency(network)
    total = torch.zeros_like(scan[0, 0])
    most = at_once(scan, BATCH_STEPS)
    for start in range(0, len(points.at), most):
        part = slice(start, start + most)
        at, width = (column[part, None, None, None].to(scan.device) for column in (points.at, points.width))
        start_pictures = baselines[points.of[part].to(scan.device)]
        way = scan - start_pictures
        leaf = (start_pictures + at * way).requires_grad_(True)
        slopes = method.attribute(leaf, target=target, abs=False).detach()
        total += (width * slopes * way).sum((0, 1)) / len(baselines)
    return total


EXPLAINER = GradientShap()
