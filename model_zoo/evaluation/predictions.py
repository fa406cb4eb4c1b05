"""What a model said about each film of a label table: the input of the report, and the file of ``--predictions``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from model_zoo.evaluation.labels import LabelTable
from model_zoo.plain import write_csv


@dataclass(frozen=True, eq=False)
class OutputScores:
    """The scores of one output for every film of a table; NaN where the model gave none.

    logit: (films,). probability: (films,) in [0, 1] after calibration, or None for an output that has no calibration.
    comparisons: other scores of the same films by name, (films,) each, such as ``thumbnail`` (the baseline) and
    ``lungs_painted_out`` (the network on films without lungs); larger means more likely positive.
    Raises: ValueError when the vectors differ in length or a probability lies outside [0, 1].
    """

    logit: np.ndarray
    probability: np.ndarray | None = None
    comparisons: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        others = [*self.comparisons.values(), *([] if self.probability is None else [self.probability])]
        if self.logit.ndim != 1 or any(other.shape != self.logit.shape for other in others):
            raise ValueError("all scores of an output must be vectors of one length")
        p = self.probability
        if p is not None and (np.nanmin(p, initial=0.0) < 0 or np.nanmax(p, initial=1.0) > 1):
            raise ValueError("probabilities must lie from 0 to 1")

    def where(self, keep: np.ndarray) -> OutputScores:
        """Return the scores of the films for which ``keep``, (films,) of bool, is true."""
        probability = None if self.probability is None else self.probability[keep]
        return OutputScores(self.logit[keep], probability, {name: s[keep] for name, s in self.comparisons.items()})


@dataclass(frozen=True, eq=False)
class PredictionTable:
    """A label table with the scores of one model, by output. Raises: ValueError when they differ in length."""

    labels: LabelTable
    scores: Mapping[str, OutputScores]

    def __post_init__(self) -> None:
        if any(len(scores.logit) != len(self.labels) for scores in self.scores.values()):
            raise ValueError("scores and labels must be of the same films")

    def where(self, keep: np.ndarray) -> PredictionTable:
        """Return the films for which ``keep``, (films,) of bool, is true."""
        return PredictionTable(self.labels.where(keep), {name: s.where(keep) for name, s in self.scores.items()})


def write_predictions(table: PredictionTable, path: Path) -> None:
    """Write one row per film: file, patient_id, and per output its logit, probability and the scores compared with it.

    The columns are ``<output>_logit``, ``<output>_probability`` and ``<output>_<comparison>``; a cell is empty where
    there is no value. Numbers carry nine significant digits, which tell any two float32 apart.
    """
    columns: dict[str, np.ndarray] = {}
    for name, scores in table.scores.items():
        columns[f"{name}_logit"] = scores.logit
        if scores.probability is not None:
            columns[f"{name}_probability"] = scores.probability
        columns.update({f"{name}_{other}": values for other, values in scores.comparisons.items()})
    with path.open("w", encoding="utf-8", newline="") as stream:
        write_csv(stream, [["file", "patient_id", *columns]])
        for i, row in enumerate(table.labels.rows):
            cells = [f"{values[i]:.9g}" if np.isfinite(values[i]) else "" for values in columns.values()]
            write_csv(stream, [[row.file, row.patient_id, *cells]])
