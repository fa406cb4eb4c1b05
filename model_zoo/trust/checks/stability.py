"""Stability: does the map stay the same when the scan changes by less than anyone could see?

Captum's ``sensitivity_max``: the largest relative change of the map under small perturbations of the input (Yeh et al.
2019, arXiv:1901.09392). The perturbations are drawn from a generator of their own, so that the answer does not depend
on who else computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from captum.metrics import sensitivity_max

from model_zoo.trust.check import FAILED, INFORMS, PASSED, CheckResult, MapSubject

# Noise of 2 % of the stretched grey range (-1 to 1): below what a detector adds.
RADIUS = 0.04
PERTURBATIONS = 4
SEED = 29
# Stands in where no limit was fitted: a map that changes by half its own size.
OTHERWISE = 0.5


@dataclass(frozen=True)
class Stability:
    """See the module. The measure is the largest relative change (Frobenius norm); its limit is fitted."""

    name: str = "stability"
    title: str = "Stability"
    question: str = "Does the map survive noise that nobody would see?"
    order: int = 50
    needs: tuple[str, ...] = ()

    def run(self, subject: MapSubject) -> CheckResult:
        """Perturb the scan and explain it again."""

        original = torch.from_numpy(subject.explain_again())[None, None]

        def explain(pictures: tuple[torch.Tensor, ...] | torch.Tensor, **_: Any) -> torch.Tensor:
            x = pictures[0] if isinstance(pictures, tuple) else pictures
            if torch.equal(x, subject.x):
                return original
            return torch.from_numpy(subject.explain_again(x=x))[None, None]

        generator = torch.Generator().manual_seed(SEED)

        def perturb(pictures: tuple[torch.Tensor, ...] | torch.Tensor, radius: float) -> tuple[torch.Tensor, ...]:
            x = pictures[0] if isinstance(pictures, tuple) else pictures
            return (x + radius * torch.randn(x.shape, generator=generator).to(x.device),)

        # One perturbation a call: given k at once, Captum 0.9 answers with a change that is the square root of k too large.
        measure = max(
            float(
                sensitivity_max(explain, subject.x, perturb_func=perturb, perturb_radius=RADIUS, n_perturb_samples=1)[0]
            )
            for _ in range(PERTURBATIONS)
        )
        limit = subject.limit(self.name, OTHERWISE)
        outcome = self.decide(measure, limit, {})
        measure = measure if np.isfinite(measure) else float(np.finfo(np.float32).max)
        size = f"{100 * min(measure, 9.99):.0f} % of its size"
        sentence = f"Under noise of 2 % of the grey range the map changes by up to {size}"
        if outcome == FAILED:
            # "Most maps that hit" can be said only of a limit that was fitted on maps that hit.
            fitted = subject.limits.get(self.name) is not None
            sentence += ", more than most maps that hit a lesion" if fitted else f", more than {100 * OTHERWISE:.0f} %"
        sentence += "."
        return CheckResult(self.name, self.title, outcome, measure, limit, sentence, {"perturbations": PERTURBATIONS})

    def decide(self, measure: float | None, limit: float | None, figures: Mapping[str, Any]) -> str:
        """Judge the largest relative change."""
        if measure is None or not np.isfinite(measure):
            return FAILED
        if limit is None:
            return INFORMS
        return PASSED if measure <= limit else FAILED


CHECK = Stability()
