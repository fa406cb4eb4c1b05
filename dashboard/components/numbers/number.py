"""The honest number block under the findings: the set with its measured coverage, and the finding at a local prevalence.

Another coverage or prevalence makes another case: what was saved is not it any more. Both are taken before the page is drawn,
so whatever stands above the fields, the file to take along among it, holds them too. Neither ever reaches the network.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.page.percent_input import percent_input
from dashboard.session import Session
from dashboard.viewmodels.numbers.number import NumberView, build_number
from model_zoo.errors import ZooError
from model_zoo.plain import plain
from model_zoo.results import Finding
from model_zoo.trust.conformal import COVERAGES
from model_zoo.trust.number_block import NumberBlock
from model_zoo.trust.predictive import check_prevalence


def render_number(
    block: NumberBlock | None,
    ask_coverage: Callable[[], None] | None = None,
    ask_prevalence: Callable[[], None] | None = None,
) -> None:
    """Draw the block of one finding, ``None`` where no coverage was measured. ask_*: draw the fields of an open case."""
    if block is None:
        st.caption(f":material/rule: {text('numbers.no_coverage')}")
        return
    view = build_number(block)
    with st.container(border=True, key="number"):
        if ask_coverage is not None and block.set_absent is None:
            ask_coverage()
        _render_set(view)
        if ask_prevalence is not None and view.asks_prevalence:
            ask_prevalence()
        if view.rows:
            st.markdown("  \n".join(f"{plain(name)}: **{plain(value)}**" for name, value in view.rows))
            st.markdown(plain(view.odds))
            st.caption(plain(view.caveat))
        elif view.predictive_words and (ask_prevalence is not None or not view.asks_prevalence):
            st.caption(plain(view.predictive_words))


def choose_coverage(state: Session, finding: Finding) -> None:
    """Ask how sure an answer must be."""
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


def state_prevalence(state: Session, finding: Finding) -> None:
    """Ask for the share of ill patients where the reader works."""
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
