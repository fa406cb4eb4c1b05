"""Notes written for the demonstration; the patients are invented, and the notes go with the synthetic cases of the same number.

Their wording is near that of the texts the encoders learned from; what they make of other wordings is on their cards.
"""

EXAMPLE_NOTES = {
    "Goes with synthetic case 1": (
        "63-year-old man. Fever, cough with coloured sputum, shortness of breath, pain in the side of the chest when breathing in "
        "deeply. Smokes cigarettes. No chest pain at rest, denies coughing up blood. On ramipril and metformin. HR 118/min, "
        "RR 29/min, BP 92/54, T 38.9, SpO2 89 % on air. Na 132 mmol/l, creatinine 168 umol/l, bilirubin 22 umol/l. Father had a "
        "stroke."
    ),
    "Goes with synthetic case 2": (
        "71-year-old woman. Shortness of breath, worse lying flat, wakes up at night choking or suffocating, swollen ankles, has "
        "had heart failure, high blood pressure. No fever, no cough. Furosemide 40 mg. HR 96, BP 148/88, RR 22, T 36.8. "
        "Creatinine 1.4 mg/dl, Na 136."
    ),
}
