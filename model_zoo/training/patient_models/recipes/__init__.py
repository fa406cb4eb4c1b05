"""The recipes of the patient models, one file each: a file is registered by lying here and declaring ``RECIPE``.

A recipe is a declaration (PatientModelRecipe): table, columns, candidates, external tests, the words of the card. The fit,
the figures and the card are made by the same code for all of them.
"""

from __future__ import annotations

from model_zoo.registry import Registry
from model_zoo.training.patient_models.common.recipe import PatientModelRecipe

PATIENT_RECIPES: Registry[PatientModelRecipe] = Registry("patient recipe", __name__, "RECIPE")
