"""Keep the case: save it in the store, or take it along as a file."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from dashboard.boundary import render_error
from dashboard.components.beside_state import kept_whole
from dashboard.components.reading import kept_review, next_step
from dashboard.components.risks import blocking_conflicts
from dashboard.export import EXPORTS
from dashboard.services import case_store
from dashboard.state import Session
from model_zoo.errors import ZooError


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
            st.download_button(
                f"Download {export.name}",
                # Built when it is asked for: a file of every run would be gone from the server when a later run made another.
                data=partial(export.build, review, state.current.scan),
                file_name=export.file_name(review),
                mime=export.mime,
                icon=":material/download:",
                key=f"export-{export.name}",
                on_click="ignore",
            )
        if state.saved_id is not None:
            st.caption(f"Saved as {state.saved_id}, without the picture and without any identifier.")
