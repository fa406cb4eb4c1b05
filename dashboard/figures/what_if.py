"""The risk along one variable: the curve with the ensemble's band, the training range, the threshold, and the present value."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.catalogue import text
from dashboard.figures.theme import SMALL_SIZE, Palette, ThemeName, empty_figure, new_figure, palette, wrapped
from dashboard.viewmodels.patient.what_if import PathView

# The traces by their part in the figure; no trace shows its name. BAND: 5th to 95th percentile of the ensemble.
CURVE, LOWER, BAND, TRIED, OWN = "risk", "lower", "band", "tried", "own"
_HEIGHT = 250  # px
_MARGIN = {"l": 52, "r": 14, "t": 26, "b": 46}
_BAND_OPACITY = 0.22
_SMALLEST_SPAN = 10.0  # percentage points: a flat curve stays flat to the eye


def path_figure(view: PathView, theme: ThemeName = "dark") -> go.Figure:
    """Draw the path; a gap is where the model has no risk."""
    colours = palette(theme)
    if all(value != value for value in view.risk):
        return empty_figure(colours, text("patient.what_if.no_risk"))
    figure = new_figure(colours, _HEIGHT, _MARGIN)
    choices = any(isinstance(value, str) for value in view.x)
    if choices:
        _add_choices(figure, view, colours)
    else:
        _add_curve(figure, view, colours)
    figure.add_hline(y=view.threshold, line={"width": 1, "dash": "dash", "color": colours.muted})
    # On the side away from the value tried, so that neither hides the other.
    right = view.current is None or view.current < len(view.x) / 2
    figure.add_annotation(
        text=text("patient.risk.threshold", value=f"{view.threshold:.1f} %"),
        x=1 if right else 0, xref="paper", xanchor="right" if right else "left",
        y=view.threshold, yref="y", yshift=8, showarrow=False, font={"size": SMALL_SIZE, "color": colours.muted},
    )  # fmt: skip
    _add_mark(figure, view, view.original, OWN, "circle-open", colours.text, choices)
    _add_mark(figure, view, view.current, TRIED, "diamond", colours.raised, choices)
    known = [v for series in (view.low, view.high, (view.threshold,)) for v in series if v == v]
    low, high = min(known), max(known)
    slack = max(_SMALLEST_SPAN - (high - low), 0) / 2 + 0.08 * (high - low)
    figure.update_yaxes(
        range=[max(-1.0, low - slack), min(101.0, high + slack)], ticksuffix=" %", showgrid=True, gridcolor=colours.grid,
        nticks=6, tickfont={"size": SMALL_SIZE, "color": colours.muted},
    )  # fmt: skip
    figure.update_xaxes(title_text=view.axis, type="category" if choices else "log" if view.logarithmic else "linear")
    return figure


def _add_curve(figure: go.Figure, view: PathView, colours: Palette) -> None:
    # Two lines with the area between them: a polygon would close over a gap.
    for name, series, fill in ((LOWER, view.low, None), (BAND, view.high, "tonexty")):
        figure.add_scatter(
            name=name, x=list(view.x), y=list(series), mode="lines", line={"width": 0}, fill=fill, hoverinfo="skip",
            fillcolor=_transparent(colours.lowered), connectgaps=False,
        )  # fmt: skip
    figure.add_scatter(
        name=CURVE, x=list(view.x), y=list(view.risk), mode="lines", line={"width": 2, "color": colours.lowered},
        hovertext=[_hover(view, i) for i in range(len(view.x))], hoverinfo="text", connectgaps=False,
    )  # fmt: skip
    if view.training is None or view.current is None:
        return
    low, high = view.training
    value = float(view.x[view.current])
    if low <= value <= high:
        return
    ends = (value, low) if value < low else (high, value)
    figure.add_vrect(x0=ends[0], x1=ends[1], fillcolor=colours.neutral, opacity=0.25, line_width=0)
    figure.add_annotation(
        text=text("patient.what_if.no_patients"),
        x=0 if value < low else 1, xref="paper", xanchor="left" if value < low else "right",
        y=1, yref="paper", yshift=12, showarrow=False, font={"size": SMALL_SIZE, "color": colours.muted},
    )  # fmt: skip


def _add_choices(figure: go.Figure, view: PathView, colours: Palette) -> None:
    labels = [wrapped(str(value), 18) for value in view.x]
    figure.add_bar(
        name=CURVE, x=labels, y=list(view.risk), width=0.5, marker={"color": colours.lowered, "opacity": 0.55},
        error_y={
            "type": "data", "symmetric": False, "color": colours.muted, "thickness": 1, "width": 4,
            "array": [high - risk for high, risk in zip(view.high, view.risk, strict=True)],
            "arrayminus": [risk - low for low, risk in zip(view.low, view.risk, strict=True)],
        },
        hovertext=[_hover(view, i) for i in range(len(view.x))], hoverinfo="text",
    )  # fmt: skip


def _add_mark(
    figure: go.Figure, view: PathView, place: int | None, name: str, symbol: str, colour: str, choices: bool
) -> None:
    if place is None or view.risk[place] != view.risk[place] or (name == OWN and place == view.current):
        return
    x = wrapped(str(view.x[place]), 18) if choices else view.x[place]
    figure.add_scatter(
        name=name, x=[x], y=[view.risk[place]], mode="markers",
        marker={"symbol": symbol, "size": 11, "color": colour, "line": {"width": 2, "color": colour}},
        hovertext=[text(f"patient.what_if.mark.{name}", point=_hover(view, place))], hoverinfo="text", cliponaxis=False,
    )  # fmt: skip


def _hover(view: PathView, place: int) -> str:
    if view.risk[place] != view.risk[place]:
        return text("patient.what_if.point_none", value=view.x_words[place])
    risk, low, high = (f"{series[place]:.1f}" for series in (view.risk, view.low, view.high))
    return text("patient.what_if.point", value=view.x_words[place], risk=risk, low=low, high=high)


def _transparent(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{_BAND_OPACITY})"
