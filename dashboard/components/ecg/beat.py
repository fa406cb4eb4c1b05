"""One beat: what the model calls it, and the shares of that drawn along its waveform."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.figures.ecg import beat_figure, shares_figure
from dashboard.session.ecg import EcgSession
from dashboard.viewmodels.ecg.beat import BeatView, build_beat
from model_zoo.ecg.beats import CLASS_TITLES, CLASSES
from model_zoo.plain import plain


def render_ecg_beat(state: EcgSession) -> None:
    """Draw the chosen beat; the class that is explained can be changed."""
    reading = state.reading
    if reading is None:
        return
    beat = reading.beat(state.beat)
    head, choice = st.columns([55, 45], vertical_alignment="bottom", gap="medium")
    head.header(
        text(
            "ecg.beat.heading",
            number=f"{beat.number:d}",
            seconds=f"{beat.seconds:.2f}",
            name=plain(state.target or beat.label),
        )
    )
    named = state.target or str(beat.label)
    key = f"ecg-target-{state.generation}-{state.turn}"
    with choice:
        st.segmented_control(
            text("ecg.beat.target"),
            CLASSES,
            default=named,
            format_func=lambda name: f"{plain(name)} {CLASS_TITLES[name]}" if name == named else plain(name),
            key=key,
            on_change=_on_target,
            args=(state, key),
        )
    found = state.explained()
    if found is None:
        return
    view = build_beat(reading, beat.number, found)
    left, right = st.columns([62, 38], gap="medium")
    with left:
        render_chart(beat_figure(view, theme_name()), key="ecg-wave")
        st.caption(f"{text('ecg.beat.legend')} {plain(view.method)}")
    with right:
        st.markdown(plain(view.worth))
        st.markdown(plain(view.sentence))
        render_chart(shares_figure(view.totals, theme_name()), key="ecg-shares")
        st.caption(plain(view.balance))
        with st.expander(text("ecg.beat.table"), icon=":material/table:", key="ecg-shares-table"):
            st.markdown(_table(view))


def _on_target(state: EcgSession, key: str) -> None:
    picked = st.session_state.get(key)
    if picked is not None and key == f"ecg-target-{state.generation}-{state.turn}":
        state.target = str(picked)


def _table(view: BeatView) -> str:
    lines = [f"| {text('ecg.beat.share')} | {text('ecg.beat.log_odds')} |", "|:--|--:|"]
    lines += [
        f"| {text('ecg.beat.waveform_part', part=plain(part.title))} | {part.value:+.3f} |" for part in view.parts
    ]
    lines += [f"| {plain(share.title)} | {share.value:+.3f} |" for share in view.totals[1:]]
    return "\n".join(lines)
