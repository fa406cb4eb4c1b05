"""The percentile strip: one row per value, a mark on the way from the lowest to the highest training patient."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.catalogue import text
from dashboard.figures.theme import SMALL_SIZE, ThemeName, empty_figure, label_width, new_figure, palette, wrapped
from dashboard.viewmodels.patient.percentiles import USUAL, PercentilesView

# The marks by their part in the figure; no trace shows its name.
USUAL_NAME, UNUSUAL_NAME = "usual", "unusual"
_ROW_HEIGHT = 25  # px
_TOP, _BOTTOM = 6, 42
_LONGEST = 34  # characters of a label; the whole text is in the hover label


def percentiles_figure(view: PercentilesView, theme: ThemeName = "dark") -> go.Figure:
    """Draw the strip, the most unusual value on top."""
    colours = palette(theme)
    rows = view.rows
    if not rows:
        return empty_figure(colours, text("patient.standing.none"))
    labels = [_shortened(f"{row.title}  {row.value_words}") for row in rows]
    margin = {"l": label_width(labels, SMALL_SIZE + 1), "r": 40, "t": _TOP, "b": _BOTTOM}
    figure = new_figure(colours, len(rows) * _ROW_HEIGHT + _TOP + _BOTTOM, margin)
    figure.add_vrect(x0=USUAL[0], x1=USUAL[1], fillcolor=colours.neutral, opacity=0.14, line_width=0, layer="below")
    for name, unusual, symbol, colour in (
        (USUAL_NAME, False, "circle", colours.lowered),
        (UNUSUAL_NAME, True, "diamond", colours.raised),
    ):
        group = [(i, row) for i, row in enumerate(rows) if row.unusual == unusual]
        if group:
            figure.add_scatter(
                name=name,
                x=[row.percentile for _, row in group],
                y=[i for i, _ in group],
                mode="markers+text",
                marker={
                    # Only the side is known beyond the outermost stored quantile: an arrow, not a place.
                    "symbol": [
                        {"below": "triangle-left", "above": "triangle-right"}.get(row.bound, symbol) for _, row in group
                    ],
                    "size": 10,
                    "color": colour,
                },
                text=[f" {row.label} " for _, row in group],
                textposition=["middle left" if row.percentile > 88 else "middle right" for _, row in group],
                textfont={"size": SMALL_SIZE, "color": colours.text},
                hovertext=[wrapped(row.words) for _, row in group],
                hoverinfo="text",
                cliponaxis=False,
            )
    figure.update_xaxes(range=[-2, 102], tickvals=[5, 25, 50, 75, 95], title_text=text("patient.standing.axis"))
    figure.update_yaxes(
        range=[len(rows) - 0.5, -0.5],
        tickvals=list(range(len(rows))),
        ticktext=labels,
        tickfont={"size": SMALL_SIZE + 1},
    )
    return figure


def _shortened(label: str) -> str:
    label = label.replace("10^9", "10⁹").replace("10^3", "10³")
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1].rstrip()}…"
