"""One value changed: the risk that follows, its course over the values, and what weighs in it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.catalogue import counted, text
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.components.patient.what_if.controls import render_controls
from dashboard.components.patient.what_if.trial import KEY, Trial, chosen_outcome, units_of
from dashboard.figures.contributions import contributions_figure
from dashboard.figures.what_if import path_figure
from dashboard.redraw import redraw
from dashboard.session import Session
from dashboard.viewmodels.patient.contributions import build_contributions
from dashboard.viewmodels.patient.what_if import build_path, build_what_if, variable_words
from model_zoo.patients.changeable import trait
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import RiskModel
from model_zoo.patients.what_if import WhatIf, risk_path, what_if
from model_zoo.plain import plain

_ROWS = 6  # contributions with a bar of their own: the panel stands in the narrow column


def render_change(state: Session, model: RiskModel, trial: Trial) -> None:
    units, by_name = units_of(state), {spec.name: spec for spec in model.specs}
    name = st.selectbox(
        text("patient.what_if.variable"),
        list(by_name),
        index=list(by_name).index(_first(model, trial.record)),
        format_func=lambda n: by_name[n].title,
        key=f"{KEY}-variable-{model.name}",
    )
    spec = by_name[name]
    st.caption(plain(variable_words(spec, units)))
    own_path = risk_path(model, trial.record, name)
    render_controls(trial, spec, own_path, units)
    asked = what_if(
        model,
        trial.record,
        trial.changes,
        before=state.reading.review.risk if state.reading.review is not None else None,
    )
    shown = build_what_if(asked, model, units)
    if shown.changes:
        st.markdown(f":material/compare_arrows: {plain('; '.join(shown.changes))}")
    for move in shown.moves:
        st.markdown(text("patient.risks.outcome", title=plain(move.title), risk=plain(move.words)))
    for warning in shown.warnings:
        st.warning(plain(warning), icon=":material/warning:")
    outcome = chosen_outcome(model)
    path = risk_path(model, asked.record, name)
    threshold = next(o.threshold for o in asked.after.outcomes if o.name == outcome)
    curve = build_path(path, spec, outcome, threshold, trial.record.value(name), units)
    render_chart(path_figure(curve, theme_name()), key=f"{KEY}-path")
    st.caption(plain(curve.words))
    st.markdown(text("patient.what_if.why"))
    attribution = next(found for found in asked.attributions if found.outcome == outcome)
    title = next(o.title for o in asked.after.outcomes if o.name == outcome)
    contributions = build_contributions(attribution, model.specs, units, top=_ROWS, outcome_title=title)
    render_chart(contributions_figure(contributions, theme_name()), key=f"{KEY}-contributions")
    st.caption(f"{plain(contributions.check)} {plain(shown.limits)}")
    if asked.changes:
        _render_use(state, trial, asked)


def _first(model: RiskModel, record: PatientRecord) -> str:
    """Return the first measured number that can change, else the first feature."""
    fitting = (
        s.name
        for s in model.specs
        if s.kind == "numeric" and trait(s)[0] == "free" and record.value(s.name) is not None
    )
    return next(fitting, model.specs[0].name)


def _render_use(state: Session, trial: Trial, asked: WhatIf) -> None:
    with st.container(horizontal=True, gap="small"):
        used = st.button(
            counted("patient.what_if.use", len(asked.changes)),
            key=f"{KEY}-use",
            icon=":material/edit:",
            help=text("patient.what_if.use_help"),
        )
        st.button(text("patient.what_if.reset"), key=f"{KEY}-reset", on_click=trial.changes.clear)
    if used:
        _use(state, asked)
        redraw()


def _use(state: Session, asked: WhatIf) -> None:
    """Write the changed record into the case, with a note of what was changed; a confirmed pair stays confirmed."""
    confirmed = state.confirmed_pair is not None and state.pair() == state.confirmed_pair
    same_person = all(change.name not in ("age_years", "sex") for change in asked.changes)
    notes = tuple(text("patient.what_if.note", title=change.title) for change in asked.changes)
    state.set_record(replace(asked.record, notes=tuple(dict.fromkeys((*asked.record.notes, *notes)))))
    if confirmed and same_person:
        state.confirmed_pair = state.pair()
