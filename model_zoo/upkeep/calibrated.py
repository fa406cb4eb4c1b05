"""The probabilities that a version states: its logits through the calibration of its card."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from model_zoo.disk import read_json_file
from model_zoo.errors import DataNotFound


def log_odds(folder: Path, logits: np.ndarray) -> np.ndarray:
    """Return the log-odds of the probabilities that a version states, (N, K), of its logits (N, K) in the order of its card.

    An output without calibration states the probability of its logit. Raises DataNotFound where the card cannot be read or
    has another number of outputs.
    """
    try:
        outputs = read_json_file(folder / "card.json")["outputs"]
        fits = [output.get("calibration") or {"slope": 1.0, "intercept": 0.0} for output in outputs]
        slopes = np.array([float(fit["slope"]) for fit in fits])
        intercepts = np.array([float(fit["intercept"]) for fit in fits])
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise DataNotFound(f"The calibration of '{folder.name}' cannot be read.", "Restore card.json.") from error
    if slopes.size != logits.shape[1]:
        raise DataNotFound(f"The card of '{folder.name}' has other outputs than its table.", "Restore both.")
    return np.asarray(slopes * logits + intercepts, dtype=float)
