"""What is being tried on the record, held beside the case and never in it."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from dashboard.catalogue import text
from dashboard.session import Session
from model_zoo.patients.counterfactuals import Counterfactuals
from model_zoo.patients.features import Units, Value
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import RiskModel
from model_zoo.plain import plain

KEY = "what-if"
VIEW_KEY = f"{KEY}-view"
CHANGE, CROSS, STANDING = "change", "cross", "standing"


@dataclass(eq=False)
class Trial:
    """What is being tried on one record with one model. changes: by stored name, SI units."""

    record: PatientRecord
    model: str
    changes: dict[str, Value] = field(default_factory=dict)
    found: dict[str, Counterfactuals] = field(default_factory=dict)


def trial_of(state: Session) -> Trial:
    """Return what is tried on the present record; a new record or model starts anew."""
    held = st.session_state.get(KEY)
    model = (
        state.reading.review.risk.model
        if state.reading.review is not None and state.reading.review.risk is not None
        else ""
    )
    if not isinstance(held, Trial) or held.record is not state.record or held.model != model:
        held = Trial(state.record or PatientRecord(), model)
        st.session_state[KEY] = held
    return held


def units_of(state: Session) -> Units:
    return "US" if state.units == "US" else "SI"


def chosen_outcome(model: RiskModel) -> str:
    titles = {outcome.name: outcome.title for outcome in model.definition.outcomes}
    first = next(iter(titles))
    if len(titles) == 1:
        return first
    return (
        st.segmented_control(
            text("patient.what_if.outcome"),
            list(titles),
            default=first,
            format_func=lambda name: plain(titles[name]),
            key=f"{KEY}-outcome-{model.name}",
            label_visibility="collapsed",
        )
        or first
    )
