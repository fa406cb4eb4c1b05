"""The stay on the screen up to one hour, and its replay: only what was known at that hour is drawn."""

from __future__ import annotations

import time
from dataclasses import replace

import streamlit as st

from dashboard.boundary import error_boundary, render_error
from dashboard.catalogue import text
from dashboard.components.case.held import keep_open_case
from dashboard.components.case.open import write_case_address
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.components.stay.hourly_risk import render_hourly_risk
from dashboard.components.together.alert_list import alert_book, render_alert_list, render_fatigue
from dashboard.figures.vitals import vitals_figure
from dashboard.redraw import redraw
from dashboard.session import session
from dashboard.session.stay import PACES, MonitoringSession
from dashboard.viewmodels.stay.hour import build_hour, series_words, stay_fatigue
from dashboard.viewmodels.stay.vitals import build_vitals, hour_title, laboratory_names
from model_zoo.errors import ZooError
from model_zoo.plain import plain


def render_stay(state: MonitoringSession) -> None:
    """Draw the stay; while it is replayed the part below draws itself anew with every hour, not the whole page."""
    if state.series is None:
        return
    mark = text("monitoring.synthetic") if state.series.synthetic else ""
    with st.container(key="line-title"):
        st.markdown(f"# {plain(state.title)} {mark}\n:gray[{plain(series_words(state.series))}]")
    for note in state.series.notes:
        st.caption(f":material/info: {plain(note)}")
    running = state.playing
    st.fragment(_live, run_every=state.pace if running else None)(state, running)


def _live(state: MonitoringSession, running: bool) -> None:
    """Draw one hour. running: whether a timer calls this; the page runs once when that has to change."""
    if running:
        state.tick(time.monotonic())
    # The page's own boundary does not stand around what a timer or a button of this part draws.
    with error_boundary():
        _render_controls(state)
        left, right = st.columns([64, 36], gap="medium")
        with left:
            _render_courses(state)
        with right:
            with st.container(key="monitoring-hour"):
                _render_hour(state)
            with st.container(key="alerts"):
                _render_alerts(state)
    # This part is drawn without the page around it, which would keep the case and write where it stands.
    keep_open_case()
    write_case_address(session())
    # Last, so that every field was drawn: what was typed into one that a run leaves out is forgotten.
    if state.playing != running:
        redraw()


def _render_controls(state: MonitoringSession) -> None:
    hours = state.hours
    if len(hours) < 2:
        return
    first, last = hours[0], hours[-1]
    with st.container(horizontal=True, vertical_alignment="center", key="monitoring-controls", gap="small"):
        if state.playing:
            st.button(
                text("monitoring.replay.pause"),
                icon=":material/pause:",
                on_click=state.pause,
                key="monitoring-pause",
                type="primary",
            )
        else:
            st.button(
                text("monitoring.replay.again") if state.at_end else text("monitoring.replay.play"),
                icon=":material/replay:" if state.at_end else ":material/play_arrow:",
                on_click=state.play,
                key="monitoring-play",
                type="primary",
            )
        st.button(
            text("monitoring.replay.previous_hour"), icon=":material/skip_previous:", on_click=state.step, args=(-1,),
            key="monitoring-back", disabled=state.now <= first,
        )  # fmt: skip
        st.button(
            text("monitoring.replay.next_hour"), icon=":material/skip_next:", on_click=state.step, args=(1,),
            key="monitoring-step", disabled=state.at_end,
        )  # fmt: skip
        pace = st.selectbox(
            text("monitoring.pace"),
            list(PACES),
            index=list(PACES).index(state.pace),
            format_func=lambda pace: text(f"monitoring.pace.{PACES[pace]}"),
            key="monitoring-pace",
            label_visibility="collapsed",
            width=150,
            disabled=state.playing,
        )
        state.pace = float(pace)
        if state.playing:
            # No slider while the hours run: the browser would send back the hour before, as if the reader had gone there.
            st.progress((state.now - first) / (last - first), text=_position(state))
        else:
            key = f"monitoring-now-{state.generation}-{state.turn}"
            st.slider(
                text("monitoring.replay.hour"),
                int(first),
                int(last),
                int(state.now),
                key=key,
                on_change=_on_slide,
                args=(state, key),
                label_visibility="collapsed",
            )
            st.caption(_position(state))


def _position(state: MonitoringSession) -> str:
    start = None if state.series is None else state.series.start
    hour, last = plain(hour_title(state.now, start)), f"{state.hours[-1]:.0f}"
    if state.at_end:
        return text("monitoring.replay.at_end", hour=hour, last=last)
    return text("monitoring.replay.until", hour=hour, last=last)


def _on_slide(state: MonitoringSession, key: str) -> None:
    # As for uploads: a slider that is gone may still be sent.
    if key == f"monitoring-now-{state.generation}-{state.turn}" and key in st.session_state:
        state.go(float(st.session_state[key]))


def _render_courses(state: MonitoringSession) -> None:
    """Draw vital signs with NEWS2 below, the risk of a model, and the laboratory, up to the hour on the screen."""
    if state.series is None or state.scores is None:
        return
    now = None if state.at_end else state.now
    seen = state.series if now is None else state.series.up_to(now)
    view = build_vitals(state.series, state.scores, now)
    if state.refused is not None:
        view = replace(view, bars=(), any_partial=False)
    render_chart(vitals_figure(view, theme_name()), key="monitoring-vitals")
    words = [text("monitoring.courses.partial")] if view.any_partial else []
    if state.refused is None:
        words += [plain(view.rule), text("monitoring.courses.usual_range")]
    st.caption(" ".join(words))
    with st.container(key="hourly-risk"):
        render_hourly_risk(state, seen, view.span)
    names = laboratory_names(seen)
    if names:
        with st.expander(
            text("monitoring.courses.laboratory", count=len(names)),
            icon=":material/science:",
            key="monitoring-laboratory",
        ):
            drawn = replace(build_vitals(state.series, state.scores, now, names), bars=(), any_partial=False)
            render_chart(vitals_figure(drawn, theme_name()), key="monitoring-laboratory-figure")


def _render_hour(state: MonitoringSession) -> None:
    """Say the numbers of the hour in words; a partial score names what is missing."""
    if state.series is None or state.scores is None:
        return
    if state.refused is not None:
        st.header(plain(hour_title(state.now, state.series.start)))
        st.warning(plain(state.refused), icon=":material/block:")
        return
    hour = build_hour(state.scores, state.now, state.series)
    if hour is None:
        st.caption(text("monitoring.hour.no_score"))
        return
    st.header(text("monitoring.hour.heading", hour=plain(hour.title), score=plain(hour.number)))
    if hour.risk:
        st.markdown(f"**{plain(hour.risk)}**")
    if hour.missing:
        st.warning(plain(hour.missing), icon=":material/rule:")
    titles = (text("monitoring.hour.parameter"), text("monitoring.hour.value"), text("monitoring.hour.points"))
    lines = [f"| {' | '.join(titles)} |", "|:--|:--|--:|"]
    for row in hour.rows:
        value = f":gray[{plain(row.value)}]" if row.missing else plain(row.value)
        lines.append(
            f"| {plain(row.title)} | {value}{f' :gray[({plain(row.age)})]' if row.age else ''} | {plain(row.points)} |"
        )
    st.markdown("\n".join(lines))
    if hour.response:
        with st.expander(text("monitoring.hour.response"), icon=":material/fact_check:", key="monitoring-response"):
            monitoring, response = plain(hour.monitoring), plain(hour.response)
            if hour.missing:
                st.markdown(text("monitoring.hour.asked_partial", monitoring=monitoring, response=response))
            else:
                st.markdown(text("monitoring.hour.asked", monitoring=monitoring, response=response))
            view = build_vitals(state.series, state.scores, state.now, ())
            st.caption(f"{plain(view.not_for)} {text('monitoring.hour.source', source=plain(view.source))}")
    for note in hour.notes:
        st.caption(f":material/info: {plain(note)}")


def _render_alerts(state: MonitoringSession) -> None:
    if state.series is None or state.scores is None:
        return
    st.header(text("monitoring.alerts"))
    if state.rules_error is not None:
        render_error(state.rules_error)
        return
    try:
        known = state.known
        render_alert_list(state.name, known, state.series.start)
        own = alert_book().history().of_case(state.name)
        render_fatigue(stay_fatigue(known, state.scores, state.now, own))
    except ZooError as error:
        render_error(error)
