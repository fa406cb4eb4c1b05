"""Choose what is reviewed: a network, a second one beside it, and where the films with labels come from."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.catalogue import text
from dashboard.services import review_engine, synthetic_folder
from dashboard.session.model_review import ReviewSession
from model_zoo.engine.inference import CLASSIFIERS, InferenceEngine
from model_zoo.engine.model_review import RunReview, run_model_review
from model_zoo.errors import DataNotFound, ZooError
from model_zoo.evaluation.labels import LABELS_FILE, read_labels
from model_zoo.evaluation.model_review import ModelReview
from model_zoo.evaluation.review_json import recorded_review
from model_zoo.evaluation.review_words import nouns_of
from model_zoo.model_review.candidates import Candidate, beside, candidate, candidates
from model_zoo.model_review.reviewing import review_folder
from model_zoo.phantoms.review_series import ReviewSeries, series_of
from model_zoo.plain import plain
from model_zoo.upkeep.held_out import keeps_table
from model_zoo.upkeep.held_out_review import held_out_review

RECORDED, SYNTHETIC, FOLDER = "recorded", "synthetic", "folder"
NONE = "none"


def render_source(state: ReviewSession) -> None:
    """Draw the choice, and run the review when asked. A recorded review is shown at once."""
    known = {entry.key: entry for entry in candidates()}
    model_column, other_column, source_column = st.columns([2, 2, 4], gap="medium")
    with model_column:
        key = st.selectbox(text("review.model"), list(known), format_func=lambda k: known[k].title, key="review-model")
    series, nouns = series_of(known[key].outputs), nouns_of(CLASSIFIERS.get(known[key].model).card)
    titles = {
        RECORDED: text("review.source.recorded"),
        SYNTHETIC: text("review.source.synthetic"),
        FOLDER: text("review.source.folder"),
    }
    words = {
        RECORDED: text("review.source.recorded_says"),
        **({SYNTHETIC: series.caption} if series else {}),
        FOLDER: text("review.source.folder_says"),
    }
    with source_column:
        # Its own key where a series is missing: the choice of another model must not stand among fewer.
        picked = f"review-source{'' if series else '-own'}"
        source = (
            st.segmented_control(
                text("review.source", pictures=plain(nouns.pictures)),
                list(words),
                default=RECORDED,
                format_func=titles.__getitem__,
                key=picked,
            )
            or RECORDED
        )
    others = {entry.key: entry for entry in beside(known[key], list(known.values()))}
    if source == RECORDED:
        others = {k: entry for k, entry in others.items() if _keeps_table(known[key]) and _keeps_table(entry)}
    with other_column:
        other = st.selectbox(
            text("review.other", pictures=plain(nouns.pictures)),
            [NONE, *others],
            format_func=lambda k: text("review.other.none") if k == NONE else others[k].title,
            key=f"review-other-{source}-{key}",
            disabled=not others,
        )
    st.caption(plain(" ".join(filter(None, (words[source], known[key].note)))))
    chosen = (key, source, other)
    if state.error_of != chosen:
        state.error = None
    if source == RECORDED:
        _show_recorded(state, known[key], others.get(other))
        return
    folder, all_folds = "", False
    if source == FOLDER:
        folder = st.text_input(
            text("review.folder"),
            key="review-folder",
            placeholder=text("review.folder.empty", pictures=nouns.pictures),
        )
        all_folds = st.checkbox(text("review.all_folds"), key="review-all-folds")
    ready = source == SYNTHETIC or bool(folder.strip())
    if st.button(
        text("review.run"), type="primary", icon=":material/play_arrow:", key="review-run", disabled=not ready
    ):
        _run(state, chosen, series if source == SYNTHETIC else None, folder.strip(), all_folds)
    elif state.shown is not None and state.shown != chosen:
        st.info(text("review.stale"), icon=":material/history:")


def _keeps_table(chosen: Candidate) -> bool:
    """Whether the model keeps its held-out predictions, on which two versions can be compared without any picture."""
    return not chosen.sister and keeps_table(CLASSIFIERS.get(chosen.model).folder)


def _show_recorded(state: ReviewSession, chosen: Candidate, other: Candidate | None) -> None:
    wanted = (chosen.key, RECORDED, NONE if other is None else other.key)
    # A version that was promoted since is another review under the same name, and a calibration keeps the weights.
    drawn = None if state.review is None else (state.review.version, state.review.weights_sha256)
    try:
        card = CLASSIFIERS.get(chosen.model).card
        if state.shown == wanted and drawn == (card.version, card.weights_sha256):
            return
        state.show(wanted, _recorded(chosen, other), None)
    except ZooError as error:
        state.review, state.ran, state.shown = None, None, None
        state.refuse(wanted, error)


def _recorded(chosen: Candidate, other: Candidate | None) -> ModelReview:
    if chosen.sister:
        raise DataNotFound(text("review.no_sister"), text("review.no_sister.next"))
    found = CLASSIFIERS.get(chosen.model)
    if _keeps_table(chosen):
        second = None if other is None else (other.title, CLASSIFIERS.get(other.model).folder)
        return held_out_review(found.card, found.folder, second)
    review = recorded_review(found.folder, found.card.weights_sha256)
    if review is None:
        raise DataNotFound(text("review.no_record"), text("review.no_record.next"))
    return review


def _run(
    state: ReviewSession, chosen: tuple[str, str, str], series: ReviewSeries | None, folder: str, all_folds: bool
) -> None:
    """Score the films with a bar; while a network is held nothing is drawn but between batches."""
    key, _, other = chosen
    bar = st.progress(0.0, text=text("review.preparing"))
    try:
        second = None if other == NONE else (candidate(other).title, review_engine(other))
        if series is not None:
            ran = _run_series(key, series, second, all_folds, bar)
        else:
            ran = review_folder(
                review_engine(key),
                _folder(folder),
                second,
                all_folds,
                lambda share, words: _show(bar, share, words),
            )
    except ZooError as error:
        state.refuse(chosen, error)
    else:
        state.show(chosen, ran.review, ran)
    finally:
        bar.empty()


def _run_series(
    key: str,
    series: ReviewSeries,
    second: tuple[str, InferenceEngine] | None,
    all_folds: bool,
    bar: DeltaGenerator,
) -> RunReview:
    def on_picture(done: int, total: int) -> None:
        bar.progress(0.4 * done / total, text=text("review.computing", n=f"{done:d}", total=f"{total:d}"))

    place = synthetic_folder(f"labelled-{series.name}", lambda path: series.write(path, series.count, on_picture))
    engine = review_engine(key)
    return run_model_review(
        engine,
        read_labels(place, engine.card.labels),
        series.source,
        synthetic=True,
        other=second,
        all_folds=all_folds,
        on_progress=lambda share, words: _show(bar, 0.4 + 0.6 * share, words),
    )


def _folder(typed: str) -> Path:
    """Return the folder of films; the path of its labels file is understood as well."""
    path = Path(typed).expanduser()
    return path.parent if path.name == LABELS_FILE else path


def _show(bar: DeltaGenerator, share: float, words: str) -> None:
    bar.progress(share, text=plain(words))
