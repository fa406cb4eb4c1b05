"""A sample case opens with all that belongs to it; what is brought for one patient never counts for the next unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.monitoring_state import MonitoringSession
from dashboard.components.note_state import NoteSession
from dashboard.services import open_bytes
from dashboard.state import Session
from model_zoo.phantoms.all_samples import any_case

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    return AppTest.from_file(APP, default_timeout=200).run()


def held(app: AppTest) -> Session:
    return app.session_state["diaphane_session"]


def note(app: AppTest) -> NoteSession:
    return app.session_state["diaphane_note"]


def stay(app: AppTest) -> MonitoringSession:
    return app.session_state["diaphane_monitoring"]


def drawn(app: AppTest) -> str:
    return "\n".join(str(e.value) for kind in (app.markdown, app.caption, app.subheader, app.warning) for e in kind)


@pytest.mark.slow
def test_a_chest_case_opens_with_everything_and_the_hour_moves_it(app: AppTest) -> None:
    app.button(key="welcome-opacity").click().run()
    assert not app.exception
    assert stay(app).now == 15
    assert (stay(app).age_years, stay(app).age_of_case) == (63, True)  # nobody stated another
    assert "NEWS2 17" in drawn(app)
    assert "Bronchitis" in drawn(app)
    assert "Vital signs, up to hour 15" in drawn(app)
    assert "Death in hospital and NEWS2 are both raised" in drawn(app)
    assert "NEWS2 10, clinical risk high" in drawn(app)  # the alert of hour 13
    for _ in range(15):
        stay(app).step(-1)
    app.run()
    assert "Death in hospital is raised, NEWS2 is not" in drawn(app)
    assert "NEWS2 10, clinical risk high" not in drawn(app)
    app.switch_page("app_pages/notes.py").run()
    assert app.text_area[0].value.startswith("63-year-old man")  # the note of the case stands in its field
    app.switch_page("app_pages/read.py").run()
    # Saved with what stood there; another hour is another case to save.
    next(button for button in app.button if button.label == "Save case").click().run()
    saved = held(app).saved_id
    assert saved is not None
    app.button(key="beside-on").click().run()
    assert held(app).saved_id is None
    app.switch_page("app_pages/cases.py").run()
    app.button(key=f"show-{saved}").click().run()
    assert "Hour 0 of 30: NEWS2" in drawn(app)


@pytest.mark.slow
def test_note_and_stay_of_one_patient_do_not_count_for_the_next(app: AppTest) -> None:
    app.button(key="welcome-opacity").click().run()
    other = any_case("heart-effusion")
    held(app).open_scan(open_bytes(other.scan_bytes(), "Uploaded scan"))
    app.run()
    words = drawn(app)
    assert "the note does not count for this case" in words
    assert "The sex stated in the note is not the one of this case" in words
    assert "the stay does not count for this case" in words
    assert "NEWS2 17" not in words
    assert "Vital signs, up to" not in words
    app.button(key="confirm-stay").click().run()
    assert "NEWS2 17" in drawn(app)
    assert "the note does not count for this case" in drawn(app)
    app.button(key="sample-child-opacity").click().run()
    assert stay(app).series is None  # the next sample case brings its own, and this one has no stay
    assert "3-year-old boy" in note(app).text
