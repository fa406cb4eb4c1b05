"""Fourth card: whether the parts of the case fit together, and the most pressing alert with the count of the others."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.catalogue import counted, text
from dashboard.viewmodels.together.assessment import STATES
from dashboard.viewmodels.together.card import TogetherCard
from model_zoo.fusion.agreement import AGREE, CONFLICT
from model_zoo.plain import plain

LEVEL_COLOURS = {"emergency": "red", "urgent": "orange", "attention": "blue", "info": "gray"}
_COLOURS = {AGREE: "blue", CONFLICT: "orange"}


def render_together_card(card: TogetherCard, open_alerts: Callable[[], None] | None) -> None:
    """Draw the card. open_alerts: shows all alerts."""
    mark = (
        ""
        if not card.state
        else f" :{_COLOURS.get(card.state, 'gray')}-badge[{text(f'together.state.{STATES[card.state]}')}]"
    )
    st.markdown(f"## {text('together.title')}{mark}")
    st.caption(plain(card.sentence) if card.sentence else text("together.nothing"))
    if card.alert is None:
        st.caption(text("together.no_alert"))
    else:
        colour, level = LEVEL_COLOURS[card.alert.level], level_words(card.alert.level)
        st.markdown(f":{colour}-badge[{level}] **{plain(card.alert.title)}** {_others(card)}")
    if open_alerts is not None and (card.alert is not None or card.acknowledged):
        st.button(text("together.open"), key="open-alerts", on_click=open_alerts, type="tertiary")


def level_words(level: str) -> str:
    """Return how pressing an alert is, in a word."""
    return text(f"level.{level}")


def _others(card: TogetherCard) -> str:
    if not card.others:
        return ""
    parts = ", ".join(counted(f"together.others.{level}", count) for level, count in card.others)
    return text("together.others", parts=parts)
