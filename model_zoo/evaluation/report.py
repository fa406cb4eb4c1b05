"""The answer of ``evaluate``: the numbers of a model per output and subgroup, as plain values and as Markdown.

Only the reported fold is used where the table has folds. Every interval is a 95 % percentile interval over resampled
patients. A subgroup with fewer than 50 positive patients carries their number and ``too_few``, and no result: its
interval would be wide enough to be read in any direction. A whole output below that bound keeps its numbers, marked
``few_positive_patients``, because they are all that is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from model_zoo.evaluation import metrics
from model_zoo.evaluation.labels import REPORTED_FOLD, FilmLabels, LabelTable
from model_zoo.evaluation.metrics import Metric
from model_zoo.evaluation.predictions import OutputScores, PredictionTable
from model_zoo.words import NOT_DEFINED, SIGNED, bracketed, number, table_row

SCHEMA_VERSION = "1.0"
# The least number of positive patients for which a subgroup, or a finding as such, is reported.
MIN_POSITIVE_PATIENTS = 50
ECE_BINS = 10

_SEXES = {"F": "female", "M": "male", "O": "other"}
_UNKNOWN = "not stated"


@dataclass(frozen=True)
class ReportedOutput:
    """What the report needs to know of an output of the card.

    threshold: the operating threshold, on the probability, or on the logit for an output without probabilities.
    report_label: the labels were mined from report text, so its score is a "score for a report label".
    """

    name: str
    threshold: float | None = None
    report_label: bool = False


def summarise(
    predictions: PredictionTable,
    outputs: Sequence[ReportedOutput],
    model: str,
    all_folds: bool = False,
    resamples: int = metrics.RESAMPLES,
    seed: int = 0,
) -> dict[str, Any]:
    """Return the evaluation of a model as values that JSON can hold; what the films do not define is None.

    Parameters
    ----------
    predictions
        Scores of the films, by output.
    outputs
        Those that are reported, with their thresholds.
    model
        Its name.
    all_folds
        Whether every fold is reported, and not the held-out one alone.
    resamples
        Draws of the bootstrap.
    seed
        Of every draw; the same seed gives the same answer.

    Raises
    ------
    DataNotFound
        When the table has folds and no film in the reported one.
    """
    table = predictions.labels.reported(all_folds)
    if len(table) < len(predictions.labels):
        predictions = predictions.where(predictions.labels.folds == REPORTED_FOLD)
    return {
        "schema_version": SCHEMA_VERSION,
        "model": model,
        "fold": REPORTED_FOLD if table.has_folds and not all_folds else None,
        "n_films": len(table),
        "n_patients": int(np.unique(table.patient_ids).size),
        "interval": {"level": metrics.LEVEL, "resamples": resamples, "resampled": "patients", "seed": seed},
        "min_positive_patients": MIN_POSITIVE_PATIENTS,
        "outputs": [
            _output(predictions.labels, predictions.scores[output.name], output, resamples, seed) for output in outputs
        ],
    }


def age_group(row: FilmLabels) -> str:
    """Return the age group of a film: by the stated age, else by the stated population."""
    if row.age_years is None:
        return {"adult": "adult, age not stated", "child": "child, age not stated"}.get(row.population or "", _UNKNOWN)
    bounds = ((18, "0-17"), (40, "18-39"), (60, "40-59"))
    return next((name for end, name in bounds if row.age_years < end), "60+")


_SUBGROUPS: dict[str, Callable[[FilmLabels], str]] = {
    "view": lambda row: row.view or _UNKNOWN,
    "sex": lambda row: _SEXES.get(row.sex or "", _UNKNOWN),
    "age_years": age_group,
}


def _output(
    labels: LabelTable, scores: OutputScores, output: ReportedOutput, resamples: int, seed: int
) -> dict[str, Any]:
    y = labels.labels(output.name)
    known = np.isfinite(y)
    scored = known & np.isfinite(scores.logit)
    table, kept, y = labels.where(scored), scores.where(scored), y[scored]
    films = _Films(y, table.patient_ids, resamples, seed)
    result: dict[str, Any] = {
        "name": output.name,
        "report_label": output.report_label,
        "threshold": output.threshold,
        "n_films_without_score": int((known & ~scored).sum()),
        **films.counts(),
        "few_positive_patients": films.n_positive_patients < MIN_POSITIVE_PATIENTS,
        **_discrimination(films, kept, output.threshold),
        **_calibration(films, kept.probability),
        "subgroups": {},
    }
    for name, group_of in _SUBGROUPS.items():
        groups = np.array([group_of(row) for row in table.rows], dtype=str)
        result["subgroups"][name] = [
            {"group": str(group), **_subgroup(films.where(groups == group), kept.where(groups == group), output)}
            for group in np.unique(groups)
        ]
    return result


def _subgroup(films: _Films, scores: OutputScores, output: ReportedOutput) -> dict[str, Any]:
    if films.n_positive_patients < MIN_POSITIVE_PATIENTS:
        return {"too_few": True, "n_positive_patients": films.n_positive_patients}
    return {"too_few": False, **films.counts(), **_discrimination(films, scores, output.threshold)}


class _Films:
    """Labels and patients of some films, with the settings of their intervals."""

    def __init__(self, y: np.ndarray, patient_ids: np.ndarray, resamples: int, seed: int) -> None:
        self.y, self.patient_ids, self.resamples, self.seed = y, patient_ids, resamples, seed
        self.n_positive_patients = int(np.unique(patient_ids[y == 1]).size)

    def where(self, keep: np.ndarray) -> _Films:
        return _Films(self.y[keep], self.patient_ids[keep], self.resamples, self.seed)

    def counts(self) -> dict[str, Any]:
        return {
            "n_films": int(self.y.size),
            "n_patients": int(np.unique(self.patient_ids).size),
            "n_positive_films": int(self.y.sum()),
            "n_positive_patients": self.n_positive_patients,
            "prevalence": float(self.y.mean()) if self.y.size else None,
        }

    def interval(self, metric: Metric, score: np.ndarray) -> dict[str, float | None]:
        return metrics.bootstrap_interval(metric, self.y, score, self.patient_ids, self.resamples, self.seed).figure

    def difference(self, metric: Metric, a: np.ndarray, b: np.ndarray) -> dict[str, float | None]:
        found = metrics.paired_bootstrap_difference(metric, self.y, a, b, self.patient_ids, self.resamples, self.seed)
        return found.figure


def _discrimination(films: _Films, scores: OutputScores, threshold: float | None) -> dict[str, Any]:
    operating = scores.logit if scores.probability is None else scores.probability
    result: dict[str, Any] = {
        "auroc": films.interval(metrics.auroc, scores.logit),
        "average_precision": films.interval(metrics.average_precision, scores.logit),
    }
    at_threshold = (metrics.sensitivity, metrics.specificity, metrics.ppv, metrics.npv)
    for build, name in zip(at_threshold, ("sensitivity", "specificity", "ppv", "npv"), strict=True):
        result[name] = None if threshold is None else films.interval(build(threshold), operating)
    result["comparisons"] = {}
    for name, other in scores.comparisons.items():
        both = np.isfinite(other)
        shared = films.where(both)
        result["comparisons"][name] = {
            "n_films": int(both.sum()),
            "auroc": shared.interval(metrics.auroc, other[both]),
            "auroc_difference": shared.difference(metrics.auroc, scores.logit[both], other[both]),
        }
    return result


def _calibration(films: _Films, probability: np.ndarray | None) -> dict[str, Any]:
    names = ("brier", "calibration_slope", "calibration_intercept")
    if probability is None:
        return {**dict.fromkeys(names), "expected_calibration_error": None}
    every = (metrics.brier, metrics.calibration_slope, metrics.calibration_intercept)
    return {
        **{name: films.interval(metric, probability) for name, metric in zip(names, every, strict=True)},
        "expected_calibration_error": {
            "value": metrics.expected_calibration_error(ECE_BINS)(films.y, probability),
            "bins": ECE_BINS,
            "binning": "equal counts",
        },
    }


def to_markdown(summary: Mapping[str, Any]) -> str:
    """Return the tables of ``summarise`` as Markdown: all outputs, then each comparison, then the subgroups."""
    return "\n".join(_markdown_lines(summary)) + "\n"


def _markdown_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    fold = "all films" if summary["fold"] is None else f"fold {summary['fold']}"
    least = summary["min_positive_patients"]
    yield (
        f"{summary['n_films']:,} films of {summary['n_patients']:,} patients ({fold}). In brackets: "
        f"{summary['interval']['level']:.0%} interval over {summary['interval']['resamples']:,} resamples of patients."
    )
    yield ""
    yield from _table(
        ("Output", "Films (positive)", "Positive patients", "AUC", "Average precision", "Sensitivity", "Specificity"),
        [
            (
                _title(o),
                f"{o['n_films']:,} ({o['n_positive_films']:,})",
                f"{o['n_positive_patients']:,}" + (" (few)" if o["few_positive_patients"] else ""),
                *(_cell(o[key]) for key in ("auroc", "average_precision", "sensitivity", "specificity")),
            )
            for o in summary["outputs"]
        ],
    )
    yield from _table(
        ("Output", "Prevalence", "Brier", "Calibration slope", "Calibration intercept", "Calibration error (ECE)"),
        [
            (
                _title(o),
                number(o["prevalence"]),
                *(_cell(o[key]) for key in ("brier", "calibration_slope", "calibration_intercept")),
                _cell(o["expected_calibration_error"]),
            )
            for o in summary["outputs"]
        ],
    )
    compared = [
        (_title(o), name.replace("_", " "), _cell(c["auroc"]), _cell(c["auroc_difference"], SIGNED))
        for o in summary["outputs"]
        for name, c in o["comparisons"].items()
    ]
    if compared:
        yield from _table(("Output", "Compared with", "Its AUC", "AUC of the network minus it"), compared)
    yield from _table(
        ("Output", "Subgroup", "Positive patients", "AUC", "Sensitivity", "Specificity"),
        [
            (
                _title(o),
                f"{kind.removesuffix('_years')} {group['group']}",
                f"{group['n_positive_patients']:,}",
                *(
                    (f"too few (under {least})", "", "")
                    if group["too_few"]
                    else (_cell(group[key]) for key in ("auroc", "sensitivity", "specificity"))
                ),
            )
            for o in summary["outputs"]
            for kind, groups in o["subgroups"].items()
            for group in groups
        ],
    )


_cell = partial(bracketed, missing=NOT_DEFINED)


def _title(output: Mapping[str, Any]) -> str:
    name = output["name"].removeprefix("report_").replace("_", " ")
    return f"{name} (score for a report label)" if output["report_label"] else name


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield table_row(header)
    yield "|" + " --- |" * len(header)
    yield from (table_row(cell.replace("|", "/") for cell in cells) for cells in rows)
    yield ""
