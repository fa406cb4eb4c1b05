"""Reviews made from written numbers: no film, no network, the same each time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from model_zoo.card import ModelCard
from model_zoo.evaluation.drift_report import DriftReport, GateReference, NewFilms, build_drift_report
from model_zoo.evaluation.labels import FilmLabels, LabelTable
from model_zoo.evaluation.model_review import ModelReview, build_model_review
from model_zoo.evaluation.predictions import OutputScores, PredictionTable
from model_zoo.evaluation.report import ReportedOutput

OUTPUT, REPORT = "lung_opacity", "report_effusion"
# Told apart from every word of the page: it must never appear in what is shown or exported.
SECRET = "ZZ-SECRET-4711"
RESAMPLES = 60


def made_predictions(n: int = 240, seed: int = 0) -> PredictionTable:
    """Return films of a useful network, every patient with one or two of them; men are read worse than women."""
    rng = np.random.default_rng(seed)
    rows, logits = [], []
    for i in range(n):
        positive, male = i % 2, (i // 2) % 2
        patient = f"{SECRET}-{i - (i % 5 == 0)}"
        rows.append(
            FilmLabels(
                f"{SECRET}-{i}.png",
                patient,
                {OUTPUT: positive, REPORT: int(rng.random() < 0.1)},
                60.0 if i % 3 else 30.0,
                "M" if male else "F",
                "PA",
            )
        )
        logits.append(rng.normal() + positive * (0.7 if male else 2.2) - 0.5)
    values = np.array(logits)
    scores = OutputScores(
        values,
        1 / (1 + np.exp(-values)),
        {"thumbnail": rng.normal(size=n), "other": values + 0.8 * rng.normal(size=n)},
    )
    table = LabelTable(Path(f"/{SECRET}"), (OUTPUT, REPORT), tuple(rows))
    return PredictionTable(table, {OUTPUT: scores, REPORT: OutputScores(rng.normal(size=n))})


def made_review(card: ModelCard, n: int = 240, synthetic: bool = True) -> ModelReview:
    """Return a review of both adult outputs of the tiny card, with a second model."""
    return build_model_review(
        card,
        made_predictions(n),
        [ReportedOutput(OUTPUT, 0.43), ReportedOutput(REPORT, 0.0, report_label=True)],
        "a labelled folder",
        synthetic=synthetic,
        other="Sister",
        resamples=RESAMPLES,
    )


def made_new_films(shift: float = 0.0, n: int = 60) -> NewFilms:
    """Return new adults whose logits spread as the quantiles of the tiny card do, moved by ``shift``."""
    values = np.linspace(-4, 4, n) + shift
    manufacturer = "B" if shift else "A"
    return NewFilms(
        population="adult",
        logits={OUTPUT: values, REPORT: values},
        distances=np.linspace(-1, 1, n) + shift,
        tags=tuple({"Manufacturer": manufacturer, "Modality": "DX"} for _ in range(n)),
        n_films=n,
        unreadable=1,
        uncovered=2,
    )


def made_drift(card: ModelCard, shift: float = 0.0, n: int = 60) -> DriftReport:
    gate = GateReference(tuple(np.linspace(-1, 1, 101)), 0.94, 0.97)
    tags = [{"Manufacturer": "A", "Modality": "DX"}] * 50
    return build_drift_report(card, made_new_films(shift, n), gate, tags, "a folder of new films")


def with_title(review: ModelReview, title: str) -> ModelReview:
    """Return the review under another title."""
    return replace(review, title=title)
