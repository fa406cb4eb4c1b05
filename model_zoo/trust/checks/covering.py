"""Covering: does the finding fall further when the marked region is covered than when a random one is?

The effect itself is the measured sentence of every map (``masking``); here it is judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model_zoo.trust.check import FAILED, NOT_APPLICABLE, PASSED, CheckResult, MapSubject


@dataclass(frozen=True)
class Covering:
    """See the module. The measure is by how many logits more the marked region counts than a random one."""

    name: str = "covering"
    title: str = "Covering"
    question: str = "Does the finding fall when the marked region is covered?"
    order: int = 25
    needs: tuple[str, ...] = ()

    def run(self, subject: MapSubject) -> CheckResult:
        """Compare the covered finding with the finding after covering random regions of the same size."""
        effect = subject.effect
        if effect is None or effect.marked_share == 0 or effect.over_random is None:
            sentence = "The map marks no region that could be covered."
            return CheckResult(self.name, self.title, NOT_APPLICABLE, None, None, sentence)
        measure = effect.over_random
        limit = max(0.0, subject.limit(self.name, 0.0) or 0.0)
        outcome = self.decide(measure, limit, {})
        if measure <= 0:
            sentence = "Covering the marked region lowers the finding no more than covering a random region does."
        elif outcome == FAILED:
            sentence = "Covering the marked region lowers the finding by less than with maps that point at a lesion."
        else:
            sentence = "Covering the marked region lowers the finding further than covering a random region does."
        return CheckResult(self.name, self.title, outcome, measure, limit, sentence)

    def decide(self, measure: float | None, limit: float | None, figures: Mapping[str, Any]) -> str:
        """Judge by how much more the marked region counts."""
        if measure is None:
            return NOT_APPLICABLE
        return PASSED if measure > 0 and measure >= (limit or 0.0) else FAILED


CHECK = Covering()
