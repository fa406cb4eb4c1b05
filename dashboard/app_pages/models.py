"""Models: the card of each installed model, with its held-out figures."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.models.versions import render_folder_models
from dashboard.viewmodels.models.card_page import below
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.plain import plain

st.title(text("models.title"))
st.caption(text("models.caption"))
cards = sorted(WEIGHTS_ROOT.glob("*/CARD.md"))
names = [path.parent.name for path in cards]
if not names:
    st.error(text("models.none"), icon=":material/error:")
    st.stop()
label = text("models.pick")
chosen = (
    st.segmented_control(label, names, default=names[0], format_func=plain, label_visibility="collapsed") or names[0]
)
page = cards[names.index(chosen)]
column = text("models.column")
st.markdown(below(page.read_text(encoding="utf-8"), 1, column))
for beside in ("TRUST.md", "FUSION.md"):
    if page.with_name(beside).is_file():
        st.divider()
        st.markdown(below(page.with_name(beside).read_text(encoding="utf-8"), 1, column))
render_folder_models()
