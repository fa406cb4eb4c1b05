"""Monitoring: vital signs over time with NEWS2 below, numbers in words, alerts and a live replay; or the beats of an ECG strip."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.ecg.strip import render_ecg
from dashboard.components.stay.input import open_example, render_monitoring_input, render_refusal
from dashboard.components.stay.part import ECG_BEATS, choose_part
from dashboard.components.stay.replay import render_stay
from dashboard.session import monitoring_session
from model_zoo.plain import plain
from model_zoo.vital_signs.example_stays import EXAMPLE_STAYS
from model_zoo.vital_signs.news2_chart import NOT_FOR

if choose_part() == ECG_BEATS:
    render_ecg()
    st.stop()

state = monitoring_session()
render_monitoring_input(state)
render_refusal(state)

front = st.empty()
if state.series is None:
    with front.container():
        st.title(text("monitoring.title"))
        st.markdown(text("monitoring.welcome"))
        for column, stay in zip(st.columns(3), EXAMPLE_STAYS, strict=False):
            with column, st.container(border=True):
                st.markdown(text("monitoring.example", title=plain(stay.title)))
                st.caption(plain(stay.description))
                st.button(
                    text("monitoring.open", stay=plain(stay.title)),
                    key=f"welcome-stay-{stay.name}",
                    on_click=open_example,
                    args=(state, stay),
                    type="primary",
                )
        st.caption(NOT_FOR)
        st.caption(text("monitoring.notice"))
    st.stop()
front.empty()
render_stay(state)
