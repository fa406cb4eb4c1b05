"""The patient's risks beside the scan, or the sentence that says why there are none."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.figures.risk import risk_figure
from dashboard.services import patient_model
from dashboard.session import Session
from dashboard.viewmodels.patient.risk import build_risk
from dashboard.viewmodels.patient.risk_place import local_words, sex_words
from model_zoo.case import CaseReview, identity_conflicts
from model_zoo.errors import ZooError
from model_zoo.patients.applicability import lacks_age, with_stated_age
from model_zoo.patients.risk import RiskEstimate
from model_zoo.patients.risk_groups import figures_by_sex
from model_zoo.plain import plain


def render_risks(state: Session) -> None:
    """Draw the risk column; a possible wrong patient holds it back."""
    st.subheader(text("patient.risks.title"))
    if state.patient_model is None:
        st.caption(text("risk.no_model"))
        return
    if state.record is None:
        st.caption(text("risk.none"))
        return
    if blocking_conflicts(state):
        st.caption(text("together.blocked"))  # which they are, and the way to confirm, stand on the card of the risk
        return
    review = state.reading.review
    if review is None or review.record is not state.record:
        st.caption(text("risk.waiting") if state.reading.read_error is None else text("risk.after_reading"))
        return
    by_sex = ""
    if review.risk is not None:
        by_sex = sex_words(figures_by_sex(patient_model(review.risk.model).card, review.risk.outcomes[0].name))
    render_risk(review, by_sex)
    if review.risk is None:
        _ask_age(state)
    else:
        _render_local(state, review.risk)


def render_risk(review: CaseReview, by_sex: str = "") -> None:
    """Draw every outcome with what it was learned from, or why there is none. by_sex: how well the model did in either sex."""
    if review.risk is None:
        st.caption(plain(review.risk_absent))
        return
    if review.record is not None and review.record.synthetic:
        st.markdown(text("patient.risks.synthetic"))
    view = build_risk(review.risk)
    st.markdown(f"**{plain(view.title)}**")
    render_chart(risk_figure(view, theme_name()), key="risk-chart")
    for row in view.rows:
        st.markdown(text("patient.risks.outcome", title=plain(row.title), risk=plain(row.words)))
    if view.age_remark:
        st.warning(plain(view.age_remark), icon=":material/elderly:")
    st.caption(plain(" ".join((view.population, *view.notes, f"{view.interval}.", view.not_measured_words))))
    if by_sex:
        st.caption(plain(by_sex))
    if view.flags:
        with st.expander(text("patient.risks.remarks", count=len(view.flags)), icon=":material/flag:"):
            st.markdown("\n".join(f"- {plain(flag)}" for flag in view.flags))


def _ask_age(state: Session) -> None:
    """Ask for the age where it is what keeps the model from speaking."""
    model = patient_model(state.patient_model)
    if state.record is None or not lacks_age(model.specs, state.record):
        return
    key = f"risk-age-{state.patient_generation}"
    st.number_input(
        text("patient.risks.age"),
        0.0,
        125.0,
        state.case.request.age_years,
        1.0,
        format="%g",
        key=key,
        placeholder=text("patient.not_stated"),
    )
    st.button(text("patient.risks.use_age"), on_click=_take_age, args=(state, key), key="risk-age-use")


def _take_age(state: Session, key: str) -> None:
    age = st.session_state.get(key)
    if state.record is not None and age is not None:
        state.set_record(with_stated_age(state.record, float(age)))


def _render_local(state: Session, risk: RiskEstimate) -> None:
    """Ask for the share of ill patients where the reader works; nothing is assumed, and the case keeps the risk as it is."""
    with st.expander(text("patient.local.title"), icon=":material/location_on:", key="risk-local"):
        for outcome in risk.outcomes:
            percent = st.number_input(
                text("patient.local.ask", outcome=plain(outcome.title)),
                min_value=0.1,
                max_value=99.9,
                value=None,
                step=1.0,
                format="%g",
                key=f"risk-local-{risk.model}-{outcome.name}-{state.patient_generation}",
                placeholder=text("patient.not_stated"),
            )
            if percent is None:
                continue
            try:
                st.markdown(local_words(risk, outcome, percent / 100))
            except ZooError as error:
                render_error(error)


def blocking_conflicts(state: Session) -> tuple[str, ...]:
    """Return what disagrees between scan and record, unless the reader confirmed this pair."""
    if state.case.current is None or state.record is None or state.pair() == state.confirmed_pair:
        return ()
    scan = state.case.current.scan
    facts = state.reading.review.stated if state.reading.review is not None else None
    if facts is None:
        return ()
    conflicts = identity_conflicts(scan, facts, state.record)
    if state.record_of_other_scan:
        conflicts = (text("patient.other_scan"), *conflicts)
    return conflicts


def confirm_pair(state: Session) -> None:
    """Note the confirmation, and what it overrides, in the case itself."""
    overridden = blocking_conflicts(state)
    state.confirmed_pair = state.pair()
    if state.reading.review is not None:
        remarks = tuple(text("patient.confirmed", conflict=conflict) for conflict in overridden)
        state.reading.review = replace(state.reading.review, remarks=(*state.reading.review.remarks, *remarks))
