"""Patients who have a film and laboratory values of the same days: the films of Hannover, one row per patient.

What both models say of each stands side by side, as log odds, with the outcomes of the same patients. Nobody of them was in
the training of either model.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from model_zoo.engine.inference import InferenceEngine
from model_zoo.errors import DataNotFound
from model_zoo.patients.risk import RiskModel
from model_zoo.scans import decode_scan
from model_zoo.training.patient_models.common.parts import risks
from model_zoo.training.patient_models.common.tables import read_table, table_rows
from model_zoo.training.patient_models.covid_tables import FILMS_WITH_VALUES

FOLDER = Path(FILMS_WITH_VALUES.files[0]).parent
# The ages are blanked out by the source; its patients are adults by its own description.
POPULATION = "adult"
_CLIP = 1e-6  # as in the metrics: a probability of 0 or 1 has no log odds


@dataclass(frozen=True, eq=False)
class FilmPatients:
    """n patients. film, values: log odds of the film's output, and of death by the values, (n,). features: of the risk model.

    bedside: 1 where the film was taken from the front (AP), as of those who cannot stand. death, intensive_care: in the
    stay, 1 or 0, (n,). missing: how many of the risk model's features are not known, (n,). refused: whether the gate of the
    film's model refuses the film, (n,). files: of the films, below FOLDER.
    """

    files: tuple[str, ...]
    film: np.ndarray
    values: np.ndarray
    bedside: np.ndarray
    death: np.ndarray
    intensive_care: np.ndarray
    missing: np.ndarray
    refused: np.ndarray
    features: int


def read_film_patients(data: Path, engine: InferenceEngine, model: RiskModel, output: str) -> FilmPatients:
    """Read the patients of ``films_with_values`` with both models.

    data: the folder of DIAPHANE_DATA. output: of the film's model, one that gives a probability. Raises DataNotFound.
    """
    table = read_table(FILMS_WITH_VALUES, model.specs, data)
    arranged = table_rows(FILMS_WITH_VALUES, data)
    rows = [arranged[place - 1] for place in table.row]
    calibration = next((o.calibration for o in engine.card.outputs if o.name == output), None)
    if calibration is None:
        raise DataNotFound(f"'{output}' has no calibration.", "Name an output that gives a probability.")
    column = engine.card.labels.index(output)
    logits, refused = [], []
    for row in rows:
        item = engine.prepare(decode_scan((data / FOLDER / row["file"]).read_bytes()), POPULATION)
        gate = engine.judge_distribution(item)
        refused.append(gate is not None and not gate.accepted)
        logits.append(float(torch.as_tensor(engine.logits(item.tensor))[0, column]))
    risk = np.clip(risks(model, table.values)[:, 0], _CLIP, 1 - _CLIP)
    return FilmPatients(
        files=tuple(row["file"] for row in rows),
        film=calibration.slope * np.array(logits) + calibration.intercept,
        values=np.log(risk / (1 - risk)),
        bedside=np.array([float(row["projection"].lower() == "ap") for row in rows]),
        death=table.labels[:, 0],
        intensive_care=np.array([float(row["icu_ever"]) for row in rows]),
        missing=np.isnan(table.values).sum(axis=1),
        refused=np.array(refused, dtype=bool),
        features=len(model.specs),
    )
