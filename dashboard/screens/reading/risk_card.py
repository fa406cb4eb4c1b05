"""Third card: the patient's own risk with what weighs most in it, or the one thing that is missing for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.catalogue import counted, text
from dashboard.screens.reading.finding_card import state_badge
from dashboard.viewmodels.case.cards import RiskCard
from model_zoo.plain import plain
from model_zoo.trust.state import State

_ARROWS = {"raises": ":material/arrow_upward:", "lowers": ":material/arrow_downward:"}


def render_risk_card(card: RiskCard) -> None:
    """Draw number, interval, threshold and the values that weigh most."""
    state = State.FLAGGED if card.flagged else State.NOT_FLAGGED
    mark = f" :orange-badge[{text('case.synthetic')}]" if card.synthetic else ""
    st.markdown(f"## {plain(risk_title(card))} {state_badge(state)}{mark}")
    low, high, threshold = plain(card.low), plain(card.high), plain(card.threshold)
    st.markdown(text("risk.number", value=plain(card.percent), low=low, high=high, threshold=threshold))
    for reason in card.reasons:
        st.markdown(
            f"{_ARROWS[reason.direction]} "
            + text(f"risk.{reason.direction}", title=plain(reason.title), value=plain(reason.value_words))
        )
    if card.others:
        st.caption(counted("risk.others", card.others))


def render_no_risk(reason: str, action: str, press: Callable[[], None] | None) -> None:
    """Draw one line why there is no risk, and one button to what is missing."""
    st.markdown(f"## {text('risk.title')}")
    st.markdown(plain(reason))
    if press is not None:
        st.button(plain(action), key="risk-missing", on_click=press)


def render_wrong_patient(conflicts: Sequence[str], confirm: Callable[[], None], remove: Callable[[], None]) -> None:
    """Hold the risk back until the reader says that scan and values are of one person, or takes the values away."""
    st.markdown(f"## {text('risk.title')} :red-badge[{text('risk.wrong_patient')}]")
    st.markdown("  \n".join(f"{plain(one)}." for one in conflicts))
    with st.container(horizontal=True, gap="small"):
        st.button(text("risk.same_patient"), key="confirm-patient", on_click=confirm)
        st.button(text("risk.remove_values"), key="remove-patient", on_click=remove)


def risk_title(card: RiskCard) -> str:
    """Return the outcome, with its horizon where it has one."""
    if card.horizon_days is None:
        return card.title
    return counted("risk.within", card.horizon_days, title=card.title)
