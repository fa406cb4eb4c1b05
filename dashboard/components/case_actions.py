"""Keep the case: save it in the store, or take it along as a file."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.boundary import render_error
from dashboard.components.beside_state import kept_whole
from dashboard.components.download import render_download
from dashboard.components.reading import kept_review, next_step
from dashboard.components.risks import blocking_conflicts
from dashboard.export import EXPORTS
from dashboard.services import case_store
from dashboard.state import Session
from model_zoo.errors import ZooError
from model_zoo.plain import plain


def render_case_actions(state: Session) -> None:
    """Draw save and export, once the reading is complete."""
    review = state.review
    if review is None or state.current is None or next_step(state) is not None or blocking_conflicts(state):
        return
    try:
        review = replace(kept_review(state, review), whole=kept_whole(state, review))
    except ZooError as error:  # the alert rules; the panel above says it too
        render_error(error)
        return
    if state.saved_whole != review.whole:
        state.saved_id = None  # the note, the hour or the alerts are no longer those that were saved
    with st.container(horizontal=True, vertical_alignment="center", key="case-actions"):
        if st.button("Save case", icon=":material/save:", disabled=state.saved_id is not None):
            try:
                state.saved_id = case_store().save(review)
                state.saved_whole = review.whole
            except ZooError as error:
                render_error(error)
            else:
                st.rerun()
        for export in EXPORTS:
            render_download(
                f"Download {export.name}",
                export.build(review, state.current.scan),
                export.file_name(review),
                export.mime,
                key=f"export-{export.name}",
            )
        if state.saved_id is not None:
            st.caption(f"Saved as {plain(state.saved_id)}, without the picture and without any identifier.")
