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
    st.title(text("welcome.title"))
    st.markdown(text("welcome.says"))
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
    st.caption(text("welcome.synthetic"))
    st.caption(text("welcome.notice"))


def brought_words(case: AnyCase) -> str:
    """Say what a sample case brings along."""
    companion = companion_of(case.name)
    given = [text("welcome.brings.scan"), *([text("welcome.brings.prior")] if case.prior_file_name else [])]
    if case.patient is not None and case.patient["values"]:
        given.append(text("welcome.brings.values"))
    if companion is not None:
        given += [text("welcome.brings.note"), *([text("welcome.brings.vitals")] if companion.stay else [])]
    return " · ".join(given)
