"""Quantities of the heart: what is asked, the resting ECG, the exercise test, the echocardiogram, and risk factors."""

from __future__ import annotations

from model_zoo.patients.declaring import HEART, VITALS, choice, flag, number
from model_zoo.patients.features import FeatureSpec

CHEST_PAIN_CHOICES = (
    ("typical", "typical angina"),
    ("atypical", "atypical angina"),
    ("non_anginal", "pain that is not angina"),
    ("asymptomatic", "asymptomatic, as coded at the hospitals"),
)
RESTING_ECG_CHOICES = (
    ("normal", "normal"),
    ("st_t", "ST-T abnormality"),
    ("lvh", "left ventricular hypertrophy by Estes' criteria"),
)

HEART_FEATURES: tuple[FeatureSpec, ...] = (
    choice(
        "chest_pain", "Chest pain", HEART,
        "The kind of chest pain that led to the examination. The hospitals of the training data coded as asymptomatic whom they "
        "sent to angiography without pain, and most of these had narrowed arteries: it does not fit everybody without chest pain.",
        CHEST_PAIN_CHOICES,
    ),
    number(
        "systolic_pressure_mmhg", "systolic_pressure", "Systolic blood pressure", VITALS, "mm Hg",
        normal=(100, 140), plausible=(30, 300), decimals=(0, 0), help="At rest.",
    ),
    flag("fasting_hyperglycaemia", "Fasting glucose above 6.7 mmol/L", "6.7 mmol/L are 120 mg/dL.", HEART),
    choice("resting_ecg", "Resting ECG", HEART, "The leading finding.", RESTING_ECG_CHOICES),
    number(
        "max_heart_rate_per_min", "max_heart_rate", "Highest heart rate at exercise", HEART, "/min",
        plausible=(30, 250), decimals=(0, 0), help="Reached in the exercise test; 220 minus age is expected.",
    ),
    flag("exercise_angina", "Angina at exercise", "Chest pain brought on by the exercise test.", HEART),
    number(
        "st_depression_mm", "st_depression", "ST depression at exercise", HEART, "mm",
        normal=(0, 1), plausible=(-5, 10), help="Against rest, 1 mm is 0.1 mV; an elevation is negative.",
    ),
    number(
        "ejection_fraction_percent", "ejection_fraction", "Ejection fraction", HEART, "%",
        normal=(52, 72), plausible=(5, 90), decimals=(0, 0), help="Of the left ventricle, by echocardiography.",
    ),
    flag("anaemia", "Anaemia", "As the hospital judged it; in the heart failure study a haematocrit below 36 %."),
    flag("hypertension", "Arterial hypertension", "Known or treated."),
    flag("smoking", "Smoking", "Smokes now."),
)  # fmt: skip
