"""One stay, put together in one way: every age that the case states decides what may be said, on page and command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from model_zoo import vital_signs as monitoring
from model_zoo.case.note_and_stay import NO_NOTE, NoteRead, ages_of_case, read_hour
from model_zoo.cli import main
from model_zoo.patients.record import PatientRecord
from model_zoo.phantoms.all_samples import any_case
from model_zoo.scans import decode_scan
from model_zoo.scans.coverage import StatedFacts
from model_zoo.text.extraction import extract_note
from model_zoo.vital_signs.example_stays import example_stay

ADULT_RULES = ("news2", "icu-")


def adult(rules: set[str]) -> list[str]:
    return sorted(rule for rule in rules if rule.startswith(ADULT_RULES))


def test_an_adult_stay_has_what_a_child_must_not_get() -> None:
    rules = {alert.rule.id for alert in read_hour(example_stay("pneumonia-sepsis").read(), 1, None, (63,)).alerts}
    assert any(rule.startswith("news2") for rule in rules)
    assert any("sepsis" in rule for rule in rules)


@pytest.mark.parametrize("ages", [(12,), (None, 12), (63, 12), (12, 63), (None, None, 15.9), (0,), (63, None, 12)])
def test_one_age_below_sixteen_is_enough_to_refuse(ages: tuple[float | None, ...]) -> None:
    hour = read_hour(example_stay("pneumonia-sepsis").read(), 1, 18, ages)
    assert hour.score is None
    assert "16 years" in str(hour.refused)
    assert not [a.rule.id for a in hour.alerts if a.rule.id.startswith("news2") or "sepsis" in a.rule.id]


@pytest.mark.parametrize("ages", [(), (None,), (16,), (63, 64), (63, None)])
def test_an_age_that_is_not_known_refuses_nothing(ages: tuple[float | None, ...]) -> None:
    hour = read_hour(example_stay("pneumonia-sepsis").read(), 1, 18, ages)
    assert hour.refused is None
    assert hour.score is not None


def test_every_age_of_a_case_is_known_and_a_stated_one_comes_first() -> None:
    note = NoteRead(tuple(extract_note("12-year-old boy with fever.")), None, None)
    record = PatientRecord(age_years=61)
    scan = decode_scan(any_case("opacity").scan_bytes())
    assert ages_of_case(scan, StatedFacts(age_years=60), record, note) == (60, 61, scan.metadata.age_years, 12)
    assert ages_of_case(None, None, record, NO_NOTE) == (61,)
    assert ages_of_case(None, StatedFacts(), None, NoteRead(note.items, absent="Of another patient.")) == ()


def _page_of_a_child() -> None:
    import streamlit as st

    from dashboard.components.together.other_parts_state import other_parts_of
    from dashboard.services import open_bytes
    from dashboard.session import session
    from model_zoo.patients.record import PatientRecord
    from model_zoo.phantoms.all_samples import any_case
    from model_zoo.vital_signs.example_stays import example_stay

    state = session()
    state.open_scan(open_bytes(any_case("opacity").scan_bytes(), "film"))
    state.stay.open(example_stay("pneumonia-sepsis").read(), "stay")
    state.record = PatientRecord(age_years=12)
    hour = other_parts_of(state).stay
    st.session_state["refused"] = hour.refused or hour.absent
    st.session_state["rules"] = {alert.rule.id for alert in (*hour.alerts, *state.stay.alerts)}


def test_a_record_of_age_12_beside_a_stay_without_age_gives_no_adult_emergency_on_the_page() -> None:
    app = AppTest.from_function(_page_of_a_child, default_timeout=100).run()
    assert not app.exception
    assert app.session_state["refused"]
    assert adult(app.session_state["rules"]) == []


def test_nor_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record, stay = tmp_path / "record.json", tmp_path / "stay.csv"
    record.write_text(PatientRecord(age_years=12).to_json(), encoding="utf-8")
    stay.write_bytes((Path(monitoring.__file__).parent / "examples" / "synthetic_pneumonia_sepsis.csv").read_bytes())
    film = tmp_path / "film.dcm"
    film.write_bytes(any_case("opacity").scan_bytes())
    arguments = ["read", str(film), "--patient", str(record), "--vitals", str(stay), "--no-checks", "--json"]
    assert main(arguments) == 0
    whole = json.loads(capsys.readouterr().out)["whole"]
    assert "16 years" in whole["vital_signs"]["refused"]
    assert adult({alert["rule"] for alert in whole["alerts"]}) == []
