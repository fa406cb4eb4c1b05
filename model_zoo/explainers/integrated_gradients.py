"""Integrated Gradients: the gradient of the target logit, averaged on the way from a baseline picture to the scan.

Reference: Sundararajan et al. 2017, arXiv:1703.01365. The values sum to f(scan) - f(baseline); what is missing is the
completeness delta, always reported. The way is cut into parts: of each it is known by how much the logit changes on it, and thus
what its own sum misses. The part that misses most is halved until the delta is small, or a warning says that it is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from captum.attr import IntegratedGradients
from torch import nn

from model_zoo.explainers.baseline import build_baseline
from model_zoo.explainers.method import Choice, ColourFloor, Number, ParameterSpec, RawAttribution, at_once

# Below 1 % of the change in the logit the map may be read as complete.
RELATIVE_DELTA = 0.01
# A change below this is too small to take a share of; the delta is then judged against it.
SMALLEST_CHANGE = 0.05
# Of all parts that were tried; beyond, rounding errors grow faster than the sum improves.
MOST_STEPS = 400
# Short parts let the halving find where the logit bends: of five outputs of synthetic films, six parts of five steps took 30 to 70
# in all, five of ten 50 to 90, doubling all steps up to 750; the maps correlate with those of many steps by 0.9999.
STEPS_OF_PART = 5
# At 128 px, fewer of larger pictures: memory stays under 240 MB whatever the number of steps.
BATCH_STEPS = 30


class _Part(NamedTuple):
    """A part of the way. values: (C, H, W). delta: by how much their sum misses the change of the logit on it."""

    start: float
    end: float
    values: torch.Tensor
    delta: float


@dataclass(frozen=True)
class IntegratedGradientsExplainer:
    """Captum's IntegratedGradients with Gauss-Legendre steps on each part of the way, and a convergence loop around it."""

    name: str = "integrated-gradients"
    title: str = "Integrated Gradients"
    unit: str = "change in logit per pixel"
    colour_floor: ColourFloor = ColourFloor(0.030, cells=128 * 128)  # set by hand; the rule gives 0.028
    explanation: str = "Which pixels make up the score, counted from a baseline picture; the values add up to it."
    parameters: tuple[ParameterSpec, ...] = (
        Choice(
            "baseline",
            "Baseline",
            "blurred",
            (("black", "Black film"), ("blurred", "The scan, blurred"), ("mean", "Mean grey of the scan")),
            "What the scan is compared with: 'black' also counts every bright organ, 'blurred' only detail.",
        ),
        Number("steps", "Steps", 30, 8, MOST_STEPS, 2, "More steps, smaller completeness delta, longer wait."),
    )
    needs: tuple[str, ...] = ()
    caution: str | None = None

    def passes(self, values: Mapping[str, Any]) -> int:
        return int(values["steps"])

    def is_signed(self, values: Mapping[str, Any]) -> bool:
        return True

    def attribute(
        self, network: nn.Module, target_layer: str, x: torch.Tensor, target: int, **parameters: Any
    ) -> RawAttribution:
        """Return values float32 (H, W), summed over channels; see the protocol."""
        baseline = build_baseline(x, parameters["baseline"])
        with torch.no_grad():
            logits = network(torch.cat([x, baseline]))[:, target]
        change = float(logits[0] - logits[1])
        # The checks ask for fewer at most: they compare rankings, and a reader cannot set it.
        most_steps = int(parameters.get("most_steps", MOST_STEPS))
        steps = int(parameters["steps"])
        count = max(1, steps // STEPS_OF_PART)
        points = steps // count
        allowed = RELATIVE_DELTA * max(abs(change), SMALLEST_CHANGE)
        method, memory = IntegratedGradients(network), at_once(x, BATCH_STEPS)

        def along(ends: Sequence[float]) -> list[_Part]:
            """Return the parts between ends, as shares of the way."""
            places = torch.cat([baseline + (x - baseline) * end for end in ends])
            parts = []
            for i in range(0, len(ends) - 1, memory):
                values, deltas = method.attribute(
                    places[i + 1 : i + 1 + memory],
                    baselines=places[i:-1][:memory],
                    target=target,
                    n_steps=points,
                    method="gausslegendre",
                    internal_batch_size=memory,
                    return_convergence_delta=True,
                )
                parts += [_Part(*part) for part in zip(ends[i:], ends[i + 1 :], values, deltas.tolist(), strict=False)]
            return parts

        parts, tried = along([i / count for i in range(count + 1)]), count * points
        while (error := abs(sum(part.delta for part in parts))) > allowed and tried + 2 * points <= most_steps:
            worst = max(parts, key=lambda part: abs(part.delta))
            parts.remove(worst)
            parts += along([worst.start, (worst.start + worst.end) / 2, worst.end])
            tried += 2 * points
        converged = error <= allowed
        warnings: tuple[str, ...] = ()
        if not converged:
            warnings = (
                f"Not converged: after {tried} steps the values still miss the change in the logit by {error:.3f}.",
            )
        details = {
            "logit": float(logits[0]),
            "baseline_logit": float(logits[1]),
            "change_in_logit": change,
            "completeness_delta": sum(part.delta for part in parts),
            "steps_used": len(parts) * points,
            "steps_computed": tried,
            "converged": converged,
        }
        values = torch.stack([part.values for part in parts]).sum((0, 1))
        return RawAttribution(values.detach().cpu().numpy().astype("float32"), details, warnings)


EXPLAINER = IntegratedGradientsExplainer()
