"""What would cross the threshold: the smallest changes that a search finds, each to be tried."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.patient.what_if.trial import CHANGE, KEY, VIEW_KEY, Trial, chosen_outcome, units_of
from dashboard.services import reference_patients
from dashboard.session import Session
from dashboard.viewmodels.patient.what_if import build_answers
from model_zoo.patients.counterfactuals import find_counterfactuals
from model_zoo.patients.features import Value
from model_zoo.patients.risk import RiskModel
from model_zoo.plain import plain


def render_crossing(state: Session, model: RiskModel, trial: Trial) -> None:
    outcome = chosen_outcome(model)
    st.caption(text("patient.what_if.search_help"))
    if (
        st.button(text("patient.what_if.search"), key=f"{KEY}-search", icon=":material/search:")
        or outcome in trial.found
    ):
        if outcome not in trial.found:
            trial.found[outcome] = find_counterfactuals(model, trial.record, reference_patients(model.name), outcome)
        view = build_answers(trial.found[outcome], model, units_of(state))
        st.markdown(f"**{plain(view.heading)}**")
        for i, row in enumerate(view.rows):
            words, button = st.columns([4, 1], vertical_alignment="center")
            words.markdown(
                text(
                    "patient.what_if.answer",
                    changes=plain(row.words),
                    risk=plain(row.risk_words),
                    detail=plain(row.detail),
                )
            )
            button.button(
                text("patient.what_if.try"), key=f"{KEY}-try-{i}", on_click=_try, args=(trial, dict(row.changes))
            )
        st.caption(plain(view.words))
        if view.held:
            st.caption(text("patient.what_if.not_moved", reasons=plain("; ".join(view.held))))


def _try(trial: Trial, changes: dict[str, Value]) -> None:
    """Put an answer of the search into trial, in the view that shows it."""
    trial.changes = changes
    st.session_state[VIEW_KEY] = CHANGE
