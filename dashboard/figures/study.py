"""The strip of a study: every finding over the frames, and below how much each frame counted."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.catalogue import text
from dashboard.figures.theme import SMALL_SIZE, ThemeName, empty_figure, new_figure, palette, state_colour
from dashboard.viewmodels.case.study import StudyView

STRIP = 74  # px of one finding
GAP = 0.16  # of a strip, for its title


def study_figure(view: StudyView | None, theme: ThemeName = "dark") -> go.Figure:
    """Draw a row of bars per finding, each in the colour of its state, the frame on screen marked."""
    colours = palette(theme)
    if view is None:
        return empty_figure(colours, text("study.figure.none"))
    rows = len(view.strips) + bool(view.weights)
    figure = new_figure(colours, STRIP * rows + 46, {"l": 46, "r": 16, "t": 18, "b": 34})
    span = 1 / rows
    for index, strip in enumerate(view.strips):
        axis = "y" if index == 0 else f"y{index + 1}"
        top = 1 - index * span
        figure.add_bar(
            x=view.frames,
            y=strip.scores,
            yaxis=axis,
            name=strip.title,
            marker={"color": [state_colour(state, colours) for state in strip.states]},
            hovertemplate=text("study.figure.score", frame="%{x}", title=strip.title, score="%{y:.0f}")
            + "<extra></extra>",
        )
        _row_axis(figure, axis, top, span, [0, 100], [0, 50, 100], colours.muted)
        _title(figure, strip.title, top, colours.text)
    if view.weights:
        axis = f"y{rows}" if rows > 1 else "y"
        figure.add_bar(
            x=view.frames,
            y=view.weights,
            yaxis=axis,
            name=text("study.figure.weight"),
            marker={"color": colours.neutral},
            hovertemplate=text("study.figure.counted", frame="%{x}", weight="%{y:.0f}") + "<extra></extra>",
        )
        _row_axis(figure, axis, span, span, [0, max(view.weights) * 1.05 or 1], None, colours.muted)
        _title(figure, text("study.figure.weights"), span, colours.text)
    line = {"color": colours.text, "width": 1, "dash": "dot"}
    figure.add_shape(type="line", x0=view.current, x1=view.current, y0=0, y1=1, yref="paper", line=line)
    figure.update_xaxes(
        title_text=text("study.figure.frame"), tickmode="auto", nticks=12, anchor="free", position=0, showgrid=False
    )
    figure.update_yaxes(showgrid=False)
    figure.update_layout(bargap=0.15, showlegend=False, clickmode="event+select")
    return figure


def _row_axis(
    figure: go.Figure, axis: str, top: float, span: float, limits: list[float], ticks: list[int] | None, colour: str
) -> None:
    figure.update_layout(
        {
            "yaxis" + axis[1:]: {
                "domain": [top - span + 0.02, top - GAP * span],
                "range": limits,
                "tickvals": ticks,
                "nticks": 3,
                "fixedrange": True,
                "tickfont": {"size": SMALL_SIZE, "color": colour},
                "anchor": "x",
            }
        }
    )


def _title(figure: go.Figure, words: str, top: float, colour: str) -> None:
    figure.add_annotation(
        text=words,
        x=0,
        xref="paper",
        y=top,
        yref="paper",
        xanchor="left",
        yanchor="top",
        yshift=6,
        showarrow=False,
        font={"size": SMALL_SIZE, "color": colour},
    )
