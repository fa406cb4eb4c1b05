"""Quantities of a blood sample beyond the general ones: cells, liver, inflammation, clotting, muscle and heart enzymes.

Conversion factors: cholesterol 386.65 g/mol; haemoglobin, protein and albumin differ by the litre alone; D-dimer in mg/L
is the same number in µg/mL. Normal ranges are usual reference intervals of adults, for orientation only; enzyme
activities depend on the method and its temperature, so that values of the 1990s can lie higher.
"""

from __future__ import annotations

from model_zoo.patients.declaring import LABORATORY, number
from model_zoo.patients.features import FeatureSpec

BLOOD: tuple[FeatureSpec, ...] = (
    number(
        "haemoglobin_g_l", "haemoglobin", "Haemoglobin", LABORATORY, "g/L", us_unit="g/dL", us_name="haemoglobin_g_dl",
        us_factor=0.1, normal=(120, 175), plausible=(20, 250), decimals=(0, 1),
    ),
    number(
        "platelets_10e9_l", "platelets", "Platelets", LABORATORY, "10^9/L", us_unit="10^3/µL",
        us_name="platelets_10e3_ul", normal=(150, 400), plausible=(1, 2500), decimals=(0, 0),
    ),
    number(
        "lymphocytes_10e9_l", "lymphocytes", "Lymphocytes", LABORATORY, "10^9/L", us_unit="10^3/µL",
        us_name="lymphocytes_10e3_ul", normal=(1.0, 4.0), plausible=(0, 400), decimals=(2, 2),
    ),
    number(
        "neutrophils_10e9_l", "neutrophils", "Neutrophils", LABORATORY, "10^9/L", us_unit="10^3/µL",
        us_name="neutrophils_10e3_ul", normal=(2.0, 7.5), plausible=(0, 200), decimals=(1, 1),
    ),
    number(
        "potassium_mmol_l", "potassium", "Potassium", LABORATORY, "mmol/L", us_unit="mEq/L", us_name="potassium_meq_l",
        normal=(3.5, 5.1), plausible=(1.0, 12.0),
    ),
    number(
        "total_protein_g_l", "total_protein", "Total protein", LABORATORY, "g/L", us_unit="g/dL",
        us_name="total_protein_g_dl", us_factor=0.1, normal=(60, 83), plausible=(20, 150), decimals=(0, 1),
    ),
    number(
        "direct_bilirubin_umol_l", "direct_bilirubin", "Bilirubin, direct", LABORATORY, "µmol/L", us_unit="mg/dL",
        us_name="direct_bilirubin_mg_dl", us_factor=1 / 17.104, normal=(0, 5), plausible=(0, 1000), decimals=(1, 1),
    ),
    number(
        "alt_u_l", "alt", "Alanine aminotransferase (ALT)", LABORATORY, "U/L",
        normal=(5, 45), plausible=(0, 20000), decimals=(0, 0),
    ),
    number(
        "ast_u_l", "ast", "Aspartate aminotransferase (AST)", LABORATORY, "U/L",
        normal=(5, 40), plausible=(0, 20000), decimals=(0, 0),
    ),
    number(
        "alp_u_l", "alp", "Alkaline phosphatase (ALP)", LABORATORY, "U/L",
        normal=(40, 130), plausible=(5, 5000), decimals=(0, 0),
    ),
    number(
        "ggt_u_l", "ggt", "Gamma-glutamyl transferase (GGT)", LABORATORY, "U/L",
        normal=(5, 60), plausible=(0, 5000), decimals=(0, 0),
    ),
    number(
        "cholinesterase_ku_l", "cholinesterase", "Cholinesterase", LABORATORY, "kU/L",
        normal=(5.0, 13.0), plausible=(0.1, 30),
    ),
    number(
        "cholesterol_mmol_l", "cholesterol", "Cholesterol, total", LABORATORY, "mmol/L", us_unit="mg/dL",
        us_name="cholesterol_mg_dl", us_factor=38.67, normal=(3.0, 5.2), plausible=(0.5, 30), decimals=(1, 0),
    ),
    number(
        "ldh_u_l", "ldh", "Lactate dehydrogenase (LDH)", LABORATORY, "U/L",
        normal=(120, 250), plausible=(20, 20000), decimals=(0, 0),
    ),
    number(
        "crp_mg_l", "crp", "C-reactive protein", LABORATORY, "mg/L", us_unit="mg/dL", us_name="crp_mg_dl",
        us_factor=0.1, normal=(0, 5), plausible=(0, 800), decimals=(0, 1),
    ),
    number(
        "d_dimer_mg_l", "d_dimer", "D-dimer", LABORATORY, "mg/L", us_unit="µg/mL", us_name="d_dimer_ug_ml",
        normal=(0, 0.5), plausible=(0, 500), decimals=(2, 2), help="In fibrinogen-equivalent units, as the laboratory gives it.",
    ),
    number(
        "prothrombin_time_s", "prothrombin_time", "Prothrombin time", LABORATORY, "s",
        normal=(11, 15), plausible=(5, 300),
    ),
    number(
        "creatine_kinase_u_l", "creatine_kinase", "Creatine kinase", LABORATORY, "U/L",
        normal=(25, 200), plausible=(1, 200000), decimals=(0, 0),
    ),
)  # fmt: skip
