"""The recipe "film-and-values": does a chest film add to the laboratory values, on the patients of Hannover who have both?

Nothing that a reader sees is trained here: the two shipped models are put together out of fold and the result, whatever it
is, is written beside the weights of the patient model, where the panel of the whole case reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from model_zoo.artefact import write_json
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.engine.inference import InferenceEngine
from model_zoo.evaluation.metrics import auroc
from model_zoo.fusion.measured import FUSION_FILE
from model_zoo.patients.risk_models import risk_model
from model_zoo.training.data_folder import data_folder
from model_zoo.training.patient_models.common.risk_figures import interval
from model_zoo.training.patient_models.film_patients import FilmPatients, read_film_patients
from model_zoo.training.patient_models.stacking import LEAST_EVENTS, PENALTIES, REPETITIONS, stacked
from model_zoo.words import SIGNED, head, spanned

NAME = "film-and-values"
SCAN_MODEL, OUTPUT = "chest-xray", "lung_opacity"
RISK_MODEL, OUTCOME = "covid-pneumonia", "death_in_hospital"
SCHEMA_VERSION = "1.0"
PAGE = "FUSION.md"
RULE = (
    "Together counts as better only where AUC and Brier score both are, against the film alone and against the values alone, "
    f"beyond the 95 % intervals, with at least {LEAST_EVENTS} events; only then would the two become one number."
)
METHOD = (
    "Logistic regression with a ridge on the two log odds, five folds by patient (as many as there are events, if fewer), the "
    f"ridge (C {', '.join(f'{c:g}' for c in PENALTIES)}) chosen inside the training folds, {REPETITIONS} repetitions averaged; "
    "alone: the same with one of the two."
)


def train_film_and_values(data: Path | None = None, out: Path | None = None) -> dict[str, Any]:
    """Measure and write FUSION_FILE and its page beside the patient model's weights. Raises DataNotFound.

    data: by default the folder of DIAPHANE_DATA.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        found = measure(data_folder() if data is None else data)
    finally:
        torch.set_num_threads(threads)
    folder = WEIGHTS_ROOT / RISK_MODEL if out is None else out
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / FUSION_FILE, found)
    (folder / PAGE).write_text(fusion_page(found), encoding="utf-8")
    return {"name": NAME, "written": [RISK_MODEL], **found}


def measure(data: Path) -> dict[str, Any]:
    """Return the measurement as it is stored."""
    engine, model = InferenceEngine(SCAN_MODEL), risk_model(RISK_MODEL)
    patients = read_film_patients(data, engine, model, OUTPUT)
    title = next(o.title for o in engine.card.outputs if o.name == OUTPUT)
    return {
        "schema_version": SCHEMA_VERSION,
        "scan_model": SCAN_MODEL,
        "scan_output": OUTPUT,
        "scan_title": title,
        "scan_weights_sha256": engine.card.weights_sha256,
        "risk_model": RISK_MODEL,
        "risk_weights_sha256": model.card["weights_sha256"],
        "outcome": OUTCOME,
        "outcome_title": model.definition.outcomes[0].title,
        "place": "Hannover",
        "source": "COVID-19 Image Repository, Hannover Medical School, doi:10.6084/m9.figshare.12275009, CC BY 3.0",
        "patients": len(patients.files),
        "films_refused_by_the_gate": int(patients.refused.sum()),
        "films_from_the_front": int(patients.bedside.sum()),
        "missing_values": {
            "of": patients.features,
            "least": int(patients.missing.min()),
            "median": float(np.median(patients.missing)),
            "most": int(patients.missing.max()),
        },
        "method": METHOD,
        "rule": RULE,
        "outcomes": {
            OUTCOME: _outcome(patients, patients.death, model.definition.outcomes[0].title),
            "intensive_care": _outcome(patients, patients.intensive_care, "Intensive care in the stay"),
        },
    }


def _outcome(patients: FilmPatients, label: np.ndarray, title: str) -> dict[str, Any]:
    people = np.arange(len(label))
    return {
        "title": title,
        "as_shipped_auc": {
            "film": interval(auroc, label, patients.film, people),
            "values": interval(auroc, label, patients.values, people),
        },
        # Whoever cannot stand is filmed from the front: a view tells how ill somebody is without any picture.
        "view_alone_auc": interval(auroc, label, patients.bedside, people),
        **stacked({"film": patients.film, "values": patients.values}, label),
    }


def fusion_page(found: Mapping[str, Any]) -> str:
    """Return the Markdown page of a stored measurement; every number comes from it."""
    missing = found["missing_values"]
    lines = [
        f"# Film and values together: `{found['scan_model']}` and `{found['risk_model']}`",
        "",
        f"Written by `python -m model_zoo train {NAME}`; not a medical device.",
        "",
        f"{found['source']}. {found['patients']} patients with a film and a laboratory value within two days of it (the first "
        "such film of each). "
        f"Of the {missing['of']} values that `{found['risk_model']}` reads, {missing['least']} to {missing['most']} are missing "
        f"(median {missing['median']:g}), the age always: a reader gets no risk for such a record. "
        f"{found['films_refused_by_the_gate']} of the films would be refused by the gate of `{found['scan_model']}`; all count "
        f"here. {found['films_from_the_front']} were taken from the front (AP).",
        "",
        found["method"],
        "",
        found["rule"],
        "",
        *outcome_table(found),
        "",
    ]
    for outcome in found["outcomes"].values():
        shipped = outcome["as_shipped_auc"]
        lines += [
            f"**{outcome['title']}: {outcome['verdict']}.** As shipped, nothing refitted: AUC of the film "
            f"{spanned(shipped['film'])}, of the values {spanned(shipped['values'])}; of the view alone (AP or PA), "
            f"no picture looked at, {spanned(outcome['view_alone_auc'])}. Correlation of the two log odds "
            f"{outcome['correlation_of_the_parts']:.2f}.",
            "",
        ]
    return "\n".join(lines)


def outcome_table(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the table of all outcomes."""
    yield from head("outcome | events | part | AUC | Brier | AUC of both minus it | Brier of both minus it")
    for outcome in found["outcomes"].values():
        yield from _rows(outcome)


def _rows(outcome: Mapping[str, Any]) -> Iterator[str]:
    """Yield the rows of one outcome: film, values, both, and the share of events as the trivial answer."""
    head = f"| {outcome['title']} | {outcome['events']} of {outcome['patients']}"
    for part, figures in outcome["alone_and_both"].items():
        cells = f"{spanned(figures['auc'])} | {spanned(figures['brier'])}"
        minus = outcome["both_minus"].get(part)
        after = "|" if minus is None else f"{spanned(minus['auc'], SIGNED)} | {spanned(minus['brier'], SIGNED)}"
        yield f"{head} | {part} | {cells} | {after} |"
    yield f"{head} | share of events alone | 0.5 | {spanned(outcome['brier_of_the_share_of_events'])} | | |"
