"""ECG beats on the monitoring page: the strip with what the model calls each beat, the table, and what such names are worth."""

from __future__ import annotations

import json

import streamlit as st

from dashboard.boundary import error_boundary
from dashboard.catalogue import text
from dashboard.components.case.held import keep_open_case
from dashboard.components.ecg.beat import render_ecg_beat
from dashboard.components.ecg.input import open_ecg_example, render_ecg_input, render_ecg_refusal
from dashboard.components.page.chart import render_chart
from dashboard.components.page.download import render_download
from dashboard.components.page.theme import theme_name
from dashboard.figures.ecg import strip_figure
from dashboard.session import ecg_session
from dashboard.session.ecg import EcgSession
from dashboard.viewmodels.ecg.beat import agreement_words, baseline_words, build_classes
from dashboard.viewmodels.ecg.strip import (
    ROW_SECONDS,
    ROWS,
    beat_words,
    beats_csv,
    build_strip,
    build_table,
    count_words,
    strip_words,
)  # fmt: skip
from model_zoo.ecg.example import TITLE
from model_zoo.ecg.form import LIMITS, ecg_answer
from model_zoo.ecg.reading import DETECTOR
from model_zoo.plain import plain


def render_ecg() -> None:
    """Draw the whole part; the model is loaded when the first strip is opened."""
    state = ecg_session()
    render_ecg_input(state)
    render_ecg_refusal(state)
    front = st.empty()
    if state.reading is None:
        with front.container():
            _render_welcome(state)
        return
    front.empty()
    st.fragment(_body)(state)


def _render_welcome(state: EcgSession) -> None:
    st.title(text("ecg.title"))
    st.markdown(text("ecg.welcome"))
    with st.container(border=True, width=480):
        st.markdown(text("monitoring.example", title=TITLE))
        st.caption(text("ecg.welcome.example"))
        st.button(
            text("ecg.welcome.open"), key="ecg-welcome", on_click=open_ecg_example, args=(state,), type="primary"
        )  # fmt: skip
    st.caption(text("ecg.welcome.not_for"))
    st.caption(text("monitoring.notice"))


def _body(state: EcgSession) -> None:
    # The page's own boundary does not stand around what a button of this part draws.
    with error_boundary():
        reading = state.reading
        if reading is None:
            return
        mark = text("ecg.synthetic") if reading.recording.synthetic else ""
        with st.container(key="line-title"):
            st.markdown(f"# {plain(state.title)} {mark}\n:gray[{plain(strip_words(reading))}]")
        st.markdown(plain(" ".join(count_words(reading))))
        for flag in reading.flags:
            st.warning(plain(flag), icon=":material/flag:")
        _render_strip(state)
        with st.container(key="ecg-beat"):
            render_ecg_beat(state)
        left, right = st.columns([55, 45], gap="medium")
        with left, st.container(key="ecg-table"):
            _render_table(state)
        with right, st.container(key="ecg-worth"):
            _render_worth(state)
    keep_open_case()


def _render_strip(state: EcgSession) -> None:
    reading = state.reading
    if reading is None:
        return
    shown = ROWS * ROW_SECONDS
    if reading.recording.seconds > shown + 0.5:
        last = int(-(-(reading.recording.seconds - shown) // ROW_SECONDS) * ROW_SECONDS)
        key = f"ecg-start-{state.generation}-{state.turn}"
        state.start = float(st.slider(text("ecg.strip.start"), 0, last, int(state.start), int(ROW_SECONDS), key=key))
    key = f"ecg-strip-{state.generation}-{state.turn}"
    render_chart(
        strip_figure(build_strip(reading, state.beat, state.start), theme_name()),
        key=key,
        on_select=lambda: _on_pick(state, key),
    )
    st.caption(f"{text('ecg.strip.legend')} {text('ecg.strip.filter')} {DETECTOR}")
    for note in reading.recording.notes:
        st.caption(f":material/info: {plain(note)}")
    with st.container(horizontal=True, vertical_alignment="center", key="ecg-controls", gap="small"):
        numbers = state.numbers
        picked = f"ecg-beat-{state.generation}-{state.turn}"
        st.button(
            text("ecg.strip.previous"), icon=":material/skip_previous:", on_click=state.step, args=(-1,), key="ecg-back",
            disabled=state.beat == numbers[0],
        )  # fmt: skip
        st.button(
            text("ecg.strip.next"), icon=":material/skip_next:", on_click=state.step, args=(1,), key="ecg-next",
            disabled=state.beat == numbers[-1],
        )  # fmt: skip
        st.selectbox(
            text("ecg.strip.beat"),
            numbers,
            index=numbers.index(state.beat),
            format_func=lambda number: beat_words(reading.beat(number)),
            key=picked,
            on_change=_on_choose,
            args=(state, picked),
            label_visibility="collapsed",
            width=380,
        )
        st.button(
            text("ecg.strip.next_unlike"),
            icon=":material/fast_forward:",
            on_click=state.next_unlike,
            key="ecg-unlike",
        )


def _on_pick(state: EcgSession, key: str) -> None:
    points = st.session_state[key]["selection"]["points"]
    number = points[0].get("customdata") if points else None
    if isinstance(number, list):
        number = number[0] if number else None
    if number is not None:
        state.choose(int(number))


def _on_choose(state: EcgSession, key: str) -> None:
    # A box that is gone may still be sent.
    if key == f"ecg-beat-{state.generation}-{state.turn}" and key in st.session_state:
        state.choose(int(st.session_state[key]))


def _render_table(state: EcgSession) -> None:
    reading = state.reading
    if reading is None:
        return
    st.header(text("ecg.table.title"))
    titles = {
        "number": text("ecg.table.beat"), "at": text("ecg.table.at"), "called": text("ecg.table.called"),
        "probability": text("ecg.table.probability"), "before": text("ecg.table.before"), "after": text("ecg.table.after"),
        "unsure": text("ecg.table.unsure"),
    }  # fmt: skip
    rows = build_table(reading)
    st.dataframe(
        {title: [getattr(row, name) for row in rows] for name, title in titles.items()}, hide_index=True, width="stretch",
        height=330,
    )  # fmt: skip
    stem = "synthetic-ecg" if reading.recording.synthetic else "ecg"
    with st.container(horizontal=True, gap="small"):
        render_download(text("ecg.download.beats"), beats_csv(reading), f"{stem}-beats.csv", "text/csv", key="ecg-csv")
        answer = json.dumps(ecg_answer(reading, state.beat, state.explained()), indent=1)
        render_download(text("ecg.download.everything"), answer, f"{stem}.json", "application/json", key="ecg-json")


def _render_worth(state: EcgSession) -> None:
    reading = state.reading
    if reading is None:
        return
    card = reading.model.card
    st.header(text("ecg.worth.title"))
    titles = (text("ecg.worth.class"), text("ecg.worth.found"), text("ecg.worth.right"), text("ecg.worth.auroc"))
    lines = [f"| {' | '.join(titles)} |", "|:--|--:|--:|--:|"]
    classes = build_classes(card)
    for kind in classes:
        lines.append(
            f"| {plain(kind.name)}: {plain(kind.title)} | {plain(kind.found)} | {plain(kind.right)} | {plain(kind.auroc)} |"
        )
    st.markdown("\n".join(lines))
    for kind in classes:
        if kind.weak:
            st.markdown(text("ecg.worth.weak", name=plain(kind.name), title=plain(kind.title), weak=plain(kind.weak)))
    held_out = text("ecg.worth.held_out", records=f"{card['metrics']['records']:d}")
    st.caption(f"{held_out} {plain(agreement_words(card))}")
    st.caption(plain(" ".join(baseline_words(card))))
    st.markdown(text("ecg.worth.not_for", uses=plain(card["not_for"])))
    st.caption(f"{plain(card['population'])} {plain(' '.join(card['warnings']))} {LIMITS}")
