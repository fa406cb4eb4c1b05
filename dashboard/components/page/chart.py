"""The one place that draws a figure: its texts show what was measured or read, and never a link."""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go
import streamlit as st

from dashboard.figures.plain import plain_figure
from dashboard.figures.theme import PLOTLY_CONFIG
from dashboard.figures.words import figure_words


def render_chart(figure: go.Figure, key: str, on_select: Callable[[], None] | None = None) -> None:
    """Draw a figure over the whole width. on_select: called when the reader presses a point of it."""
    st.plotly_chart(
        plain_figure(figure),
        key=key,
        config=PLOTLY_CONFIG,
        theme=None,
        width="stretch",
        on_select="ignore" if on_select is None else on_select,
        selection_mode="points",
        alt=figure_words(figure),
    )
