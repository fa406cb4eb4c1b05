"""The recipe of "heart-failure": 299 patients of Faisalabad, without the follow-up time that leaks the outcome."""

from __future__ import annotations

from model_zoo.patients.risk_models.heart_failure import MODEL
from model_zoo.training.patient_models.common.recipe import PatientModelRecipe
from model_zoo.training.patient_models.common.tables import Row, TableForm, number_of


def _label(row: Row) -> float | None:
    found = number_of(row["DEATH_EVENT"])
    return found if found in (0.0, 1.0) else None


RECIPE = PatientModelRecipe(
    definition=MODEL,
    form=TableForm(
        title="a table in the form of the heart failure clinical records",
        files=("tabular/heart_failure_299/heart_failure_clinical_records.csv",),
        salt="heart-failure-299",
        columns={
            "age_years": "age", "sex": "sex", "ejection_fraction_percent": "ejection_fraction",
            "creatinine_umol_l": "serum_creatinine", "sodium_mmol_l": "serum_sodium", "platelets_10e9_l": "platelets",
            "creatine_kinase_u_l": "creatinine_phosphokinase", "anaemia": "anaemia", "diabetes": "diabetes",
            "hypertension": "high_blood_pressure", "smoking": "smoking",
        },
        label=_label,
        us=("creatinine_umol_l",),
        # The file counts platelets per microlitre.
        factors={"platelets_10e9_l": 1e-3},
        words={"sex": {"0": "F", "0.0": "F", "1": "M", "1.0": "M"}},
        # The authors put the mean where the platelets were not counted.
        not_measured={"platelets_10e9_l": ("263358.03",)},
    ),
    intended_use="Reading aid: shows what one visit's findings said about death in patients with advanced heart failure.",
    not_for=(
        "heart failure with preserved ejection fraction; acute decompensation; patients younger than 40; decisions to give or "
        "to withhold treatment; today's drugs, most of which these patients did not have"
    ),
    data={
        "source": "Heart failure clinical records, Faisalabad Institute of Cardiology and Allied Hospital",
        "licence": "CC BY 4.0 per UCI Machine Learning Repository 519",
        "citation": (
            "Ahmad et al. PLoS ONE 2017;12:e0181001; Chicco, Jurman. BMC Med Inform Decis Mak 2020;20:16; doi:10.24432/C5Z89R"
        ),
    },
    excluded={"time": "follow-up in days: short because the patient died"},
    reference="all",
    reference_words="the median patient of the training patients",
    published=(
        "Chicco and Jurman 2020: random forest without the follow-up time, AUC 0.800 on random splits (recalled from the "
        "paper, not recomputed)."
    ),
    sensitivity=0.80,
)  # fmt: skip
