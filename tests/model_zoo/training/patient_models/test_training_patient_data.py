"""The figures of every patient model's card, recomputed from the shipped weights and the tables they were made from."""

import os
from pathlib import Path

import numpy as np
import pytest

from model_zoo.patients.attribution import shared_out
from model_zoo.patients.risk import record_of
from model_zoo.patients.risk_models import risk_model
from model_zoo.training.patient_models.common.additivity import additivity
from model_zoo.training.patient_models.common.figures import REPORTED, evaluate
from model_zoo.training.patient_models.common.tables import read_table
from model_zoo.training.patient_models.recipes import PATIENT_RECIPES
from model_zoo.training.patient_models.support.table import read_support_table

RECIPES = tuple(PATIENT_RECIPES)


@pytest.fixture
def data():
    return Path(os.environ["DIAPHANE_DATA"])


@pytest.mark.data
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_the_card_is_what_the_shipped_weights_give(recipe, data):
    path = None if recipe.form.known_rows is not None else data
    found, card = evaluate(recipe, path), risk_model(recipe.name).card["metrics"]
    for name, again in found["outcomes"].items():
        stored = card["outcomes"][name]
        assert (again["patients"], again["events"]) == (stored["patients"], stored["events"])
        assert again["auc"]["value"] == pytest.approx(stored["auc"]["value"], abs=2e-4)
        assert again["brier"]["value"] == pytest.approx(stored["brier"]["value"], abs=2e-4)


@pytest.mark.data
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_contributions_reach_the_risk_for_every_patient_of_the_test_fold(recipe, data):
    model = risk_model(recipe.name)
    table = read_table(recipe.form, model.specs, None if recipe.form.known_rows is not None else data)
    held = table.values[table.fold == REPORTED]
    assert len(held) == model.card["metrics"]["patients"]
    for row in held:
        for found in shared_out(model, record_of(model.specs, row)):
            parts = [
                found.reference_risk,
                found.missingness_contribution,
                *(c.contribution for c in found.contributions),
            ]
            assert abs(np.sum(parts) - found.risk) <= 0.01 * found.risk


@pytest.mark.data
@pytest.mark.parametrize("recipe", [r for r in RECIPES if r.externals], ids=lambda recipe: recipe.name)
def test_contributions_reach_the_risk_for_patients_of_other_places(recipe, data):
    model = risk_model(recipe.name)
    for test, stored in zip(recipe.externals, model.card["metrics"]["external"], strict=True):
        # Every fourth: the card holds the figure of all of them.
        values = read_table(test.form, model.specs, data).values[::4]
        found = additivity(model, values)
        assert found["within_1_percent"]
        assert found["largest_share_of_risk"] <= max(stored["additivity"]["largest_share_of_risk"], 1e-9)
        assert stored["additivity"]["patients"] == stored["patients"]


@pytest.mark.data
def test_contributions_reach_both_risks_of_the_support_model(data):
    model = risk_model("support-respiratory")
    held = read_support_table(data)
    rows = held.values[held.fold == REPORTED]
    assert len(rows) == model.card["metrics"]["additivity"]["patients"]
    found = additivity(model, rows[::4])
    assert found["within_1_percent"]
    assert found["largest_share_of_risk"] <= 1e-9
