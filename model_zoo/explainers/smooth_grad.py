"""SmoothGrad: the gradient of the target logit, averaged over noisy copies of the scan.

Reference: Smilkov et al. 2017, arXiv:1706.03825; root mean square after Hooker et al. 2019, arXiv:1806.10758. Departs
from the first in keeping the sign, and from the second in taking the root, so that both kinds have one unit.

The gradients are Captum's Saliency. Its NoiseTunnel is not used: it draws from the random numbers of the whole process,
which other threads draw from as well, so that the same request could give another map. The noise here comes from a
generator of this call alone, seeded, on the CPU: the same on every machine, and nobody else's numbers are disturbed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from captum.attr import Saliency
from torch import nn

from model_zoo.explainers.method import Choice, ColourFloor, Number, ParameterSpec, RawAttribution, at_once

SEED = 23
# 16 pictures at a time keep the memory of a 128 px network, activations for the way back included, under 200 MB.
BATCH = 16


@dataclass(frozen=True)
class SmoothGrad:
    """Captum's Saliency, signed, over copies of the scan with Gaussian noise.

    Positive: a little more brightness at this pixel raises the logit.
    """

    name: str = "smooth-grad"
    title: str = "SmoothGrad"
    unit: str = "gradient of the logit"
    colour_floor: ColourFloor = ColourFloor(0.029, cells=128 * 128)
    explanation: str = "At which pixels the score reacts to brightness: a slope at this scan, it adds up to nothing."
    parameters: tuple[ParameterSpec, ...] = (
        Number("samples", "Noisy copies", 16, 4, 128, 4, "More copies, less grain, longer wait."),
        Number(
            "noise", "Noise (per cent)", 10, 1, 50, 1, "Standard deviation, in per cent of the scan's range of grey."
        ),
        Choice(
            "average",
            "Average",
            "signed",
            (("signed", "Mean, with its sign"), ("squared", "Root of the mean square, without sign")),
            "Squared finds where the score is sensitive at all, whichever way.",
        ),
    )
    needs: tuple[str, ...] = ()
    caution: str | None = None

    def passes(self, values: Mapping[str, Any]) -> int:
        return int(values["samples"])

    def is_signed(self, values: Mapping[str, Any]) -> bool:
        return bool(values["average"] == "signed")

    def attribute(
        self, network: nn.Module, target_layer: str, x: torch.Tensor, target: int, **parameters: Any
    ) -> RawAttribution:
        """Return values float32 (H, W), summed over channels; see the protocol."""
        scan, samples = x.detach().clone(), int(parameters["samples"])
        spread = float(scan.max() - scan.min()) * parameters["noise"] / 100
        generator = torch.Generator().manual_seed(SEED)
        method = Saliency(network)
        total = torch.zeros_like(scan[0, 0])
        most = at_once(scan, BATCH)
        for start in range(0, samples, most):
            count = min(most, samples - start)
            noise = torch.randn(count, *scan.shape[1:], generator=generator).to(scan.device)
            noisy = (scan + spread * noise).requires_grad_(True)
            slopes = method.attribute(noisy, target=target, abs=False).detach().sum(1)
            total += (slopes if self.is_signed(parameters) else slopes.square()).sum(0)
        mean = total / samples
        values = mean if self.is_signed(parameters) else mean.sqrt()
        return RawAttribution(values.cpu().numpy().astype("float32"), {"noise_standard_deviation": spread})


EXPLAINER = SmoothGrad()
