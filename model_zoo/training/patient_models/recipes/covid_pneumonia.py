"""The recipe of "covid-pneumonia": Tongji's first 48 hours, tested on the laboratory values beside Hannover's films."""

from __future__ import annotations

from model_zoo.patients.risk_models.covid_pneumonia import MODEL
from model_zoo.training.patient_models.common.recipe import ExternalTest, PatientModelRecipe
from model_zoo.training.patient_models.covid_tables import FIRST_48_HOURS, HANNOVER_FILMS

RECIPE = PatientModelRecipe(
    definition=MODEL,
    form=FIRST_48_HOURS,
    intended_use="Reading aid: shows what the first laboratory values said about death in the first wave of COVID-19.",
    not_for=(
        "children; patients without pneumonia; vaccinated patients and later variants without local recalibration; decisions "
        "to give or to withhold treatment, and triage"
    ),
    data={
        "source": "COVID-19 in-patients of Tongji Hospital, Wuhan; external: COVID-19 Image Repository, Hannover",
        "licence": "MIT (authors' repository); external CC BY 3.0",
        "citation": (
            "Yan et al. Nat Mach Intell 2020;2:283-288, doi:10.5281/zenodo.3766350; Winther et al., "
            "doi:10.6084/m9.figshare.12275009"
        ),
    },
    excluded={
        "los_days, hours_to_outcome": "known only at the end",
        "values after 48 hours": "the last ones are taken hours before death",
        "interleukins, ferritin, troponin I, NT-proBNP, procalcitonin": "ordered for the severe cases",
    },
    reference="without event",
    reference_words="the median survivor of the training patients",
    published=(
        "Yan et al. 2020: above 90 % correct with LDH, lymphocytes and CRP, from the last values before the outcome; Chowdhury "
        "et al. 2021, at admission: AUC 0.961 in derivation, 0.991 in validation (same hospital)."
    ),
    sensitivity=0.90,
    externals=(
        ExternalTest(
            "hannover",
            "Hannover (films with laboratory values)",
            HANNOVER_FILMS,
            "COVID-19 Image Repository of Hannover Medical School: patients who have a chest film and a laboratory value within "
            "48 hours of admission; the age is blanked out by the source, most of the 19 quantities are missing, values are "
            "rounded, and very few died: far too few for an AUC, enough to see the level of the risks. "
            "A reader gets no risk for such records "
            "(no age, fewer than ten quantities); this test shows why.",
        ),
    ),
)
