"""In the first card, where a scan was not read: the one thing that is missing, asked for here, or why and what to do next."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.case.reading import read_again
from dashboard.components.models.choice import chosen_card
from dashboard.session import Session
from model_zoo.card import PopulationCard
from model_zoo.errors import ScanNotCovered, ZooError
from model_zoo.plain import plain


def render_refusal(state: Session, error: ZooError) -> None:
    """Draw why nothing was read; where only the age is missing, its field and nothing else."""
    if not isinstance(error, ScanNotCovered):
        st.markdown(f"## {plain(error.message)}")
        st.caption(plain(error.hint))
        return
    if lacks_age_alone(error):
        _ask_age(state, error)
        return
    st.markdown(f"## {text('refusal.title')}")
    st.markdown("  \n".join(plain(one) for one in error.violations))
    st.caption(plain(error.hint))
    for caution in state.case.current.scan.cautions if state.case.current else ():
        st.caption(plain(caution))
    _read_anyway(state)


def lacks_age_alone(error: ZooError) -> bool:
    """Whether nothing but the age is missing."""
    return isinstance(error, ScanNotCovered) and len(error.violations) == 1 and error.missing == ("age",)


def _ask_age(state: Session, error: ScanNotCovered) -> None:
    st.markdown(f"## {text('refusal.age_missing')}")
    if state.case.current is not None and state.case.current.scan.metadata.contradicting_ages is not None:
        st.markdown(plain(error.violations[0]))  # whoever states one of the two must know of the other
    key = f"age-asked-{state.generation}"
    offered = state.stated_age_of_patient()
    if key not in st.session_state and offered is not None:
        st.session_state[key] = offered
    age = st.number_input(
        text("refusal.age"),
        min_value=0.0,
        max_value=120.0,
        value=None,
        step=1.0,
        format="%g",
        key=key,
        help=text("refusal.age_offered") if offered is not None else None,
    )
    st.button(
        text("refusal.read"), key="age-use", on_click=_take_age, args=(state, key), disabled=age is None, type="primary"
    )


def _take_age(state: Session, key: str) -> None:
    age = st.session_state.get(key)
    if age is not None:
        # The field of the sidebar states the same; left empty, it would take the age back with the next run.
        st.session_state[f"age-{state.generation}"] = float(age)
        state.ask(replace(state.case.request, age_years=float(age)))


def _read_anyway(state: Session) -> None:
    populations = chosen_card(state).populations
    named = _named(populations, state)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = named or st.selectbox(
            text("refusal.population"),
            [p.name for p in populations],
            index=None,
            format_func={p.name: plain(p.title) for p in populations}.__getitem__,
            key=f"insist-population-{state.generation}",
        )
        st.button(
            text("refusal.insist"),
            on_click=read_again,
            args=(state, True, chosen),
            key="insist",
            disabled=chosen is None,
        )


def _named(populations: tuple[PopulationCard, ...], state: Session) -> str | None:
    own = state.case.current.scan.metadata.age_years if state.case.current else None
    stated = own if state.case.request.age_years is None else state.case.request.age_years
    if len(populations) == 1:
        return populations[0].name
    return next((p.name for p in populations if stated is not None and p.age_years[0] <= stated < p.age_years[1]), None)
