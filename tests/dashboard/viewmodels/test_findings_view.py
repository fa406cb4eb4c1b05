"""The rows of the findings panel: the source's numbers, and three kinds of number that never mix."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.catalogue import text
from dashboard.viewmodels.numbers.findings import build_findings, probability_words
from model_zoo.card import Calibration, ModelCard, OutputCard, PopulationCard
from model_zoo.results import Prediction, build_finding
from model_zoo.trust.conformal import WITH, WITHOUT
from model_zoo.trust.number_block import NumberBlock
from model_zoo.trust.state import State

QUANTILES = tuple(-5 + 0.1 * k for k in range(101))
CALIBRATION = Calibration(1.0, 0.0, ((0.01, 0.0), (0.0, 0.02)), "held-out patients")


def an_output(
    name: str, title: str, population: str = "adult", kind: str = "probability", **more: object
) -> OutputCard:
    calibration = CALIBRATION if kind == "probability" else None
    return OutputCard(name, title, population, kind, -0.62, "a rule", QUANTILES, calibration, **more)


OUTPUTS = (
    an_output("lung_opacity", "Lung opacity"),
    an_output("report_effusion", "Pleural effusion", kind="report_score", caution="Learned from reports."),
    an_output("pneumonia", "Pneumonia", "child"),
    an_output("bacterial", "Bacterial rather than viral", "child", condition="if there is pneumonia"),
)
CARD = ModelCard(
    "toy", "Toy", "1.0", "classification", (1, 128, 128), (-1, 1), "layer", ("DX",), ("CHEST",), (0.6, 1.8), 128,
    (
        PopulationCard("adult", "Adults (18 and over)", (18, 121), "whole", ("PA",), "One hospital."),
        PopulationCard("child", "Children aged 1 to 5", (1, 6), "lungs", ("AP",), "Another hospital."),
    ),
    OUTPUTS, ("pneumothorax", "fractures and bone"), "reading aid", ("diagnosis",), "c" * 64, {},
)  # fmt: skip


def a_prediction(logits: dict[str, float], population: str = "adult", covered: bool = True) -> Prediction:
    findings = tuple(build_finding(o, logits[o.name], covered) for o in CARD.outputs_of(population))
    return Prediction("toy", "1.0", "c" * 64, "ab" * 32, 0, population, findings, covered)


def test_a_calibrated_finding_carries_the_source_numbers_in_one_unit() -> None:
    prediction = a_prediction({"lung_opacity": 1.45, "report_effusion": 0.0})
    finding = prediction.finding("lung_opacity")
    (row,) = build_findings(prediction, CARD, ()).probability_rows
    assert (row.value, row.low, row.high) == (finding.probability, *finding.probability_interval)
    assert row.threshold == finding.threshold_probability
    assert row.state is State.FLAGGED
    number = text("numbers.row.interval", value="0.81", low="0.74", high="0.86")
    assert row.words == text("numbers.row", number=number, threshold="0.35", state=text("state.flagged"))
    assert row.kind_words == text("numbers.kind.probability")


def test_a_report_label_is_a_score_and_never_a_probability() -> None:
    view = build_findings(a_prediction({"lung_opacity": 0.0, "report_effusion": 2.2}), CARD, ())
    (row,) = view.score_rows
    assert row.value == pytest.approx(72.0)
    assert row.threshold == pytest.approx(43.8)
    assert (row.low, row.high) == (None, None)
    assert row.kind_words == text("numbers.kind.report_label", rank="72")
    assert row.caution == "Learned from reports."
    assert "probability" not in row.words + row.kind_words


def test_outside_the_intended_use_there_are_scores_only() -> None:
    view = build_findings(a_prediction({"lung_opacity": 1.45, "report_effusion": 0.0}, covered=False), CARD, ())
    assert view.probability_rows == ()
    assert [row.output for row in view.score_rows] == ["lung_opacity", "report_effusion"]
    assert {row.state for row in view.rows} == {State.NOT_OFFERED}
    probability, label = view.score_rows
    assert probability.kind_words == text("numbers.kind.outside_use", rank=f"{probability.value:.0f}")
    assert label.kind_words == text("numbers.kind.report_label_outside_use", rank=f"{label.value:.0f}")
    assert view.remarks[0] == text("numbers.remark.outside_use")


@pytest.mark.parametrize(("pneumonia", "state"), [(-2.0, State.NOT_OFFERED), (2.0, State.FLAGGED)])
def test_a_conditional_output_is_not_offered_until_its_condition_is_met(pneumonia: float, state: State) -> None:
    view = build_findings(a_prediction({"pneumonia": pneumonia, "bacterial": 0.5}, "child"), CARD, ())
    plain, conditional = view.probability_rows
    assert plain.state is (State.FLAGGED if pneumonia > 0 else State.NOT_FLAGGED)
    assert conditional.state is state
    assert "if there is pneumonia" in conditional.words


@pytest.mark.parametrize(("logit", "state"), [(1.45, State.FLAGGED), (-0.8, State.UNDECIDED)])
def test_a_set_that_still_holds_the_finding_leaves_it_undecided_below_the_threshold(logit: float, state: State) -> None:
    block = NumberBlock("lung_opacity", "Lung opacity", 0.9, (WITH, WITHOUT), "", "")
    view = build_findings(a_prediction({"lung_opacity": logit, "report_effusion": 0.0}), CARD, (block,))
    assert view.rows[0].state is state


def test_the_population_and_what_was_not_assessed_stand_beside_the_findings() -> None:
    view = build_findings(a_prediction({"pneumonia": -2.0, "bacterial": 0.5}, "child"), CARD, ())
    assert view.population_title == "Children aged 1 to 5"
    assert "Another hospital." in view.remarks
    assert view.not_assessed == CARD.not_assessed
    assert "normal" not in " ".join(row.words + row.kind_words for row in view.rows)


def test_two_numbers_that_round_alike_are_told_apart() -> None:
    prediction = a_prediction({"lung_opacity": 0.0, "report_effusion": 0.0})
    finding = replace(prediction.findings[0], probability=0.3512, threshold_probability=0.3531, above_threshold=False)
    view = build_findings(replace(prediction, findings=(finding, prediction.findings[1])), CARD, ())
    assert (view.rows[0].value_words, view.rows[0].threshold_words) == ("0.351", "0.353")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.001, text("numbers.less_than", value="0.01")),
        (0.999, text("numbers.more_than", value="0.99")),
        (0.5, "0.50"),
        (0.993, "0.99"),
    ],
)
def test_no_probability_reads_as_nought_or_one(value: float, words: str) -> None:
    assert probability_words(value) == words


def test_nothing_of_the_hashes_reaches_the_rows() -> None:
    prediction = a_prediction({"lung_opacity": 0.0, "report_effusion": 0.0})
    assert prediction.scan_sha256[:8] not in repr(build_findings(prediction, CARD, ()))


def test_answers_that_exclude_each_other_name_the_likeliest() -> None:
    findings = tuple(build_finding(output, logit, True) for output, logit in zip(OUTPUTS[2:], (-0.4, 1.2), strict=True))
    prediction = Prediction("toy", "1.0", "0", "0", 0, "child", findings, True, exclusive=True)
    likeliest = text("numbers.remark.one_of", count="2", title="Bacterial rather than viral")
    assert build_findings(prediction, CARD, ()).remarks[0] == likeliest
    one_by_one = replace(prediction, exclusive=False)
    assert likeliest not in build_findings(one_by_one, CARD, ()).remarks
