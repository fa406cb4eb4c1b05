"""Findings and their number blocks as a case keeps them: each with its state, which is derived again when a case is read.

Up to version 2 a case named no state: its blocks said "present", "absent" or "cannot tell". They are read into the words of
today, by the same function as a new reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from model_zoo.results import Finding, Prediction
from model_zoo.trust.conformal import WITH, WITHOUT
from model_zoo.trust.number import refused_block, sentence_of, statement_of
from model_zoo.trust.number_block import NumberBlock
from model_zoo.trust.state import State, finding_state, why_not_offered

_OLDER = {"present": WITH, "absent": WITHOUT}


@dataclass(frozen=True)
class StoredFinding(Finding):
    """state: ``None`` up to version 2."""

    state: State | None = None


@dataclass(frozen=True)
class StoredPrediction(Prediction):
    """A prediction whose findings name their states."""

    findings: tuple[StoredFinding, ...]

    def prediction(self) -> Prediction:
        """Return the prediction as the engine gave it."""
        findings = tuple(Finding(**_given(Finding, finding)) for finding in self.findings)
        return Prediction(**_given(Prediction, self) | {"findings": findings})


@dataclass(frozen=True)
class StoredBlock(NumberBlock):
    """abstains, answer: of version 2, where they stood for the state."""

    abstains: bool | None = None
    answer: str | None = None

    def block(self, prediction: Prediction) -> NumberBlock:
        """Return the block in the words of today. Raises ValueError where it names an answer that no set has."""
        kept = NumberBlock(**_given(NumberBlock, self))
        if self.answer is None:
            if not set(self.prediction_set or ()) <= {WITH, WITHOUT}:
                raise ValueError("an answer that no set has")
            return kept
        finding = prediction.finding(self.output)
        reason = why_not_offered(prediction, finding)
        if reason is not None or self.prediction_set is None:
            return refused_block(finding, self.coverage, reason or self.set_absent or "")
        if not set(self.prediction_set) <= set(_OLDER):
            raise ValueError("an answer that no set has")
        kept = replace(kept, prediction_set=tuple(_OLDER[answer] for answer in self.prediction_set))
        state = finding_state(prediction, self.output, [kept])
        statement = statement_of(finding, state, self.coverage, kept.prediction_set or ())
        return replace(kept, state=state, statement=statement, sentence=sentence_of(statement, kept.measured))


def prediction_to_json(prediction: Prediction, numbers: Iterable[NumberBlock]) -> dict[str, Any]:
    """Return a prediction as plain values, each finding with its state."""
    blocks = tuple(numbers)
    findings = [
        asdict(finding) | {"state": finding_state(prediction, finding.output, blocks).value}
        for finding in prediction.findings
    ]
    return asdict(prediction) | {"findings": findings}


def states_hold(stored: StoredPrediction, prediction: Prediction, numbers: tuple[NumberBlock, ...]) -> bool:
    """Tell whether every state that a case names is the one that its numbers have."""
    derived = {f.output: finding_state(prediction, f.output, numbers) for f in prediction.findings}
    return all(f.state in (None, derived[f.output]) for f in stored.findings) and all(
        block.state is derived[block.output] for block in numbers
    )


def _given(form: type[Any], stored: Any) -> dict[str, Any]:
    return {part.name: getattr(stored, part.name) for part in fields(form)}
