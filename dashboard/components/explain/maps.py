"""Why this finding: its maps, each with what it says of itself and whether it can be believed."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.explain.trust import render_map_trust
from dashboard.redraw import redraw
from dashboard.services import engine
from dashboard.session import Session
from dashboard.viewmodels.explain.maps import build_explanation
from dashboard.viewmodels.explain.trust import sanity_words
from dashboard.viewmodels.numbers.outlines import lesion_words
from model_zoo.case import CaseReview
from model_zoo.case.case_review import ExplainedMap
from model_zoo.engine.outlines import OUTLINES_ONLY
from model_zoo.explainers import EXPLAINERS, Choice, Explainer, Flag, Number
from model_zoo.plain import plain
from model_zoo.protocols import checks_for

# More than four maps side by side can no longer be compared by eye.
MOST_MAPS = 4


def render_scan_side(state: Session) -> None:
    """Draw the maps of the chosen finding with their checks."""
    review, target = state.reading.review, state.reading.target
    if review is not None and not review.prediction.findings:
        st.subheader(text("explain.finding"))
        st.caption(text("explain.no_finding", reason=OUTLINES_ONLY))
    if review is None or target is None:
        return
    finding = review.prediction.finding(target)
    heading, choice = st.columns([3, 1], vertical_alignment="center")
    heading.subheader(text("explain.finding_of", finding=plain(finding.title)))
    with choice, st.popover(text("explain.methods"), icon=":material/layers:"):
        _choose_methods(state)
    for method in state.methods:
        explainer = EXPLAINERS.get(method)
        done = [m for m in review.maps if (m.attribution.method, m.attribution.target) == (method, target)]
        heading, settings = st.columns([5, 1.3], vertical_alignment="center")
        heading.markdown(f"**{plain(explainer.title)}**  \n{plain(explainer.explanation)}")
        if explainer.caution:
            st.warning(
                plain(f"{explainer.caution} {sanity_words(engine(state.model).trust, method)}".strip()),
                icon=":material/warning:",
            )
        with settings, st.popover(text("explain.settings"), icon=":material/tune:"):
            _render_settings(state, explainer)
        error = state.reading.explain_errors.get(method)
        if error is not None:
            st.warning(f"{plain(error.message)} {plain(error.hint)}", icon=":material/warning:")
            st.button(
                text("explain.try_again"),
                key=f"retry-{method}",
                on_click=state.reading.forget_errors_of,
                args=(method,),
            )
            continue
        if not done:
            st.caption(text("explain.computing"))
            continue
        render_map(review, done[0])
        failed = state.reading.check_errors.get((method, target))
        if failed is not None:
            st.warning(
                text("explain.checks_failed", message=plain(failed.message), hint=plain(failed.hint)),
                icon=":material/warning:",
            )
            st.button(
                text("explain.check_again"),
                key=f"check-again-{method}",
                on_click=state.reading.forget_errors_of,
                args=(method,),
            )
    st.caption(text("explain.limits"))


def render_kept_maps(review: CaseReview, target: str | None) -> None:
    """Draw the maps of a finding as they were saved."""
    if target is None:
        st.caption(text("explain.no_finding", reason=OUTLINES_ONLY))
        return
    finding = review.prediction.finding(target)
    st.subheader(text("explain.finding_of", finding=plain(finding.title)))
    found = [m for m in review.maps if m.attribution.target == target]
    for explained in found:
        view = build_explanation(explained, finding)
        st.markdown(f"**{plain(explained.attribution.title)}**  \n{plain(view.explanation)}")
        render_map(review, explained, stored=True)
    st.caption(text("explain.limits") if found else text("saved.no_map"))


def render_map(review: CaseReview, explained: ExplainedMap, stored: bool = False) -> None:
    """Draw what one map says, and whether it can be believed. stored: it comes from a saved case."""
    attribution = explained.attribution
    view = build_explanation(explained, review.prediction.finding(attribution.target))
    st.markdown(f":material/straighten: {plain(view.sentence)}")
    if words := plain(lesion_words(review, attribution.method, attribution.target)):
        st.markdown(f":material/target: {words}")
    parameters = text("explain.parameters", parameters="; ".join(view.parameters))
    st.caption(plain(" ".join((*view.details, view.colour_range_words, parameters))))
    for warning in view.warnings:
        st.warning(plain(warning), icon=":material/warning:")
    render_map_trust(explained, attribution.method, checks_for(review.prediction.model), stored)


def _choose_methods(state: Session) -> None:
    """Let the reader choose one to four methods; what is computed is kept."""
    outlines = engine(state.model).entry.segmenter is not None
    titles = {e.name: e.title for e in EXPLAINERS if outlines or "regions" not in e.needs}
    with st.form("methods", border=False):
        chosen = st.multiselect(
            text("explain.choose"),
            list(titles),
            default=[name for name in state.methods if name in titles],
            format_func=titles.__getitem__,
            max_selections=MOST_MAPS,
            key=f"methods-{'-'.join(state.methods)}",
        )
        if st.form_submit_button(text("explain.show")) and chosen:
            state.methods = tuple(chosen)
            redraw()


def _render_settings(state: Session, explainer: Explainer) -> None:
    """Build the controls of a method from its declared parameters."""
    values: dict[str, Any] = {}
    current = state.parameters.get(explainer.name, {})
    with st.form(f"settings-{explainer.name}", border=False):
        for spec in explainer.parameters:
            value, key = current.get(spec.name, spec.default), f"setting-{explainer.name}-{spec.name}"
            if isinstance(spec, Number):
                values[spec.name] = st.slider(
                    plain(spec.title), spec.low, spec.high, value, spec.step, key=key, help=plain(spec.help) or None
                )
            elif isinstance(spec, Choice):
                options = [option for option, _ in spec.options]
                values[spec.name] = st.selectbox(
                    plain(spec.title),
                    options,
                    index=options.index(value),
                    format_func=dict(spec.options).__getitem__,
                    key=key,
                    help=plain(spec.help) or None,
                )
            elif isinstance(spec, Flag):
                values[spec.name] = st.checkbox(plain(spec.title), value, key=key, help=plain(spec.help) or None)
        if st.form_submit_button(text("explain.again")):
            state.parameters[explainer.name] = values
            state.reading.forget_errors_of(explainer.name)
            redraw()
