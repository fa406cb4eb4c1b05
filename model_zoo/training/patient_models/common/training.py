"""``train`` of a patient model: fit, write weights and baselines, read them back, report, write the card and its page."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from model_zoo.artefact import WEIGHTS_FILE, write_card, write_tensors
from model_zoo.patients.risk import BASELINES_FILE
from model_zoo.training.patient_models.common.card import new_card
from model_zoo.training.patient_models.common.figures import REPORTED, Shipped, external, held_out, rotation
from model_zoo.training.patient_models.common.fit import Fit, fit_model
from model_zoo.training.patient_models.common.page import card_page
from model_zoo.training.patient_models.common.recipe import PatientModelRecipe
from model_zoo.training.patient_models.common.tables import read_table

LOG = logging.getLogger(__name__)


def train_patient_model(recipe: PatientModelRecipe, data: Path | None, out: Path, seed: int = 0) -> dict[str, Any]:
    """Train a patient model and write weights, baselines, card.json and CARD.md to ``out``; returns the card.

    data: the folder of DIAPHANE_DATA; None only for a table that needs no file. Raises DataNotFound.
    """
    if recipe.opened is not None:
        recipe = recipe.opened(recipe, data)
    table = read_table(recipe.form, recipe.specs, data)
    rows = table.fold != REPORTED
    LOG.info("%s: %d patients, %d in training", recipe.name, len(rows), rows.sum())
    fit = fit_model(recipe, table, rows, seed)
    LOG.info("%s: chosen %s", recipe.name, fit.selection["chosen"])
    recipe = replace(recipe, definition=replace(recipe.definition, specs=fit.specs))
    narrowed = replace(table, values=table.values[:, fit.columns])
    card = new_card(recipe, narrowed, rows, fit, write_tensors(out / WEIGHTS_FILE, fit.state))
    _write(out, fit, card)
    shipped = Shipped.load(replace(recipe, all_specs=()), out)
    card["metrics"] = held_out(shipped, narrowed)
    card["metrics"]["rotation"] = rotation(recipe, table, fit, seed)
    card["metrics"]["external"] = [external(shipped, test, data) for test in recipe.externals]
    _write(out, fit, card)
    return card


def _write(out: Path, fit: Fit, card: dict[str, Any]) -> None:
    lines = {
        f"{kind}.{name}": torch.from_numpy(np.ascontiguousarray(array))
        for kind, model in fit.lines.items()
        for name, array in model.items()
    }
    write_tensors(out / BASELINES_FILE, lines)
    write_card(out, card, card_page(card) if card["metrics"] else None)
