"""Which part of the monitoring page is on the screen: vital signs over time, or the beats of an ECG strip."""

from __future__ import annotations

import streamlit as st

VITAL_SIGNS, ECG_BEATS = "Vital signs", "ECG beats"
HELD, _PART = "diaphane_monitoring_part", "monitoring-part"


def choose_part() -> str:
    """Draw the choice and return it; it stays when the reader goes to another page and back."""
    held = st.session_state.get(HELD, VITAL_SIGNS)
    picked = st.segmented_control(
        "Part", (VITAL_SIGNS, ECG_BEATS), default=held, key=_PART, label_visibility="collapsed"
    )
    st.session_state[HELD] = picked or held
    return st.session_state[HELD]
