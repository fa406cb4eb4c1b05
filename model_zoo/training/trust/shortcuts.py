"""Fits and measures the shortcut probes and the wrong-reason alarm: section "shortcuts" of the trust card.

Limits: the effect of taking a place away that 99 % of genuine films of fold 3 stay under, but at least half a spread. View
rates come from the training folds. On fold 4 it is measured how often the alarm is raised by the genuine network and by a
network that was trained to see a corner marker, on the same films.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from model_zoo.engine.inference import InferenceEngine
from model_zoo.engine.scoring import load_film
from model_zoo.evaluation.labels import LabelTable
from model_zoo.results import ModelInput
from model_zoo.training.chest.recipe import given_table
from model_zoo.training.trust.corner_marker import TARGET, fixture_engine, paint_marker
from model_zoo.trust.alarm import map_alarms
from model_zoo.trust.shortcuts import PLACES, ShortcutReport, spread_of
from model_zoo.trust.trust_card import section_of
from model_zoo.trust.verdict import limits_of

# Half a spread: a smaller effect cannot carry a film over a threshold that is not already near.
LEAST_LIMIT = 0.5
GENUINE_SHARE = 0.99
# Films of each fold and population: rates to about one per cent, in a minute.
FILMS = 400
MARKED_FILMS = 120
MAP_METHOD = "grad-cam"
SEED = 43
# Each tail of a 95 % interval.
ALPHA_TAIL = 0.025


def fit_shortcuts(engine: InferenceEngine) -> dict[str, Any]:
    """Return the section "shortcuts" without its measured part."""
    outputs: dict[str, Any] = {}
    for population in ("adult", "child"):
        table = given_table(population)
        held = _some(table.in_folds(3))
        reports = [engine.probe_shortcuts(item, None) for item in _inputs(engine, population, held)]
        for card in engine.card.outputs_of(population):
            mine = [report for found in reports for report in found if report.output == card.name]
            limits = {
                place: max(LEAST_LIMIT, float(np.quantile(_effects(mine, place), GENUINE_SHARE)) / spread_of(card))
                for place in PLACES
            }
            outputs[card.name] = {"limits": limits, "view_rates": _view_rates(table.in_folds(0, 1, 2), card.name)}
    return {"outputs": outputs, "limit_rule": "99 % of 400 films of fold 3, in spreads, at least half a spread"}


def measure_shortcuts(engine: InferenceEngine) -> dict[str, Any]:
    """Return how often the installed limits raise an alarm on fold 4, and on the corner-marker fixture."""
    found: dict[str, Any] = {"genuine": {}}
    for population in ("adult", "child"):
        table = _some(given_table(population).reported())
        reports = [engine.probe_shortcuts(item, None) for item in _inputs(engine, population, table)]
        for card in engine.card.outputs_of(population):
            mine = [report for per_film in reports for report in per_film if report.output == card.name]
            raised = np.array([report.logit >= card.threshold_logit for report in mine])
            alarmed = np.array([bool(report.alarms) for report in mine])
            patients = table.patient_ids
            found["genuine"][card.name] = {
                "all_films": rate(alarmed, patients),
                "raised_findings": rate(alarmed[raised], patients[raised]),
            }
    found["corner_marker"] = _against_fixture(engine)
    return found


def rate(hits: np.ndarray, patients: np.ndarray) -> dict[str, Any]:
    """Return a share with its 95 % interval over resampled patients; ``value`` is ``None`` without films.

    Where all films agree resampling cannot vary; the interval is then that of Clopper and Pearson (1934), with patients as
    the independent units. hits may also be differences between -1 and 1.
    """
    if len(hits) == 0:
        return {"value": None, "low": None, "high": None, "n_films": 0, "n_patients": 0}
    names, group = np.unique(np.asarray(patients), return_inverse=True)
    total, count = np.bincount(group, hits.astype(float)), np.bincount(group).astype(float)
    draws = np.random.default_rng(0).integers(len(names), size=(1000, len(names)))
    low, high = np.percentile(total[draws].sum(1) / count[draws].sum(1), [2.5, 97.5])
    values = np.asarray(hits, dtype=float)
    if (values == 0).all() and np.asarray(hits).dtype == bool:
        high = 1 - ALPHA_TAIL ** (1 / len(names))
    if (values == 1).all() and np.asarray(hits).dtype == bool:
        low = ALPHA_TAIL ** (1 / len(names))
    return {
        "value": float(np.mean(hits)),
        "low": float(low),
        "high": float(high),
        "n_films": len(hits),
        "n_patients": len(names),
    }


def _against_fixture(engine: InferenceEngine) -> dict[str, Any]:
    """The same films of fold 4, once with the marker painted in: does the alarm tell the two networks apart?"""
    fixture = fixture_engine()
    table = given_table("adult").reported()
    table = _some(table.where(np.isfinite(table.labels(TARGET))), MARKED_FILMS)
    rows: dict[str, list[bool]] = {}
    for item in _inputs(engine, "adult", table):
        marked = replace(item, tensor=paint_marker(item.tensor))
        for name, network, picture in (
            ("fixture, marker on the film", fixture, marked),
            ("fixture, no marker", fixture, item),
            ("genuine, marker on the film", engine, marked),
            ("genuine, no marker", engine, item),
        ):
            rows.setdefault(name, []).append(_alarmed(network, picture))
    return {name: rate(np.array(values), table.patient_ids) for name, values in rows.items()}


def _alarmed(engine: InferenceEngine, item: ModelInput) -> bool:
    """Whether either alarm is raised for the target: effect of a place, or where the Grad-CAM map lies."""
    reports = engine.probe_shortcuts(item, None)
    if any(report.alarms for report in reports if report.output == TARGET):
        return True
    attribution = engine.explain(item, MAP_METHOD, TARGET)
    result = engine.check_map(item, attribution, "anatomy")
    effect = engine.cover_region(item, attribution, covered=False)
    return bool(map_alarms([result], limits_of(section_of(engine.trust, "maps"), MAP_METHOD), effect))


def _some(table: LabelTable, count: int = FILMS) -> LabelTable:
    keep = np.zeros(len(table), dtype=bool)
    keep[np.random.default_rng(SEED).permutation(len(table))[:count]] = True
    return table.where(keep)


def _inputs(engine: InferenceEngine, population: str, table: LabelTable) -> list[ModelInput]:
    return [engine.prepare(load_film(table, i), population) for i in range(len(table))]


def _effects(reports: list[ShortcutReport], place: str) -> np.ndarray:
    return np.array([abs(found.effect) for report in reports for found in report.places if found.place == place])


def _view_rates(table: LabelTable, output: str) -> Mapping[str, Any]:
    labels = table.labels(output)
    views = np.array([row.view or "" for row in table.rows])
    rates = {}
    for view in sorted(set(views) - {""}):
        mine = (views == view) & np.isfinite(labels)
        if mine.sum() > 0:
            rates[view] = rate(labels[mine] == 1, table.patient_ids[mine])
    return rates
