"""Which model reads the scan: a select box, once more than one is installed."""

from __future__ import annotations

import time

import streamlit as st

from dashboard.catalogue import text
from dashboard.redraw import redraw
from dashboard.services import are_networks_imported
from dashboard.session import DEFAULT_MODEL, Session, held_session
from model_zoo.card import ModelCard

_KEY = "reading-model"
# Imports take seconds; on a machine that is busy with other things a minute.
_PATIENCE_S, _LOOK_S = 120.0, 0.1


def render_model_choice(state: Session) -> None:
    """Draw the choice: until the networks are imported behind the first page its place alone."""
    if state.case.current is not None or are_networks_imported():
        _render_choice(state)
        return
    waiting = text("models.choice.loading")
    st.selectbox(text("models.choice"), [], disabled=True, placeholder=waiting, key=f"{_KEY}-place")


def redraw_with_choice() -> None:
    """Once the networks are imported behind the page, draw it again; what the reader asks for meanwhile goes first.

    No fragment that runs by itself: one under way while another page is opened leaves a blank window.
    """
    until = time.monotonic() + _PATIENCE_S
    while not are_networks_imported():
        if time.monotonic() > until:
            return
        held_session()  # any look at the session state takes up what waits
        time.sleep(_LOOK_S)
    redraw()


def _render_choice(state: Session) -> None:
    """Draw the choice; a model that is no longer there gives way to the default."""
    from dashboard.viewmodels.models.choice import installed_models

    choices = {choice.name: choice for choice in installed_models()}
    if state.model not in choices:
        state.choose_model(DEFAULT_MODEL)
    if len(choices) < 2:
        return
    # The session decides and not the widget: a sample case, or leaving the page, changes the choice as well.
    st.session_state[_KEY] = state.model
    st.selectbox(
        text("models.choice"),
        list(choices),
        format_func=lambda name: choices[name].words,
        key=_KEY,
        on_change=_on_choice,
        args=(state,),
        help=text("models.choice.help"),
    )


def chosen_card(state: Session) -> ModelCard:
    """Return the card of the chosen model, without loading its network."""
    from model_zoo.engine.outlines import reading_card

    return reading_card(state.model)


def _on_choice(state: Session) -> None:
    state.choose_model(st.session_state[_KEY])
