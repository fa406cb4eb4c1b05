"""The block on the page: badge, lines and rows are the block's own numbers."""

from __future__ import annotations

from dataclasses import replace

from dashboard.catalogue import text
from dashboard.viewmodels.numbers.number import build_number
from model_zoo.results import Finding
from model_zoo.scans.coverage import StatedFacts
from model_zoo.trust.number import build_number_block
from model_zoo.trust.predictive import CAVEAT
from model_zoo.trust.state import OUTSIDE
from tests.number_sections import a_number_entry, a_rate

FINDING = Finding("lung_opacity", "Lung opacity", "probability", 2.0, 60, 50, True, 0.5, (0.4, 0.6), 0.2)
FACTS = StatedFacts(55.0, "F", "PA")


def test_without_a_prevalence_the_view_asks_and_shows_no_predictive_value() -> None:
    block = build_number_block(FINDING, a_number_entry(), FACTS)
    view = build_number(block)
    assert (view.badge, view.statement) == (text("state.flagged"), block.statement)
    assert view.measured.startswith("Measured on 1,030 held-out films of 400 patients")
    assert (view.rows, view.odds, view.asks_prevalence) == ((), "", True)
    assert view.predictive_words == text("numbers.ask_prevalence")


def test_each_state_has_its_badge() -> None:
    entry = a_number_entry()
    findings = [replace(FINDING, logit=x, above_threshold=x > 1) for x in (2.0, -2.0, 0.0)]
    views = [build_number(build_number_block(finding, entry, FACTS)) for finding in findings]
    assert [view.badge for view in views] == [text(f"state.{key}") for key in ("flagged", "not_flagged", "undecided")]


def test_probability_threshold_and_predictive_values_move_together() -> None:
    view = build_number(build_number_block(FINDING, a_number_entry(), FACTS, prevalence=0.1))
    assert view.rows == (
        (text("numbers.local.probability"), "0.31 (0.23 to 0.40)"),
        (text("numbers.local.threshold"), "0.10"),
        (text("numbers.local.ppv"), "0.50 (0.40 to 0.57)"),
        (text("numbers.local.npv"), "0.97 (0.96 to 0.99)"),
    )
    assert view.odds.startswith("Of 100 patients like this flagged here, 50 have it (40 to 57)")
    assert view.caveat == f"{CAVEAT} {text('numbers.local.calibrated', prevalence='20')}"
    assert view.predictive_words == ""


def test_what_is_not_defined_is_said() -> None:
    entry = a_number_entry(likelihood_ratios={"plus": a_rate(None), "minus": a_rate(0.25)})
    rows = dict(build_number(build_number_block(FINDING, entry, FACTS, prevalence=0.1)).rows)
    assert rows[text("numbers.local.ppv")] == text("numbers.local.not_defined")
    assert rows[text("numbers.local.npv")] == "0.97"


def test_report_labels_and_uncovered_scans_are_not_asked_for_a_prevalence() -> None:
    label = replace(FINDING, kind="report_score", probability=None)
    for view in (
        build_number(build_number_block(label, a_number_entry("report_score"), FACTS)),
        build_number(build_number_block(FINDING, a_number_entry(), FACTS, refused=OUTSIDE)),
    ):
        assert not view.asks_prevalence
        assert view.predictive_words.startswith("No predictive values")
    assert view.badge == text("state.not_offered")
    assert OUTSIDE in view.statement
