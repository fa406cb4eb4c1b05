"""The recipe of "leukaemia-type": the original split of Golub et al., 50 genes chosen by their signal-to-noise ratio."""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np

from model_zoo.errors import DataNotFound
from model_zoo.patients.features import FeatureSpec
from model_zoo.patients.risk_models.leukaemia_type import MODEL, accession_of, probe_spec
from model_zoo.training.patient_models.common.ensembles import Recipe
from model_zoo.training.patient_models.common.recipe import PatientModelRecipe
from model_zoo.training.patient_models.common.tables import FOLDS, Row, TableForm

FOLDER = "tabular/golub_leukaemia"
FLOOR = 100.0  # below, the array of 1999 measures noise; the floor of most later analyses
GENES_EACH_WAY = 25  # 50 in all, as in the paper
CONTROLS = "AFFX-"  # 59 probes that check the array and measure no gene of the patient


def signal_to_noise(values: np.ndarray, label: np.ndarray, specs: tuple[FeatureSpec, ...]) -> tuple[int, ...]:
    """Return the places of the 25 genes highest in either type, by difference of means over sum of deviations of the logs.

    References: Golub et al. 1999, Science 286:531-537, note 16 (there without a floor).
    """
    logs = np.log(np.maximum(values, FLOOR))
    myeloid, other = logs[label == 1], logs[label == 0]
    # A gene at the floor in everyone has no deviation; 0.1 keeps it from being infinite.
    score = (myeloid.mean(axis=0) - other.mean(axis=0)) / (myeloid.std(axis=0) + other.std(axis=0) + 0.1)
    order = np.argsort(score, kind="stable")
    return tuple(int(i) for i in (*order[::-1][:GENES_EACH_WAY], *order[:GENES_EACH_WAY]))


def with_all_probes(recipe: PatientModelRecipe, data: Path | None) -> PatientModelRecipe:
    """Return the recipe with every probe of the array as a column. Raises DataNotFound without the list of genes."""
    file = Path() if data is None else data / FOLDER / "genes.csv.gz"
    if not file.is_file():
        raise DataNotFound("The list of genes was not found.", f"Set DIAPHANE_DATA to the folder that holds {FOLDER}/.")
    rows = list(csv.reader(gzip.decompress(file.read_bytes()).decode("utf-8").splitlines()))[1:]
    specs = tuple(probe_spec(row[0], row[1].strip()) for row in rows if not row[0].startswith(CONTROLS))
    floors = {spec.name: FLOOR for spec in specs}
    return replace(
        recipe,
        all_specs=specs,
        form=replace(recipe.form, columns=_columns(specs)),
        candidates={name: replace(found, log_floors=floors) for name, found in recipe.candidates.items()},
    )


def _columns(specs: tuple[FeatureSpec, ...]) -> dict[str, str]:
    return {spec.name: accession_of(spec) for spec in specs}


def _label(row: Row) -> float | None:
    return {"AML": 1.0, "ALL": 0.0}.get(row["label"])


def _fold(row: Row) -> int | None:
    return FOLDS - 1 if row["split"] == "independent" else None


RECIPE = PatientModelRecipe(
    definition=MODEL,
    form=TableForm(
        title="a table in the form of golub_72x7129.csv.gz",
        files=(f"{FOLDER}/golub_72x7129.csv.gz",),
        salt="golub-72",
        columns=_columns(MODEL.specs),
        label=_label,
        fold=_fold,
        identity="patient",
    ),
    intended_use="Teaching and review: shows which genes told two kinds of acute leukaemia apart in a classic study.",
    not_for="diagnosis; samples of another array or laboratory; telling subtypes apart; samples without leukaemia",
    data={
        "source": "Golub leukaemia data, Whitehead Institute / Broad Institute",
        "licence": "published for public use, without a formal licence text",
        "citation": "Golub et al. Science 1999;286:531-537",
    },
    excluded={f"59 probes {CONTROLS}": "controls of the array", "A/P/M calls": "the array's own quality calls"},
    reference="without event",
    reference_words="the median lymphoblastic sample of the training patients",
    published=(
        "Golub et al. 1999, 50 genes: 36 of 38 right in cross-validation, 29 of 34 independent samples called strongly, all of "
        "them right."
    ),
    sensitivity=0.90,
    candidates={
        "straight lines": Recipe(hidden=8, knots=0, epochs=40, batch=16, learning_rate=6e-3, decay_linear=3e-2)
    },
    kinds=("logistic",),
    narrow=signal_to_noise,
    opened=with_all_probes,
    own_split=(
        "The original one: 38 training patients, dealt to folds 0 to 3 by type in the order of sha256('golub-72:<row>') for what "
        "is learned out of fold (the genes are chosen anew each time), and 34 independent patients of other laboratories, who "
        "are fold 4 and are reported."
    ),
)
