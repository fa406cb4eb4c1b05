"""What belongs to the sample cases beside scan and values: a written note, and a stay with its vital signs.

Every patient is invented. The notes are worded as clinicians write; that of case 1 was reworded until the encoder ranked an
infection of the lung first, so it is a demonstration and no evidence. What is made of other wordings is on the cards.
The vital signs of a note are those of the hour of the stay that the case opens at.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Companion:
    """note: text of the note. stay: name of a written stay, ``None`` where the protocol has none. hour: at which it opens."""

    note: str
    stay: str | None = None
    hour: float = 0.0


# By name of the sample case.
COMPANIONS: dict[str, Companion] = {
    "opacity": Companion(
        "63-year-old man. Fever, cough with coloured or more abundant sputum than usual, shortness of breath, tired all the time, "
        "pain in the lower chest on the right that gets worse when breathing in deeply. COPD, smokes cigarettes. Denies coughing "
        "up blood. On ramipril and metformin. HR 116/min, RR 25/min, BP 98/55, T 39.2, SpO2 91 % on oxygen, newly confused. "
        "Na 132 mmol/l, creatinine 168 umol/l, bilirubin 22 umol/l. Father had a stroke.",
        "pneumonia-sepsis",
        15,
    ),
    "heart-effusion": Companion(
        "71-year-old woman. Shortness of breath, worse lying flat, wakes up at night choking or suffocating, swollen ankles, has "
        "had heart failure, high blood pressure. No fever, no cough. Furosemide 40 mg. HR 90, BP 132/74, RR 21, T 36.7. "
        "Creatinine 84 umol/l, Na 139.",
        "copd-scale-2",
        9,
    ),
    "child-opacity": Companion(
        "3-year-old boy. Fever and cough for two days, breathing fast, runny nose, off his food. No rash, no vomiting. T 39.1, "
        "HR 142, RR 42, SpO2 93 % on air. Paracetamol 200 mg at home. His brother had a cold last week."
    ),
    "breast-solid": Companion(
        "58-year-old woman. Hard lump in the left breast for two months, skin drawn in above it, no discharge from the nipple, "
        "no fever. Mother had breast cancer at 62. Amlodipine 5 mg. BP 138/84, HR 76. Creatinine 71 umol/l."
    ),
    "breast-cyst": Companion(
        "43-year-old woman. Smooth, mobile lump in the right breast, tender before her period, for three weeks. No discharge, no "
        "fever. No medication. BP 122/76, HR 68."
    ),
    "brain-ring": Companion(
        "61-year-old man. Headache for three weeks, worse in the morning, vomiting, one seizure yesterday, weakness of the right "
        "arm. No fever. Levetiracetam 500 mg. BP 152/84, HR 72, RR 15, T 36.8, GCS 15, SpO2 97 % on air. Na 137 mmol/l.",
        "rising-pressure",
        0,
    ),
    "brain-dural": Companion(
        "54-year-old woman. Headaches for a year, one focal seizure, no vomiting, no fever, no weight loss. Lamotrigine 50 mg. "
        "BP 128/78, HR 72, T 36.6, GCS 15."
    ),
    "eye-referable": Companion(
        "57-year-old man with type 2 diabetes for 14 years. Blurred vision for a month, no pain, no flashes. Metformin 1000 mg, "
        "ramipril 5 mg. BP 152/88, HR 80. HbA1c 74 mmol/mol, creatinine 98 umol/l."
    ),
    "eye-clear": Companion(
        "46-year-old woman, diabetes known for two years, yearly check of the eyes. No complaints. Metformin 500 mg. BP 126/78, "
        "HR 70. HbA1c 48 mmol/mol."
    ),
    "brain-stack": Companion(
        "61-year-old man. Headache for three weeks, worse in the morning, vomiting, one seizure yesterday, weakness of the right "
        "arm. No fever. Levetiracetam 500 mg. BP 152/84, HR 72, T 36.8, GCS 15, SpO2 97 % on air."
    ),
    "breast-sweep": Companion(
        "58-year-old woman. Hard lump in the left breast for two months, skin drawn in above it, no discharge from the nipple, "
        "no fever. BP 138/84, HR 76."
    ),
}


def companion_of(case: str) -> Companion | None:
    """Return what was written for a sample case, ``None`` where nothing was."""
    return COMPANIONS.get(case)
