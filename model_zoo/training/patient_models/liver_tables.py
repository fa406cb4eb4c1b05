"""The two tables of liver patients, each the external test of the other's model."""

from __future__ import annotations

from model_zoo.training.patient_models.common.tables import Row, TableForm

_ILL = ("1=Hepatitis", "2=Fibrosis", "3=Cirrhosis")
_DONOR = "0=Blood Donor"


def _hannover(row: Row) -> float | None:
    if row["Category"] in _ILL:
        return 1.0
    return 0.0 if row["Category"] == _DONOR else None  # a suspect donor is neither


def _andhra(row: Row) -> float | None:
    return {"1": 1.0, "2": 0.0}.get(row["selector"])


HANNOVER = TableForm(
    title="a table in the form of hcvdat0.csv",
    files=("tabular/hcv_blood_panel/hcvdat0.csv",),
    salt="hcv-hannover",
    columns={
        "age_years": "Age", "sex": "Sex", "albumin_g_l": "ALB", "alp_u_l": "ALP", "alt_u_l": "ALT", "ast_u_l": "AST",
        "bilirubin_umol_l": "BIL", "cholinesterase_ku_l": "CHE", "cholesterol_mmol_l": "CHOL", "creatinine_umol_l": "CREA",
        "ggt_u_l": "GGT", "total_protein_g_l": "PROT",
    },
    label=_hannover,
    words={"sex": {"f": "F", "m": "M"}},
)  # fmt: skip
ANDHRA = TableForm(
    title="a table in the form of the Indian Liver Patient Dataset",
    files=("tabular/ilpd_liver/ilpd.csv",),
    salt="ilpd-andhra",
    columns={
        "age_years": "age", "sex": "gender", "bilirubin_umol_l": "TB", "direct_bilirubin_umol_l": "DB",
        "alp_u_l": "alkphos", "alt_u_l": "sgpt", "ast_u_l": "sgot", "total_protein_g_l": "TP", "albumin_g_l": "ALB",
    },
    label=_andhra,
    us=("bilirubin_umol_l", "direct_bilirubin_umol_l", "total_protein_g_l", "albumin_g_l"),
    words={"sex": {"Female": "F", "Male": "M"}},
)  # fmt: skip
HANNOVER_DATA = {
    "source": "HCV data, Hannover Medical School",
    "licence": "CC BY 4.0 per UCI Machine Learning Repository 571",
    "citation": ("Lichtinghagen, Klawonn, Hoffmann, doi:10.24432/C5D612; Hoffmann et al. J Lab Precis Med 2018;3:58"),
}
ANDHRA_DATA = {
    "source": "Indian Liver Patient Dataset (ILPD)",
    "licence": "CC BY 4.0 per UCI Machine Learning Repository 225",
    "citation": "Ramana, Venkateswarlu, doi:10.24432/C5D02C; sex bias: Straw, Wu. BMJ Health Care Inform 2022;29:e100457",
}
