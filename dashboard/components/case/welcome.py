"""What a visitor sees before a scan is open."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.case.inputs import open_sample
from dashboard.session import Session
from model_zoo.card import is_installed
from model_zoo.phantoms.all_samples import ALL_CASES, AnyCase, samples_of
from model_zoo.phantoms.companions import companion_of
from model_zoo.plain import plain
from model_zoo.protocols import ordered_protocols

PER_ROW = 3


def render_welcome(state: Session) -> None:
    """Say what the page is for and offer the sample cases."""
    st.title("Read a case")
    st.markdown(
        "Open a scan in the sidebar: a chest X-ray, a breast ultrasound, a brain MRI or a fundus photograph. Diaphane shows "
        "what the network finds, where it looked, how likely it says the finding is, and, beside it, what the patient's own "
        "numbers say."
    )
    for protocol in ordered_protocols():
        cases = samples_of(protocol.name)
        if not is_installed(protocol.image_models[0]) or not cases:
            continue
        st.header(f"{plain(protocol.title)}: {plain(protocol.scan_title)}")
        for column, case in zip(st.columns(PER_ROW), cases, strict=False):
            with column, st.container(border=True):
                st.markdown(f"**{plain(case.title)}**")
                st.caption(plain(case.description))
                st.caption(f":material/layers: {brought_words(case)}")
                st.button(
                    text("welcome.open", number=f"{ALL_CASES.index(case) + 1:d}"),
                    key=f"welcome-{case.name}",
                    on_click=open_sample,
                    args=(state, case),
                    type="primary",
                )
    st.caption(
        "What was planted in a synthetic film is known and named. Where the network marks more than that, it is wrong "
        "there, and the page shows it as it is."
    )
    st.caption("Reading aid for demonstration, model review and research. Not a medical device.")


def brought_words(case: AnyCase) -> str:
    """Say what a sample case brings along."""
    companion = companion_of(case.name)
    given = ["scan", *(["earlier film"] if case.prior_file_name else [])]
    if case.patient is not None and case.patient["values"]:
        given.append("patient values")
    if companion is not None:
        given += ["note", *(["vital signs"] if companion.stay else [])]
    return f"With {', '.join(given[:-1])} and {given[-1]}." if len(given) > 1 else f"With a {given[0]} alone."
