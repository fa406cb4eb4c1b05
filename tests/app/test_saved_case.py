"""A saved case stands at its own address, on the screen of an open one, from what was kept: no network is asked for it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import FunctionType

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.catalogue import text
from dashboard.components.case.study import render_study
from dashboard.components.explain.maps import render_kept_maps, render_scan_side
from dashboard.components.patient.risks import render_risks
from dashboard.components.together import other_parts
from dashboard.components.together.alert_list import render_alert_list
from dashboard.components.together.alerts_panel import render_saved_alerts
from dashboard.components.together.assessment import render_open_assessment
from dashboard.records import FolderCaseStore
from dashboard.screens.reading.drawers import BESIDE, EXPLAIN, FRAMES, NOT_ASSESSED, NUMBERS, PATIENT, TOGETHER
from dashboard.screens.reading.drawers import saved as saved_drawers
from dashboard.screens.reading.drawers.explain import render_explain
from dashboard.screens.reading.drawers.not_assessed import render_open_not_assessed
from dashboard.screens.reading.drawers.numbers import render_open_numbers
from dashboard.screens.reading.drawers.patient import render_patient
from dashboard.screens.reading.drawers.together import render_together
from dashboard.screens.reading.header import render_header, render_saved_header
from dashboard.services import open_bytes
from dashboard.viewmodels.case.address import FINDING, SAVED
from dashboard.viewmodels.case.state import state_word
from model_zoo.case import CaseReview
from model_zoo.case.json_form import case_from_json, case_to_json
from model_zoo.engine.outlines import reading_card
from model_zoo.errors import CaseUnreadable, UnknownName
from model_zoo.phantoms.all_samples import samples_of
from model_zoo.plain import plain
from model_zoo.trust.state import State
from tests.app.reading import drawn, held, keys, open_drawer
from tests.report_case import TARGET, example_case

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")
# What an open case is drawn by, what a saved one is, and the function that both call.
PAIRS = (
    (render_header, render_saved_header, "_details"),
    (render_explain, saved_drawers._explain, "render_finding_trust"),
    (render_scan_side, render_kept_maps, "render_map"),
    (render_risks, saved_drawers._patient, "render_risk"),
    (render_patient, saved_drawers._patient, "render_contributions"),
    (other_parts.render_open_other_parts, saved_drawers.saved_drawers, "render_other_parts"),
    (other_parts._open_note, saved_drawers.saved_drawers, "render_note"),
    (other_parts._open_stay, saved_drawers.saved_drawers, "render_hour"),
    (render_open_numbers, saved_drawers.saved_drawers, "render_numbers"),
    (render_alert_list, render_saved_alerts, "render_rows"),
    (render_together, saved_drawers._together, "render_concordance"),
    (render_open_assessment, saved_drawers._together, "render_assessment"),
    (render_study, saved_drawers.saved_drawers, "render_strips"),
    (render_open_not_assessed, saved_drawers.saved_drawers, "render_not_assessed"),
)


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CaseReview:
    """A case with every part filled, in the folder of saved cases; whoever loads a network for it fails."""

    def refuse(name: str) -> object:
        pytest.fail(f"{name} was loaded for a saved case")

    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    monkeypatch.setattr("dashboard.services._engine", refuse)
    monkeypatch.setattr("model_zoo.engine.outlines.open_engine", refuse)
    review = example_case()[0]
    score = next(o for o in reading_card(review.prediction.model).outputs if o.name != TARGET)
    leading, other = review.prediction.findings
    findings = (leading, replace(other, output=score.name, title=score.title))
    review = replace(review, prediction=replace(review.prediction, findings=findings))
    FolderCaseStore(tmp_path).save(review)
    return review


def opened(review: CaseReview, **address: str) -> AppTest:
    """Open a saved case by its address, as a reload or a link does."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params[SAVED] = review.case_id
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    app.switch_page("app_pages/cases.py").run()
    assert not app.exception
    return app


def test_the_address_opens_it_and_the_way_back_is_the_list(saved: CaseReview) -> None:
    app = opened(saved)
    assert {"saved-back", "open-alerts"} <= keys(app)
    assert text("saved.no_film") in drawn(app)
    app.button(key="saved-back").click().run()
    assert SAVED not in app.query_params
    assert app.title[0].value == text("saved.title")
    app.button(key=f"show-{saved.case_id}").click().run()
    assert app.query_params[SAVED] == saved.case_id
    assert text("saved.no_film") in drawn(app)


def test_an_address_of_no_case_says_so_over_the_list(saved: CaseReview) -> None:
    app = opened(replace(saved, case_id="0000"))
    unknown = UnknownName("stored case", "0000", [saved.case_id])
    assert plain(unknown.message) in app.error[0].value
    assert f"show-{saved.case_id}" in keys(app)


def test_another_finding_is_chosen_and_stands_in_the_address(saved: CaseReview) -> None:
    other = next(f.output for f in saved.prediction.findings if f.output != TARGET)
    app = opened(saved)
    (lines,) = app.radio
    assert lines.value == TARGET
    lines.set_value(other).run()
    assert app.query_params[FINDING] == other
    assert text("saved.no_map") in drawn(open_drawer(app, EXPLAIN))
    assert opened(saved, finding=other).radio[0].value == other
    # Nor does a case that is open beside it take the address.
    held(app).open_scan(open_bytes(samples_of("chest")[0].scan_bytes(), "film"))
    app.run()
    assert (app.query_params[FINDING], app.radio[0].value) == (other, other)
    assert opened(saved, finding="no-such-finding").radio[0].value == TARGET


@pytest.mark.parametrize(("of_open", "of_saved", "shared"), PAIRS, ids=[shared for *_, shared in PAIRS])
def test_open_and_saved_are_drawn_by_the_same_function(
    of_open: FunctionType, of_saved: FunctionType, shared: str
) -> None:
    assert shared in of_open.__code__.co_names
    assert shared in of_saved.__code__.co_names
    assert of_open.__globals__[shared] is of_saved.__globals__[shared]


def test_every_drawer_says_what_was_kept(saved: CaseReview) -> None:
    app, whole = opened(saved), saved.whole
    assert whole is not None
    assert whole.note is not None
    assert whole.vital_signs is not None
    assert saved.risk is not None
    said = {
        EXPLAIN: [saved.maps[0].effect.sentence],
        PATIENT: [saved.risk.population, *(outcome.title for outcome in saved.risk.outcomes)],
        BESIDE: [whole.vital_signs.words, whole.note.caution, *(c.name for c in whole.note.conditions)],
        NUMBERS: [*saved.remarks, *(region.title for region in saved.regions)],
        TOGETHER: [*(found.sentence for found in whole.agreements), *(alert.reason for alert in whole.alerts)],
        NOT_ASSESSED: list(reading_card(saved.prediction.model).not_assessed),
    }
    for name, lines in said.items():
        shown = drawn(open_drawer(app, name))
        assert [line for line in lines if plain(line) not in shown] == []
    assert FRAMES not in app.segmented_control(key="drawer-open").options
    assert not app.number_input  # nothing is asked for


def test_weights_that_are_not_the_installed_ones_are_said(saved: CaseReview, tmp_path: Path) -> None:
    assert text("saved.other_weights") in drawn(opened(saved))
    card = reading_card(saved.prediction.model)
    same = replace(saved, prediction=replace(saved.prediction, weights_sha256=card.weights_sha256))
    FolderCaseStore(tmp_path).save(same)
    assert text("saved.other_weights") not in drawn(opened(same))


def test_a_case_of_a_model_that_is_not_here_keeps_its_other_drawers(saved: CaseReview, tmp_path: Path) -> None:
    path = tmp_path / f"{saved.case_id}.json"
    case = json.loads(path.read_text())
    case["prediction"]["model"] = "gone"
    path.write_text(json.dumps(case))
    app = opened(saved)
    assert text("saved.no_model") in drawn(app)
    app.segmented_control(key="drawer-open").set_value(TOGETHER).run()
    assert plain(saved.whole.agreements[0].sentence) in drawn(app)


def test_what_is_known_to_be_wrong_is_kept(saved: CaseReview, tmp_path: Path) -> None:
    review = replace(saved, scan=replace(saved.scan, synthetic=True, planted=()))
    FolderCaseStore(tmp_path).save(review)
    flagged = [f.output for f in review.prediction.findings if review.state_of(f.output) is State.FLAGGED]
    assert flagged
    app = opened(review)
    assert sum(state_word(State.FLAGGED, True) in line for line in app.radio[0].options) == len(flagged)


def test_no_scan_of_a_patient_is_known_to_be_wrong(saved: CaseReview) -> None:
    stored = case_to_json(replace(saved, scan=replace(saved.scan, synthetic=True, planted=())))
    assert case_from_json(stored).scan.planted == ()
    stored["scan"]["synthetic"] = False
    with pytest.raises(CaseUnreadable):
        case_from_json(stored)
