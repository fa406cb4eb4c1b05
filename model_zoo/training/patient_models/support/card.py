"""The card of the respiratory risk model: what the training knows, and the Markdown page written from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from model_zoo.patients.features import FeatureSpec
from model_zoo.patients.risk import INTERVAL_TITLE
from model_zoo.patients.risk_models.support_respiratory import EXCLUDED, LEAKS, MODEL, POPULATION
from model_zoo.training.page_head import intended_use, page_head
from model_zoo.training.patient_models.common.page import additivity_lines, values_words
from model_zoo.training.patient_models.common.risk_figures import BOOTSTRAP_SEED, TOO_FEW
from model_zoo.training.patient_models.support.table import RUNS, SPLIT_RULE, SupportTable
from model_zoo.words import SIGNED, head, spanned

VERSION = "1.0"
NOT_FOR = (
    "children; patients outside the three diagnosis groups; decisions to give or to withhold treatment; comparing "
    "hospitals; patients of today without local validation: treatment and practice have changed since 1994"
)
THRESHOLD_RULE = "the highest threshold with a sensitivity of at least 0.80 on fold 3"


def new_card(
    table: SupportTable, training: np.ndarray, weights_sha256: str, selection: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the card without calibration, threshold values and metrics. training: mask of the training patients."""
    values = table.values[training]
    rates = table.labels[training].mean(axis=0)
    return {
        "name": MODEL.name,
        "title": MODEL.title,
        "task": "risk",
        "version": VERSION,
        "population": POPULATION,
        "intended_use": "Reading aid: shows what the numbers of the third study day said about death in the SUPPORT study.",
        "not_for": NOT_FOR,
        "interval": INTERVAL_TITLE,
        "features": [_feature(spec, values[:, i]) for i, spec in enumerate(MODEL.specs)],
        "outputs": {
            outcome.name: {
                "title": outcome.title,
                "horizon_days": outcome.horizon_days,
                "base_rate": round(float(rate), 4),
            }
            for outcome, rate in zip(MODEL.outcomes, rates, strict=True)
        },
        "thresholds": {outcome.name: {"value": None, "rule": THRESHOLD_RULE} for outcome in MODEL.outcomes},
        "calibration": {"method": "Platt scaling of the ensemble's mean logit, fitted on fold 3"},
        "reference_patient": reference_patient(values),
        "metrics": {},
        "baselines": {
            "logistic": "logistic regression, ridge, medians for missing values with indicators",
            "logistic_spline": "the same with restricted cubic splines, five knots",
            "published_support_score": "1 - surv6m of the SUPPORT model (Knaus 1995), which was fitted to part of these rows",
            "published_support_score_2_months": "1 - surv2m of the SUPPORT model: 60 days, a hint for hospital death only",
        },
        "excluded_columns": {"known_after_day_3_or_predictions": list(LEAKS), "excluded_by_choice": list(EXCLUDED)},
        "data": {
            "source": "SUPPORT2, obtained from hbiostat.org/data",
            "attribution": "Courtesy of the Vanderbilt University Department of Biostatistics",
            "licence": "CC BY 4.0 per UCI Machine Learning Repository 880",
            "citation": "Knaus et al. Ann Intern Med 1995;122:191-203; doi:10.3886/ICPSR02957.v2",
            "counts": table.counts,
            "physiology_shift": {
                "what": "in the published file the physiology columns of about half of the rows belong to other patients; "
                "stretches with a certain shift were put right, the others left out",
                "runs_first_last_shift": [list(run) for run in RUNS],
            },
        },
        "weights_sha256": weights_sha256,
        "training": {"selection": selection},
        "split_rule": SPLIT_RULE,
        "bootstrap": {"resamples": 1000, "seed": BOOTSTRAP_SEED, "level": 0.95, "unit": "patient"},
    }


def reference_patient(values: np.ndarray) -> dict[str, Any]:
    """Return the median patient: per feature the median of the measured, or the most frequent choice. values: (n, F)."""
    found: dict[str, float | str] = {}
    for i, spec in enumerate(MODEL.specs):
        seen = values[~np.isnan(values[:, i]), i]
        if spec.kind == "numeric":
            found[spec.name] = float(np.round(np.median(seen), 2))
        else:
            common = int(np.bincount(seen.astype(int)).argmax())
            found[spec.name] = spec.choices[common][0] if spec.kind == "choice" else float(common)
    description = (
        "the median patient of the training cohort: each value its median or most frequent choice, all measured"
    )
    return {"description": description, "values": found}


def card_page(card: Mapping[str, Any]) -> str:
    """Return the card as a Markdown page; every number comes from the card."""
    data, training = card["data"], card["training"]
    lines = [
        *page_head(card),
        *intended_use(card),
        f"**Interval beside each risk.** {card['interval']}.",
        "",
        f"## Figures on fold 4 ({card['metrics']['patients']} patients)",
        "",
        "Fold 4 was computed for two recipes, one trained on the respiratory groups alone and the shipped one. The choice "
        "between them was made by out-of-fold figures on folds 0 to 3, which favoured the shipped one.",
        "",
        "95 % intervals from 1000 patient resamples. Differences: this model minus the other, on the same resamples.",
        "",
    ]
    for name, entry in card["metrics"]["outcomes"].items():
        lines += _outcome_lines(card, name, entry)
    lines += [
        *additivity_lines(card["metrics"]),
        "## Data",
        "",
        f"{data['source']}. {data['attribution']}. {data['licence']}. {data['citation']}.",
        "",
        f"Rows {data['counts']['rows']}; {data['physiology_shift']['what']} "
        f"({data['counts']['rows_without_certain_physiology']} rows); other diagnosis groups "
        f"{data['counts']['other_diagnosis_groups']}; left {data['counts']['patients']} patients, "
        f"{training['patients']} of them in training, with {training['patients_of_other_groups']} of the other groups beside "
        "them, who teach how the numbers go with death, each group with an indicator of its own; calibration, thresholds, "
        "reference patient, baselines and all figures are of the three groups alone.",
        "",
        f"**Split.** {card['split_rule']}",
        "",
        "**Left out.** Known only after day 3, or predictions of others: "
        + ", ".join(card["excluded_columns"]["known_after_day_3_or_predictions"])
        + ". By choice: "
        + ", ".join(card["excluded_columns"]["excluded_by_choice"])
        + ".",
        "",
        "## Training and selection",
        "",
        f"{training['members']} bootstrap members, recipe `{training['selection']['chosen']}`, seed {training['seed']}. "
        f"Chosen by the {training['selection']['rule']} on folds 0 to 3 "
        f"({training['selection']['patients']} patients): out-of-fold AUC (hospital, 180 days)",
        "",
        *[f"- {name}: {aucs[0]:.3f}, {aucs[1]:.3f}" for name, aucs in training["selection"]["recipes"].items()],
        *[
            f"- {k} (baseline): {v['auc'][0]:.3f}, {v['auc'][1]:.3f}"
            for k, v in training["selection"]["baselines"].items()
        ],
        "",
        "Out-of-fold AUC difference of the chosen recipe on folds 0 to 3 (slightly optimistic, as it was chosen there):",
        "",
        *[
            f"- {outcome} against {other}: {spanned(found, SIGNED)}"
            for outcome, against in training["selection"]["auc_difference_of_chosen"].items()
            for other, found in against.items()
        ],
        "",
        f"Stored as float16; the largest change of a logit against float32 is {training['float16_largest_change_in_logit']}.",
        "",
        "## Inputs",
        "",
        *head("quantity | unit | training range | measured"),
        *[_feature_line(entry) for entry in card["features"]],
        "",
    ]
    return "\n".join(lines)


def _feature(spec: FeatureSpec, column: np.ndarray) -> dict[str, Any]:
    seen = column[~np.isnan(column)]
    entry: dict[str, Any] = {"name": spec.name, "title": spec.title, "kind": spec.kind, "unit": spec.si_unit}
    if spec.kind == "numeric":
        # Rounded outwards, so that no training patient lies outside the range.
        entry["training_range"] = [float(np.floor(seen.min() * 100) / 100), float(np.ceil(seen.max() * 100) / 100)]
    elif spec.kind == "choice":
        entry["choices"] = [value for value, _ in spec.choices]
    return entry | {"measured_share": round(len(seen) / len(column), 3)}


def _feature_line(entry: Mapping[str, Any]) -> str:
    return f"| {entry['title']} | {entry['unit']} | {values_words(entry)} | {entry['measured_share']:.0%} |"


def _outcome_lines(card: Mapping[str, Any], name: str, entry: Mapping[str, Any]) -> list[str]:
    output, threshold = card["outputs"][name], card["thresholds"][name]
    at = entry["at_threshold"]
    lines = [
        f"### {output['title']}: {entry['events']} of {entry['patients']} patients",
        "",
        f"- AUC {spanned(entry['auc'])}; without glucose, urea and urine {entry['auc_without_glucose_urea_urine']:.3f}",
        f"- Brier {spanned(entry['brier'])}; calibration slope {spanned(entry['calibration_slope'])}, "
        f"intercept {spanned(entry['calibration_intercept'])}; "
        f"expected calibration error {entry['expected_calibration_error']:.3f}",
        f"- threshold {threshold['value']:.3f}, {threshold['rule']}: sensitivity {spanned(at['sensitivity'])}, "
        f"specificity {spanned(at['specificity'])}, positive predictive value {spanned(at['ppv'])}, "
        f"negative {spanned(at['npv'])}",
        "",
        *head("against | its AUC | AUC difference | Brier difference | non-inferior within 0.01"),
    ]
    for other, found in entry["baselines"].items():
        verdict = "better" if found["better"] else "yes" if found["non_inferior_within_0_01"] else "not shown"
        lines.append(
            f"| {other} | {spanned(found['auc'])} | {spanned(found['auc_difference'], SIGNED)} "
            f"| {spanned(found['brier_difference'], SIGNED)} | {verdict} |"
        )
    lines += ["", *head("group | patients | events | AUC")]
    for group, found in entry["subgroups"].items():
        auc = found["auc"] if found["auc"] == TOO_FEW else spanned(found["auc"])
        lines.append(f"| {group} | {found['patients']} | {found['events']} | {auc} |")
    return [*lines, ""]
