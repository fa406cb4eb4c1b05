"""The risk of an hourly model below NEWS2, and what made it: drawn where such a model is installed, else one quiet line."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.figures.hourly_risk import attribution_figure, hourly_risk_figure
from dashboard.services import hourly_risk_models
from dashboard.session.stay import MonitoringSession
from dashboard.viewmodels.stay.hourly_risk import build_attribution, build_hourly_risk
from model_zoo.errors import ZooError
from model_zoo.icu.hourly_risk import HourlyRisk, HourlyRiskModel
from model_zoo.plain import plain
from model_zoo.vital_signs import VitalSeries
from model_zoo.vital_signs.news2 import not_applicable


def render_hourly_risk(state: MonitoringSession, seen: VitalSeries, span: tuple[float, float]) -> None:
    """Draw the risk of every installed model. seen: what is known at the hour on the screen. span: of the whole stay."""
    models, problems = hourly_risk_models()
    for problem in problems:
        st.warning(plain(problem), icon=":material/update:")
    if not models:
        st.caption(text("monitoring.risk.none_installed"))
        return
    if any(not_applicable(age) is not None for age in (state.age_years, *state.case_ages)):
        st.caption(text("monitoring.risk.not_for"))
        return
    st.caption(text("monitoring.risk.population"))
    facts = {} if state.age_years is None else {"age_years": state.age_years}
    for model in models:
        _render_model(state, model, seen, facts, span)


def _render_model(
    state: MonitoringSession,
    model: HourlyRiskModel,
    seen: VitalSeries,
    facts: Mapping[str, float],
    span: tuple[float, float],
) -> None:
    card = model.card
    st.markdown(f"**{plain(card.title)}**")
    try:
        risk: HourlyRisk | None = state.kept((card.name,))
        if risk is None:
            risk = model.risk_by_hour(seen, facts)
            state.keep((card.name,), risk)
    except ZooError as error:
        st.caption(text("monitoring.risk.not_estimated", reason=plain(f"{error.message} {error.hint}")))
        return
    view = build_hourly_risk(risk, card, span, seen.start)
    render_chart(
        hourly_risk_figure(view, None if state.at_end else state.now, theme_name()), key=f"hourly-risk-{card.name}"
    )
    st.markdown(plain(view.headline))
    st.caption(plain(" ".join((view.about, *view.warnings))))
    if view.notes:
        with st.expander(text("monitoring.risk.notes", count=len(view.notes)), icon=":material/flag:"):
            st.markdown("\n".join(f"- {plain(note)}" for note in view.notes))
    # Shares take many passes of the network: only on request, and never while the hours run.
    if not state.playing and len(risk.hours):
        _render_attribution(state, model, seen, facts, int(risk.hours[-1]))


def _render_attribution(
    state: MonitoringSession, model: HourlyRiskModel, seen: VitalSeries, facts: Mapping[str, float], last: int
) -> None:
    name = model.card.name
    if not st.toggle(text("monitoring.risk.why"), key=f"hourly-why-{name}"):
        return
    hour = st.number_input(
        text("monitoring.risk.hour"),
        0,
        last,
        last,
        key=f"hourly-why-hour-{name}-{state.generation}-{state.turn}",
        width=160,
    )
    try:
        found = state.kept((name, int(hour)))
        if found is None:
            with st.spinner(text("monitoring.risk.computing")):
                found = model.attribute(seen, facts, float(hour))
            state.keep((name, int(hour)), found)
    except ZooError as error:
        st.caption(text("monitoring.risk.not_explained", reason=plain(f"{error.message} {error.hint}")))
        return
    view = build_attribution(found, seen.start)
    st.markdown(plain(view.sentence))
    render_chart(attribution_figure(view, theme_name()), key=f"hourly-shares-{name}")
    st.caption(plain(view.balance))
