"""What nobody looked at: the fixed list of the model's card."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.models.choice import chosen_card
from dashboard.components.together.other_parts_state import OtherParts
from dashboard.session import Session
from model_zoo.card import ModelCard
from model_zoo.plain import plain


def render_open_not_assessed(state: Session, others: OtherParts) -> None:
    """Draw the list. beside: not needed here."""
    if state.reading.review is None:
        st.caption(text("not_assessed.nothing"))
    else:
        render_not_assessed(chosen_card(state))


def render_not_assessed(card: ModelCard) -> None:
    """Draw the list of a card."""
    st.markdown("\n".join(f"- {plain(item)}" for item in card.not_assessed))
    st.caption(text("not_assessed.says"))
