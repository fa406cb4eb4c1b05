"""A sample case opens with all that belongs to it; what is brought for one patient never counts for the next unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.screens.reading.drawers import BESIDE, TOGETHER
from dashboard.services import open_bytes
from dashboard.session.note import NoteSession
from dashboard.session.stay import MonitoringSession
from dashboard.viewmodels.together.other_parts import note_lines
from model_zoo.case.assembly import note_summary
from model_zoo.case.assessment import AgreementSummary, CaseAssessment
from model_zoo.case.note_and_stay import HourRead, NoteRead
from model_zoo.fusion.agreement import AGREE, CONFLICT
from model_zoo.phantoms.all_samples import any_case
from model_zoo.phantoms.companions import companion_of
from model_zoo.plain import plain
from tests.app.reading import drawn, held, keys, open_drawer

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    return AppTest.from_file(APP, default_timeout=400).run()


def note(app: AppTest) -> NoteSession:
    return app.session_state["diaphane_session"].note


def stay(app: AppTest) -> MonitoringSession:
    return app.session_state["diaphane_session"].stay


def hour(app: AppTest) -> HourRead:
    """Return what the hour of the stay that is on the screen says."""
    read = stay(app).assessed
    assert read is not None
    return read.at(stay(app).now)


def score_is_drawn(app: AppTest) -> bool:
    """Tell whether the drawer of note and vital signs shows the score of the hour."""
    score = hour(app).score
    assert score is not None
    return plain(score.words) in drawn(app)


def alerts_of_the_stay(app: AppTest) -> set[str]:
    """Return the names of the alerts of the stay that wait on the page for somebody to acknowledge them."""
    start = f"acknowledge-{stay(app).name}-"
    return {key.removeprefix(start) for key in keys(app) if key.startswith(start)}


def lines_of_note(app: AppTest) -> tuple[str, ...]:
    return note_lines(note_summary(NoteRead(note(app).items, note(app).differential, None)))


def saved(app: AppTest) -> CaseAssessment:
    """Save the case; return what was kept beside the reading."""
    app.button(key="save-case").click().run()
    assert held(app).reading.saved_id is not None
    whole = held(app).saved_assessment
    assert whole is not None
    return whole


def on_both(whole: CaseAssessment) -> AgreementSummary:
    """Return the question that the patient's values and the vital signs both speak to."""
    return next(found for found in whole.agreements if "NEWS2" in (*found.raised, *found.lowered))


@pytest.mark.slow
def test_a_chest_case_opens_with_everything_and_the_hour_moves_it(app: AppTest) -> None:
    app.button(key="welcome-opacity").click().run()
    assert stay(app).now == 15
    assert (stay(app).age_years, stay(app).age_of_case) == (63, True)  # nobody stated another
    open_drawer(app, BESIDE)
    assert score_is_drawn(app)
    assert all(line in drawn(app) for line in lines_of_note(app))
    open_drawer(app, TOGETHER)
    news2 = {alert.key for alert in hour(app).alerts if alert.rule.group == "news2"}
    assert news2 & alerts_of_the_stay(app)
    first = saved(app)
    assert on_both(first).state == AGREE
    assert plain(on_both(first).sentence) in drawn(app)
    for _ in range(15):
        stay(app).step(-1)
    app.run()
    # Another hour is another case to save.
    assert held(app).reading.saved_id is None
    assert not news2 & alerts_of_the_stay(app)
    second = saved(app)
    assert on_both(second).state == CONFLICT
    assert plain(on_both(second).sentence) in drawn(app)
    app.switch_page("app_pages/notes.py").run()
    assert app.text_area[0].value == companion_of("opacity").note  # the note of the case stands in its field
    app.switch_page("app_pages/read.py").run()
    open_drawer(app, BESIDE)
    identifier = held(app).reading.saved_id
    assert identifier is not None
    app.button(key="beside-on").click().run()
    assert held(app).reading.saved_id is None
    # What was saved stays what it was.
    app.switch_page("app_pages/cases.py").run()
    app.button(key=f"show-{identifier}").click().run()
    assert second.vital_signs is not None
    assert second.vital_signs.hour == 0
    assert plain(second.vital_signs.words) in drawn(app)  # the drawer that was open stays open
    assert all(line in drawn(app) for line in lines_of_note(app))
    open_drawer(app, TOGETHER)
    assert all(plain(found.sentence) in drawn(app) for found in second.agreements)
    assert all(plain(alert.reason) in drawn(app) for alert in second.alerts)
    assert plain(second.not_pooled) in drawn(app)
    assert not any(key.startswith("acknowledge-") for key in keys(app))


@pytest.mark.slow
def test_note_and_stay_of_one_patient_do_not_count_for_the_next(app: AppTest) -> None:
    app.button(key="welcome-opacity").click().run()
    other = any_case("heart-effusion")
    held(app).open_scan(open_bytes(other.scan_bytes(), "Uploaded scan"))
    app.run()
    open_drawer(app, BESIDE)
    assert {"confirm-note", "confirm-stay"} <= keys(app)
    # The note says of which sex its patient is, and the film is of the other.
    assert any("sex" in warning.value for warning in app.warning)
    assert not score_is_drawn(app)
    app.button(key="confirm-patient").click().run()
    open_drawer(app, TOGETHER)
    assert not alerts_of_the_stay(app)
    open_drawer(app, BESIDE)
    app.button(key="confirm-stay").click().run()
    assert score_is_drawn(app)
    assert "confirm-note" in keys(app)
    assert "confirm-stay" not in keys(app)
    open_drawer(app, TOGETHER)
    assert alerts_of_the_stay(app)
    app.button(key="sample-child-opacity").click().run()
    assert stay(app).series is None  # the next sample case brings its own, and this one has no stay
    assert note(app).text == companion_of("child-opacity").note
