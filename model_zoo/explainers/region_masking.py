"""Region masking: each named region of the film is covered in turn, and the drop of the target logit is written into it.

Nothing is derived from attention or gradients, and the regions have names that a reader uses: upper, middle and lower zone
of each lung, the rest of the body, outside the body, the border, the corners. As the superpixel ablation of Ribeiro et al.
2016, arXiv:1602.04938 (LIME), but with anatomy for superpixels, one region at a time, and no model fitted to the result.

The picture's left is the patient's right (viewing convention). Zones are thirds of the height of each lung mask; the masks
include the lung behind the heart, so no region is the heart. The parts need not add up: two regions can say the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from model_zoo.errors import ExplainerNotApplicable
from model_zoo.explainers.baseline import build_baseline, covering_choice, soften
from model_zoo.explainers.method import ColourFloor, ParameterSpec, RawAttribution
from model_zoo.scans.regions import FilmRegions

ZONES = tuple(f"{side} {third} zone" for side in ("right", "left") for third in ("upper", "middle", "lower"))
OUTER_REGIONS = ("rest of the body", "outside the body", "border", "corners")
# Every region a map can name; ``details`` has one number for each that the film has.
REGION_NAMES = ZONES + OUTER_REGIONS


@dataclass(frozen=True)
class RegionMasking:
    """The drop of the logit for each region, written into all its pixels, on the grid of the model.

    Positive: covering the region lowers the logit. details: region name to drop in logit, for the regions present.
    """

    name: str = "region-masking"
    title: str = "Region masking"
    unit: str = "drop in logit when the region is covered"
    colour_floor: ColourFloor = ColourFloor(0.36)
    explanation: str = (
        "What covering each lung zone, and everything else, does to the score: coarse, but in plain words."
    )
    parameters: tuple[ParameterSpec, ...] = (
        covering_choice("mirrored", "Lung zones with the other side, mirrored; the rest blurred"),
    )
    needs: tuple[str, ...] = ("regions",)
    caution: str | None = None

    def passes(self, values: Mapping[str, Any]) -> int:
        return 1 + len(REGION_NAMES)

    def is_signed(self, values: Mapping[str, Any]) -> bool:
        return True

    def attribute(
        self, network: nn.Module, target_layer: str, x: torch.Tensor, target: int, **parameters: Any
    ) -> RawAttribution:
        """Return values float32 (H, W); see the protocol. ``regions``: FilmRegions on the grid of ``x``.

        Raises ExplainerNotApplicable when no lungs were found.
        """
        film_regions: FilmRegions = parameters["regions"]
        if not film_regions.lungs_found:
            raise ExplainerNotApplicable(
                "No lungs were found on this film, so there are no zones to cover.",
                "Choose another method, such as Occlusion, which covers places without naming them.",
            )
        masks = named_regions(film_regions)
        scan = x.detach().clone()
        kind = parameters["baseline"]
        covered = [scan]
        for name, mask in masks.items():
            fill = build_baseline(scan, "blurred" if kind == "mirrored" and name in OUTER_REGIONS else kind)
            soft = soften(torch.from_numpy(mask).to(scan)[None, None])
            covered.append(scan * (1 - soft) + fill * soft)
        with torch.no_grad():
            logits = network(torch.cat(covered))[:, target].double().cpu().numpy()
        values = np.zeros(film_regions.lungs.shape, dtype=np.float32)
        details: dict[str, float] = {}
        for (name, mask), logit in zip(masks.items(), logits[1:], strict=True):
            details[name] = float(logits[0] - logit)
            values[mask] = details[name]
        return RawAttribution(values, details)


def named_regions(regions: FilmRegions) -> dict[str, np.ndarray]:
    """Return the regions of one film by name, bool (H, W): they do not overlap, cover all of it, and none is empty.

    Lung comes before border, and both before what is outside the body; corners never count as lung.
    """
    cols = regions.lungs.shape[1]
    found: dict[str, np.ndarray] = {}
    for side, part in (("right", slice(0, cols // 2)), ("left", slice(cols // 2, cols))):
        lung = np.zeros_like(regions.lungs)
        lung[:, part] = regions.lungs[:, part]
        with_lung = np.flatnonzero(lung.any(axis=1))
        if not with_lung.size:
            continue
        cuts = np.linspace(with_lung[0], with_lung[-1] + 1, 4).round().astype(int)
        for third, top, bottom in zip(("upper", "middle", "lower"), cuts[:-1], cuts[1:], strict=True):
            zone = np.zeros_like(lung)
            zone[top:bottom] = lung[top:bottom]
            found[f"{side} {third} zone"] = zone
    corners = regions.corners & ~regions.lungs
    border = regions.border & ~regions.lungs & ~corners
    outside = regions.outside_body & ~regions.lungs & ~corners & ~border
    rest = ~(regions.lungs | corners | border | outside)
    found |= {"rest of the body": rest, "outside the body": outside, "border": border, "corners": corners}
    return {name: mask for name, mask in found.items() if mask.any()}


EXPLAINER = RegionMasking()
