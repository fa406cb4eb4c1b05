"""Fitting and measuring the section: on simulated films with known shares, and on the held-out films."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from model_zoo.card import Calibration, OutputCard
from model_zoo.engine import InferenceEngine
from model_zoo.engine.scoring import score_table
from model_zoo.evaluation import metrics
from model_zoo.evaluation.labels import FilmLabels, LabelTable
from model_zoo.evaluation.predictions import OutputScores, PredictionTable
from model_zoo.training.chest.recipe import given_table
from model_zoo.training.trust import number as trust_number
from model_zoo.training.trust.number import ScoredFilms, fit_number, fit_output, measure_number, measure_output

SEED = 12


def _card(kind: str = "probability") -> OutputCard:
    calibration = Calibration(1.0, 0.0, ((0.01, 0.0), (0.0, 0.01)), "made films")
    return OutputCard("x", "X", "adult", kind, 0.5, "a rule", (-4.0, 4.0), calibration)


def _films(n: int, prevalence: float, generator: np.random.Generator) -> ScoredFilms:
    y = (generator.random(n) < prevalence).astype(float)
    views = np.where(generator.random(n) < 0.95, "PA", "AP")
    return ScoredFilms(y, generator.normal(1.5 * y, 1.0), np.arange(n).astype(str), {"view": views})


@pytest.fixture(autouse=True)
def _few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics.bootstrap_interval, "__defaults__", (200, 0, metrics.LEVEL))


def test_measured_coverage_is_near_what_was_asked_for_and_small_groups_are_too_few() -> None:
    generator = np.random.default_rng(SEED)
    entry = fit_output(_card(), _films(3000, 0.2, generator))
    assert entry["prevalence"] == pytest.approx(0.2, abs=0.03)
    films = _films(3000, 0.2, generator)
    measured = measure_output(entry, films, 0.5)
    json.dumps({**entry, "measured": measured}, allow_nan=False)
    for key, rates in measured["coverage"].items():
        for name in ("overall", "present", "absent"):
            assert rates[name]["value"] == pytest.approx(float(key), abs=0.035)
        sizes = [rates[name]["value"] for name in ("one_answer", "both_answers", "no_answer")]
        assert sum(sizes) == pytest.approx(1.0)
    ap, pa = measured["subgroups"]["view"]
    assert (ap["group"], ap["too_few"], ap["coverage"]) == ("AP", True, None)
    assert 0 < ap["n_positive_patients"] < 50
    assert pa["coverage"]["0.90"]["value"] == pytest.approx(0.9, abs=0.035)
    positive, negative = films.logits[films.y == 1], films.logits[films.y == 0]
    expected = (positive >= 0.5).mean() / (negative >= 0.5).mean()
    assert measured["likelihood_ratios"]["plus"]["value"] == pytest.approx(expected)
    assert measured["baseline"]["commoner"] == "absent"
    assert measured["baseline"]["always_commoner"]["value"] == pytest.approx(1 - films.y.mean())


def test_a_report_label_gets_sets_but_neither_prevalence_nor_ratios() -> None:
    generator = np.random.default_rng(SEED)
    films = _films(400, 0.3, generator)
    entry = fit_output(_card("report_score"), films)
    assert entry["prevalence"] is None
    assert measure_output(entry, films, 0.5)["likelihood_ratios"] is None


class _Engine:
    """An engine of two outputs of one population, whose films are never opened."""

    class card:
        outputs = (_card(), replace(_card("report_score"), name="label"))

        @staticmethod
        def output(name: str) -> OutputCard:
            return next(output for output in _Engine.card.outputs if output.name == name)


def test_the_section_takes_thresholds_from_fold_three_and_rates_from_fold_four(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(SEED)
    y = (generator.random(600) < 0.3).astype(int)
    rows = tuple(
        FilmLabels(f"{i}.png", str(i // 2), {"x": int(v), "label": int(v)}, 50.0, "F", "PA", fold=3 + i // 2 % 2)
        for i, v in enumerate(y)
    )
    logits = {row.file: float(generator.normal(1.5 * v)) for row, v in zip(rows, y, strict=True)}
    passes: list[tuple[int, ...]] = []

    def scored(engine: object, table: LabelTable) -> PredictionTable:
        passes.append(tuple(np.unique(table.folds)))
        scores = OutputScores(np.array([logits[row.file] for row in table.rows]))
        return PredictionTable(table, {"x": scores, "label": scores})

    monkeypatch.setattr(trust_number, "given_table", lambda population: LabelTable(Path(), ("x", "label"), rows))
    monkeypatch.setattr(trust_number, "score_table", scored)
    engine = cast(InferenceEngine, _Engine())
    section = measure_number(engine, fit_number(engine))
    json.dumps(section, allow_nan=False)
    # One pass over each fold serves both outputs.
    assert passes == [(3,), (4,)]
    fitted, measured = section["outputs"]["x"], section["outputs"]["x"]["measured"]
    assert (fitted["n_films"], measured["n_films"], measured["n_patients"]) == (300, 300, 150)
    assert fitted["n_positive_films"] == int(y[[row.fold == 3 for row in rows]].sum())
    assert measured["n_positive_films"] == int(y[[row.fold == 4 for row in rows]].sum())
    assert section["outputs"]["label"]["measured"]["likelihood_ratios"] is None


@pytest.mark.data
@pytest.mark.slow
def test_sets_of_opacity_reach_ninety_per_cent_on_held_out_patients() -> None:
    engine = InferenceEngine()
    card, table = engine.card.output("lung_opacity"), given_table("adult")
    read = table.where(np.isfinite(table.labels("lung_opacity")))
    fitted, held_out = (ScoredFilms.of(score_table(engine, read.in_folds(fold)), card.name) for fold in (3, 4))
    assert not set(fitted.patients) & set(held_out.patients)
    measured = measure_output(fit_output(card, fitted), held_out, card.threshold_logit)
    for key in ("overall", "present", "absent"):
        assert measured["coverage"]["0.90"][key]["high"] >= 0.90
    assert measured["coverage"]["0.90"]["overall"]["value"] > 0.85
    assert set(held_out.groups) == {"age", "sex", "view"}
