"""Anatomy: how much of what the map marks lies in the lungs, how much where no lung finding can lie?

The lungs come from the segmenter (Dice on held-out children on its card; on adults looked at, not measured). Its masks
include the lung behind the heart, so nothing is said of the heart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from model_zoo.trust.check import (
    FAILED,
    FATAL,
    INFORMS,
    NOT_APPLICABLE,
    PASSED,
    CheckResult,
    MapSubject,
    positive_on_grid,
)

# With more than half of it on the border, in the corners or beside the body, a map is about the film, not the patient.
MOST_ELSEWHERE = 0.5
# Stands in where no limit was fitted: not denser in the lungs than a map spread evenly over the picture.
OTHERWISE = 1.0


@dataclass(frozen=True)
class AnatomyShares:
    """See the module. The measure is how much denser the map is in the lungs than on the whole picture; 1 is by chance."""

    name: str = "anatomy"
    title: str = "Anatomy"
    question: str = "Does it mark the lungs, or the film around them?"
    order: int = 20
    needs: tuple[str, ...] = ("regions",)

    def run(self, subject: MapSubject) -> CheckResult:
        """Sum the positive part of the map over the regions."""
        regions = subject.regions
        if regions is None:
            sentence = "This model outlines no lungs, so nothing can be said of where the map lies."
            return CheckResult(self.name, self.title, NOT_APPLICABLE, None, None, sentence)
        values = positive_on_grid(subject.values, (regions.lungs.shape[0], regions.lungs.shape[1]))
        total = float(values.sum())
        if total <= 0:
            sentence = "The map marks nothing that speaks for the finding."
            return CheckResult(self.name, self.title, FATAL, None, None, sentence)
        shares = {
            "lungs": float(values[regions.lungs].sum()) / total,
            "outside_body": float(values[regions.outside_body].sum()) / total,
            "border": float(values[regions.border & ~regions.lungs].sum()) / total,
            "corners": float(values[regions.corners].sum()) / total,
            "elsewhere": float(values[regions.elsewhere].sum()) / total,
        }
        if not regions.lungs_found:
            sentence = (
                f"No lungs were found on this picture; {100 * shares['elsewhere']:.0f} % of what speaks for the finding lies on "
                "the border, in a corner or outside the body."
            )
            return CheckResult(self.name, self.title, self.decide(None, None, shares), None, None, sentence, shares)
        density = shares["lungs"] / float(np.mean(regions.lungs))
        limit = subject.limit(self.name, OTHERWISE)
        outcome = self.decide(density, limit, shares)
        sentence = (
            f"{100 * shares['lungs']:.0f} % of what speaks for the finding lies in the lungs, which make up "
            f"{100 * float(np.mean(regions.lungs)):.0f} % of the picture; {100 * shares['elsewhere']:.0f} % lies on the border, "
            "in a corner or outside the body."
        )
        return CheckResult(self.name, self.title, outcome, density, limit, sentence, shares)

    def decide(self, measure: float | None, limit: float | None, figures: Mapping[str, Any]) -> str:
        """Judge density in the lungs and share elsewhere; without a measure no lungs were found."""
        if float(figures["elsewhere"]) > MOST_ELSEWHERE:
            return FATAL
        if measure is None:
            return FAILED
        if limit is None:
            return INFORMS
        return PASSED if measure >= limit else FAILED


CHECK = AnatomyShares()
