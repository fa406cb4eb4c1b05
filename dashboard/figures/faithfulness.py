"""Deletion and insertion curves of one map, with those of an edge detector behind them."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.catalogue import text
from dashboard.figures.theme import SMALL_SIZE, ThemeName, empty_figure, new_figure, palette
from model_zoo.trust.check import CheckResult

HEIGHT = 210


def faithfulness_figure(result: CheckResult | None, theme: ThemeName = "dark") -> go.Figure:
    """Draw the logit against the share of the picture taken away, and put back, in the order of the map."""
    colours = palette(theme)
    if result is None or "deletion" not in result.figures:
        return empty_figure(colours, text("trust.curve.none"))
    figure = new_figure(colours, HEIGHT, {"l": 46, "r": 128, "t": 8, "b": 40})
    lines = (
        ("edge_deletion", text("trust.curve.edges_removed"), colours.neutral, "dot"),
        ("edge_insertion", text("trust.curve.edges_restored"), colours.neutral, "dash"),
        ("deletion", text("trust.curve.map_removed"), colours.raised, "solid"),
        ("insertion", text("trust.curve.map_restored"), colours.lowered, "solid"),
    )
    ends = sorted(((float(result.figures[key][len(result.figures[key]) // 4]), key) for key, *_ in lines), reverse=True)
    offsets = {key: position for position, (_, key) in enumerate(ends)}
    for key, name, colour, dash in lines:
        values = [float(v) for v in result.figures[key]]
        share = [100 * i / (len(values) - 1) for i in range(len(values))]
        figure.add_scatter(
            name=name,
            x=share,
            y=values,
            mode="lines",
            line={"color": colour, "width": 2, "dash": dash},
            hovertemplate=text("trust.curve.point", name=name, logit="%{y:.2f}", share="%{x:.0f}") + "<extra></extra>",
        )
        figure.add_annotation(
            text=name,
            x=1,
            xref="paper",
            xshift=8,
            xanchor="left",
            y=1 - 0.22 * offsets[key],
            yref="paper",
            yanchor="top",
            showarrow=False,
            font={"size": SMALL_SIZE, "color": colour},
        )
    figure.update_xaxes(title_text=text("trust.curve.share"), range=[0, 100], tickvals=[0, 25, 50, 75, 100])
    figure.update_yaxes(
        title_text=text("trust.curve.logit"), showgrid=True, tickfont={"size": SMALL_SIZE, "color": colours.muted}
    )
    return figure
