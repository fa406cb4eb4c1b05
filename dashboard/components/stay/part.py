"""Which part of the monitoring page is on the screen: vital signs over time, or the beats of an ECG strip."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text

VITAL_SIGNS, ECG_BEATS = "vital_signs", "ecg_beats"
HELD, _PART = "diaphane_monitoring_part", "monitoring-part"


def choose_part() -> str:
    """Draw the choice and return it; it stays when the reader goes to another page and back."""
    held = st.session_state.get(HELD, VITAL_SIGNS)
    picked = st.segmented_control(
        text("monitoring.part"),
        (VITAL_SIGNS, ECG_BEATS),
        default=held,
        format_func=lambda part: text(f"monitoring.part.{part}"),
        key=_PART,
        label_visibility="collapsed",
    )
    st.session_state[HELD] = picked or held
    return st.session_state[HELD]
