"""The page of notes: an example is read, fills the form, explains a condition; a refusal keeps what was there."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.catalogue import counted, text
from dashboard.session import Session
from dashboard.session.note import NoteSession
from model_zoo.plain import plain

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    return AppTest.from_file(APP, default_timeout=120).run().switch_page("app_pages/notes.py").run()


def note(app: AppTest) -> NoteSession:
    return app.session_state["diaphane_session"].note


def held(app: AppTest) -> Session:
    return app.session_state["diaphane_session"]


def test_an_example_is_read_and_fills_the_form(app: AppTest) -> None:
    app.button(key="note-example-1").click().run()
    assert not app.exception
    assert note(app).differential.ranked
    app.button(key="note-fill").click().run()
    record = held(app).record
    assert record is not None
    assert record.sex == "M"
    assert record.age_years == 63
    assert record.value("heart_rate_per_min") == 116
    assert record.value("sodium_mmol_l") == 132
    given = sum(value is not None for value in record.values.values())
    assert counted("notes.items.filled", given) in app.success[0].value


def test_a_condition_is_explained(app: AppTest) -> None:
    app.button(key="note-example-1").click().run()
    why = next(b for b in app.button if str(b.key).startswith("why-"))
    why.click().run()
    assert note(app).explained is not None
    explained = note(app).explained
    said = text("notes.read.coloured", condition=explained.condition, delta=f"{explained.delta:+.3f}")
    assert any(plain(said) in caption.value for caption in app.caption)


def test_an_empty_text_is_refused_and_loses_nothing(app: AppTest) -> None:
    app.button(key="note-example-1").click().run()
    before = note(app).text
    app.text_area[0].set_value("   ").run()
    app.button(key="note-read").click().run()
    assert note(app).error is not None
    assert note(app).text == before


def test_what_is_typed_is_shown_as_text(app: AppTest) -> None:
    app.text_area[0].set_value("<script>alert(1)</script> fever and cough, heart rate 110/min, for two days").run()
    app.button(key="note-read").click().run()
    bodies = " ".join(block.proto.body for block in app.get("html"))
    assert "&lt;script&gt;" in bodies
    assert "<script>" not in bodies
