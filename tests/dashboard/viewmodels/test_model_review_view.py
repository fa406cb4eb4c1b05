"""The words of a model review: what a threshold means, what is worst, who is better, what moved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.catalogue import text
from dashboard.viewmodels.model_review.drift import drift_notes, drift_rows
from dashboard.viewmodels.model_review.report import (
    caution_lines,
    comparison_words,
    ends_words,
    facts_line,
    known_subgroups,
    number_rows,
    p_words,
    subgroup_words,
)
from dashboard.viewmodels.model_review.threshold import build_threshold, slider_range, slider_start, threshold_of
from model_zoo.card import ModelCard, read_card
from model_zoo.evaluation.delong import AreaTest
from model_zoo.evaluation.model_review import ModelReview
from tests.review_runs import OUTPUT, REPORT, SECRET, made_drift, made_review
from tests.tiny_zoo import write_tiny_zoo


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> ModelCard:
    return read_card(write_tiny_zoo(tmp_path_factory.mktemp("zoo")) / "tiny")


@pytest.fixture(scope="module")
def review(card: ModelCard) -> ModelReview:
    return made_review(card)


def test_a_threshold_says_flagged_and_missed_here_and_at_a_stated_prevalence(review: ModelReview) -> None:
    output = review.output(OUTPUT)
    here, rare = build_threshold(output, 0.43), build_threshold(output, 0.43, prevalence=0.02)
    c = here.confusion
    assert (c.true_positive + c.false_negative, c.false_positive + c.true_negative) == (120, 120)
    assert here.here is not None
    assert here.here.flagged == pytest.approx(100 * (c.true_positive + c.false_positive) / 240)
    assert here.here.missed == pytest.approx(100 * c.false_negative / 240)
    assert here.stated is None
    hundred = {"pictures": "films", "flagged": "@", "false_alarms": "@", "missed": "@"}
    said = text("review.hundred.here", prevalence="50", **hundred)
    assert here.sentence.startswith(said.split("@")[0])
    assert rare.stated is not None
    assert rare.stated.missed == pytest.approx(2 * c.false_negative / 120)
    assert text("review.hundred.stated", prevalence="2", **hundred).split("@")[0] in rare.sentence


def test_the_interval_of_sensitivity_counts_patients_and_not_films(review: ModelReview) -> None:
    output = review.output(OUTPUT)
    fewer = replace(output, n_positive_patients=10)
    wide, narrow = (build_threshold(o, 0.43).sensitivity for o in (fewer, output))
    assert wide.split(" (")[0] == narrow.split(" (")[0]
    assert wide != narrow


def test_at_both_ends_everything_or_nothing_is_flagged(review: ModelReview) -> None:
    output = review.output(OUTPUT)
    assert build_threshold(output, 0.0).confusion.false_negative == 0
    nothing = build_threshold(output, 1.0)
    assert nothing.confusion.true_positive == 0
    assert nothing.ppv == text("review.not_defined")


def test_the_slider_starts_at_the_operating_threshold_itself(review: ModelReview) -> None:
    output = replace(review.output(OUTPUT), threshold=0.43217)
    assert slider_start(output) == pytest.approx(0.432)
    assert threshold_of(output, slider_start(output)) == 0.43217
    assert threshold_of(output, 0.5) == 0.5
    low, high, _ = slider_range(review.output(REPORT))
    scores = review.output(REPORT).curve.thresholds
    assert low < min(scores) < max(scores) < high


def test_numbers_that_an_output_cannot_have_are_left_out(review: ModelReview) -> None:
    assert {"brier", "calibration_slope"} <= {row.name for row in number_rows(review.output(OUTPUT))}
    assert not {"brier", "calibration_slope"} & {row.name for row in number_rows(review.output(REPORT))}


def test_cautions_name_what_the_numbers_are(review: ModelReview) -> None:
    said = caution_lines(review, review.output(REPORT))
    for key in ("synthetic", "report_label", "no_probability"):
        assert text(f"review.caution.{key}") in said
    assert any("50" in line for line in said)
    assert caution_lines(replace(review, synthetic=False), review.output(OUTPUT)) == ()


def test_the_worst_subgroup_is_marked_and_too_few_is_said(review: ModelReview) -> None:
    rows = subgroup_words(review.output(OUTPUT), 50)
    assert (rows[0].group, rows[0].mark) == (
        text("review.subgroup", kind="sex", group="male"),
        text("review.subgroup.worst"),
    )
    assert [row.mark for row in rows].count(text("review.subgroup.worst")) == 1
    too_few = [row for row in rows if row.auroc == text("review.subgroup.too_few", least=50)]
    assert {row.sensitivity for row in too_few} == {""}
    assert len(known_subgroups(review.output(OUTPUT))) + len(too_few) == len(rows)


def test_a_model_is_better_only_where_both_tests_say_so(review: ModelReview) -> None:
    rows = {row.other: row for row in comparison_words(review.output(OUTPUT))}
    assert next(iter(rows)) == "Sister"
    assert rows["16x16 thumbnail baseline"].verdict == text("review.better.this")
    other = next(c for c in review.output(OUTPUT).comparisons if c.name == "other")
    assert other.delong is not None

    def verdict(bootstrap: tuple[float, float, float], test: AreaTest | None) -> str:
        changed = replace(other, bootstrap=bootstrap, delong=test)
        return comparison_words(replace(review.output(OUTPUT), comparisons=(changed,)))[0].verdict

    above = replace(other.delong, low=0.01, high=0.1)
    assert verdict((0.05, 0.01, 0.1), above) == text("review.better.this")
    assert verdict((0.05, -0.01, 0.1), above) == text("review.better.none")
    assert verdict((-0.05, -0.1, -0.01), replace(above, low=-0.1, high=-0.01)) == text(
        "review.better.other", other="Sister"
    )
    assert verdict((0.05, 0.01, 0.1), None) == text("review.better.untested")


def test_drift_is_said_row_by_row(card: ModelCard) -> None:
    report = made_drift(card, 4.0)
    rows = {row.what: row for row in drift_rows(report)}
    maker = rows[text("review.drift.tag", tag="Manufacturer")]
    assert maker.new == text("review.drift.tag_value", value="B", share="100")
    assert maker.verdict == text("review.drift.changed")
    assert text("review.drift.tag", tag="Modality") not in rows
    assert rows[text("review.drift.refused")].reference == text("review.drift.share", share="3")
    assert report.unreadable == 1
    assert drift_notes(report)[0] == text(
        "review.drift.note.read",
        films=report.n_films,
        pictures="films",
        picture="film",
        population=report.population,
        unreadable=1,
        uncovered=report.uncovered,
    )
    assert text("review.drift.note.no_tags") in drift_notes(replace(report, tags=()))


def test_words_of_numbers() -> None:
    assert ends_words((0.5, 0.4, 0.6)) == text("review.number", value="0.500", low="0.400", high="0.600")
    assert ends_words((-0.01, None, None), sign=True) == "-0.010"
    assert ends_words((None, None, None)) == text("review.not_defined")
    assert (p_words(1e-12), p_words(0.04)) == ("< 0.001", "0.040")


def test_nobody_is_named_in_the_line_of_facts(review: ModelReview) -> None:
    assert SECRET not in facts_line(review)
    assert "240 films" in facts_line(review)
