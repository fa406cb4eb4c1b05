"""Choose what is reviewed: a network, a second one beside it, and where the films with labels come from."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.components.model_review_state import ReviewSession
from dashboard.services import review_engine, synthetic_folder
from model_zoo.engine.candidates import Candidate, candidate, candidates
from model_zoo.engine.model_review import run_model_review
from model_zoo.errors import DataNotFound, ZooError
from model_zoo.evaluation.labels import LABELS_FILE, read_labels
from model_zoo.evaluation.review_json import recorded_review
from model_zoo.phantoms.labelled import COUNT, write_labelled_series

RECORDED, SYNTHETIC, FOLDER = "Held-out patients, as recorded", "Synthetic series", "A labelled folder"
NONE = "none"
_SOURCES = {
    RECORDED: "The figures of the held-out set, kept beside the weights. No film is stored, so none can be browsed.",
    SYNTHETIC: f"{COUNT} computed chests, half of them with a planted opacity. It shows the page, not accuracy on patients.",
    FOLDER: "A folder on the machine that runs this page, with films and labels.csv (see: How to read this).",
}


def render_source(state: ReviewSession) -> None:
    """Draw the choice, and run the review when asked. A recorded review is shown at once."""
    known = {entry.key: entry for entry in candidates()}
    model_column, other_column, source_column = st.columns([2, 2, 4], gap="medium")
    with model_column:
        key = st.selectbox("Model", list(known), format_func=lambda k: known[k].title, key="review-model")
    with source_column:
        source = st.segmented_control("Films", list(_SOURCES), default=RECORDED, key="review-source") or RECORDED
    with other_column:
        others = [NONE, *(k for k in known if k != key)]
        other = st.selectbox(
            "Beside it, on the same films",
            others,
            format_func=lambda k: "no second model" if k == NONE else known[k].title,
            key="review-other",
            disabled=source == RECORDED,
        )
    st.caption(" ".join(filter(None, (_SOURCES[source], known[key].note))))
    chosen = (key, source, NONE if source == RECORDED else other)
    if state.error_of != chosen:
        state.error = None
    if source == RECORDED:
        _show_recorded(state, known[key])
        return
    folder, all_folds = "", False
    if source == FOLDER:
        folder = st.text_input("Folder", key="review-folder", placeholder="/path/to/films")
        all_folds = st.checkbox("Report all folds of the table, not the held-out one alone", key="review-all-folds")
    ready = source == SYNTHETIC or bool(folder.strip())
    if st.button("Run the review", type="primary", icon=":material/play_arrow:", key="review-run", disabled=not ready):
        _run(state, chosen, folder.strip(), all_folds)
    elif state.shown is not None and state.shown != chosen:
        st.info("Shown below is the review before. Run it again for the choice above.", icon=":material/history:")


def _show_recorded(state: ReviewSession, chosen: Candidate) -> None:
    wanted = (chosen.key, RECORDED, NONE)
    if state.shown == wanted:
        return
    try:
        if "/" in chosen.key:
            raise DataNotFound("Sister networks have no held-out review of their own.", "Choose other films.")
        found = review_engine(chosen.key)
        review = recorded_review(found.entry.folder, found.card.weights_sha256)
        if review is None:
            raise DataNotFound(
                "No held-out review is kept beside the weights of this model.",
                "Choose other films, or record one: python -m model_zoo review MODEL --labels FILE --record",
            )
    except ZooError as error:
        state.review, state.ran, state.shown = None, None, None
        state.refuse(wanted, error)
        return
    state.show(wanted, review, None)


def _run(state: ReviewSession, chosen: tuple[str, str, str], folder: str, all_folds: bool) -> None:
    """Score the films with a bar; while a network is held nothing is drawn but between batches."""
    key, source, other = chosen
    synthetic = source == SYNTHETIC
    bar = st.progress(0.0, text="Preparing …")
    try:
        engine = review_engine(key)
        second = None if other == NONE else (candidate(other).title, review_engine(other))
        if synthetic:

            def on_film(done: int, total: int) -> None:
                bar.progress(0.4 * done / total, text=f"Computing phantom {done} of {total}")

            place = synthetic_folder("labelled", lambda path: write_labelled_series(path, on_progress=on_film))
        else:
            place = _folder(folder)
        start = 0.4 if synthetic else 0.0
        ran = run_model_review(
            engine,
            read_labels(place, engine.card.labels),
            "synthetic series of computed chests" if synthetic else "a labelled folder",
            synthetic=synthetic,
            other=second,
            all_folds=all_folds,
            on_progress=lambda share, words: bar.progress(start + (1 - start) * share, text=words),
        )
    except ZooError as error:
        state.refuse(chosen, error)
    else:
        state.show(chosen, ran.review, ran)
    finally:
        bar.empty()


def _folder(typed: str) -> Path:
    """Return the folder of films; the path of its labels file is understood as well."""
    path = Path(typed).expanduser()
    return path.parent if path.name == LABELS_FILE else path
