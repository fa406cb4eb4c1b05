"""Where the training data lies: the environment variable DIAPHANE_DATA, and nowhere else."""

from __future__ import annotations

import csv
import logging
import os
from pathlib import Path

from model_zoo.errors import DataNotFound
from model_zoo.evaluation.labels import ALIKE, alike_across_folds

LOG = logging.getLogger(__name__)


def data_folder() -> Path:
    """Return the folder named by DIAPHANE_DATA."""
    named = os.environ.get("DIAPHANE_DATA", "")
    if not named or not Path(named).is_dir():
        raise DataNotFound(
            "The training data was not found.", "Set DIAPHANE_DATA to the folder that holds imaging/ and tabular/."
        )
    return Path(named)


def imaging_folder(name: str) -> Path:
    """Return the folder of one imaging set, checked to hold a labels.csv; patients written in two ways across folds are logged."""
    folder = data_folder() / "imaging" / name
    if not (folder / "labels.csv").is_file():
        raise DataNotFound(f"The data set '{name}' has no labels.csv.", "Check the folder that DIAPHANE_DATA names.")
    with (folder / "labels.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = [(row.get("patient_id") or row.get("group") or "", row.get("fold")) for row in csv.DictReader(stream)]
    if alike := alike_across_folds((patient, fold) for patient, fold in rows if patient and fold):
        LOG.warning("%s", ALIKE.format(alike))
    return folder
