"""The figures of a review: the points are those of the counts, the mark moves, and an empty one says why."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from dashboard.catalogue import text
from dashboard.figures.drift import drift_figure
from dashboard.figures.model_review import (
    MARK_NAME,
    calibration_figure,
    decision_figure,
    precision_recall_figure,
    roc_figure,
)
from dashboard.figures.subgroups import subgroup_figure
from dashboard.figures.theme import PALETTES
from model_zoo.card import ModelCard, read_card
from model_zoo.evaluation.curves import CountCurve
from model_zoo.evaluation.model_review import ModelReview
from model_zoo.evaluation.review_words import Nouns
from tests.review_runs import OUTPUT, REPORT, SECRET, made_drift, made_review
from tests.tiny_zoo import write_tiny_zoo


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> ModelCard:
    return read_card(write_tiny_zoo(tmp_path_factory.mktemp("zoo")) / "tiny")


@pytest.fixture(scope="module")
def review(card: ModelCard) -> ModelReview:
    return made_review(card)


def trace(figure, name):  # type: ignore[no-untyped-def]
    return next(t for t in figure.data if t.name == name)


def notes(figure) -> str:  # type: ignore[no-untyped-def]
    return " ".join(a.text for a in figure.layout.annotations)


def test_roc_runs_from_corner_to_corner_with_the_area_of_the_table(review: ModelReview) -> None:
    output = review.output(OUTPUT)
    line = trace(roc_figure(output, 0.43), text("review.figure.this_model"))
    assert (line.x[0], line.y[0], line.x[-1], line.y[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(line.y, line.x) == pytest.approx(output.numbers["auroc"][0], abs=1e-3)


def test_the_mark_stands_on_both_curves_and_moves_with_the_threshold(review: ModelReview) -> None:
    output = review.output(OUTPUT)
    for threshold in (0.2, 0.6):
        found = output.curve.confusion(threshold)
        roc = trace(roc_figure(output, threshold), MARK_NAME)
        assert (roc.x[0], roc.y[0]) == pytest.approx((1 - found.specificity, found.sensitivity))
        pr = trace(precision_recall_figure(output, threshold), MARK_NAME)
        assert (pr.x[0], pr.y[0]) == pytest.approx((found.sensitivity, found.ppv))
    # Above every score nothing is flagged: precision is not defined, and no mark is invented for it.
    assert all(t.name != MARK_NAME for t in precision_recall_figure(output, 1.1).data)


def test_a_second_model_is_told_apart_by_dash_and_word(review: ModelReview) -> None:
    output = review.output(OUTPUT)
    other = next(c for c in output.comparisons if c.name == "other")
    figure = roc_figure(output, 0.43, other)
    assert trace(figure, "Sister").line.dash != trace(figure, text("review.figure.this_model")).line.dash
    assert "Sister" in notes(figure)
    assert text("review.figure.this_model") in notes(figure)


def test_calibration_shows_each_bin_with_its_interval(review: ModelReview) -> None:
    line = trace(calibration_figure(review.output(OUTPUT)), "calibration")
    bins = review.output(OUTPUT).calibration
    assert list(line.y) == [b.share for b in bins]
    assert [y + up for y, up in zip(line.y, line.error_y.array, strict=True)] == pytest.approx([b.high for b in bins])
    assert text("review.figure.no_calibration") in notes(calibration_figure(review.output(REPORT)))


def test_the_decision_curve_shows_all_three_ways(review: ModelReview) -> None:
    figure = decision_figure(review.output(OUTPUT))
    assert {t.name for t in figure.data} == {
        text("review.figure.act_on_all"),
        text("review.figure.act_on_none"),
        text("review.figure.act_on_model"),
    }
    assert text("review.figure.no_decision") in notes(decision_figure(review.output(REPORT)))


def test_the_worst_subgroup_is_drawn_on_top(review: ModelReview) -> None:
    figure = subgroup_figure(review.output(OUTPUT))
    assert figure.layout.yaxis.ticktext[0] == text("review.subgroup", kind="sex", group="male")
    # The axis runs downwards: position 0 is on top.
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert text("review.figure.no_subgroup", units="patients") in notes(subgroup_figure(review.output(REPORT)))


def test_drift_is_drawn_over_its_reference(card: ModelCard) -> None:
    report = made_drift(card, 4.0)
    figure = drift_figure(report, OUTPUT)
    new, reference = (trace(figure, text(f"review.figure.{key}", pictures="films")) for key in ("new", "held_out"))
    assert new.x[0] > reference.x[0]
    assert (new.y[0], new.y[-1]) == (0, 1)
    assert text("review.figure.not_compared") in notes(drift_figure(report, "nothing"))


def test_one_class_alone_is_said(review: ModelReview) -> None:
    alone = replace(review.output(OUTPUT), curve=CountCurve((0.5,), (0,), (3,), 0, 3))
    for figure in (roc_figure(alone, 0.5), precision_recall_figure(alone, 0.5)):
        assert text("review.figure.one_kind", pictures="films") in notes(figure)


def test_the_figures_speak_of_the_pictures_of_the_review(review: ModelReview, card: ModelCard) -> None:
    output, nouns = review.output(OUTPUT), Nouns('a "scan"', "group")
    made = [
        calibration_figure(output, "dark", nouns),
        decision_figure(output, "dark", nouns),
        subgroup_figure(output, "dark", nouns),
        drift_figure(made_drift(card), OUTPUT, "dark", nouns),
    ]
    for figure in made:
        told = json.dumps(figure.to_plotly_json(), default=str)
        assert "film" not in told
        assert "patient" not in told
    assert made[3].data[1].name == text("review.figure.new", pictures='a "scan"s')


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_figure_takes_the_colours_of_its_theme_and_names_nobody(
    review: ModelReview, card: ModelCard, theme
) -> None:  # type: ignore[no-untyped-def]
    output = review.output(OUTPUT)
    made = [
        roc_figure(output, 0.4, None, theme),
        precision_recall_figure(output, 0.4, None, theme),
        calibration_figure(output, theme),
        decision_figure(output, theme),
        subgroup_figure(output, theme),
        drift_figure(made_drift(card), OUTPUT, theme),
    ]
    for figure in made:
        assert figure.layout.font.color == PALETTES[theme].text
        assert SECRET not in figure.to_json()
        assert len(figure.to_json()) < 60_000
