"""The recipe of "heart-disease": trained on Cleveland, tested on Hungary and Switzerland as well."""

from __future__ import annotations

from dataclasses import replace

from model_zoo.patients.risk_models.heart_disease import MODEL
from model_zoo.training.patient_models.common.recipe import ExternalTest, PatientModelRecipe
from model_zoo.training.patient_models.common.tables import Row, TableForm, number_of


def _label(row: Row) -> float | None:
    found = number_of(row["target"])
    return found if found in (0.0, 1.0) else None


def _codes(*values: str) -> dict[str, str]:
    """Return words for the codes 1, 2, ... as the files write them, with and without a decimal."""
    return {text: value for code, value in enumerate(values, start=1) for text in (f"{code}", f"{code}.0")}


_ECG = {"0": "normal", "0.0": "normal", "1": "st_t", "1.0": "st_t", "2": "lvh", "2.0": "lvh"}
CLEVELAND = TableForm(
    title="a table in the form of UCI Heart Disease, with a column 'target' (1: narrowing above 50 %)",
    files=("tabular/heart_disease_uci/cleveland.csv",),
    salt="uci-heart-cleveland",
    columns={
        "age_years": "age", "sex": "sex", "chest_pain": "cp", "systolic_pressure_mmhg": "trestbps",
        "cholesterol_mmol_l": "chol", "fasting_hyperglycaemia": "fbs", "resting_ecg": "restecg",
        "max_heart_rate_per_min": "thalach", "exercise_angina": "exang", "st_depression_mm": "oldpeak",
    },
    label=_label,
    us=("cholesterol_mmol_l",),
    words={
        "sex": {"0": "F", "0.0": "F", "1": "M", "1.0": "M"},
        "chest_pain": _codes("typical", "atypical", "non_anginal", "asymptomatic"),
        "resting_ecg": _ECG,
    },
    # A cholesterol of 0 was not measured: all of Switzerland.
    not_measured={"cholesterol_mmol_l": ("0", "0.0")},
)  # fmt: skip

RECIPE = PatientModelRecipe(
    definition=MODEL,
    form=CLEVELAND,
    intended_use=(
        "Reading aid: shows what age, complaint, resting ECG and exercise test said about coronary narrowing in patients "
        "referred for angiography."
    ),
    not_for=(
        "patients of general practice; acute chest pain; patients after an infarction or a bypass; deciding for or against "
        "angiography; patients of today without local recalibration"
    ),
    data={
        "source": "UCI Heart Disease, Cleveland; external: Hungary, Switzerland",
        "licence": "CC BY 4.0 per UCI Machine Learning Repository 45",
        "citation": (
            "Janosi, Steinbrunn, Pfisterer, Detrano 1989, doi:10.24432/C52P4X (Andras Janosi MD, Budapest; William Steinbrunn "
            "MD, Zurich; Matthias Pfisterer MD, Basel; Robert Detrano MD PhD, Long Beach and Cleveland); Detrano et al. Am J "
            "Cardiol 1989;64:304-310"
        ),
    },
    excluded={
        "num": "the label",
        "ca, thal": "later tests, and missing outside Cleveland",
        "slope": "missing in two thirds of Hungary",
    },
    reference="all",
    reference_words="the median patient of the Cleveland training patients",
    published=(
        "Detrano et al. 1989 (from heart-disease.names): their probability model was right in 77 % of Hungary and 81 % of "
        "Switzerland."
    ),
    sensitivity=0.85,
    externals=(
        ExternalTest(
            "hungary",
            "Hungary (Budapest)",
            replace(CLEVELAND, files=("tabular/heart_disease_uci/hungary.csv",), salt="uci-heart-hungary"),
            "Hungarian Institute of Cardiology: younger patients, fewer of them ill.",
        ),
        ExternalTest(
            "switzerland",
            "Switzerland (Zurich, Basel)",
            replace(CLEVELAND, files=("tabular/heart_disease_uci/switzerland.csv",), salt="uci-heart-switzerland"),
            "University hospitals of Zurich and Basel: nearly all of them ill, so that eight patients without a narrowing carry "
            "the AUC; cholesterol was never measured.",
        ),
    ),
)
