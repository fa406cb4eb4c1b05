"""The risk of every hour as a line with its band, and what made it as a heat map of variable x hour."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.catalogue import text
from dashboard.figures.theme import (
    FONT_SIZE,
    SMALL_SIZE,
    Palette,
    ThemeName,
    empty_figure,
    label_width,
    new_figure,
    palette,
)
from dashboard.figures.vitals import see_through, time_range
from dashboard.viewmodels.stay.hourly_risk import AttributionView, HourlyRiskView, points

HEIGHT, ROW = 190, 24  # px of the line, and of one row of the heat map
_MARGIN = {"l": 52, "r": 150, "t": 8, "b": 40}  # as the vital signs above, so that the hours stand over each other
_LEAST_TOP = 10.0  # per cent; a risk of 1 % is not drawn as a mountain


def hourly_risk_figure(view: HourlyRiskView, now: float | None = None, theme: ThemeName = "dark") -> go.Figure:
    """Draw the risk over the hours of the stay with the card's threshold; a ring marks an hour at which it alerts."""
    colours = palette(theme)
    if not view.points:
        return empty_figure(colours, text("monitoring.risk.no_estimate"))
    figure = new_figure(colours, HEIGHT, _MARGIN)
    hours = [point.hour for point in view.points]
    figure.add_scatter(
        name="band",
        x=[*hours, *reversed(hours)],
        y=[*(point.high for point in view.points), *(point.low for point in reversed(view.points))],
        fill="toself",
        fillcolor=see_through(colours.neutral, 0.22),
        line={"width": 0},
        hoverinfo="skip",
    )
    figure.add_scatter(
        name="risk",
        x=hours,
        y=[point.risk for point in view.points],
        mode="lines+markers",
        line={"color": colours.raised, "width": 1.6},
        marker={"size": 5, "color": colours.raised},
        hovertext=[point.words for point in view.points],
        hoverinfo="text",
        cliponaxis=False,
    )
    alerting = [point for point in view.points if point.hour in view.alerts]
    if alerting:
        figure.add_scatter(
            name="alert",
            x=[point.hour for point in alerting],
            y=[point.risk for point in alerting],
            mode="markers",
            marker={"size": 13, "symbol": "circle-open", "color": colours.text, "line": {"width": 2}},
            hovertext=[text("monitoring.risk.alert", point=point.words) for point in alerting],
            hoverinfo="text",
            cliponaxis=False,
        )
    line = {"color": colours.muted, "width": 1, "dash": "dash"}
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=view.threshold, y1=view.threshold, line=line)
    figure.add_annotation(
        text=text("monitoring.risk.threshold", value=f"{view.threshold:.0f}"), x=1, xref="paper", xanchor="left", xshift=8,
        y=view.threshold,
        showarrow=False, font={"color": colours.muted, "size": SMALL_SIZE},
    )  # fmt: skip
    if now is not None:
        dotted = {"color": colours.text, "width": 1, "dash": "dot"}
        figure.add_shape(type="line", x0=now, x1=now, y0=0, y1=1, yref="paper", line=dotted)
    top = max(_LEAST_TOP, view.threshold, *(point.high for point in view.points))
    figure.update_yaxes(
        range=[0, min(100.0, 1.12 * top)], showgrid=True, ticksuffix=" %", nticks=5, tickfont={"size": SMALL_SIZE}
    )
    figure.update_xaxes(title_text=text("monitoring.axis.hours"), range=time_range(view.span), showgrid=True, nticks=14)
    return figure


def attribution_figure(view: AttributionView, theme: ThemeName = "dark") -> go.Figure:
    """Draw the shares of one hour; orange raises the risk, blue lowers it, and a cell without a measurement is empty."""
    colours = palette(theme)
    if not view.rows:
        return empty_figure(colours, text("monitoring.nothing_measured"))
    margin = {"l": label_width(list(view.rows), FONT_SIZE, 240), "r": 150, "t": 8, "b": 40}
    figure = new_figure(colours, ROW * len(view.rows) + margin["t"] + margin["b"], margin)
    most = view.largest or 1.0
    figure.add_heatmap(
        x=list(view.hours),
        y=list(view.rows),
        z=[list(row) for row in view.values],
        zmin=-most,
        zmax=most,
        zmid=0,
        colorscale=[[0, colours.lowered], [0.5, colours.panel], [1, colours.raised]],
        xgap=1,
        ygap=1,
        hoverongaps=False,
        hovertemplate=f"{_cell()}<extra></extra>",
        colorbar=_bar(colours, most),
    )
    figure.update_yaxes(autorange="reversed", tickfont={"size": SMALL_SIZE + 1})
    figure.update_xaxes(title_text=text("monitoring.axis.measured"), showgrid=False, nticks=14)
    return figure


def _cell() -> str:
    """Return what a cell says under the pointer, with the places that Plotly fills."""
    points = text("monitoring.risk.points", value="%{z:+.2f}")
    return text("monitoring.risk.cell", variable="%{y}", hour="%{x:.0f}", points=points)


def _bar(colours: Palette, most: float) -> dict[str, object]:
    return {
        "thickness": 10,
        "len": 1.0,
        "tickvals": [-most, 0, most],
        "ticktext": [points(-most), "0", points(most)],
        "tickfont": {"size": SMALL_SIZE, "color": colours.muted},
        "outlinewidth": 0,
    }
