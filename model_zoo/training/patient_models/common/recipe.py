"""What a patient model declares to be trained: its table, its candidates, its external tests, the words of its card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from model_zoo.patients.features import FeatureSpec
from model_zoo.patients.risk import RiskModelDefinition
from model_zoo.training.patient_models.common.baselines import KINDS, Kind
from model_zoo.training.patient_models.common.ensembles import Recipe
from model_zoo.training.patient_models.common.tables import TableForm

Groups = Callable[[tuple[FeatureSpec, ...], np.ndarray], dict[str, np.ndarray]]
# Small tables: few rows a step, and the best epoch of each member is kept, so that more epochs only cost time. A straight
# line per value is the simplest thing that can be right; knots have to earn their place out of fold.
# On the aspirates, 60 epochs of 32 patients gave the same out-of-fold figures as 25 of 64 at twice the learning rate.
_SMALL = Recipe(hidden=8, epochs=25, batch=64, learning_rate=6e-3, decay_linear=3e-2)
CANDIDATES: Mapping[str, Recipe] = {
    "straight lines": replace(_SMALL, knots=0),
    "3 knots": replace(_SMALL, knots=3),
}


def by_sex_and_age(specs: tuple[FeatureSpec, ...], values: np.ndarray) -> dict[str, np.ndarray]:
    """Return masks (n,) of women, men, and the patients below and from 60 years, as far as the model reads sex and age."""
    names = [spec.name for spec in specs]
    groups: dict[str, np.ndarray] = {}
    if "sex" in names:
        sex = values[:, names.index("sex")]
        groups |= {"women": sex == 0, "men": sex == 1}
    if "age_years" in names:
        age = values[:, names.index("age_years")]
        groups |= {"below 60 years": age < 60, "60 years and over": age >= 60}
    return groups


@dataclass(frozen=True)
class ExternalTest:
    """Patients of another place. note: what differs there, as a sentence."""

    name: str
    title: str
    form: TableForm
    note: str


@dataclass(frozen=True)
class PatientModelRecipe:
    """One patient model. The fit, the figures and the card are the same for all of them.

    reference: the patient that contributions are counted from: the median of all training patients, or of those without
    the event; reference_words name it. sensitivity: of the operating threshold, and threshold_words why this much.
    narrow: from training values, labels and features to the places of the features that the model reads, for tables with
    far more columns than patients; run anew inside every fold. opened: completes the recipe from the data folder, where
    only the data name the columns (all_specs). own_split: what the table's own split is, where it has one;
    the last fold is then its test set, and no rotation is made.
    """

    definition: RiskModelDefinition
    form: TableForm
    intended_use: str
    not_for: str
    data: Mapping[str, Any]
    excluded: Mapping[str, str]
    reference: Literal["all", "without event"]
    reference_words: str
    published: str
    sensitivity: float = 0.90
    candidates: Mapping[str, Recipe] = field(default_factory=lambda: CANDIDATES)
    kinds: tuple[Kind, ...] = KINDS
    penalties: tuple[float, ...] = (0.01, 0.03, 0.1)
    externals: tuple[ExternalTest, ...] = ()
    groups: Groups = by_sex_and_age
    narrow: Callable[[np.ndarray, np.ndarray, tuple[FeatureSpec, ...]], tuple[int, ...]] | None = None
    all_specs: tuple[FeatureSpec, ...] = ()
    opened: Callable[[PatientModelRecipe, Path | None], PatientModelRecipe] | None = None
    own_split: str = ""

    @property
    def name(self) -> str:
        return self.definition.name

    @property
    def specs(self) -> tuple[FeatureSpec, ...]:
        """The columns of the table: those of the model, or more where it is narrowed."""
        return self.all_specs or self.definition.specs
