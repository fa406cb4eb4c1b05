"""The scan viewer: a canvas that zooms, pans, windows and overlays in the browser, without a round trip to Python.

Flows in: ``ViewerData``, as data and never as markup. Flows out: only a region that the reader marked, because every
other gesture concerns the picture alone. The view survives reruns and page changes as long as the scan is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.viewmodels.viewer import ViewerData

_FOLDER = Path(__file__).parent
# The browser gets one module: these files in this order, each leaning only on those before it.
_SCRIPTS = (
    "codec.js",
    "colour.js",
    "contours.js",
    "elements.js",
    "outlines.js",
    "pane.js",
    "controls.js",
    "gestures.js",
    "viewer.js",
)
# Likewise: rules of a later file win over equal ones of an earlier.
_STYLES = ("viewer.css", "toolbars.css", "picture.css", "below.css")


@dataclass(frozen=True)
class ViewerState:
    """What the reader marked: ``region`` is (top, left, height, width) in scan pixels of ``frame``."""

    region: tuple[float, float, float, float]
    frame: int


_viewer = st.components.v2.component(
    "diaphane_viewer",
    css="\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in _STYLES),
    js="\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in _SCRIPTS),
)


def render_viewer(data: ViewerData, key: str, height: int = 720) -> ViewerState | None:
    """Draw the viewer, ``height`` CSS pixels high over the whole width.

    Returns the marked region, or ``None`` when none is marked or the mark belongs to another scan.
    """
    result = _viewer(
        key=key,
        data={**data.to_payload(), "key": key, "height": height},
        default={"region": None},
        on_region_change=_nothing,
    )
    return _state(result.get("region"), data.scan.sha256)


def _nothing() -> None:
    """Streamlit returns a state value only when it has a callback."""


def _state(region: Any, sha256: str) -> ViewerState | None:
    """Read what the browser sent; it comes over the wire, so nothing about its form is taken for granted."""
    if not isinstance(region, dict) or region.get("sha256") != sha256:
        return None
    box, frame = region.get("box"), region.get("frame")
    if not isinstance(box, list) or len(box) != 4 or not isinstance(frame, int):
        return None
    if not all(isinstance(number, int | float) for number in box):
        return None
    top, left, height, width = (float(number) for number in box)
    return ViewerState((top, left, height, width), frame)
