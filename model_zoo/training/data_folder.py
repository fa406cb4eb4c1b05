"""Where the training data lies: the environment variable DIAPHANE_DATA, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

from model_zoo.errors import DataNotFound


def data_folder() -> Path:
    """Return the folder named by DIAPHANE_DATA."""
    named = os.environ.get("DIAPHANE_DATA", "")
    if not named or not Path(named).is_dir():
        raise DataNotFound(
            "The training data was not found.", "Set DIAPHANE_DATA to the folder that holds imaging/ and tabular/."
        )
    return Path(named)


def imaging_folder(name: str) -> Path:
    """Return the folder of one imaging set, checked to hold a labels.csv."""
    folder = data_folder() / "imaging" / name
    if not (folder / "labels.csv").is_file():
        raise DataNotFound(f"The data set '{name}' has no labels.csv.", "Check the folder that DIAPHANE_DATA names.")
    return folder
