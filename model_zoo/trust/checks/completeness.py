"""Completeness: do the values of the map add up to the change in the logit that they claim to explain?

Only methods that promise it are held to it (Integrated Gradients, GradientSHAP): Sundararajan et al. 2017,
arXiv:1703.01365. The method has already added steps until the delta was under 1 %, or given up; here that is judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model_zoo.trust.check import FAILED, FATAL, NOT_APPLICABLE, PASSED, CheckResult, MapSubject

# The delta that the method itself aims at, and the one beyond which the map misses too much of the change to be read.
WANTED, WORST = 0.01, 0.10
# Below this change in the logit a share of it says nothing.
SMALLEST_CHANGE = 0.05


@dataclass(frozen=True)
class Completeness:
    """See the module."""

    name: str = "completeness"
    title: str = "Completeness"
    question: str = "Do the values add up to the change in the score?"
    order: int = 10
    needs: tuple[str, ...] = ()

    def run(self, subject: MapSubject) -> CheckResult:
        """Compare the stored delta with the change in the logit."""
        details = subject.details
        if "completeness_delta" not in details or "change_in_logit" not in details:
            sentence = f"{subject.explainer.title} does not promise that its values add up to anything."
            return CheckResult(self.name, self.title, NOT_APPLICABLE, None, None, sentence)
        delta, change = abs(float(details["completeness_delta"])), abs(float(details["change_in_logit"]))
        share = delta / max(change, SMALLEST_CHANGE)
        outcome = self.decide(share, WANTED, {})
        verb = {PASSED: "add up to", FAILED: "nearly add up to", FATAL: "do not add up to"}[outcome]
        sentence = f"The values {verb} the change in the score: {100 * share:.1f} % of it is missing."
        return CheckResult(self.name, self.title, outcome, share, WANTED, sentence, {"delta": delta, "change": change})

    def decide(self, measure: float | None, limit: float | None, figures: Mapping[str, Any]) -> str:
        """Judge the missing share of the change."""
        if measure is None:
            return NOT_APPLICABLE
        return PASSED if measure <= (WANTED if limit is None else limit) else FAILED if measure <= WORST else FATAL


CHECK = Completeness()
