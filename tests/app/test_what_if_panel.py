"""What if: playing leaves the record alone, an answer can be tried, and only the button writes; on its own and on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.patient.what_if.trial import CHANGE, CROSS, STANDING, Trial
from dashboard.screens.reading.drawers import PATIENT
from dashboard.services import patient_model, reference_patients
from dashboard.viewmodels.patient.percentiles import build_percentiles
from dashboard.viewmodels.patient.what_if import WhatIfView, build_answers, build_what_if
from model_zoo.patients.reference_groups import reference_of
from model_zoo.patients.what_if import WhatIf, what_if
from model_zoo.plain import plain
from tests.app.reading import drawn, held, keys, open_drawer

ROOT = Path(__file__).resolve().parents[2]
# The panel alone, beside a written patient; the browser test drives the same page.
PANEL, APP = ROOT / "tests" / "browser" / "what_if_page.py", ROOT / "dashboard" / "page.py"
MODEL = "heart-failure"


def play(app: AppTest) -> Trial:
    return app.session_state["what-if"]


def asked(app: AppTest) -> WhatIf:
    """Return what the model says to the values that are tried."""
    return what_if(patient_model(MODEL), play(app).record, play(app).changes)


def shown(app: AppTest) -> WhatIfView:
    """Return the answer that the panel has to show, which it does."""
    view = build_what_if(asked(app), patient_model(MODEL))
    for words in (*view.changes, *(move.words for move in view.moves), *view.warnings):
        assert plain(words) in drawn(app)
    return view


def crossed(app: AppTest) -> bool:
    """Tell whether what is tried takes the risk from above the threshold to below it."""
    found = asked(app)
    return found.before.outcomes[0].above_threshold and not found.after.outcomes[0].above_threshold


def test_playing_changes_nothing_until_it_is_used() -> None:
    app = AppTest.from_file(str(PANEL), default_timeout=180).run()
    record = held(app).record
    app.selectbox(key="what-if-variable-heart-failure").select("creatinine_umol_l").run()
    app.number_input(key="what-if-number-creatinine_umol_l-SI").set_value(2000.0).run()
    assert play(app).changes == {"creatinine_umol_l": 2000.0}
    assert shown(app).warnings  # far outside the training patients
    assert held(app).record is record
    app.select_slider(key="what-if-slider-creatinine_umol_l-SI").set_value(0).run()
    assert set(play(app).changes) == {"creatinine_umol_l"}
    assert play(app).changes["creatinine_umol_l"] < record.value("creatinine_umol_l")
    assert shown(app).moves
    assert crossed(app)
    app.number_input(key="what-if-number-creatinine_umol_l-SI").set_value(None).run()
    assert play(app).changes == {"creatinine_umol_l": None}
    assert shown(app).changes
    app.button(key="what-if-reset").click().run()
    assert play(app).changes == {}
    assert "what-if-use" not in keys(app)

    # What would cross the threshold, tried with one click.
    app.segmented_control(key="what-if-view").set_value(CROSS).run()
    app.button(key="what-if-search").click().run()
    answers = build_answers(next(iter(play(app).found.values())), patient_model(MODEL))
    assert plain(answers.words) in drawn(app)
    assert answers.held
    assert all(plain(held_back) in drawn(app) for held_back in answers.held)
    app.button(key="what-if-try-0").click().run()
    assert play(app).changes == dict(answers.rows[0].changes)
    assert crossed(app)
    assert held(app).record is record

    app.segmented_control(key="what-if-view").set_value(STANDING).run()
    model = patient_model(MODEL)
    standing = build_percentiles(reference_of(model, record, reference_patients(model.name)), model.specs)
    assert plain(standing.compared) in drawn(app)
    app.segmented_control(key="what-if-view").set_value(CHANGE).run()
    tried = dict(play(app).changes)
    app.button(key="what-if-use").click().run()
    assert not app.exception
    assert held(app).record is not record
    assert {name: held(app).record.value(name) for name in tried} == tried
    assert len(held(app).record.notes) > len(record.notes)
    assert "what-if-use" not in keys(app)


def test_a_value_of_the_reading_page_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    # Maps of the film take seconds and have no part in this.
    monkeypatch.setattr("dashboard.session.Session.pending_methods", lambda self: ())
    app = AppTest.from_file(str(APP), default_timeout=180).run()
    app.button(key="welcome-opacity").click().run()
    open_drawer(app, PATIENT)
    record, risk = held(app).record, held(app).reading.review.risk
    app.selectbox(key="what-if-variable-support-respiratory").select("creatinine_umol_l").run()
    app.number_input(key="what-if-number-creatinine_umol_l-SI").set_value(900.0).run()
    assert held(app).record is record
    assert held(app).reading.review.risk is risk
    app.button(key="what-if-use").click().run()
    assert not app.exception
    assert held(app).record.value("creatinine_umol_l") == 900.0
    assert held(app).reading.review.record is held(app).record
    assert held(app).reading.review.risk != risk
