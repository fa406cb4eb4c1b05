"""Which patient model stands beside the scan: chosen among the patient's parts; nothing entered is lost by trying another."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import NumberInput, Selectbox

from dashboard.components.case.inputs import SCAN_KEY
from dashboard.screens.reading.drawers import PATIENT
from dashboard.viewmodels.patient.record import chosen_words
from model_zoo.patients.applicability import AGE_NOTE
from model_zoo.patients.risk_models import definitions
from model_zoo.phantoms.samples import sample_case
from model_zoo.plain import plain
from tests.app.reading import drawn, held, keys, open_drawer

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")
HEART = "field,value\nage_years,97\nsex,F\nejection_fraction_percent,25\ncreatinine_umol_l,110\nsodium_mmol_l,136\n" \
    "platelets_10e9_l,250\nanaemia,no\ndiabetes,yes\n"  # fmt: skip


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    return AppTest.from_file(APP, default_timeout=180).run()


def box(app: AppTest) -> Selectbox:
    return app.selectbox(key="patient-model")


def bring(app: AppTest, values: str) -> None:
    """Bring a file of values, and confirm that it is of the person on the film, of whom that says another age."""
    key = f"patient-upload-{held(app).patient_generation}"
    app.file_uploader(key=key).upload("heart.csv", values.encode(), "text/csv").run()
    confirm(app)


def confirm(app: AppTest) -> None:
    if "confirm-patient" in keys(app):
        app.button(key="confirm-patient").click().run()
    assert "confirm-patient" not in keys(app)


def test_the_risk_follows_the_choice_and_the_record_survives_it(app: AppTest) -> None:
    assert list(box(app).options[:3]) == [
        definitions()[name].short_title for name in ("support-respiratory", "heart-failure", "covid-pneumonia")
    ]
    assert len(box(app).options) == len(definitions())
    app.button(key="welcome-opacity").click().run()
    open_drawer(app, PATIENT)
    first = held(app).reading.review
    assert first.risk.model == "support-respiratory"
    record = held(app).record
    box(app).select("heart-failure").run()
    assert held(app).record is record
    assert held(app).reading.review.risk is None
    spec = next(s for s in definitions()["heart-failure"].specs if s.name == "ejection_fraction_percent")
    assert spec.title in held(app).reading.review.risk_absent
    assert plain(held(app).reading.review.risk_absent) in drawn(app)
    # The reading of the scan is not done again.
    assert held(app).reading.review.case_id == first.case_id
    app.file_uploader(key=f"patient-upload-{held(app).patient_generation}").upload(
        "heart.csv", HEART.encode(), "text/csv"
    ).run()
    # Of another age than the film says: the reader has to confirm that both are of one person.
    assert not any(str(field.key).startswith("risk-local-") for field in app.number_input)
    app.button(key="confirm-patient").click().run()
    review = held(app).reading.review
    assert review.record is held(app).record
    assert review.risk.model == "heart-failure"
    assert review.risk.age_remark
    assert plain(review.risk.age_remark) in drawn(app)
    box(app).select("support-respiratory").run()
    assert held(app).record.value("ejection_fraction_percent") == 25.0
    assert held(app).reading.review.risk is None
    assert plain(held(app).reading.review.risk_absent) in drawn(app)
    # A sample case comes back with the model that its patient was written for.
    box(app).select("liver-hannover").run()
    assert held(app).patient_model == "liver-hannover"
    assert "liver-hannover" not in held(app).protocol.patient_models
    assert plain(chosen_words(definitions()["liver-hannover"], held(app).protocol)) in drawn(app)
    app.button(key="sample-opacity").click().run()
    assert held(app).reading.review.risk == first.risk


def test_a_missing_age_is_asked_for_beside_the_empty_risk_and_a_child_stays_without_one(app: AppTest) -> None:
    app.button(key="welcome-opacity").click().run()
    open_drawer(app, PATIENT)
    box(app).select("heart-failure").run()
    bring(app, HEART.replace("age_years,97\n", ""))
    assert held(app).reading.review.risk is None

    def age() -> NumberInput:
        return next(field for field in app.number_input if str(field.key).startswith("risk-age-"))

    age().set_value(9.0).run()
    app.button(key="risk-age-use").click().run()
    assert held(app).record.age_years == 9.0
    assert not any(str(field.key).startswith("risk-age-") for field in app.number_input)
    assert held(app).reading.review.risk is None
    bring(app, HEART.replace("age_years,97\n", ""))
    age().set_value(63.0).run()
    app.button(key="risk-age-use").click().run()
    confirm(app)
    assert held(app).reading.review.risk.model == "heart-failure"
    assert held(app).record.age_years == 63.0
    assert AGE_NOTE in held(app).reading.review.risk.flags


def test_the_card_of_the_risk_opens_the_form_of_what_is_missing(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.screens.reading.case.next_step", lambda state: None)  # a film that waits is enough
    monkeypatch.setattr("dashboard.screens.reading.case.read_at_once", lambda state: None)
    film = sample_case("opacity").scan_bytes()
    app.file_uploader(key=SCAN_KEY).upload("film.dcm", film, "application/dicom").run()
    assert held(app).record is None
    app.button(key="risk-missing").click().run()
    assert not app.exception
    assert held(app).editing
    assert app.text_input(key="patient-identifier")
