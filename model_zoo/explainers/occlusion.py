"""Occlusion: a window slides over the scan, covers it, and the drop of the target logit is written where it stood.

Reference: Zeiler and Fergus 2014, arXiv:1311.2901, as Captum's Occlusion. Departs from the paper in the fill (the mirrored
other side rather than a grey square, whose edges are a finding of their own) and in the output (the logit, not the probability).
No gradient is taken: what is shown was observed, though on pictures that no patient has.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from captum.attr import Occlusion
from torch import nn

from model_zoo.errors import ExplainerNotApplicable
from model_zoo.explainers.baseline import build_baseline, covering_choice
from model_zoo.explainers.method import ColourFloor, Number, ParameterSpec, RawAttribution, at_once

# Pixels; the side at which ``passes`` counts, that of the chest network.
COUNTED_SIDE = 128
# 64 covered pictures at a time: about 100 MB at 128 px, and no faster beyond.
BATCH = 64


@dataclass(frozen=True)
class OcclusionExplainer:
    """Captum's Occlusion with square windows over all channels.

    Positive: covering the place lowers the logit, so it speaks for the target. Each pixel has the mean over the windows
    that covered it, in the grid of the model.
    """

    name: str = "occlusion"
    title: str = "Occlusion"
    unit: str = "drop in logit when a window over the place is covered"
    colour_floor: ColourFloor = ColourFloor(0.46)
    explanation: str = "What covering each place does to the score: observed, not derived, but slow and coarse."
    parameters: tuple[ParameterSpec, ...] = (
        Number("window", "Window (pixels)", 16, 8, 64, 4, "Side of the covered square; one of 16 is an eighth of 128."),
        Number("stride", "Stride (pixels)", 8, 4, 64, 4, "How far the window moves; half of it is four times slower."),
        covering_choice("mirrored"),
    )
    needs: tuple[str, ...] = ()
    caution: str | None = None

    def passes(self, values: Mapping[str, Any]) -> int:
        return 1 + math.prod(
            window_places(COUNTED_SIDE, int(values["window"]), int(values["stride"])) for _ in range(2)
        )

    def is_signed(self, values: Mapping[str, Any]) -> bool:
        return True

    def attribute(
        self, network: nn.Module, target_layer: str, x: torch.Tensor, target: int, **parameters: Any
    ) -> RawAttribution:
        """Return values float32 (H, W); see the protocol.

        Raises ExplainerNotApplicable when the stride leaves gaps or the window does not fit into the picture.
        """
        window, stride = int(parameters["window"]), int(parameters["stride"])
        if stride > window:
            raise ExplainerNotApplicable(
                f"A stride of {stride} pixels leaves gaps between windows of {window}.",
                "Choose a stride no larger than the window.",
            )
        if window > min(x.shape[-2:]):
            raise ExplainerNotApplicable(
                f"A window of {window} pixels is larger than the picture of {x.shape[-2]} x {x.shape[-1]}.",
                "Choose a smaller window.",
            )
        scan = x.detach().clone()
        with torch.no_grad():
            values = Occlusion(network).attribute(
                scan,
                sliding_window_shapes=(scan.shape[1], window, window),
                strides=(scan.shape[1], stride, stride),
                baselines=build_baseline(scan, parameters["baseline"]),
                target=target,
                perturbations_per_eval=at_once(scan, BATCH),
            )
        places = [window_places(side, window, stride) for side in scan.shape[-2:]]
        # A window covers all channels at once: each of them carries the whole drop, and a sum would count it again.
        return RawAttribution(values[0, 0].cpu().numpy().astype("float32"), {"windows": math.prod(places)})


def window_places(side: int, window: int, stride: int) -> int:
    """Return how many places a window takes along a side; the last one may reach past the rim."""
    return math.ceil((side - window) / stride) + 1


EXPLAINER = OcclusionExplainer()
