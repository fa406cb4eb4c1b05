"""A number that can be read in two ways is asked about where it was given, with both readings; nothing is guessed or refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.catalogue import text
from dashboard.screens.reading.drawers import PATIENT
from model_zoo.case.other_files import VitalSignsGiven
from model_zoo.quantities.numbers import TwoReadings
from tests.app.reading import held, keys, open_drawer, without_maps

ROOT = Path(__file__).resolve().parents[2]
FIELD, QUESTION = "patient-creatinine_umol_l", "patient-decimal-creatinine_umol_l"
VALUES = "age;sex;creatinine\n61;M;1,200\n"
ROWS = "time (h);HR;platelets\n0;80;1,200\n1;82;1,300\n"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    return AppTest.from_file(str(ROOT / "dashboard" / "page.py"), default_timeout=180).run()


@pytest.mark.parametrize(("mark", "value"), [("point", 1200.0), ("comma", None)])
def test_the_form_asks_at_the_field(app: AppTest, mark: str, value: float | None) -> None:
    without_maps(app)
    app.button(key="welcome-opacity").click().run()
    open_drawer(app, PATIENT)
    app.button(key="edit-patient").click().run()
    before = held(app).record
    app.text_input(key=FIELD).set_value("1,200")
    next(button for button in app.button if button.proto.type == "primary").click().run()
    assert held(app).form_error.asked == {"creatinine_umol_l": TwoReadings("1,200", 1.2, 1200.0)}
    assert held(app).record is before
    app.button(key=f"{QUESTION}-{mark}").click().run()
    assert not app.exception
    if value is None:  # 1.2 is a creatinine in mg/dL alone: the form says so, and asks no second time
        assert not held(app).form_error.asked
        assert set(held(app).form_error.by_field) == {"creatinine_umol_l"}
    else:
        assert held(app).record.value("creatinine_umol_l") == value
        assert not held(app).editing


def bring(app: AppTest) -> None:
    key = f"patient-upload-{held(app).patient_generation}"
    app.file_uploader(key=key).upload("values.csv", VALUES.encode(), "text/csv").run()
    assert not app.exception


def test_a_file_of_values_waits_for_one_answer_which_stays_to_be_changed(app: AppTest) -> None:
    bring(app)
    assert held(app).record is None
    assert held(app).patient_error is None
    assert "reatinine" in held(app).asked_patient.readings.about
    app.button(key="patient-decimal-point").click().run()
    assert held(app).record.value("creatinine_umol_l") == 1200
    assert [app.button(key=f"patient-decimal-{mark}").disabled for mark in ("point", "comma")] == [True, False]
    app.button(key="patient-decimal-comma").click().run()
    assert not app.exception
    # 1.2 is a creatinine in mg/dL alone: refused, and the question is still there to go back.
    assert held(app).patient_error is not None
    app.button(key="patient-decimal-point").click().run()
    assert (held(app).patient_error, held(app).record.value("creatinine_umol_l")) == (None, 1200)
    held(app).set_record(None)
    app.run()
    assert not any(name.startswith("patient-decimal") for name in keys(app))
    bring(app)
    assert held(app).record is None  # another time it is another question


def test_another_file_takes_the_question_away(app: AppTest) -> None:
    bring(app)
    key = f"patient-upload-{held(app).patient_generation}"
    app.file_uploader(key=key).upload("values.csv", b"age,sex\n61,M\n", "text/csv").run()
    assert held(app).asked_patient is None
    assert held(app).record.age_years == 61


@pytest.mark.parametrize(("mark", "value"), [("comma", 1.2), ("point", 1200.0)])
def test_pasted_rows_wait_for_one_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mark: str, value: float
) -> None:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    app = AppTest.from_file(str(ROOT / "dashboard" / "page.py"), default_timeout=180)
    app.switch_page("app_pages/monitoring.py").run()
    app.text_area[0].set_value(ROWS)
    app.button(key="monitoring-read-rows").click().run()
    stay = held(app).stay
    assert (stay.series, stay.error) == (None, None)
    assert stay.asked.readings == TwoReadings("1,200", 1.2, 1200.0)
    app.button(key=f"monitoring-decimal-{mark}").click().run()
    assert not app.exception
    assert stay.series.column("platelets_10e9_l").tolist()[0] == value
    assert stay.asked.answer == mark
    assert app.button(key=f"monitoring-decimal-{mark}").disabled


def test_a_stay_given_as_values_leads_to_where_it_is_read(app: AppTest) -> None:
    key = f"patient-upload-{held(app).patient_generation}"
    app.file_uploader(key=key).upload("stay.csv", b"time (h),HR,RR\n0,80,16\n1,82,17\n", "text/csv").run()
    assert not app.exception
    assert isinstance(held(app).patient_error, VitalSignsGiven)
    assert text("patient.file.is_stay") in [link.proto.label for link in app.get("page_link")]
