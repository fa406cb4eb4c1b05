"""The section "number" of ``trust.json``: prediction sets fitted on fold 3, their coverage measured on fold 4.

Only thresholds and rates over many films are kept. Both steps score every film of their fold once (a minute or two);
the scores stay in memory and are never written.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from model_zoo.card import OutputCard
from model_zoo.engine.inference import InferenceEngine
from model_zoo.engine.scoring import score_table
from model_zoo.evaluation import metrics
from model_zoo.evaluation.labels import REPORTED_FOLD
from model_zoo.evaluation.metrics import Metric
from model_zoo.evaluation.predictions import PredictionTable
from model_zoo.evaluation.report import MIN_POSITIVE_PATIENTS
from model_zoo.training.chest.recipe import given_table
from model_zoo.training.chest.runs import SHIPPED_FOLD
from model_zoo.trust.conformal import (
    COVERAGES,
    ConformalSets,
    always_naming,
    coverage_key,
    fit_conformal,
    set_coverage,
    set_size,
)
from model_zoo.trust.number import groups_of
from model_zoo.trust.predictive import likelihood_ratio_minus, likelihood_ratio_plus

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class ScoredFilms:
    """Films of one output with label and score: truth, logit, patient, and the group of each film by kind; all (n,)."""

    y: np.ndarray
    logits: np.ndarray
    patients: np.ndarray
    groups: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, scored: PredictionTable, output: str) -> ScoredFilms:
        """Take the films of a scored table whose label and score of this output are known."""
        y, logits = scored.labels.labels(output), scored.scores[output].logit
        known = np.isfinite(y) & np.isfinite(logits)
        table = scored.labels.where(known)
        groups = [groups_of(row.age_years, row.sex, row.view, row.population) for row in table.rows]
        by_kind = {kind: np.array([g[kind] for g in groups]) for kind in groups_of(None, None, None, None)}
        return cls(y[known], logits[known], table.patient_ids, by_kind)

    def where(self, keep: np.ndarray) -> ScoredFilms:
        """Return the films for which ``keep``, (n,) of bool, is true."""
        groups = {kind: values[keep] for kind, values in self.groups.items()}
        return ScoredFilms(self.y[keep], self.logits[keep], self.patients[keep], groups)

    def counts(self) -> dict[str, int]:
        """Return the numbers of films and patients, and of positive ones."""
        return {
            "n_films": int(self.y.size),
            "n_patients": int(np.unique(self.patients).size),
            "n_positive_films": int(self.y.sum()),
            "n_positive_patients": int(np.unique(self.patients[self.y == 1]).size),
        }

    def rate(self, metric: Metric) -> dict[str, float | None]:
        """Return a metric with its patient-bootstrap interval."""
        return metrics.bootstrap_interval(metric, self.y, self.logits, self.patients).figure


def fit_number(engine: InferenceEngine) -> dict[str, Any]:
    """Return the section with the thresholds of every output, from fold 3."""
    outputs = {}
    for card in engine.card.outputs:
        outputs[card.name] = fit_output(card, ScoredFilms.of(_scored(engine, card.population, SHIPPED_FOLD), card.name))
    return {
        "coverages": list(COVERAGES),
        "fitted_on": f"fold {SHIPPED_FOLD}, held out of training",
        "outputs": outputs,
    }


def measure_number(engine: InferenceEngine, section: Mapping[str, Any]) -> dict[str, Any]:
    """Return the section with ``measured`` added to every output, from fold 4."""
    outputs = {}
    for name, entry in section["outputs"].items():
        card = engine.card.output(name)
        films = ScoredFilms.of(_scored(engine, card.population, REPORTED_FOLD), name)
        outputs[name] = {**entry, "measured": measure_output(entry, films, card.threshold_logit)}
        log.info("%s: coverage measured on %d films", name, films.y.size)
    return {**section, "measured_on": f"fold {REPORTED_FOLD}, held out of everything", "outputs": outputs}


def fit_output(card: OutputCard, films: ScoredFilms) -> dict[str, Any]:
    """Return the entry of one output: thresholds, and for a probability the prevalence it was calibrated at."""
    return {
        "population": card.population,
        "kind": card.kind,
        "condition": card.condition,
        "sets": fit_conformal(films.logits, films.y).to_json(),
        **films.counts(),
        "prevalence": float(films.y.mean()) if card.kind == "probability" else None,
    }


def measure_output(entry: Mapping[str, Any], films: ScoredFilms, threshold_logit: float) -> dict[str, Any]:
    """Return how often the sets of an entry held the truth on other films, beside the trivial sets, and the ratios.

    A group with under 50 positive patients carries their number and ``too_few``, as in ``evaluate``.
    """
    sets = ConformalSets.from_json(entry["sets"])
    common = int(2 * entry["n_positive_films"] > entry["n_films"])
    report_label = entry["kind"] == "report_score"
    ratios = {
        "threshold_logit": threshold_logit,
        "plus": films.rate(likelihood_ratio_plus(threshold_logit)),
        "minus": films.rate(likelihood_ratio_minus(threshold_logit)),
    }
    return {
        **films.counts(),
        "few_positive_patients": films.counts()["n_positive_patients"] < MIN_POSITIVE_PATIENTS,
        "interval": {"level": metrics.LEVEL, "resamples": metrics.RESAMPLES, "resampled": "patients"},
        "min_positive_patients": MIN_POSITIVE_PATIENTS,
        "coverage": {coverage_key(c): _at_coverage(sets, c, films) for c in sets.thresholds},
        "subgroups": {kind: _subgroups(sets, films, kind) for kind in films.groups},
        # A report label has no prevalence of disease, so nothing may be computed from ratios of it.
        "likelihood_ratios": None if report_label else ratios,
        "baseline": {
            "always_both": {"coverage": 1.0, "one_answer": 0.0},
            "commoner": "present" if common else "absent",
            "always_commoner": films.rate(always_naming(common)),
        },
    }


def _at_coverage(sets: ConformalSets, coverage: float, films: ScoredFilms) -> dict[str, Any]:
    thresholds = sets.at(coverage)
    return {
        "overall": films.rate(set_coverage(thresholds)),
        "present": films.rate(set_coverage(thresholds, 1)),
        "absent": films.rate(set_coverage(thresholds, 0)),
        "one_answer": films.rate(set_size(thresholds, 1)),
        "both_answers": films.rate(set_size(thresholds, 2)),
        "no_answer": films.rate(set_size(thresholds, 0)),
    }


def _subgroups(sets: ConformalSets, films: ScoredFilms, kind: str) -> list[dict[str, Any]]:
    found = []
    for group in np.unique(films.groups[kind]):
        part = films.where(films.groups[kind] == group)
        counts = part.counts()
        too_few = counts["n_positive_patients"] < MIN_POSITIVE_PATIENTS
        rates = {coverage_key(c): part.rate(set_coverage(sets.at(c))) for c in sets.thresholds}
        found.append({"group": str(group), "too_few": too_few, **counts, "coverage": None if too_few else rates})
    return found


@lru_cache(maxsize=4)
def _scored(engine: InferenceEngine, population: str, fold: int) -> PredictionTable:
    """Score a fold once per engine: every output of a population is read from the same pass."""
    return score_table(engine, given_table(population).in_folds(fold))
