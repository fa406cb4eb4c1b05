"""A file of several frames, read as one study: the strip of scores, from which a frame is chosen to be read in full."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.catalogue import counted, text
from dashboard.components.case.reading import next_step, recognise
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.figures.study import study_figure
from dashboard.redraw import redraw
from dashboard.services import engine
from dashboard.session import Session
from dashboard.viewmodels.case.study import StudyStrip, StudyView, build_study
from model_zoo.case import StartFrame, find_start_frame
from model_zoo.engine.outlines import OUTLINES_ONLY
from model_zoo.engine.study import MOST_FRAMES, read_study
from model_zoo.errors import ZooError
from model_zoo.plain import plain


def open_frames(state: Session) -> None:
    """Before a file of several frames is first read, find the frame to open it at, and go there with a rerun.

    Nothing happens where the reader has chosen a frame already, or the scan is refused: the reading then says why.
    """
    current = state.case.current
    if (
        current is None
        or current.scan.n_frames < 2
        or state.case.start_frame is not None
        or state.reading.review is not None
    ):
        return
    if state.case.request.frame != 0:
        state.case.start_frame = StartFrame(state.case.request.frame, "")
        return
    try:
        with st.spinner(counted("study.looking", current.scan.n_frames), show_time=True):
            if state.case.proposal is None:
                recognise(state)
            shared = engine(state.model)
            found = find_start_frame(shared, current.scan, state.case.request)
    except ZooError as error:
        state.reading.read_error = error
        redraw()
    if found is None:
        return
    state.case.start_frame, state.case.next_frame = found, found.frame
    if found.study is not None:
        state.keep_study(current.scan.sha256, shared.card.weights_sha256, found.study)
    redraw()


def render_study(state: Session) -> None:
    """Draw the strip of a file with several frames, or the button that reads them."""
    current, review = state.case.current, state.reading.review
    if current is None or review is None or current.scan.n_frames < 2 or next_step(state) is not None:
        return
    scan, population = current.scan, review.prediction.population
    with st.container(border=True, key="study"):
        st.markdown(f"**{counted('study.title', scan.n_frames)}**")
        if not review.prediction.findings:
            st.caption(text("study.no_finding", reason=OUTLINES_ONLY))
            return
        if state.case.start_frame is not None and state.case.start_frame.sentence:
            st.caption(plain(state.case.start_frame.sentence))
        study = state.study_of(scan.sha256, engine(state.model).card.weights_sha256, population)
        if study is None:
            count = min(scan.n_frames, MOST_FRAMES)
            st.caption(counted("study.one_read", count))
            if st.button(text("study.read"), icon=":material/view_carousel:", key="study-read"):
                try:
                    with st.spinner(text("study.reading"), show_time=True):
                        found = read_study(engine(state.model), scan, population)
                except ZooError as error:
                    st.warning(f"{plain(error.message)} {plain(error.hint)}", icon=":material/warning:")
                    return
                state.keep_study(scan.sha256, engine(state.model).card.weights_sha256, found)
                redraw()
            return
        covered = state.reading.review is None or state.reading.review.prediction.covered
        view = build_study(study, engine(state.model).card, state.case.request.frame, covered)
        key = f"study-strip-{state.generation}-{view.current}"

        def go(strip: StudyStrip) -> None:
            st.button(
                text("study.go", frame=f"{strip.strongest:d}"),
                key=f"study-go-{strip.output}",
                on_click=_show,
                args=(state, strip.strongest - 1),
                disabled=strip.strongest == view.current,
            )

        render_strips(view, key, lambda: _on_pick(state, key), go)


def render_strips(
    view: StudyView,
    key: str,
    pick: Callable[[], None] | None = None,
    go: Callable[[StudyStrip], None] | None = None,
) -> None:
    """Draw the scores over the frames. pick: called when a frame is pressed in the chart. go: draws the way to the strongest."""
    st.caption(f"{plain(view.headline)} {text('study.score')} {plain(view.sentence)}")
    render_chart(study_figure(view, theme_name()), key=key, on_select=pick)
    for strip in view.strips:
        words, way = st.columns([4, 1.4], vertical_alignment="center")
        words.markdown(
            text("study.strongest", title=plain(strip.title), frame=f"{strip.strongest:d}")
            + f" {plain(strip.study_words)}"
        )
        if go is not None:
            with way:
                go(strip)


def _on_pick(state: Session, key: str) -> None:
    points = st.session_state[key]["selection"]["points"]
    if points:
        _show(state, int(points[0]["x"]) - 1)


def _show(state: Session, frame: int) -> None:
    """Read another frame of the same file, by the field of the sidebar; called before the page is drawn."""
    st.session_state[f"frame-{state.generation}"] = frame + 1
