"""Section "number" of the trust card of a lesion model: prediction sets fitted on fold 3, their coverage measured on fold 4."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np

from model_zoo.card import ModelCard, read_card
from model_zoo.classifiers.lesion_net import LesionNet
from model_zoo.training.lesions.figures import Predictions, prediction_table
from model_zoo.training.lesions.models import LesionModel
from model_zoo.training.lesions.pictures import PictureSet
from model_zoo.training.lesions.runs import CALIBRATION_FOLD, REPORT_FOLD
from model_zoo.training.trust.number import ScoredFilms, fit_output, measure_output
from model_zoo.trust.conformal import COVERAGES
from model_zoo.trust.trust_card import write_trust

log = logging.getLogger(__name__)


def write_number(
    model: LesionModel, network: LesionNet, pictures: PictureSet, folder: Path, gate: dict[str, Any]
) -> dict[str, Any]:
    """Fit and measure the section of every output and write ``trust.json`` with it and the gate; return the section."""
    card = read_card(folder)
    fitted_on = _films(model, card, Predictions.of(network, pictures.in_folds(CALIBRATION_FOLD)))
    measured_on = _films(model, card, Predictions.of(network, pictures.in_folds(REPORT_FOLD)))
    outputs = {}
    for output in card.outputs:
        entry = {**fit_output(output, fitted_on[output.name]), "pictures": PICTURES, "sampled": card.sampled}
        measured = measure_output(entry, measured_on[output.name], output.threshold_logit)
        outputs[output.name] = {**entry, "measured": measured}
        log.info("%s: coverage of %s measured", model.name, output.name)
    section = {
        "coverages": list(COVERAGES),
        "fitted_on": f"fold {CALIBRATION_FOLD}, held out of training",
        "measured_on": f"fold {REPORT_FOLD}, held out of everything",
        "outputs": outputs,
    }
    write_trust(folder, {"model": model.name, "weights_sha256": card.weights_sha256, "gate": gate, "number": section})
    return section


# What the sentences call what was read: neither films nor, where a set names no patients, patients.
PICTURES = "pictures"


def _films(model: LesionModel, card: ModelCard, predicted: Predictions) -> dict[str, ScoredFilms]:
    read = predicted.where(predicted.pictures.read)
    table = prediction_table(model, read, card.raw, np.zeros_like(read.logits, dtype=float))
    return {output.name: ScoredFilms.of(table, output.name) for output in card.outputs}
