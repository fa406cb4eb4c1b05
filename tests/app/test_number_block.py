"""The number block on the page: no prevalence is assumed, and what the reader changes in it never reaches the network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.catalogue import text
from dashboard.screens.reading.drawers import NUMBERS
from dashboard.session import Case, OpenScan, Session
from dashboard.viewmodels.numbers.number import build_number
from model_zoo.engine import InferenceEngine
from model_zoo.errors import ZooError
from model_zoo.plain import plain
from model_zoo.results import Finding
from model_zoo.scans.coverage import StatedFacts
from model_zoo.trust.conformal import DEFAULT_COVERAGE, WITH, set_words
from model_zoo.trust.number import build_number_block
from model_zoo.trust.predictive import check_prevalence
from tests.app.reading import choose_finding, drawn, held, open_drawer, without_maps
from tests.number_sections import a_number_entry
from tests.tiny_zoo import made_scan

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")


def block_alone(entry):  # type: ignore[no-untyped-def]
    """Draw the block of one finding: the script of an AppTest, cut out of this module with no import but its own."""
    from functools import partial

    from dashboard.components.numbers.number import choose_coverage, render_number, state_prevalence
    from dashboard.session import session
    from model_zoo.scans.coverage import StatedFacts
    from model_zoo.trust.number import build_number_block
    from tests.app.test_number_block import a_finding

    state, finding = session(), a_finding()
    stated = state.case.prevalence.get(finding.output)
    block = entry and build_number_block(finding, entry, StatedFacts(55.0, "F", "PA"), state.case.coverage, stated)
    render_number(block, partial(choose_coverage, state, finding), partial(state_prevalence, state, finding))


def a_finding() -> Finding:
    return Finding("lung_opacity", "Lung opacity", "probability", 2.0, 60, 50, True, 0.5, (0.4, 0.6), 0.2)


def alone(entry: Any) -> AppTest:
    return AppTest.from_function(block_alone, kwargs={"entry": entry}, default_timeout=30).run()


def local_lines(finding: Finding, facts: StatedFacts, prevalence: float) -> list[str]:
    """Return what a local prevalence adds to the block, as it is drawn."""
    view = build_number(build_number_block(finding, a_number_entry(), facts, prevalence=prevalence))
    assert view.rows
    return [*(f"{plain(name)}: **{plain(value)}**" for name, value in view.rows), plain(view.odds), plain(view.caveat)]


def test_no_prevalence_is_assumed() -> None:
    app = alone(a_number_entry())
    (field,) = app.number_input
    assert (field.key, field.value) == (f"prevalence-{held(app).generation}-lung_opacity", None)
    assert held(app).case.prevalence == {}
    assert set_words([WITH], DEFAULT_COVERAGE) in drawn(app)
    assert text("numbers.ask_prevalence") in drawn(app)


def test_a_stated_prevalence_gives_predictive_values_and_can_be_withdrawn() -> None:
    app = alone(a_number_entry())
    app.number_input[0].set_value(10.0).run()
    assert held(app).case.prevalence == {"lung_opacity": pytest.approx(0.1)}
    for line in local_lines(a_finding(), StatedFacts(55.0, "F", "PA"), 0.1):
        assert line in drawn(app)
    # The positive predictive value by hand: odds of 1 to 9 times the ratio of 9, and of its ends, 6 and 12.
    assert "**0.50 (0.40 to 0.57)**" in drawn(app)
    assert text("numbers.ask_prevalence") not in drawn(app)
    app.number_input[0].set_value(None).run()
    assert held(app).case.prevalence == {}
    assert text("numbers.ask_prevalence") in drawn(app)
    assert "**0.50 (0.40 to 0.57)**" not in drawn(app)


def test_an_impossible_prevalence_is_refused_in_words() -> None:
    app = alone(a_number_entry())
    with pytest.raises(ZooError) as refused:
        check_prevalence(1.0)
    app.number_input[0].set_value(100.0).run()
    (warning,) = app.warning
    assert plain(refused.value.message) in warning.value
    assert plain(refused.value.hint) in warning.value
    assert held(app).case.prevalence == {}


def test_another_coverage_changes_the_statement() -> None:
    app = alone(a_number_entry())
    app.segmented_control[0].set_value(0.95).run()
    assert held(app).case.coverage == 0.95
    assert set_words([WITH], 0.95) in drawn(app)


def test_without_measured_rates_there_is_one_sentence_and_no_control() -> None:
    app = alone(None)
    assert text("numbers.no_coverage") in drawn(app)
    assert not app.number_input
    assert not app.segmented_control


def test_wishes_stay_for_a_new_reading_and_go_with_another_scan() -> None:
    state = Session(case=Case(coverage=0.95, prevalence={"lung_opacity": 0.1}))
    state.forget_reading()
    assert (state.case.coverage, state.case.prevalence) == (0.95, {"lung_opacity": 0.1})
    state.open_scan(OpenScan(made_scan(), None, "another"))  # type: ignore[arg-type]
    assert (state.case.coverage, state.case.prevalence) == (DEFAULT_COVERAGE, {})


def test_the_block_of_the_page_changes_without_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    run = InferenceEngine._run

    def counted(self: InferenceEngine, job: Any, key: Any = None) -> Any:
        asked.append("network")
        return run(self, job, key)

    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    monkeypatch.setattr(InferenceEngine, "_run", counted)
    monkeypatch.setattr("model_zoo.trust.number.number_entry", lambda trust, output: a_number_entry())
    app = AppTest.from_file(APP, default_timeout=300).run()
    without_maps(app)
    app.button(key="welcome-opacity").click().run()
    # Another finding may stand out more; the reading of opacity is the one with a probability.
    choose_finding(app, "lung_opacity")
    assert asked
    asked.clear()
    open_drawer(app, NUMBERS)
    state = held(app)
    finding, facts = state.reading.review.prediction.finding("lung_opacity"), state.reading.review.stated
    app.number_input(key=f"prevalence-{state.generation}-lung_opacity").set_value(5.0).run()
    for line in local_lines(finding, facts, 0.05):
        assert line in drawn(app)
    app.segmented_control(key=f"coverage-{state.generation}-lung_opacity").set_value(0.8).run()
    assert plain(build_number_block(finding, a_number_entry(), facts, 0.8).statement) in drawn(app)
    assert asked == []
