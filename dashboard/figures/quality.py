"""Curves of the phantom series over their accepted band, and the largest change of a logit from run to run."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log10

import plotly.graph_objects as go

from dashboard.catalogue import text
from dashboard.figures.theme import SMALL_SIZE, Palette, ThemeName, empty_figure, new_figure, palette
from dashboard.viewmodels.quality.runs import ConstancyPoint, CurveLine, CurveView

HEIGHT = 310
CONSTANCY_HEIGHT = 220
# Below this the change is rounding of the arithmetic; a logarithmic axis has no zero.
_SMALLEST_CHANGE = 1e-7
_BAND_OPACITY = 0.16
_LABEL_GAP = 0.11  # height of a line of text in units of the axis
_SYMBOLS, _DASHES = ("circle", "diamond", "square"), ("solid", "dash", "dot")


def curve_figure(view: CurveView, theme: ThemeName = "dark") -> go.Figure:
    """Draw one line per size over its accepted band; the name stands at the end of the line."""
    colours = palette(theme)
    if not view.lines:
        return empty_figure(colours, text("quality.no_lesion"))
    figure = new_figure(colours, HEIGHT, {"l": 52, "r": 128, "t": 12, "b": 46})
    lines = list(zip(view.lines, _colours(colours), _SYMBOLS, _DASHES, strict=False))
    for line, colour, _, _ in lines:
        _add_band(figure, line, colour)
    if view.reference is not None:
        _add_reference(figure, view, colours)
    for line, colour, symbol, dash in lines:
        _add_line(figure, line, colour, symbol, dash)
    gap = _LABEL_GAP * (1 + any(line.outside for line in view.lines))  # the verdict takes a second line
    heights = _apart([line.points[-1].value for line, *_ in lines], gap)
    for (line, colour, _, _), height in zip(lines, heights, strict=True):
        figure.add_annotation(
            text=f"{line.title}<br><b>{text('quality.status.outside')}</b>" if line.outside else line.title,
            x=1, xref="paper", xanchor="left", xshift=8, y=height, yref="y",
            showarrow=False, align="left", font={"color": colour, "size": SMALL_SIZE + 1},
        )  # fmt: skip
    contrasts = sorted({point.contrast for line in view.lines for point in line.points})
    span = max(contrasts[-1] - contrasts[0], 0.1)
    figure.update_xaxes(
        title_text=text("quality.axis.contrast"),
        tickvals=contrasts,
        ticktext=[f"{contrast:.2f}" for contrast in contrasts],
        range=[contrasts[0] - 0.04 * span, contrasts[-1] + 0.04 * span],
    )
    figure.update_yaxes(
        title_text=view.axis,
        range=[-0.05, 1.05],
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        ticktext=["0", "25 %", "50 %", "75 %", "100 %"],
        showgrid=True,
        tickfont={"size": SMALL_SIZE, "color": colours.muted},
    )
    return figure


def constancy_figure(points: Sequence[ConstancyPoint], tolerance: float, theme: ThemeName = "dark") -> go.Figure:
    """Draw the largest change of a logit of each run, oldest first, against the tolerance (logarithmic)."""
    colours = palette(theme)
    if not points:
        return empty_figure(colours, text("quality.not_compared"))
    figure = new_figure(colours, CONSTANCY_HEIGHT, {"l": 64, "r": 128, "t": 12, "b": 40})
    for name, passed, symbol, colour in (
        (text("quality.status.inside"), True, "circle", colours.lowered),
        (text("quality.status.outside"), False, "x", colours.raised),
    ):
        group = [(i, point) for i, point in enumerate(points) if point.passed == passed]
        if group:
            figure.add_scatter(
                name=name,
                x=[i for i, _ in group],
                y=[max(point.change, _SMALLEST_CHANGE) for _, point in group],
                mode="markers",
                marker={"symbol": symbol, "size": 10, "color": colour},
                hovertext=[text("quality.change_at", when=point.when, words=point.words) for _, point in group],
                hoverinfo="text",
                cliponaxis=False,
            )
    figure.add_hline(y=tolerance, line={"color": colours.muted, "width": 1, "dash": "dash"})
    figure.add_annotation(
        text=text("quality.tolerance", value=f"{tolerance:g}"), x=1, xref="paper", xanchor="left", xshift=8,
        y=log10(tolerance), yref="y", showarrow=False, font={"color": colours.muted, "size": SMALL_SIZE},
    )  # fmt: skip
    # As many dates as fit beside each other; the rest is in the hover label and the table.
    every = -(-len(points) // 8)
    ticks = list(range(0, len(points), every))
    figure.update_xaxes(
        tickvals=ticks, ticktext=[points[i].when[:10] for i in ticks], range=[-0.5, len(points) - 0.5], showgrid=False
    )
    top = max(log10(tolerance), max(log10(max(p.change, _SMALLEST_CHANGE)) for p in points))
    figure.update_yaxes(
        title_text=text("quality.axis.change"),
        type="log",
        range=[log10(_SMALLEST_CHANGE) - 0.4, top + 0.6],
        tickvals=[1e-7, 1e-5, 1e-3, 1e-1, 10],
        ticktext=["0", "0.00001", "0.001", "0.1", "10"],
        showgrid=True,
        tickfont={"size": SMALL_SIZE, "color": colours.muted},
    )
    return figure


def _colours(colours: Palette) -> tuple[str, str, str]:
    return colours.lowered, colours.raised, colours.neutral


def _add_band(figure: go.Figure, line: CurveLine, colour: str) -> None:
    points = [p for p in line.points if p.low is not None and p.high is not None]
    if not points:
        return
    x = [p.contrast for p in points]
    figure.add_scatter(
        name=text("quality.band", line=line.title),
        x=[*x, *reversed(x)],
        y=[*(p.high for p in points), *(p.low for p in reversed(points))],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=_see_through(colour),
        hoverinfo="skip",
    )


def _add_line(figure: go.Figure, line: CurveLine, colour: str, symbol: str, dash: str) -> None:
    figure.add_scatter(
        name=line.title,
        x=[p.contrast for p in line.points],
        y=[p.value for p in line.points],
        mode="lines+markers",
        line={"color": colour, "width": 2, "dash": dash},
        marker={"symbol": symbol, "size": 9, "color": colour},
        hovertext=[
            text("quality.point", line=line.title, contrast=f"{p.contrast:.2f}", words=p.words) for p in line.points
        ],
        hoverinfo="text",
        cliponaxis=False,
    )


def _add_reference(figure: go.Figure, view: CurveView, colours: Palette) -> None:
    figure.add_hline(y=view.reference, line={"color": colours.muted, "width": 1, "dash": "dot"})
    figure.add_annotation(
        text=view.reference_words, x=1, xref="paper", xanchor="right", y=view.reference, yref="y", yanchor="bottom",
        showarrow=False, font={"color": colours.muted, "size": SMALL_SIZE},
    )  # fmt: skip


def _apart(heights: Sequence[float], least: float) -> list[float]:
    """Move labels that would overlap apart, keeping their order; ``least`` in units of the axis."""
    order = sorted(range(len(heights)), key=lambda i: -heights[i])
    placed = list(heights)
    for above, below in pairwise(order):
        placed[below] = min(placed[below], placed[above] - least)
    return placed


def _see_through(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{_BAND_OPACITY})"
