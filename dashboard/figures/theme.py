"""Colours, fonts and the common frame of every figure. Both palettes keep their pairs apart in all common colour
vision deficiencies: blue against orange, with shape, sign or word saying the same again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import plotly.graph_objects as go

from model_zoo.trust.state import State

ThemeName = Literal["dark", "light"]

FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'  # the page's own, so that figures do not stand out
FONT_SIZE = 13
SMALL_SIZE = 11
ROW_HEIGHT = 34  # px; a row keeps this height however many there are
# For st.plotly_chart(config=...): no tool bar and no zoom by wheel, the page scrolls past a figure as past text.
PLOTLY_CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "responsive": True}


@dataclass(frozen=True)
class Palette:
    """raised: above a threshold, raises a risk. lowered: below, lowers. neutral: what has no side."""

    text: str
    muted: str
    grid: str
    raised: str
    lowered: str
    neutral: str
    panel: str


PALETTES: dict[str, Palette] = {
    "dark": Palette("#e6e8eb", "#9aa4b0", "#2b323c", "#f0913a", "#5aa7ee", "#7d8794", "#161b22"),
    "light": Palette("#1b2430", "#5a6675", "#dde2e8", "#b45309", "#1d63b8", "#7a8592", "#ffffff"),
}


def palette(theme: ThemeName) -> Palette:
    """Return the colours of a theme. Raises ValueError for any other name."""
    if theme not in PALETTES:
        raise ValueError(f"The theme is 'dark' or 'light'; got '{theme}'.")
    return PALETTES[theme]


def state_colour(state: State, colours: Palette) -> str:
    """Return the colour of a state: that of an alarm only for what is flagged."""
    return {
        State.FLAGGED: colours.raised,
        State.UNDECIDED: colours.text,
        State.NOT_FLAGGED: colours.lowered,
        State.NOT_OFFERED: colours.neutral,
    }[state]


def new_figure(colours: Palette, height: int, margin: dict[str, int]) -> go.Figure:
    """Return an empty figure with a transparent background, quiet axes and nothing to drag.

    An empty template keeps Plotly's own styles, and some kilobytes, out of every figure.
    """
    axis = {
        "fixedrange": True,
        "showline": False,
        "zeroline": False,
        "gridcolor": colours.grid,
        "tickfont": {"size": SMALL_SIZE, "color": colours.muted},
        "title": {"font": {"size": SMALL_SIZE, "color": colours.muted}, "standoff": 6},
    }
    layout = go.Layout(
        template=go.layout.Template(),
        height=height,
        margin={"pad": 0, **margin},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": FONT_SIZE, "color": colours.text},
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        hoverlabel={
            "bgcolor": colours.panel,
            "bordercolor": colours.neutral,
            "font": {"family": FONT, "size": FONT_SIZE, "color": colours.text},
            "align": "left",
        },
        xaxis=axis,
        yaxis={**axis, "showgrid": False, "ticks": "", "tickfont": {"size": FONT_SIZE, "color": colours.text}},
    )
    return go.Figure(layout=layout)


def empty_figure(colours: Palette, words: str) -> go.Figure:
    """Return a figure that says why it is empty."""
    figure = new_figure(colours, 2 * ROW_HEIGHT, {"l": 8, "r": 8, "t": 4, "b": 4})
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.add_annotation(
        text=words,
        x=0,
        y=0.5,
        xref="paper",
        yref="paper",
        xanchor="left",
        showarrow=False,
        font={"color": colours.muted},
    )
    return figure


def label_width(labels: list[str], size: int = FONT_SIZE, most: int = 300) -> int:
    """Return a left margin in px that holds the labels: 0.56 em is a generous mean width of the page's font."""
    longest = max((len(label) for label in labels), default=0)
    return min(most, round(longest * size * 0.56) + 16)


def wrapped(text: str, width: int = 64) -> str:
    """Return text for a hover label, broken into lines of about ``width`` characters."""
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "<br>".join([*lines, line])
