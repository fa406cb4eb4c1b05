"""Vital signs over time as small panels on one time axis, and the NEWS2 of every hour below them."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.catalogue import text
from dashboard.figures.theme import SMALL_SIZE, Palette, ThemeName, empty_figure, new_figure, palette
from dashboard.viewmodels.stay.vitals import THRESHOLDS, UNKNOWN, ScoreBar, VitalPanel, VitalsView

PANEL, SCORE = 78, 150  # px of one panel and of the scores
_MARGIN = {"l": 52, "r": 150, "t": 8, "b": 40}
_TITLE = 18  # px over each panel for its title
_MOST_POINTS = 20  # of NEWS2
_MOST_NUMBERS = 36  # bars that can carry their number without touching each other
_BAND_OPACITY = {"zero": 0.25, "low": 0.35, "red": 0.55, "urgent": 0.75, "emergency": 1.0}
_NORMAL_OPACITY = 0.14


def vitals_figure(view: VitalsView, theme: ThemeName = "dark", numbers: bool = True) -> go.Figure:
    """Draw the panels of a stay with the usual range of adults behind them, and one bar of NEWS2 per hour.

    The bars darken with the published response. A partial score is hatched, with a grey bar up to the highest score that
    its missing parameters would allow; an hour without any is a grey mark. Numbers and hover labels say all of it again.
    numbers: over the bars, where they have room.
    """
    colours = palette(theme)
    if not view.panels and not view.bars:
        return empty_figure(colours, text("monitoring.nothing_measured"))
    inner = PANEL * len(view.panels) + (SCORE if view.bars else 0)
    figure = new_figure(colours, inner + _MARGIN["t"] + _MARGIN["b"], _MARGIN)
    figure.update_yaxes(visible=False)
    top = 1.0
    for number, panel in enumerate(view.panels, start=1):
        _add_panel(figure, panel, _axis(number), top, inner, colours)
        top -= PANEL / inner
    if view.bars:
        _add_scores(figure, view, _axis(len(view.panels) + 1), top, inner, colours, numbers)
    figure.update_xaxes(
        title_text=text("monitoring.axis.hours"),
        range=time_range(view.span),
        anchor="free",
        position=0,
        showgrid=True,
        nticks=14,
    )
    if view.now is not None:
        line = {"color": colours.text, "width": 1, "dash": "dot"}
        foot = SCORE / inner if view.bars else 0  # the last bar says it below, and its number stays free
        figure.add_shape(type="line", x0=view.now, x1=view.now, y0=foot, y1=1, yref="paper", line=line)
    figure.update_layout(barmode="overlay", bargap=0.12)
    return figure


def time_range(span: tuple[float, float]) -> list[float]:
    """Return the ends of the time axis of a stay: half a bar beyond its first and last hour."""
    low, high = span
    room = max(high - low, 1.0) * 0.015 + 0.5
    return [low - room, high + room]


def _axis(number: int) -> str:
    return "y" if number == 1 else f"y{number}"


def _add_panel(figure: go.Figure, panel: VitalPanel, axis: str, top: float, inner: int, colours: Palette) -> None:
    _row(figure, axis, top, PANEL, inner, colours, panel)
    if panel.normal is not None and panel.normal[0] < panel.normal[1] and not panel.ticks:
        figure.add_shape(
            type="rect", xref="paper", x0=0, x1=1, yref=axis, y0=panel.normal[0], y1=panel.normal[1], layer="below",
            line={"width": 0}, fillcolor=see_through(colours.lowered, _NORMAL_OPACITY),
        )  # fmt: skip
    for points, symbol, name in (
        (panel.points, "circle", panel.name),
        (panel.second, "circle-open", f"{panel.name}, second"),
    ):
        if points:
            figure.add_scatter(
                name=name,
                meta=panel.title,  # the name for who listens
                x=[point.hour for point in points],
                y=[point.value for point in points],
                yaxis=axis,
                mode="lines+markers",
                # Between two measurements of a named state nothing is known but the last one: a step, not a slope.
                line={"color": colours.lowered, "width": 1.2, "shape": "hv" if panel.ticks else "linear"},
                marker={"symbol": symbol, "size": 6, "color": colours.lowered},
                hovertext=[point.words for point in points],
                hoverinfo="text",
                cliponaxis=False,
            )
    unit = f" ({panel.unit})" if panel.unit else ""
    _words(figure, f"{panel.title}{unit}", 0, top, "left", colours.text)
    figure.add_annotation(
        text=panel.latest, x=1, xref="paper", xanchor="left", xshift=8, y=top - PANEL / inner / 2, yref="paper",
        showarrow=False, font={"color": colours.muted, "size": SMALL_SIZE},
    )  # fmt: skip


def _add_scores(
    figure: go.Figure, view: VitalsView, axis: str, top: float, inner: int, colours: Palette, numbers: bool
) -> None:
    _row(figure, axis, top, SCORE, inner, colours, None)
    partial = [bar for bar in view.bars if bar.partial and bar.band != UNKNOWN and bar.highest > bar.aggregate]
    if partial:
        figure.add_bar(
            name="possible",
            x=[bar.hour for bar in partial],
            base=[bar.aggregate for bar in partial],
            y=[bar.highest - bar.aggregate for bar in partial],
            yaxis=axis,
            marker={"color": see_through(colours.neutral, 0.22), "line": {"width": 0}},
            hovertext=[_hover(bar) for bar in partial],
            hoverinfo="text",
        )
    known = [bar for bar in view.bars if bar.band != UNKNOWN]
    if known:
        numbers = numbers and len(view.bars) <= _MOST_NUMBERS
        figure.add_bar(
            name="NEWS2",
            x=[bar.hour for bar in known],
            y=[max(bar.aggregate, 0.15) for bar in known],  # a score of 0 is seen as a bar, not as a gap
            yaxis=axis,
            marker={
                "color": [_colour(bar.band, colours) for bar in known],
                "line": {"width": 0},
                "pattern": {
                    "shape": ["/" if bar.partial else "" for bar in known],
                    "fgcolor": colours.panel,
                    "size": 5,
                    "solidity": 0.35,
                },
            },
            text=[f"{bar.aggregate}" if numbers else "" for bar in known],
            textposition="outside",
            textfont={"size": 10, "color": colours.muted},
            hovertext=[_hover(bar) for bar in known],
            hoverinfo="text",
            cliponaxis=False,
        )
    unknown = [bar for bar in view.bars if bar.band == UNKNOWN]
    if unknown:
        figure.add_scatter(
            name="not known",
            x=[bar.hour for bar in unknown],
            y=[0.6] * len(unknown),
            yaxis=axis,
            mode="text",
            text=["?"] * len(unknown),
            textfont={"size": SMALL_SIZE, "color": colours.neutral},
            hovertext=[_hover(bar) for bar in unknown],
            hoverinfo="text",
        )
    for value, response in THRESHOLDS:
        figure.add_shape(
            type="line", xref="paper", x0=0, x1=1, yref=axis, y0=value, y1=value, layer="below",
            line={"color": colours.muted, "width": 1, "dash": "dash"},
        )  # fmt: skip
        figure.add_annotation(
            text=text(f"monitoring.threshold.{response}", score=value), x=1, xref="paper", xanchor="left",
            xshift=8, y=value, yref=axis,
            yanchor="top" if value == THRESHOLDS[0][0] else "bottom",
            showarrow=False, font={"color": colours.muted, "size": SMALL_SIZE},
        )  # fmt: skip
    title = text("monitoring.bars.partial") if view.any_partial else text("monitoring.bars")
    _words(figure, title, 0, top, "left", colours.text)


def _row(
    figure: go.Figure, axis: str, top: float, height: int, inner: int, colours: Palette, panel: VitalPanel | None
) -> None:
    settings = {
        "domain": [max(0.0, top - (height - 6) / inner), top - _TITLE / inner],
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "visible": True,
        "tickfont": {"size": SMALL_SIZE, "color": colours.muted},
        "anchor": "x",
    }
    if panel is None:
        settings |= {
            "range": [0, _MOST_POINTS + 2],
            "tickvals": [0, 5, 10, 15, 20],
            "showgrid": True,
            "gridcolor": colours.grid,
        }
    elif panel.ticks:
        values = [value for value, _ in panel.ticks]
        # Upside down for the level of consciousness: alert stands on top.
        ends = [max(values) + 0.4, -0.4] if len(values) > 2 else [-0.3, max(values) + 0.3]
        settings |= {"range": ends, "tickvals": values, "ticktext": [words for _, words in panel.ticks]}
        settings["tickfont"] = {"size": 9 if len(values) > 2 else SMALL_SIZE, "color": colours.muted}
    else:
        settings |= {"nticks": 5, "range": _ends(panel)}
    figure.update_layout({"yaxis" + axis[1:]: settings})


def _ends(panel: VitalPanel) -> list[float]:
    """Return the range of a panel: what was measured with the usual range, so that a flat line looks flat."""
    values = [point.value for point in (*panel.points, *panel.second)] + list(panel.normal or ())
    low, high = min(values), max(values)
    room = 0.08 * (high - low) or max(0.05 * abs(high), 0.5)
    return [low - room, high + room]


def _words(figure: go.Figure, said: str, x: float, top: float, anchor: str, colour: str) -> None:
    figure.add_annotation(
        text=said, x=x, xref="paper", y=top, yref="paper", xanchor=anchor, yanchor="top", showarrow=False,
        font={"color": colour, "size": SMALL_SIZE + 1},
    )  # fmt: skip


def _colour(band: str, colours: Palette) -> str:
    base = colours.neutral if band in ("zero", "low") else colours.raised
    return see_through(base, max(_BAND_OPACITY[band], 0.5 if base == colours.neutral else 0.0))


def _hover(bar: ScoreBar) -> str:
    head, *parts = bar.words.split("\n")
    return "<br>".join([*_broken(head), *parts])


def _broken(said: str, width: int = 70) -> list[str]:
    lines = [""]
    for word in said.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def see_through(colour: str, opacity: float) -> str:
    """Return a colour of the palette, "#rrggbb", with an opacity."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"
