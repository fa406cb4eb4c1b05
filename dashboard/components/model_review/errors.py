"""The error browser: films ranked by confident mistakes, each with its picture, and on demand its map with the verdict."""

from __future__ import annotations

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import counted, text
from dashboard.services import review_engine
from dashboard.session.model_review import ReviewSession
from dashboard.viewmodels.model_review.mistakes import (
    METHOD,
    THUMBNAIL_SIDE,
    ExplainedMistake,
    MistakeView,
    build_explained,
    build_mistakes,
    thumbnail,
)
from model_zoo.case import ReadRequest, read_case
from model_zoo.engine.model_review import RunReview
from model_zoo.engine.scoring import load_film
from model_zoo.errors import ZooError
from model_zoo.evaluation.mistakes import FALSE_ALARM, MISSED, rank_mistakes
from model_zoo.evaluation.model_review import OutputReview
from model_zoo.evaluation.review_words import Nouns
from model_zoo.plain import plain

PER_PAGE = 8
COLUMNS = 4
ALL = "all"
_KINDS = {ALL: (MISSED, FALSE_ALARM), MISSED: (MISSED,), FALSE_ALARM: (FALSE_ALARM,)}


@st.fragment
def render_mistakes(state: ReviewSession, output: OutputReview) -> None:
    """Draw the films on the wrong side of the operating threshold, the most confident first."""
    st.markdown(f"## {text('review.mistakes')}")
    ran, shown = state.ran, state.shown
    nouns = Nouns() if state.review is None else state.review.nouns
    if ran is None or shown is None:
        st.caption(text("review.mistakes.recorded", pictures=plain(nouns.pictures)))
        return
    card = review_engine(shown[0]).card.output(output.name)
    labels = ran.predictions.labels
    ranked = rank_mistakes(labels.labels(output.name), ran.predictions.scores[output.name], card.threshold_logit)
    titles = {
        ALL: text("review.mistakes.all"),
        MISSED: text("review.mistakes.missed"),
        FALSE_ALARM: text("review.mistakes.false_alarms"),
    }
    kind = st.segmented_control(
        text("review.mistakes.kind"),
        list(titles),
        default=ALL,
        format_func=titles.__getitem__,
        key="mistakes-kind",
        label_visibility="collapsed",
    )
    ranked = tuple(m for m in ranked if m.kind in _KINDS[kind or ALL])
    if not ranked:
        st.caption(text("review.mistakes.none", picture=plain(nouns.picture)))
        return
    pages = -(-len(ranked) // PER_PAGE)
    page = 1
    if pages > 1:
        page = _page(pages, kind)
    first = (page - 1) * PER_PAGE
    views = build_mistakes(ranked[first : first + PER_PAGE], card, output.on_probability, nouns)
    picture, pictures = plain(nouns.picture), plain(nouns.pictures)
    st.caption(counted("review.mistakes.count", len(ranked), picture=picture, pictures=pictures))
    for start in range(0, len(views), COLUMNS):
        columns = st.columns(COLUMNS, gap="medium")
        for column, view in zip(columns, views[start : start + COLUMNS], strict=False):
            with column, st.container(border=True):
                _render_film(state, ran, output, view, shown[0])


def _page(pages: int, kind: str | None) -> int:
    label = text("review.mistakes.page", pages=f"{pages:d}")
    return int(st.number_input(label, 1, pages, 1, 1, key=f"mistakes-page-{kind}", width=160))


def _render_film(state: ReviewSession, ran: RunReview, output: OutputReview, view: MistakeView, model: str) -> None:
    st.markdown(f":{view.colour}-badge[{plain(view.kind)}] {plain(view.name)}")
    known = state.explained.get((output.name, view.index))
    picture = st.empty()
    try:
        if known is None:
            if view.index not in state.thumbnails:
                state.keep_thumbnail(view.index, thumbnail(load_film(ran.predictions.labels, view.index)))
            picture.image(state.thumbnails[view.index], width=THUMBNAIL_SIDE, alt=view.name)
        st.caption(text("review.mistake.says", score=plain(view.score), margin=plain(view.margin)))
        if known is None and st.button(text("review.mistake.explain"), key=f"explain-{output.name}-{view.index}"):
            with st.spinner(text("review.mistake.explaining")):
                known = _explain(ran, output.name, view.index, model)
            state.keep_explained(output.name, view.index, known)
    except ZooError as error:
        render_error(error)
        return
    if known is not None:
        picture.image(known.png, width="stretch", alt=text("review.mistake.alt", name=view.name))
        st.markdown(f":{known.colour}-badge[{plain(known.verdict)}] {plain(known.reasons)}")
        st.caption(f"{plain(known.effect)} {plain(known.caption)}.")


def _explain(ran: RunReview, target: str, index: int, model: str) -> ExplainedMistake:
    """Read one film again as on the reading page, with one map and all its checks."""
    labels = ran.predictions.labels
    row, scan = labels.rows[index], load_film(labels, index)
    engine = review_engine(model)
    population = engine.card.population(engine.card.output(target).population)
    # A table that states no sex says by its population whom the model is for.
    sex = row.sex or (population.sexes[0] if len(population.sexes) == 1 else None)
    # Insisting: a film that the gate refuses is a mistake worth seeing, and the verdict says that it was refused.
    request = ReadRequest(
        age_years=row.age_years,
        sex=sex,
        view=row.view,
        insist=True,
        population=row.population,
        target=target,
        methods=(METHOD,),
    )
    return build_explained(read_case(engine, scan, request), scan, target)
