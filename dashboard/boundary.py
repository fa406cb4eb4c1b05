"""Errors at the edge of the page: what a reader can mend is said in words, anything else gets an incident id.

The traceback goes to the log alone, and only its frames: messages of unexpected errors may hold patient data.
"""

from __future__ import annotations

import logging
import traceback
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.catalogue import text
from model_zoo.errors import InvalidPatientRecord, ZooError
from model_zoo.plain import plain

log = logging.getLogger("diaphane")


def render_error(error: ZooError) -> None:
    """Show a message and the next step."""
    if isinstance(error, InvalidPatientRecord):
        problems = "\n".join(f"- {plain(p)}" for p in error.problems)
        st.error(f"{text('error.record')}\n{problems}", icon=":material/error:")
    else:
        st.error(f"**{plain(error.message)}**", icon=":material/error:")
    if error.hint:
        st.caption(text("error.next", step=plain(error.hint)))


@contextmanager
def error_boundary() -> Iterator[None]:
    """Keep the session and the case when something fails while drawing a page."""
    try:
        yield
    except ZooError as error:
        render_error(error)
    except Exception as error:  # the last line of defence: the reader keeps the case, the log gets the place
        report(error)


def report(error: Exception) -> bool:
    """Show an incident number and log the frames alone. Returns True: Streamlit has nothing to add, and nothing to log."""
    incident = uuid.uuid4().hex[:8]
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("incident %s: %s\n%s", incident, type(error).__name__, frames)
    st.error(text("error.incident", incident=plain(incident)), icon=":material/error:")
    st.caption(text("error.incident_next"))
    return True
