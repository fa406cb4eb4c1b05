"""How to read the page: what each number and colour means, and what the page must not be used for."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.catalogue import text
from dashboard.viewmodels.models.card_page import below

_CONFORMANCE = Path(__file__).resolve().parents[1] / "ACCESSIBILITY.md"

st.title(text("guide.title"))
for section in (
    text("guide.number"),
    text("guide.map"),
    text("guide.believe_number"),
    text("guide.believe_map"),
    text("guide.outlines"),
    text("guide.protocol"),
    text("guide.frames"),
    text("guide.triple"),
    text("guide.lungs"),
    text("guide.whole"),
    text("guide.notes"),
    text("guide.vitals"),
    text("guide.ecg"),
    text("guide.what_if"),
    text("guide.risk"),
    text("guide.phantom"),
    text("guide.review"),
    text("guide.refuses"),
    text("guide.keys"),
    text("guide.not_for"),
):
    st.markdown(section)
with st.expander(text("guide.accessibility"), icon=":material/accessibility:", key="accessibility"):
    st.markdown(below(_CONFORMANCE.read_text(encoding="utf-8"), 1, text("models.column")))
