"""What a visitor sees before a scan is open."""

from __future__ import annotations

import streamlit as st

from dashboard.components.case_input import open_sample
from dashboard.state import Session
from model_zoo.phantoms.samples import SAMPLE_CASES


def render_welcome(state: Session) -> None:
    """Say what the page is for and offer the sample cases."""
    st.title("Read a case")
    st.markdown(
        "Open a chest X-ray in the sidebar. Diaphane shows what the network finds, where it looked, how likely it says "
        "the finding is, and, beside it, what the patient's own numbers say."
    )
    columns = st.columns(len(SAMPLE_CASES))
    for column, case in zip(columns, SAMPLE_CASES, strict=True):
        with column, st.container(border=True):
            st.markdown(f"**{case.title}**")
            st.caption(case.description)
            st.button(
                "Open this case", key=f"welcome-{case.name}", on_click=open_sample, args=(state, case), type="primary"
            )
    st.caption(
        "What was planted in a synthetic film is known and named. Where the network marks more than that, it is wrong "
        "there, and the page shows it as it is."
    )
    st.caption("Reading aid for demonstration, model review and research. Not a medical device.")
