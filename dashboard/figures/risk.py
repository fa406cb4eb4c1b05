"""The patient's risks: a mark with the ensemble's interval, the training patients' rate and the threshold as ticks."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.catalogue import text
from dashboard.figures.theme import (
    SMALL_SIZE,
    Palette,
    ThemeName,
    empty_figure,
    label_width,
    new_figure,
    palette,
    wrapped,
)
from dashboard.viewmodels.patient.risk import RiskRow, RiskView, percent_words

# The traces by their part in the figure; no trace shows its name.
THRESHOLD, BASE_RATE, ABOVE, BELOW = "threshold", "base rate", "above", "below"
_ROW_HEIGHT = 58  # px: room for a label over the row (threshold) and one under it (training patients)
_BASE_RATE_SHIFT = 0.3  # rows below the mark, so that neither hides the other
_VERDICT_WIDTH = 104
# Longer titles are broken: on one line they would leave the axis no room in its column.
_LABEL_LETTERS = 24
_AXIS_HEIGHT = 40


def risk_figure(view: RiskView, theme: ThemeName = "dark") -> go.Figure:
    """Draw one row per outcome on an axis from 0 to 100 %."""
    colours = palette(theme)
    rows = view.rows
    if not rows:
        return empty_figure(colours, text("patient.risk.none"))
    labels = [wrapped(row.title, _LABEL_LETTERS) for row in rows]
    lines = [line for label in labels for line in label.split("<br>")]
    margin = {"l": label_width(lines), "r": _VERDICT_WIDTH, "t": 6, "b": _AXIS_HEIGHT}
    figure = new_figure(colours, len(rows) * _ROW_HEIGHT + margin["t"] + margin["b"], margin)
    positions = list(range(len(rows)))
    figure.add_scatter(
        name=THRESHOLD,
        x=[100 * row.threshold for row in rows],
        y=positions,
        mode="markers+text",
        marker={"symbol": "line-ns", "size": 16, "line": {"width": 2, "color": colours.muted}},
        text=[text("patient.risk.threshold", value=row.threshold_words) for row in rows],
        textposition="top center",
        textfont={"size": 10, "color": colours.muted},
        hovertext=[text("patient.risk.threshold_of", title=row.title, value=row.threshold_words) for row in rows],
        hoverinfo="text",
        cliponaxis=False,
    )
    figure.add_scatter(
        name=BASE_RATE,
        x=[100 * row.base_rate for row in rows],
        y=[position + _BASE_RATE_SHIFT for position in positions],
        mode="markers+text",
        marker={"symbol": "triangle-up", "size": 8, "color": colours.muted},
        text=[f" {text('patient.risk.base', value=percent_words(row.base_rate))} " for row in rows],
        textposition=["middle left" if row.base_rate > 0.6 else "middle right" for row in rows],
        textfont={"size": 10, "color": colours.muted},
        hovertext=[text("patient.risk.base_of", title=row.title, value=percent_words(row.base_rate)) for row in rows],
        hoverinfo="text",
        cliponaxis=False,
    )
    for verdict, above, symbol in ((ABOVE, True, "diamond"), (BELOW, False, "circle-open")):
        group = [(i, row) for i, row in enumerate(rows) if row.above == above]
        if group:
            _add_marks(figure, verdict, symbol, group, colours)
    for i, row in enumerate(rows):
        side = text(f"patient.risk.side.{ABOVE if row.above else BELOW}")
        figure.add_annotation(
            text=f"<b>{row.value_words}</b>  <span style='font-size:{SMALL_SIZE}px'>{side}</span>",
            x=1,
            xref="paper",
            xshift=12,
            xanchor="left",
            y=i,
            yref="y",
            showarrow=False,
            font={"color": colours.raised if row.above else colours.lowered},
        )
    figure.update_xaxes(range=[-2, 102], tickvals=[0, 25, 50, 75, 100], title_text=text("patient.risk.axis"))
    figure.update_yaxes(range=[len(rows) - 0.5, -0.5], tickvals=positions, ticktext=labels)
    return figure


def _add_marks(
    figure: go.Figure, verdict: str, symbol: str, group: list[tuple[int, RiskRow]], colours: Palette
) -> None:
    colour = colours.raised if verdict == ABOVE else colours.lowered
    figure.add_scatter(
        name=verdict,
        x=[100 * row.probability for _, row in group],
        y=[i for i, _ in group],
        mode="markers",
        marker={"symbol": symbol, "size": 12, "color": colour, "line": {"width": 2, "color": colour}},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [100 * (row.high - row.probability) for _, row in group],
            "arrayminus": [100 * (row.probability - row.low) for _, row in group],
            "color": colour,
            "thickness": 2,
            "width": 4,
        },
        hovertext=[wrapped(f"{row.title}: {row.words}") for _, row in group],
        hoverinfo="text",
        cliponaxis=False,
    )
