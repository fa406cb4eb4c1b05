"""The findings column: calibrated findings first, scores for report labels below, and what nobody looked at."""

from __future__ import annotations

import streamlit as st

from dashboard.components.chart import render_chart
from dashboard.components.number import render_number
from dashboard.components.outline_only import render_outline_only
from dashboard.components.outlines import render_outlines
from dashboard.components.reading import read_again
from dashboard.components.theme import theme_name
from dashboard.components.trust import render_finding_trust
from dashboard.figures.findings import findings_figure
from dashboard.services import engine
from dashboard.state import Session
from dashboard.viewmodels.findings import build_findings, held_out_words
from model_zoo.errors import ScanNotCovered, ZooError
from model_zoo.plain import plain
from model_zoo.review import with_numbers
from model_zoo.trust.number import number_entry


def render_findings(state: Session) -> None:
    """Draw what the network reads, or why it does not read."""
    st.subheader("Findings on the scan")
    if state.read_error is not None:
        _render_refusal(state, state.read_error)
        return
    if state.review is None:
        st.caption("Being read …")
        return
    review, card = state.review, engine().card
    asked = with_numbers(review, engine().trust, state.coverage, state.prevalence)
    view = build_findings(review.prediction, card, asked.numbers)
    if review.violations:
        st.warning(
            "Read outside the intended use, because you insisted: scores only, no probability.\n"
            + "\n".join(f"- {plain(v)}." for v in review.violations),
            icon=":material/report:",
        )
    st.caption(plain(view.population_title))
    if not review.prediction.findings:
        render_outline_only(state, card)
        return
    if view.shared_condition:
        st.markdown(f"**Only {plain(view.shared_condition)}:**")
    theme = theme_name()
    for name, rows in (("probability", view.probability_rows), ("score", view.score_rows)):
        if rows:
            render_chart(findings_figure(rows, theme), key=f"findings-{name}")
    titles = {f.output: f.title for f in review.prediction.findings}
    options = list(titles)
    chosen = st.selectbox(
        "Explain this finding",
        options,
        index=options.index(state.target) if state.target in options else 0,
        format_func=titles.__getitem__,
        key=f"target-{state.generation}-{review.case_id}",
    )
    if chosen != state.target:
        state.target = chosen
    row = next(r for r in (*view.probability_rows, *view.score_rows) if r.output == chosen)
    st.markdown(f"**{plain(row.title)}**: {plain(row.words)}")
    held_out = held_out_words(card, chosen)
    st.caption(" ".join(plain(part) for part in (f"{row.kind_words}.", row.caution or "", held_out) if part))
    entry = number_entry(engine().trust, chosen)
    render_number(state, review.prediction.finding(chosen), entry, review.stated)
    render_finding_trust(review, chosen)
    render_outlines(state)
    with st.expander(f"Not assessed ({len(view.not_assessed)})", icon=":material/visibility_off:"):
        st.markdown("\n".join(f"- {plain(item)}" for item in view.not_assessed))
        st.caption("No output of this model says that a patient is well.")
    for remark in (*view.remarks, *review.remarks):
        st.caption(f":material/info: {plain(remark)}")


def _render_refusal(state: Session, error: ZooError) -> None:
    if not isinstance(error, ScanNotCovered):
        st.error(f"**{plain(error.message)}**", icon=":material/error:")
        st.caption(f"What to do: {plain(error.hint)}")
        return
    st.warning(
        "**Not read: the scan lies outside what the model was made for.**\n"
        + "\n".join(f"- {plain(v)}." for v in error.violations),
        icon=":material/front_hand:",
    )
    st.caption(f"What to do: {plain(error.hint)}")
    populations = engine().card.populations
    age = (state.request.age_years, state.current.scan.metadata.age_years if state.current else None)
    stated = next((value for value in age if value is not None), None)
    named = next(
        (p.name for p in populations if stated is not None and p.age_years[0] <= stated < p.age_years[1]), None
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = named or st.selectbox(
            "Read with the outputs for",
            [p.name for p in populations],
            index=None,
            format_func={p.name: p.title for p in populations}.__getitem__,
            key=f"insist-population-{state.generation}",
            placeholder="choose",
        )
        st.button(
            "Read anyway, scores only",
            on_click=read_again,
            args=(state, True, chosen),
            key="insist",
            disabled=chosen is None,
        )
