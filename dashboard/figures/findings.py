"""Findings as rows: a mark with its interval, the operating threshold as a tick, the state as shape, colour and word."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.catalogue import text
from dashboard.figures.theme import (
    ROW_HEIGHT,
    SMALL_SIZE,
    Palette,
    ThemeName,
    empty_figure,
    label_width,
    new_figure,
    palette,
    state_colour,
    wrapped,
)
from dashboard.viewmodels.case.state import state_word
from dashboard.viewmodels.numbers.findings import FindingRow
from model_zoo.trust.state import State

AXIS_ENDS = {"probability": 1.0, "score": 100.0}
# In the order in which they are drawn.
_SYMBOLS = {
    State.FLAGGED: "diamond",
    State.UNDECIDED: "diamond-open",
    State.NOT_FLAGGED: "circle-open",
    State.NOT_OFFERED: "circle-open-dot",
}
# px for value and state in the column at the right, without and with one that is not offered.
_STATE_WIDTH, _REFUSED_WIDTH = 142, 168
# "more than 0.99" takes this much more than a number.
_SHORT_VALUE, _WORDS_WIDTH = 6, 62
# Characters after which a label goes on in the next line; two lines fit a row.
LABEL_WIDTH = 26
_AXIS_HEIGHT = 40


def findings_figure(rows: Sequence[FindingRow], theme: ThemeName = "dark") -> go.Figure:
    """Draw findings of one unit, one row each. Raises ValueError when probabilities and scores are mixed."""
    colours = palette(theme)
    if not rows:
        return empty_figure(colours, text("numbers.figure.none"))
    units = {row.unit for row in rows}
    if len(units) > 1:
        raise ValueError("Probabilities and scores have no common axis; draw them apart.")
    unit = units.pop()
    right = _REFUSED_WIDTH if any(row.state is State.NOT_OFFERED for row in rows) else _STATE_WIDTH
    if any(len(row.value_words) > _SHORT_VALUE for row in rows):
        right += _WORDS_WIDTH
    lines = [line for row in rows for line in wrapped(row.title, LABEL_WIDTH).split("<br>")]
    margin = {"l": label_width(lines), "r": right, "t": 8, "b": _AXIS_HEIGHT}
    figure = new_figure(colours, len(rows) * ROW_HEIGHT + margin["t"] + margin["b"], margin)
    _add_thresholds(figure, rows, colours)
    for state in _SYMBOLS:
        group = [(i, row) for i, row in enumerate(rows) if row.state is state]
        if group:
            _add_marks(figure, state, group, colours)
    for i, row in enumerate(rows):
        _add_state(figure, i, row, colours)
    end = AXIS_ENDS[unit]
    figure.update_xaxes(
        range=[-0.02 * end, 1.02 * end],
        tickvals=[end * k / 4 for k in range(5)],
        ticktext=["0", "0.25", "0.5", "0.75", "1"] if unit == "probability" else ["0", "25", "50", "75", "100"],
        title_text=text("numbers.axis.probability") if unit == "probability" else text("numbers.axis.score"),
    )
    shared = len(rows) > 1 and len({row.condition for row in rows}) == 1  # said once, above the chart
    figure.update_yaxes(
        range=[len(rows) - 0.5, -0.5],
        tickvals=list(range(len(rows))),
        ticktext=[_tick_text(row, colours, with_condition=not shared) for row in rows],
    )
    return figure


def _tick_text(row: FindingRow, colours: Palette, with_condition: bool) -> str:
    title = wrapped(row.title, LABEL_WIDTH)
    if not row.condition or not with_condition:
        return title
    return f"{title}<br><span style='font-size:10px;color:{colours.muted}'>{row.condition}</span>"


def _add_thresholds(figure: go.Figure, rows: Sequence[FindingRow], colours: Palette) -> None:
    figure.add_scatter(
        name=text("numbers.figure.thresholds"),
        x=[row.threshold for row in rows],
        y=list(range(len(rows))),
        mode="markers+text",
        marker={"symbol": "line-ns", "size": 13, "line": {"width": 2, "color": colours.muted}},
        # The first row says what the tick is; the others repeat only its number.
        text=[
            row.threshold_words if i else text("numbers.figure.threshold", value=row.threshold_words)
            for i, row in enumerate(rows)
        ],
        textposition="top center",
        textfont={"size": 10, "color": colours.muted},
        hovertext=[text("numbers.figure.threshold_of", title=row.title, value=row.threshold_words) for row in rows],
        hoverinfo="text",
        cliponaxis=False,
    )


def _add_marks(figure: go.Figure, state: State, group: Sequence[tuple[int, FindingRow]], colours: Palette) -> None:
    colour = state_colour(state, colours)
    figure.add_scatter(
        name=state_word(state),
        x=[row.value for _, row in group],
        y=[i for i, _ in group],
        mode="markers",
        marker={"symbol": _SYMBOLS[state], "size": 11, "color": colour, "line": {"width": 2, "color": colour}},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [0 if row.high is None else max(row.high - row.value, 0.0) for _, row in group],
            "arrayminus": [0 if row.low is None else max(row.value - row.low, 0.0) for _, row in group],
            "visible": any(row.low is not None for _, row in group),
            "color": colour,
            "thickness": 2,
            "width": 4,
        },
        hovertext=[
            wrapped(text("numbers.figure.row", title=row.title, words=row.words)) + "<br>" + wrapped(row.kind_words)
            for _, row in group
        ],
        hoverinfo="text",
        cliponaxis=False,
    )


def _add_state(figure: go.Figure, i: int, row: FindingRow, colours: Palette) -> None:
    figure.add_annotation(
        text=f"<b>{row.value_words}</b>  <span style='font-size:{SMALL_SIZE}px'>{state_word(row.state)}</span>",
        x=1,
        xref="paper",
        xshift=12,
        xanchor="left",
        y=i,
        yref="y",
        showarrow=False,
        font={"color": state_colour(row.state, colours)},
    )
