"""The scan viewer: a canvas that zooms, pans, windows, overlays and measures in the browser, without a round trip to Python.

Flows in: ``ViewerData``, as data and never as markup, with the texts of the page's language. Flows out: only the marks that the
reader left, because every other gesture concerns the picture alone. The view survives reruns and page changes as long as the
case is the same; with another case everything of the one before is taken off the screen before anything new is decoded.

It is as high as the style ``--film-height`` of a box around it says, and 720 pixels without one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.catalogue import messages
from dashboard.viewmodels.viewer.payload import ViewerData
from dashboard.viewmodels.viewer.planes import Publish
from model_zoo.case.marks import Mark, marks_from_json

_FOLDER = Path(__file__).parent
_PREFIX = "viewer."
# The browser gets one module: these files in this order, each leaning at once only on those before it.
_SCRIPTS = (
    "elements.js",
    "codec.js",
    "contours.js",
    "colour.js",
    "outlines.js",
    "marks.js",
    "colour_bar.js",
    "pane.js",
    "keys.js",
    "panel.js",
    "controls.js",
    "viewing.js",
    "marking.js",
    "actions.js",
    "gestures.js",
    "viewer.js",
    "component.js",
)
# Likewise: rules of a later file win over equal ones of an earlier.
_STYLES = ("viewer.css", "controls.css", "picture.css", "over.css")

_viewer = st.components.v2.component(
    "diaphane_viewer",
    css="\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in _STYLES),
    js="\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in _SCRIPTS),
)


def render_viewer(
    data: ViewerData, key: str, *, publish: Publish | None = None, height: int | None = None
) -> tuple[Mark, ...] | None:
    """Draw the viewer over the whole width.

    Parameters
    ----------
    publish : keeps the bytes of a picture where the browser of this reader may fetch them, and returns the address, the same for
        the same bytes; without it they are sent within the message.
    height : CSS pixels; ``None`` for that of the surroundings (see above).

    Returns
    -------
    All marks of the case after the reader changed them, once for each change; ``None`` where nothing changed. What is returned
    is to be kept, and given back as ``data.marks``.
    """
    payload = data.to_payload(publish)
    result = _viewer(
        key=key,
        data={**payload, "labels": viewer_labels(), "key": key, "height": height},
        default={"marks": None},
        on_marks_change=_nothing,
    )
    return _changed(result.get("marks"), data, payload["case_key"], f"{key}_marks_seen")


def viewer_labels() -> dict[str, str]:
    """Return every text of the viewer's own, by its key without the prefix."""
    return {key.removeprefix(_PREFIX): str(found) for key, found in messages().texts.items() if key.startswith(_PREFIX)}


def _nothing() -> None:
    """Streamlit returns a state value only when it has a callback."""


def _changed(sent: Any, data: ViewerData, case_key: str, seen_key: str) -> tuple[Mark, ...] | None:
    """Read what the browser sent; it comes over the wire, so nothing about its form is taken for granted.

    The browser's last word stays in the session: it counts once, or it would undo what was changed elsewhere since.
    """
    if not isinstance(sent, dict) or sent.get("case") != case_key:
        return None
    turn = (case_key, str(sent.get("turn")))
    if st.session_state.get(seen_key) == turn:
        return None
    st.session_state[seen_key] = turn
    try:
        marks = marks_from_json(sent.get("marks"), (data.scan.rows, data.scan.cols), data.scan.n_frames)
    except ValueError:
        return None
    return None if marks == data.marks else marks
