"""A page with the What if panel alone, beside a written patient: what ``test_what_if_journey`` drives."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import streamlit as st

from dashboard.components.patient.what_if.panel import render_what_if
from dashboard.services import patient_model
from dashboard.session import session
from model_zoo.patients.attribution import attribute_risk
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import estimate_risk

state = session()
model = patient_model("heart-failure")
if state.record is None:
    values = {
        "ejection_fraction_percent": 30.0, "creatinine_umol_l": 110.0, "sodium_mmol_l": 136.0, "platelets_10e9_l": 250.0,
        "creatine_kinase_u_l": 300.0, "anaemia": 0.0, "diabetes": 1.0, "hypertension": 0.0, "smoking": 1.0,
    }  # fmt: skip
    state.record = PatientRecord(None, 68.0, "M", values, synthetic=True)
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.text(f"Runs of the page: {st.session_state['runs']}")
st.text(f"Ejection fraction of the record: {state.record.value('ejection_fraction_percent'):.0f}")
state.reading.review = SimpleNamespace(
    record=state.record,
    risk=estimate_risk(model, state.record),
    risk_attributions=attribute_risk(model, state.record),
)
render_what_if(state)
