"""The quantities that the risk models read, each defined once. A risk model may define its own beside them (the leukaemia
model does so for its genes).

Conversion factors follow from molar masses (creatinine 113.12, bilirubin 584.66, glucose 180.16 g/mol, urea nitrogen
28.01 g per mol of urea) and from 1 kPa = 7.50062 mm Hg. Normal ranges are usual reference intervals of adults, for
orientation only. A plausible range holds what a patient in hospital can show; outside is a slip of the pen or the unit.
"""

from __future__ import annotations

from model_zoo.errors import UnknownName
from model_zoo.patients.catalogue_blood import BLOOD
from model_zoo.patients.catalogue_cytology import CYTOLOGY_FEATURES
from model_zoo.patients.catalogue_heart import HEART_FEATURES
from model_zoo.patients.declaring import ILLNESS, LABORATORY, PERSON, VITALS, choice, flag, number
from model_zoo.patients.features import FeatureSpec

SEX_CHOICES = (("F", "female"), ("M", "male"))
DIAGNOSIS_CHOICES = (
    ("arf_mosf_sepsis", "acute respiratory failure or multiple organ failure with sepsis"),
    ("copd", "chronic obstructive pulmonary disease, exacerbated"),
    ("lung_cancer", "lung cancer (advanced, non-small cell)"),
    ("other", "none of these"),
)
CANCER_CHOICES = (("no", "no cancer"), ("yes", "cancer, not metastatic"), ("metastatic", "metastatic cancer"))

_GENERAL: tuple[FeatureSpec, ...] = (
    number("age_years", "age", "Age", PERSON, "years", help="In years.", plausible=(0, 125), decimals=(0, 0)),
    choice("sex", "Sex", PERSON, "As recorded by the hospital.", SEX_CHOICES),
    choice("diagnosis", "Diagnosis group", ILLNESS, "The reason for this stay in hospital.", DIAGNOSIS_CHOICES),
    choice("cancer", "Cancer", ILLNESS, "Any cancer, beside or as the diagnosis.", CANCER_CHOICES),
    number(
        "comorbidity_count", "comorbidities", "Comorbidities", ILLNESS, "",
        help="How many chronic diseases beside the diagnosis.", plausible=(0, 15), whole=True, decimals=(0, 0),
    ),
    flag("diabetes", "Diabetes", "Diabetes mellitus among the comorbidities."),
    flag("dementia", "Dementia", "Dementia among the comorbidities."),
    number(
        "hospital_day", "hospital_day", "Hospital day at entry", ILLNESS, "",
        help="Day of the stay on which the illness reached this severity; 1 is the day of admission.",
        plausible=(1, 365), whole=True, decimals=(0, 0),
    ),
    number(
        "coma_score", "coma_score", "SUPPORT coma score", ILLNESS, "",
        help="0 awake to 100 deepest coma. The Glasgow Coma Scale (3 to 15) is accepted as 'gcs' instead.",
        normal=(0, 0), plausible=(0, 100), decimals=(0, 0),
    ),
    number(
        "mean_arterial_pressure_mmhg", "mean_arterial_pressure", "Mean arterial pressure", VITALS, "mm Hg",
        normal=(70, 105), plausible=(0, 250), decimals=(0, 0),
    ),
    number(
        "heart_rate_per_min", "heart_rate", "Heart rate", VITALS, "/min",
        normal=(60, 100), plausible=(0, 300), decimals=(0, 0),
    ),
    number(
        "respiratory_rate_per_min", "respiratory_rate", "Respiratory rate", VITALS, "/min",
        normal=(12, 20), plausible=(0, 100), decimals=(0, 0),
    ),
    number(
        "temperature_celsius", "temperature", "Body temperature", VITALS, "°C", us_unit="°F",
        us_name="temperature_fahrenheit", us_factor=1.8, us_offset=32.0, normal=(36.0, 37.5), plausible=(25, 44),
    ),
    number(
        "pao2_fio2_kpa", "pao2_fio2", "PaO2/FiO2", VITALS, "kPa", us_unit="mm Hg", us_name="pao2_fio2_mmhg",
        us_factor=7.50062, normal=(53.0, 67.0), plausible=(2.6, 120.0), decimals=(1, 0),
        help="Arterial oxygen pressure over the inspired fraction (0.21 in room air).",
    ),
    number("arterial_ph", "ph", "Arterial pH", VITALS, "", normal=(7.35, 7.45), plausible=(6.5, 8.0), decimals=(2, 2)),
    number(
        "urine_ml_per_day", "urine", "Urine output", VITALS, "mL/day",
        normal=(800, 2500), plausible=(0, 20000), decimals=(0, 0),
    ),
    number(
        "leucocytes_10e9_l", "leucocytes", "White blood cells", LABORATORY, "10^9/L", us_unit="10^3/µL",
        us_name="leucocytes_10e3_ul", normal=(4.0, 11.0), plausible=(0, 500),
    ),
    number(
        "creatinine_umol_l", "creatinine", "Creatinine", LABORATORY, "µmol/L", us_unit="mg/dL",
        us_name="creatinine_mg_dl", us_factor=1 / 88.40, normal=(45, 105), plausible=(8, 2700), decimals=(0, 2),
    ),
    number(
        "urea_mmol_l", "urea", "Urea (BUN)", LABORATORY, "mmol/L", us_unit="mg/dL (BUN)", us_name="bun_mg_dl",
        us_factor=2.801, normal=(2.5, 7.8), plausible=(0.2, 110), decimals=(1, 0),
        help="Urea; in US units blood urea nitrogen.",
    ),
    number(
        "sodium_mmol_l", "sodium", "Sodium", LABORATORY, "mmol/L", us_unit="mEq/L", us_name="sodium_meq_l",
        normal=(135, 145), plausible=(90, 200), decimals=(0, 0),
    ),
    number(
        "glucose_mmol_l", "glucose", "Glucose", LABORATORY, "mmol/L", us_unit="mg/dL", us_name="glucose_mg_dl",
        us_factor=18.016, normal=(3.9, 7.8), plausible=(0.05, 90), decimals=(1, 0),
    ),
    number(
        "albumin_g_l", "albumin", "Albumin", LABORATORY, "g/L", us_unit="g/dL", us_name="albumin_g_dl",
        us_factor=0.1, normal=(35, 50), plausible=(3, 80), decimals=(0, 1),
    ),
    number(
        "bilirubin_umol_l", "bilirubin", "Bilirubin, total", LABORATORY, "µmol/L", us_unit="mg/dL",
        us_name="bilirubin_mg_dl", us_factor=1 / 17.104, normal=(3, 21), plausible=(0.5, 1500), decimals=(0, 1),
    ),
)  # fmt: skip
CATALOGUE: tuple[FeatureSpec, ...] = (*_GENERAL, *BLOOD, *HEART_FEATURES, *CYTOLOGY_FEATURES)
_BY_NAME = {spec.name: spec for spec in CATALOGUE}


def feature(name: str) -> FeatureSpec:
    """Return the quantity with this stored name."""
    if name not in _BY_NAME:
        raise UnknownName("quantity", name, _BY_NAME)
    return _BY_NAME[name]
