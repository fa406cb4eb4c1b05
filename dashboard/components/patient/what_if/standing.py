"""Where the patient stands among those that the model learned from."""

from __future__ import annotations

import streamlit as st

from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.components.patient.what_if.trial import KEY, units_of
from dashboard.figures.percentiles import percentiles_figure
from dashboard.services import reference_patients
from dashboard.session import Session
from dashboard.viewmodels.patient.percentiles import build_percentiles
from model_zoo.patients.reference_groups import reference_of
from model_zoo.patients.risk import RiskModel
from model_zoo.plain import plain


def render_standing(state: Session, model: RiskModel) -> None:
    record = state.record
    if record is None:
        return
    view = build_percentiles(reference_of(model, record, reference_patients(model.name)), model.specs, units_of(state))
    st.caption(plain(view.compared))
    render_chart(percentiles_figure(view, theme_name()), key=f"{KEY}-percentiles")
    st.markdown(plain(view.nearest))
    if view.others:
        st.caption(plain("; ".join(view.others)) + ".")
