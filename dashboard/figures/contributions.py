"""The way from the reference patient's risk to this patient's, one floating bar per step, read from top to bottom."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.catalogue import text
from dashboard.figures.theme import (
    FONT_SIZE,
    SMALL_SIZE,
    Palette,
    ThemeName,
    label_width,
    new_figure,
    palette,
    wrapped,
)
from dashboard.viewmodels.patient.contributions import ContributionRow, ContributionsView

# The bars by their part in the figure; no trace shows its name.
RAISES, LOWERS, NOT_MEASURED = "raises", "lowers", "not_measured"
_ROW_HEIGHT = 28  # px: bars need no room for labels over or under them
_TOP, _BOTTOM = 26, 42  # px: direction labels above, axis below
_RIGHT = 48  # px: the label of a risk near 100 % stands beyond the axis
_LONGEST_LABEL = 40  # characters; the whole text is in the hover label
_SMALLEST_SPAN = 10.0  # percentage points on the axis: small contributions stay small to the eye


def contributions_figure(view: ContributionsView, theme: ThemeName = "dark") -> go.Figure:
    """Draw the waterfall: reference patient on top, this patient's risk at the bottom, axis in per cent of risk."""
    colours = palette(theme)
    starts = [view.reference_percent]
    for row in view.rows:
        starts.append(starts[-1] + row.points)
    labels = [_label(row) for row in view.rows]
    reference, patient = text("patient.why.reference"), text("patient.why.patient")
    plain = [reference, *(f"{title}  {value}" for title, value in labels), patient]
    ticks = [f"<b>{reference}</b>", *(_tick(*label, colours) for label in labels), f"<b>{patient}</b>"]
    last = len(view.rows) + 1
    margin = {"l": label_width(plain, FONT_SIZE, most=330), "r": _RIGHT, "t": _TOP, "b": _BOTTOM}
    figure = new_figure(colours, (last + 1) * _ROW_HEIGHT + _TOP + _BOTTOM, margin)
    _add_connectors(figure, starts, last, colours)
    for name, colour, pattern in (
        (RAISES, colours.raised, ""),
        (LOWERS, colours.lowered, ""),
        (NOT_MEASURED, colours.neutral, "/"),
    ):
        steps = [(i, row) for i, row in enumerate(view.rows) if _group(row) == name]
        if steps:
            _add_bars(figure, name, steps, starts, colour, pattern, colours)
    _add_ends(figure, view, last, colours)
    low, high = min(*starts, view.risk_percent), max(*starts, view.risk_percent)
    slack = max(_SMALLEST_SPAN - (high - low), 0) / 2
    # The labels beside bars and marks need some 15 % of the axis on either side.
    edge = 0.15 * max(high - low, _SMALLEST_SPAN)
    figure.update_xaxes(
        range=[low - slack - edge, high + slack + edge],
        ticksuffix=" %",
        nticks=6,
        title_text=text("patient.why.axis", outcome=view.outcome_title),
    )
    figure.update_yaxes(range=[last + 0.5, -0.5], tickvals=list(range(last + 1)), ticktext=ticks)
    return figure


def _group(row: ContributionRow) -> str:
    if row.kind == "not_measured":
        return NOT_MEASURED
    return LOWERS if row.points < 0 else RAISES


def _label(row: ContributionRow) -> tuple[str, str]:
    value = row.value_words if row.kind == "feature" else ""
    room = max(_LONGEST_LABEL - len(row.title), 8)
    value = value.replace("10^9", "10⁹").replace("10^3", "10³")
    return row.title, value if len(value) <= room else f"{value[: room - 1].rstrip()}…"


def _tick(title: str, value: str, colours: Palette) -> str:
    return f"<span style='color:{colours.muted}'>{title}</span>  {value}" if value else title


def _add_bars(
    figure: go.Figure,
    name: str,
    steps: list[tuple[int, ContributionRow]],
    starts: list[float],
    colour: str,
    pattern: str,
    colours: Palette,
) -> None:
    figure.add_bar(
        name=name,
        orientation="h",
        base=[starts[i] for i, _ in steps],
        x=[row.points for _, row in steps],
        y=[i + 1 for i, _ in steps],
        width=0.62,
        marker={"color": colour, "line": {"width": 0}, "pattern": {"shape": pattern, "size": 5, "solidity": 0.35}},
        text=[f" {row.points_words} " for _, row in steps],
        textposition="outside",
        textfont={"size": SMALL_SIZE, "color": colours.text},
        hovertext=[wrapped(row.words) for _, row in steps],
        hoverinfo="text",
        cliponaxis=False,
    )


def _add_connectors(figure: go.Figure, starts: list[float], last: int, colours: Palette) -> None:
    for i, start in enumerate(starts):
        figure.add_shape(
            type="line",
            x0=start,
            x1=start,
            y0=i + (0 if i == 0 else -0.31),
            y1=i + 1 + (0 if i + 1 == last else 0.31),
            line={"width": 1, "color": colours.neutral},
            layer="below",
        )


def _add_ends(figure: go.Figure, view: ContributionsView, last: int, colours: Palette) -> None:
    figure.add_scatter(
        name="risk",
        x=[view.reference_percent, view.risk_percent],
        y=[0, last],
        mode="markers+text",
        marker={
            "symbol": ["circle-open", "diamond"],
            "size": 11,
            "color": colours.text,
            "line": {"width": 2, "color": colours.text},
        },
        text=[f"  <b>{view.reference_percent:.1f} %</b>", f"  <b>{view.risk_percent:.1f} %</b>"],
        textposition="middle right",
        hovertext=[wrapped(text("patient.why.reference_is", reference=view.reference)), wrapped(view.check)],
        hoverinfo="text",
        cliponaxis=False,
    )
    for said, x, anchor, colour in (
        (text("patient.why.side.lowers"), 0, "left", colours.lowered),
        (text("patient.why.side.raises"), 1, "right", colours.raised),
    ):
        figure.add_annotation(
            text=said,
            x=x,
            xref="paper",
            xanchor=anchor,
            y=1,
            yref="paper",
            yshift=14,
            showarrow=False,
            font={"size": SMALL_SIZE, "color": colour},
        )
