"""The recipe of the risk model "support-respiratory": select, train, calibrate, report once, write weights and card.

Folds 0 to 3 select by out-of-fold predictions; folds 0 to 2 train what is shipped; fold 3 calibrates and sets the
thresholds; fold 4 is reported. All figures are those of the weights read back from the file that is shipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.special import expit

from model_zoo.artefact import WEIGHTS_FILE, constants, half, write_card, write_tensors
from model_zoo.errors import DataNotFound
from model_zoo.evaluation.metrics import auroc
from model_zoo.patients.ensemble import RiskEnsemble
from model_zoo.patients.risk import BASELINES_FILE, RiskModel, load_risk_model
from model_zoo.patients.risk_models.support_respiratory import DIAGNOSES, MODEL
from model_zoo.training.patient_models.common.additivity import additivity
from model_zoo.training.patient_models.common.baselines import KINDS, Kind, fit_logistic, logistic_logits
from model_zoo.training.patient_models.common.ensembles import Recipe, fit_ensemble
from model_zoo.training.patient_models.common.parts import (
    float16_change,
    load_baselines,
    mean_logits,
    platt,
    risks,
    threshold_for,
)
from model_zoo.training.patient_models.common.risk_figures import (
    AGE_GROUPS,
    compared,
    outcome_figures,
    rounded,
    subgroup_aucs,
)
from model_zoo.training.patient_models.support.card import card_page, new_card
from model_zoo.training.patient_models.support.table import SupportTable, read_support_table

MEMBERS = 20  # the 5th percentile then rests on the two lowest members; more members moved it by under a point
SELECTION_MEMBERS = 6
SENSITIVITY = 0.80  # of the operating threshold: one death in five is below it
SELECTING, TRAINING, CALIBRATING, REPORTED = (0, 1, 2, 3), (0, 1, 2), (3,), (4,)
# Absent together by study phase.
PHASE_FEATURES = ("glucose_mmol_l", "urea_mmol_l", "urine_ml_per_day")
_COHORT = Recipe(
    hidden=24,
    phase_features=PHASE_FEATURES,
    always_given=("age_years", "diagnosis"),
    heaped=("coma_score", "comorbidity_count", "hospital_day"),
)
# Of 8 out-of-fold members per recipe the best epoch was the 4th to the 16th.
RECIPES: dict[str, Recipe] = {
    "cohort, hidden 24": _COHORT,
    "all groups, hidden 24": replace(_COHORT, other_groups=True),
    "all groups, hidden 24, dropout 0.4": replace(_COHORT, dropout=0.4, other_groups=True),
}
PENALTIES = (0.01, 0.03, 0.1, 0.3)


def train(data_dir: Path, out: Path, seed: int = 0) -> dict[str, Any]:
    """Train from the SUPPORT2 table under ``data_dir`` and write weights, baselines, card.json and CARD.md to ``out``.

    Returns the card. Raises DataNotFound when the table is not there. Deterministic on one machine and one thread.
    """
    table = read_support_table(data_dir)
    others = read_support_table(data_dir, other_groups=True)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the order of sums, and so the weights, depend on the number of threads
    try:
        selection = select(table, others, seed)
        rows = np.isin(table.fold, TRAINING)
        recipe = RECIPES[selection["chosen"]]
        network, epochs = _fit(table, others, TRAINING, recipe, MEMBERS, seed)
    finally:
        torch.set_num_threads(threads)
    state = half(network.state_dict(), constants(network))
    reloaded = RiskEnsemble.from_state(state)
    baselines = {
        kind: fit_logistic(table.values[rows], table.labels[rows], MODEL.specs, kind, selection["baselines"][kind]["C"])
        for kind in KINDS
    }
    lines = {
        f"{kind}.{name}": torch.from_numpy(np.ascontiguousarray(array))
        for kind, model in baselines.items()
        for name, array in model.items()
    }
    card = new_card(table, rows, write_tensors(out / WEIGHTS_FILE, state), selection)
    card["training"] |= {
        "seed": seed,
        "members": MEMBERS,
        "recipe": recipe.__dict__,
        "patients": int(rows.sum()),
        "patients_of_other_groups": int(np.isin(others.fold, TRAINING).sum()) if recipe.other_groups else 0,
        "best_epoch_median": float(np.median(epochs)),
        "float16_largest_change_in_logit": float16_change(network, reloaded, table.values),
    }
    held = np.isin(table.fold, CALIBRATING)
    logits = mean_logits(reloaded, table.values)
    for i, outcome in enumerate(MODEL.outcomes):
        label = table.labels[held, i]
        slope, intercept = platt(logits[held, i], label)
        card["calibration"][outcome.name] = {"slope": slope, "intercept": intercept}
        risk = expit(slope * logits[held, i] + intercept)
        card["thresholds"][outcome.name]["value"] = threshold_for(label, risk, SENSITIVITY)
    for kind, model in baselines.items():
        line = logistic_logits(table.values[held], MODEL.specs, model)
        pairs = [platt(line[:, i], table.labels[held, i]) for i in range(len(MODEL.outcomes))]
        lines[f"{kind}.calibration"] = torch.tensor(pairs, dtype=torch.float64)
    write_tensors(out / BASELINES_FILE, lines)
    write_card(out, card)
    return report(card, table, out)


def report(card: dict[str, Any], table: SupportTable, out: Path) -> dict[str, Any]:
    """Measure the weights that lie in ``out``, and write the card with its figures and its page beside them."""
    model, baselines = load_risk_model(MODEL, out), load_baselines(MODEL.name, out)
    card["metrics"] = figures(model, baselines, table, all_folds=False)
    card["metrics"]["additivity_of_the_table"] = additivity(model, table.values)
    write_card(out, card, card_page(card))
    return card


def evaluate(data: Path, all_folds: bool = False, folder: Path | None = None) -> dict[str, Any]:
    """Recompute the figures of the shipped model on a table in the form of SUPPORT2; writes nothing.

    data: the table or a folder that holds it. all_folds: every patient instead of the reported fold (training patients
    of SUPPORT2 included: use it for other tables only). folder: other weights than the shipped ones.
    """
    model = load_risk_model(MODEL, folder)
    return figures(model, load_baselines(MODEL.name, folder), read_support_table(data), all_folds)


def figures(
    model: RiskModel, baselines: Mapping[Kind, Mapping[str, np.ndarray]], table: SupportTable, all_folds: bool
) -> dict[str, Any]:
    """Return the figures per outcome on the reported fold, or on all patients."""
    rows = np.ones(len(table.fold), bool) if all_folds else np.isin(table.fold, REPORTED)
    values, patients = table.values[rows], table.row_id[rows]
    if not len(values):
        raise DataNotFound("The table has no patients of the reported fold.", "Evaluate all folds.")
    risk = risks(model, values)
    hidden = values.copy()
    hidden[:, [i for i, spec in enumerate(MODEL.specs) if spec.name in PHASE_FEATURES]] = np.nan
    blind = risks(model, hidden)
    found: dict[str, Any] = {"folds": "all" if all_folds else list(REPORTED), "patients": len(values), "outcomes": {}}
    for i, outcome in enumerate(MODEL.outcomes):
        label = table.labels[rows, i]
        others: dict[str, np.ndarray] = {
            kind: expit(
                numbers["calibration"][i, 0] * logistic_logits(values, MODEL.specs, numbers)[:, i]
                + numbers["calibration"][i, 1]
            )
            for kind, numbers in baselines.items()
        }
        if np.isfinite(table.published[rows, i]).all():
            others["published_support_score" if i else "published_support_score_2_months"] = table.published[rows, i]
        threshold = float(model.card["thresholds"][outcome.name]["value"])
        entry = outcome_figures(label, risk[:, i], patients, threshold, others)
        entry["auc_without_glucose_urea_urine"] = rounded(auroc(label, blind[:, i]))
        entry["subgroups"] = subgroup_aucs(label, risk[:, i], patients, _groups(values))
        found["outcomes"][outcome.name] = entry
    found["additivity"] = additivity(model, values)
    found["share_where_180_day_risk_is_below_hospital_risk"] = rounded(float((risk[:, 1] < risk[:, 0]).mean()))
    return found


def select(table: SupportTable, others: SupportTable, seed: int) -> dict[str, Any]:
    """Return out-of-fold figures on folds 0 to 3 of every recipe and penalty, and the chosen ones.

    Chosen is the highest mean AUC over the outcomes, predictions of the four folds taken together.
    """
    inside = np.isin(table.fold, SELECTING)
    networks = {name: _out_of_fold(table, others, recipe, seed) for name, recipe in RECIPES.items()}
    chosen = max(networks, key=lambda name: sum(_aucs(table, inside, networks[name])))
    lines: dict[str, Any] = {}
    best_lines: dict[str, np.ndarray] = {}
    for kind in KINDS:
        tried = {penalty: _out_of_fold_logistic(table, kind, penalty) for penalty in PENALTIES}
        penalty = max(tried, key=lambda c: sum(_aucs(table, inside, tried[c])))
        lines[kind] = {"C": penalty, "auc": [rounded(a) for a in _aucs(table, inside, tried[penalty])]}
        best_lines[kind] = tried[penalty]
    best = networks[chosen][inside]
    against: dict[str, Any] = {}
    for i, outcome in enumerate(MODEL.outcomes):
        rivals: dict[str, np.ndarray] = {kind: expit(line[inside, i]) for kind, line in best_lines.items()}
        rivals["published_support_score" if i else "published_support_score_2_months"] = table.published[inside, i]
        against[outcome.name] = {
            name: compared(table.labels[inside, i], expit(best[:, i]), other, table.row_id[inside])["auc_difference"]
            for name, other in rivals.items()
        }
    return {
        "folds": list(SELECTING),
        "patients": int(inside.sum()),
        "rule": "highest mean out-of-fold AUC over the outcomes",
        "recipes": {name: [rounded(a) for a in _aucs(table, inside, p)] for name, p in networks.items()},
        "chosen": chosen,
        "baselines": lines,
        "auc_difference_of_chosen": against,
    }


def _fit(
    table: SupportTable, others: SupportTable, folds: tuple[int, ...], recipe: Recipe, members: int, seed: int
) -> tuple[RiskEnsemble, list[int]]:
    values, labels = table.values[np.isin(table.fold, folds)], table.labels[np.isin(table.fold, folds)]
    if recipe.other_groups:
        more = np.isin(others.fold, folds)
        values, labels = np.concatenate([values, others.values[more]]), np.concatenate([labels, others.labels[more]])
    return fit_ensemble(values, labels, MODEL.specs, recipe, members, seed)


def _out_of_fold(table: SupportTable, others: SupportTable, recipe: Recipe, seed: int) -> np.ndarray:
    logits = np.full(table.labels.shape, np.nan)
    for fold in SELECTING:
        training = tuple(other for other in SELECTING if other != fold)
        network, _ = _fit(table, others, training, recipe, SELECTION_MEMBERS, seed)
        logits[table.fold == fold] = mean_logits(network, table.values[table.fold == fold])
    return logits


def _out_of_fold_logistic(table: SupportTable, kind: Kind, penalty: float) -> np.ndarray:
    logits = np.full(table.labels.shape, np.nan)
    for fold in SELECTING:
        rows, held = np.isin(table.fold, SELECTING) & (table.fold != fold), table.fold == fold
        model = fit_logistic(table.values[rows], table.labels[rows], MODEL.specs, kind, penalty)
        logits[held] = logistic_logits(table.values[held], MODEL.specs, model)
    return logits


def _aucs(table: SupportTable, rows: np.ndarray, logits: np.ndarray) -> list[float]:
    return [auroc(table.labels[rows, i], logits[rows, i]) or 0.0 for i in range(table.labels.shape[1])]


def _groups(values: np.ndarray) -> dict[str, np.ndarray]:
    names = [spec.name for spec in MODEL.specs]
    age, sex, diagnosis = (values[:, names.index(name)] for name in ("age_years", "sex", "diagnosis"))
    groups = {"sex F": sex == 0, "sex M": sex == 1}
    groups |= {
        f"age {low} to {high - 1}" if high < 126 else f"age {low} and over": (age >= low) & (age < high)
        for low, high in AGE_GROUPS
    }
    return groups | {f"diagnosis {name}": diagnosis == code for code, name in enumerate(DIAGNOSES)}
