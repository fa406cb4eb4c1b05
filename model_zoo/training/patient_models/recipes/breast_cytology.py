"""The recipe of "breast-cytology": the Wisconsin aspirates that come with scikit-learn."""

from __future__ import annotations

from sklearn.datasets import load_breast_cancer

from model_zoo.patients.risk_models.breast_cytology import MODEL
from model_zoo.training.patient_models.common.recipe import PatientModelRecipe
from model_zoo.training.patient_models.common.tables import Row, TableForm


def _column(name: str) -> str:
    """Return the column of scikit-learn ("mean concave points", "area error") of a stored name."""
    quantity, statistic = name.removeprefix("nuclear_").replace("_", " ").rsplit(" ", 1)
    return f"{quantity} error" if statistic == "error" else f"{statistic} {quantity}"


def _rows() -> list[dict[str, str]]:
    found = load_breast_cancer()
    names = [*(str(name) for name in found.feature_names), "malignant"]
    # scikit-learn counts benign as 1.
    return [
        dict(zip(names, [*map(repr, map(float, row)), str(1 - int(target))], strict=True))
        for row, target in zip(found.data, found.target, strict=True)
    ]


def _label(row: Row) -> float:
    return float(row["malignant"])


RECIPE = PatientModelRecipe(
    definition=MODEL,
    form=TableForm(
        title="a table with the thirty columns of scikit-learn's load_breast_cancer and a column 'malignant' (1 or 0)",
        files=("tabular/breast_cytology.csv",),
        salt="wdbc",
        columns={spec.name: _column(spec.name) for spec in MODEL.specs},
        label=_label,
        known_rows=_rows,
    ),
    intended_use=(
        "Reading aid: one leg of the triple assessment of a breast lump (examination, imaging, cytology); shows what nuclear "
        "measurements said about malignancy in the Wisconsin study."
    ),
    not_for=(
        "lumps without an aspirate; cysts; measurements of another microscope or program; men; deciding against a biopsy; "
        "patients of a clinic without local validation"
    ),
    data={
        "source": "Breast Cancer Wisconsin (Diagnostic), as it comes with scikit-learn",
        "licence": "CC BY 4.0 per UCI Machine Learning Repository 17",
        "citation": "Street, Wolberg, Mangasarian. SPIE 1905:861-870 (1993); doi:10.24432/C5DW2B",
    },
    excluded={
        "patient number": "the copy of scikit-learn has none, so a woman with two aspirates could be in two folds"
    },
    reference="without event",
    reference_words="the median benign aspirate of the training patients",
    published=(
        "Street et al. 1993: 97.5 % correct in ten-fold cross-validation with one plane over three measurements (worst area, "
        "worst smoothness, mean texture), per wdbc.names."
    ),
    sensitivity=0.97,
)
