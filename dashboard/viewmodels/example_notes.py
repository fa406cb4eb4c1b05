"""Notes written for the demonstration; the patients are invented, and the notes go with the synthetic cases of the same number."""

EXAMPLE_NOTES = {
    "Goes with synthetic case 1": (
        "63-year-old man. Cough with yellow sputum, fever and shortness of breath for three days, pain when breathing in on the "
        "right. No chest pain at rest, denies coughing up blood. Smoker. On ramipril and metformin. HR 118/min, RR 29/min, "
        "BP 92/54, T 38.9, SpO2 89 % on air. Na 132 mmol/l, creatinine 168 umol/l, bilirubin 22 umol/l. Father had a stroke."
    ),
    "Goes with synthetic case 2": (
        "Woman, 71 years. For two weeks increasingly short of breath on exertion and when lying flat, swollen ankles, wakes at "
        "night gasping for air. No fever, no cough. Furosemide 40 mg. HR 96, BP 148/88, RR 22, T 36.8. "
        "Creatinine 1.4 mg/dl, Na 136."
    ),
}
