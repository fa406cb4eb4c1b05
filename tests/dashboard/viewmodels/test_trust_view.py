"""What the page says of a map under examination, and of a finding that may be read for the wrong reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.catalogue import text
from dashboard.figures.faithfulness import faithfulness_figure
from dashboard.viewmodels.explain.trust import build_finding_trust, build_trust, sanity_words, verdict_words
from model_zoo.case.beginning import NO_GATE
from model_zoo.case.case_review import ExplainedMap
from model_zoo.trust.check import FAILED, PASSED, CheckResult, ordered_checks
from model_zoo.trust.in_distribution import GateResult
from model_zoo.trust.shortcuts import PlaceEffect, ShortcutReport
from model_zoo.trust.verdict import BELIEVED, DOUBTFUL, NOT_TO_BE_USED, PENDING, MapVerdict
from tests.dashboard.viewmodels.test_comparison_view import a_map, a_review

CURVES = {key: [2.0, 1.0, 0.5, 0.2, 0.0] for key in ("deletion", "insertion", "edge_deletion", "edge_insertion")}


def checked(verdict: str, validated: bool = True, outcome: str = PASSED, count: int | None = None) -> ExplainedMap:
    names = [check.name for check in ordered_checks()][:count]
    results = tuple(
        CheckResult(n, n.title(), outcome, 1.0, 0.0, f"{n} said.", CURVES if n == "faithfulness" else {}) for n in names
    )
    return replace(
        a_map("one", 2, 10), checks=results, verdict=MapVerdict(verdict, ("A reason.",), validated, "The evidence.")
    )


def test_before_the_first_check_the_map_waits() -> None:
    view = build_trust(a_map("one", 2, 10))
    assert view.verdict == PENDING
    assert view.headline == text("trust.pending", done=0, total=len(ordered_checks()))
    assert all(row.outcome == text("trust.not_run") for row in view.rows)


def test_a_saved_map_does_not_wait_for_checks_that_never_come() -> None:
    view = build_trust(checked(PENDING, count=2), stored=True)
    assert view.headline == text("trust.unfinished", done=2, total=len(ordered_checks()))


@pytest.mark.parametrize(
    ("verdict", "validated", "colour"),
    [
        (BELIEVED, True, "green"),
        (BELIEVED, False, "blue"),
        (DOUBTFUL, True, "orange"),
        (NOT_TO_BE_USED, False, "red"),
    ],
)
def test_the_badge_says_verdict_and_whether_it_was_validated(verdict: str, validated: bool, colour: str) -> None:
    view = build_trust(checked(verdict, validated))
    assert (view.colour, view.headline) == (colour, verdict_words(verdict, validated))
    assert verdict_words(verdict, True) != verdict_words(verdict, False)
    assert view.evidence == "The evidence."


def test_a_believed_map_says_what_speaks_for_it_and_a_doubtful_one_why_not() -> None:
    assert build_trust(checked(BELIEVED)).reasons == ("faithfulness said.", "randomisation said.")
    assert build_trust(checked(DOUBTFUL, outcome=FAILED)).reasons == ("A reason.",)


def test_half_way_the_panel_shows_what_is_done() -> None:
    view = build_trust(checked(PENDING, count=2))
    assert view.progress == (2, len(ordered_checks()))
    assert [row.outcome == text("trust.not_run") for row in view.rows] == [False, False] + [True] * (len(view.rows) - 2)


def test_curves_are_drawn_for_map_and_edges_and_said_to_be_missing_before() -> None:
    view = build_trust(checked(BELIEVED))
    figure = faithfulness_figure(view.curves)
    assert {trace.name for trace in figure.data} == {
        text("trust.curve.edges_removed"), text("trust.curve.edges_restored"),
        text("trust.curve.map_removed"), text("trust.curve.map_restored"),
    }  # fmt: skip
    assert not faithfulness_figure(None).data


def test_alarms_and_the_gate_are_said_for_the_finding() -> None:
    review = a_review(a_map("one", 2, 10))
    output = review.prediction.findings[0].output if review.prediction.findings else "lung_opacity"
    report = ShortcutReport(
        output,
        1.0,
        -3.0,
        (PlaceEffect("corners", 2.0, 2.0, 0.5, True),),
        0.1,
        "PA",
        0.1,
        False,
        ("Alarm!",),
        ("Measured.",),
    )
    gate = GateResult("adult", True, 0.5, 1.0, 0.4, "PA films of adults aged 60+", None, None)
    view = build_finding_trust(replace(review, shortcuts=(report,), gate=gate), output)
    assert view.alarms == ("Alarm!",)
    assert view.sentences == ("Measured.",)
    assert view.gate_words == text("trust.gate.accepted", nearer="40", group=gate.neighbourhood)
    assert build_finding_trust(review, "another").alarms == ()
    assert build_finding_trust(replace(review, gate=None), output).gate_words == NO_GATE


def test_what_was_measured_is_said_beside_a_method_with_a_caution() -> None:
    found = {"hit_rate": {"value": 0.173, "n_films": 222}, "mean_box_on_the_same_films": {"value": 0.509}}
    methods = {"m": {"benchmark": {"all_folds": found}}}
    cascade = {"limit": 0.7, "methods": {"m": {"n_films": 8, "deepest": {"value": 0.912}}}}
    words = sanity_words({"maps": {"cascade": cascade, "methods": methods}}, "m")
    assert text("trust.sanity.weights", films=8, correlation="0.91", limit="0.7") in words
    assert text("trust.sanity.pointing", hits="17", films=222, constant="51") in words
    assert sanity_words({"maps": {"cascade": cascade}}, "another") == ""
    assert sanity_words(None, "m") == ""
