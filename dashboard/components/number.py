"""The honest number block under the findings: the set with its measured coverage, and the finding at a local prevalence.

Another coverage or prevalence makes another case: what was saved is not it any more, and what can be downloaded is built
anew with the page. Neither ever reaches the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.state import Session
from dashboard.viewmodels.number import NO_COVERAGE, NumberView, build_number
from model_zoo.engine.results import Finding
from model_zoo.errors import ZooError
from model_zoo.plain import plain
from model_zoo.scans.coverage import StatedFacts
from model_zoo.trust.conformal import COVERAGES
from model_zoo.trust.number import build_number_block
from model_zoo.trust.predictive import check_prevalence
from model_zoo.trust.state import why_not_offered


def render_number(state: Session, finding: Finding, section: Mapping[str, Any] | None, facts: StatedFacts) -> None:
    """Draw the block of one finding.

    section: the entry of its output in the measured rates, ``None`` where none are installed.
    """
    if section is None:
        st.caption(f":material/rule: {NO_COVERAGE}")
        return
    refused = None if state.review is None else why_not_offered(state.review.prediction, finding)
    with st.container(border=True, key="number"):
        if refused is None:
            _choose_coverage(state, finding)
        stated = state.prevalence.get(finding.output)
        view = build_number(build_number_block(finding, section, facts, state.coverage, stated, refused))
        _render_set(view)
        if view.asks_prevalence:
            # The field stands above what it changes, so the block is built again once it has been read.
            _ask_prevalence(state, finding)
            stated = state.prevalence.get(finding.output)
            view = build_number(build_number_block(finding, section, facts, state.coverage, stated, refused))
        _render_local(view)


def _choose_coverage(state: Session, finding: Finding) -> None:
    before = state.coverage
    chosen = st.segmented_control(
        "Coverage asked for",
        COVERAGES,
        default=state.coverage,
        required=True,
        format_func=lambda share: f"{100 * share:.0f} %",
        key=f"coverage-{state.generation}-{finding.output}",
        help="The share of films of either kind whose set should hold the truth. A higher coverage keeps more answers.",
    )
    state.coverage = chosen or state.coverage
    if state.coverage != before:
        state.saved_id = None  # the case is another one than was saved


def _ask_prevalence(state: Session, finding: Finding) -> None:
    key = f"prevalence-{state.generation}-{finding.output}"
    stated = state.prevalence.get(finding.output)
    # Put in as the field's state, not its default: a field with a default could not be emptied again.
    if key not in st.session_state and stated is not None:
        st.session_state[key] = 100 * stated
    percent = st.number_input(
        "Local prevalence (%)",
        min_value=0.0,
        max_value=100.0,
        value=None,
        step=1.0,
        format="%g",
        key=key,
        placeholder="not stated",
        help=f"Of 100 patients who get this film where you work, how many have it: {plain(finding.title.lower())}?",
    )
    entered = None
    if percent is not None:
        try:
            check_prevalence(percent / 100)
        except ZooError as error:
            st.warning(f"{plain(error.message)} {plain(error.hint)}", icon=":material/warning:")
        else:
            entered = percent / 100
    if entered == stated:
        return
    state.prevalence.pop(finding.output, None)
    if entered is not None:
        state.prevalence[finding.output] = entered
    state.saved_id = None  # the case is another one than was saved


def _render_set(view: NumberView) -> None:
    st.markdown(f":{view.badge_colour}-badge[{view.badge_icon} {plain(view.badge)}]")
    st.markdown(plain(view.statement))
    if view.measured:
        st.caption(plain(" ".join((view.measured, *view.groups))))
    for warning in view.warnings:
        st.warning(plain(warning), icon=":material/warning:")
    if view.notes:
        with st.expander("What the set means", icon=":material/help_outline:"):
            st.markdown("\n".join(f"- {plain(note)}" for note in view.notes))


def _render_local(view: NumberView) -> None:
    if view.rows:
        st.markdown("  \n".join(f"{plain(name)}: **{plain(value)}**" for name, value in view.rows))
        st.markdown(plain(view.odds))
        st.caption(plain(view.caveat))
    elif view.predictive_words:
        st.caption(plain(view.predictive_words))
