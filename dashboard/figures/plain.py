"""Texts of a figure: Plotly reads a little HTML in them, links among it, so only the marks of our own figures are left."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go

from model_zoo.plain import visible

# What the figures here write: bold, line breaks, a colour or a size, and the box of a hover label.
OWN_MARKS = re.compile(r"</?b>|<br>|<span style='[a-z0-9#:;-]*'>|</span>|<extra></extra>")


def plain_figure(figure: go.Figure) -> go.Figure:
    """Return a figure in which every other sign shows as it is."""
    return with_texts(figure, _text)


def with_texts(figure: go.Figure, change: Callable[[str], str]) -> go.Figure:
    """Return a figure with every text of it changed, wherever it stands."""

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: changed(entry) for key, entry in value.items()}
        if isinstance(value, np.ndarray) and value.dtype.kind in "OU":
            value = value.tolist()
        if isinstance(value, (list, tuple)):
            return [changed(entry) for entry in value]
        return change(value) if isinstance(value, str) else value

    return go.Figure(changed(figure.to_plotly_json()))


def _text(text: str) -> str:
    marks = [*OWN_MARKS.findall(text), ""]
    return "".join(f"{_shown(part)}{mark}" for part, mark in zip(OWN_MARKS.split(text), marks, strict=True))


def _shown(part: str) -> str:
    return visible(part).replace("&", "&amp;").replace("<", "&lt;")
