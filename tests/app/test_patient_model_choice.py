"""Which patient model stands beside the scan: chosen in the sidebar, and nothing that was entered is lost by trying another."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import NumberInput, Selectbox

from dashboard.state import Session
from model_zoo.patients.risk_models import definitions

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")
HEART = "field,value\nage_years,97\nsex,F\nejection_fraction_percent,25\ncreatinine_umol_l,110\nsodium_mmol_l,136\n" \
    "platelets_10e9_l,250\nanaemia,no\ndiabetes,yes\n"  # fmt: skip


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    return AppTest.from_file(APP, default_timeout=180).run()


def held(app: AppTest) -> Session:
    return app.session_state["diaphane_session"]


def box(app: AppTest) -> Selectbox:
    return next(box for box in app.selectbox if box.label == "Patient model")


def words(app: AppTest) -> str:
    return " ".join(str(element.value) for kind in (app.markdown, app.caption, app.warning) for element in kind)


def test_the_risk_follows_the_choice_and_the_record_survives_it(app: AppTest) -> None:
    assert list(box(app).options[:3]) == [
        definitions()[name].short_title for name in ("support-respiratory", "heart-failure", "covid-pneumonia")
    ]
    assert len(box(app).options) == len(definitions())
    app.button(key="welcome-opacity").click().run()
    first = held(app).review
    assert first.risk.model == "support-respiratory"
    record = held(app).record
    box(app).select("heart-failure").run()
    assert not app.exception
    assert held(app).record is record
    assert held(app).review.risk is None
    assert "Ejection fraction must be known" in words(app)
    # The reading of the scan is not done again.
    assert held(app).review.case_id == first.case_id
    app.file_uploader[1].upload("heart.csv", HEART.encode(), "text/csv").run()
    # Of another age than the film says: the reader has to confirm that both are of one person.
    app.button(key="confirm-patient").click().run()
    review = held(app).review
    assert review.record is held(app).record
    assert review.risk.model == "heart-failure"
    assert "older than every patient of the training data" in words(app)
    box(app).select("support-respiratory").run()
    assert held(app).record.value("ejection_fraction_percent") == 25.0
    assert "diagnosis group is not given" in words(app)
    # A sample case comes back with the model that its patient was written for.
    box(app).select("liver-hannover").run()
    assert held(app).patient_model == "liver-hannover"
    assert "Not of this protocol" in words(app)
    app.button(key="sample-opacity").click().run()
    assert held(app).review.risk == first.risk


def test_a_missing_age_is_asked_for_beside_the_empty_risk_and_a_child_stays_without_one(app: AppTest) -> None:
    app.button(key="welcome-opacity").click().run()
    box(app).select("heart-failure").run()
    app.file_uploader[1].upload("heart.csv", HEART.replace("age_years,97\n", "").encode(), "text/csv").run()
    while any(button.key == "confirm-patient" for button in app.button):
        app.button(key="confirm-patient").click().run()
    assert held(app).review.risk is None

    def age() -> NumberInput:
        return next(field for field in app.number_input if str(field.key).startswith("risk-age-"))

    age().set_value(9.0).run()
    app.button(key="risk-age-use").click().run()
    assert held(app).record.age_years == 9.0
    assert not any(str(field.key).startswith("risk-age-") for field in app.number_input)
    assert held(app).review.risk is None
    app.file_uploader[1].upload("again.csv", HEART.replace("age_years,97\n", "").encode(), "text/csv").run()
    while any(button.key == "confirm-patient" for button in app.button):
        app.button(key="confirm-patient").click().run()
    age().set_value(63.0).run()
    app.button(key="risk-age-use").click().run()
    while any(button.key == "confirm-patient" for button in app.button):
        app.button(key="confirm-patient").click().run()
    assert held(app).review.risk.model == "heart-failure"
    assert any("stated by the reader" in flag for flag in held(app).review.risk.flags)
