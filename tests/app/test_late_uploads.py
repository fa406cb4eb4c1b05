"""A browser goes on sending the file of an uploader that is gone until a run has finished: no case is opened twice."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
import streamlit as st

from dashboard.components.case import inputs as case_input
from dashboard.components.patient import section as patient_section
from dashboard.session import Session
from model_zoo.phantoms.samples import SAMPLE_CASES

CASE = SAMPLE_CASES[0]


class _Sent(io.BytesIO):
    """A file as the uploader hands it over."""

    name = "patient.json"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, bytes], None]:
    """Return a function that puts a file into the value of an uploader."""
    values: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", values)
    return lambda key, data: values.update({key: _Sent(data)})


def test_a_scan_that_was_taken_opens_nothing_again(sent: Callable[[str, bytes], None]) -> None:
    state = Session()
    sent(case_input.SCAN_KEY, CASE.scan_bytes())
    case_input._on_scan_upload(state)
    assert state.case.current is not None
    state.case.prevalence["lung_opacity"] = 0.05  # what the reader states next would go with a second opening
    case_input._on_scan_upload(state)
    assert state.case.prevalence == {"lung_opacity": 0.05}
    assert state.generation == 1


def test_a_closed_prior_film_stays_closed(sent: Callable[[str, bytes], None]) -> None:
    state, first = Session(), "prior-upload-0-0"
    sent(first, CASE.scan_bytes())
    case_input._on_prior_upload(state, first)
    assert state.case.prior is not None
    state.set_prior(None)
    case_input._on_prior_upload(state, first)
    assert state.case.prior is None


def test_a_removed_record_stays_removed(sent: Callable[[str, bytes], None]) -> None:
    state, first = Session(), "patient-upload-0"
    sent(first, json.dumps(CASE.patient).encode())
    patient_section._on_patient_upload(state, first)
    assert state.record is not None
    state.set_record(None)
    patient_section._on_patient_upload(state, first)
    assert state.record is None


def test_the_uploader_takes_the_next_file_whatever_was_opened_meanwhile(sent: Callable[[str, bytes], None]) -> None:
    state = Session()
    for opened in range(1, 4, 2):
        sent(case_input.SCAN_KEY, CASE.scan_bytes())
        case_input._on_scan_upload(state)
        assert state.generation == opened
        case_input.open_sample(state, CASE)
        case_input._on_scan_upload(state)  # sent again, and taken before
        assert state.generation == opened + 1
