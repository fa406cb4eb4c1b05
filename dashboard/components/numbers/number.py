"""The honest number block under the findings: the set with its measured coverage, and the finding at a local prevalence.

Another coverage or prevalence makes another case: what was saved is not it any more. Both are taken before the page is drawn,
so whatever stands above the fields, the file to take along among it, holds them too. Neither ever reaches the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.page.percent_input import percent_input
from dashboard.session import Session
from dashboard.viewmodels.numbers.number import NumberView, build_number
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
        st.caption(f":material/rule: {text('numbers.no_coverage')}")
        return
    refused = None if state.reading.review is None else why_not_offered(state.reading.review.prediction, finding)
    with st.container(border=True, key="number"):
        if refused is None:
            _choose_coverage(state, finding)
        stated = state.case.prevalence.get(finding.output)
        view = build_number(build_number_block(finding, section, facts, state.case.coverage, stated, refused))
        _render_set(view)
        if view.asks_prevalence:
            _ask_prevalence(state, finding)
        _render_local(view)


def _choose_coverage(state: Session, finding: Finding) -> None:
    key = f"coverage-{state.generation}-{finding.output}"

    def take() -> None:
        state.case.coverage = st.session_state[key]
        state.reading.saved_id = None

    st.session_state[key] = state.case.coverage  # the session decides and not the widget: another model asks anew
    st.segmented_control(
        text("numbers.coverage"),
        COVERAGES,
        required=True,
        format_func=lambda share: f"{100 * share:.0f} %",
        key=key,
        on_change=take,
        help=text("numbers.coverage.help"),
    )


def _ask_prevalence(state: Session, finding: Finding) -> None:
    key, stated = f"prevalence-{state.generation}-{finding.output}", state.case.prevalence.get(finding.output)

    def take() -> None:
        state.case.prevalence.pop(finding.output, None)
        percent = st.session_state[key]
        if percent is not None and not _refusal(percent):
            state.case.prevalence[finding.output] = percent / 100
        state.reading.saved_id = None

    # Put in as the field's state, not its default: a field with a default could not be emptied again.
    if not _refusal(st.session_state.get(key)):
        st.session_state[key] = None if stated is None else 100 * stated
    asked = text("numbers.prevalence.help", finding=finding.title)
    percent = percent_input(text("numbers.prevalence"), key, take, asked)
    if refusal := _refusal(percent):
        st.warning(refusal, icon=":material/warning:")


def _refusal(percent: float | None) -> str:
    """Return why a share cannot be one of the ill, empty where it can or none is stated."""
    if percent is None:
        return ""
    try:
        check_prevalence(percent / 100)
    except ZooError as error:
        return f"{plain(error.message)} {plain(error.hint)}"
    return ""


def _render_set(view: NumberView) -> None:
    st.markdown(f":{view.badge_colour}-badge[{view.badge_icon} {plain(view.badge)}]")
    st.markdown(plain(view.statement))
    if view.measured:
        st.caption(plain(" ".join((view.measured, *view.groups))))
    for warning in view.warnings:
        st.warning(plain(warning), icon=":material/warning:")
    if view.notes:
        with st.expander(text("numbers.set_means"), icon=":material/help_outline:"):
            st.markdown("\n".join(f"- {plain(note)}" for note in view.notes))


def _render_local(view: NumberView) -> None:
    if view.rows:
        st.markdown("  \n".join(f"{plain(name)}: **{plain(value)}**" for name, value in view.rows))
        st.markdown(plain(view.odds))
        st.caption(plain(view.caveat))
    elif view.predictive_words:
        st.caption(plain(view.predictive_words))
