"""A strip in lines of ten seconds with its beats, and one beat with what speaks for and against its class along the waveform."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.catalogue import text
from dashboard.figures.theme import FONT_SIZE, SMALL_SIZE, Palette, ThemeName, label_width, new_figure, palette
from dashboard.figures.vitals import see_through
from dashboard.viewmodels.ecg.beat import BeatView, Share
from dashboard.viewmodels.ecg.strip import ROW_SECONDS, BeatMark, StripRow, StripView

LINE, BAR = 150, 26  # px of one line of the strip, of one bar
WAVE = 380  # px of the beat with its bars below
# Shape and letter say the class again, for whoever does not see the colours.
SYMBOLS = {"N": "circle", "S": "triangle-up", "V": "diamond", "F": "star", "": "x-thin"}
_LEFT, _RIGHT = -500, 700  # ms: the beat stays large, and the strip above shows its neighbours
_BARS = 0.26  # of the height of the beat's figure
_STEPS = 6  # shades on either side of zero; more are not told apart
_EMPHASIS = 0.6  # below 1: a small share is still seen as having a side
_THIN, _THICK = 2.0, 8.0  # px of the line: a larger share is also thicker


def strip_figure(view: StripView, theme: ThemeName = "dark") -> go.Figure:
    """Draw the strip; a letter stands at every beat, with a question mark where the model is unsure, and a band at the chosen."""
    colours = palette(theme)
    count = max(len(view.rows), 1)
    figure = new_figure(colours, LINE * count + 10, {"l": 46, "r": 12, "t": 6, "b": 4})
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    low, high = view.span
    room = max(high - low, 0.2)
    for number, row in enumerate(view.rows, start=1):
        _add_line(figure, row, number, count, (low - 0.15 * room, high + 0.45 * room), view, colours)
    figure.update_layout(clickmode="event+select")
    return figure


def beat_figure(view: BeatView, theme: ThemeName = "dark") -> go.Figure:
    """Draw the beat with its neighbours; colour and thickness of the line are the shares, and bars below say them again.

    Orange and up speaks for the class, blue and down against it. Dashed: the reference beat.
    """
    colours = palette(theme)
    figure = new_figure(colours, WAVE, {"l": 52, "r": 12, "t": 30, "b": 40})
    figure.add_scatter(
        name="strip", x=view.context_ms, y=view.context_millivolts, mode="lines",
        line={"color": see_through(colours.neutral, 0.55), "width": 1}, hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        name="reference", x=view.ms, y=view.reference, mode="lines",
        line={"color": colours.muted, "width": 1.2, "dash": "dash"}, hoverinfo="skip",
    )  # fmt: skip
    most = max(map(abs, view.shares)) or 1.0
    for step, (xs, ys) in _segments(view, most).items():
        share = step / _STEPS
        figure.add_scatter(
            name="share", x=xs, y=ys, mode="lines", hoverinfo="skip", meta=step,
            line={"color": _shade(share, colours), "width": _THIN + (_THICK - _THIN) * abs(share) ** _EMPHASIS},
        )  # fmt: skip
    words = [_hover(ms, share) for ms, share in zip(view.ms, view.shares, strict=True)]
    figure.add_scatter(
        name="samples", x=view.ms, y=view.millivolts, mode="markers", marker={"size": 8, "opacity": 0}, hovertext=words,
        hoverinfo="text",
    )  # fmt: skip
    figure.add_bar(
        name="shares", x=view.ms, y=view.shares, yaxis="y2", hovertext=words, hoverinfo="text",
        marker={"color": [colours.raised if share > 0 else colours.lowered for share in view.shares], "line": {"width": 0}},
    )  # fmt: skip
    tick = {"size": SMALL_SIZE, "color": colours.muted}
    figure.update_layout(
        yaxis={"domain": [_BARS + 0.08, 1], "title": {"text": "mV"}, "nticks": 5, "tickfont": tick, "showgrid": True},
        yaxis2={
            "domain": [0, _BARS], "range": [-1.15 * most, 1.15 * most], "tickvals": [-most, 0, most], "fixedrange": True,
            "ticktext": [f"{-most:.2f}", "0", f"+{most:.2f}"], "tickfont": tick, "anchor": "x", "zeroline": True,
            "zerolinecolor": colours.muted, "showgrid": False,
        },
        bargap=0.1,
    )  # fmt: skip
    figure.update_xaxes(
        title_text=text("ecg.wave.axis"),
        range=[max(view.context_ms[0], _LEFT), min(view.context_ms[-1], _RIGHT)],
        anchor="y2",
        showgrid=True,
    )
    _interval(figure, -view.before_ms, 0, text("ecg.wave.before", seconds=f"{view.before_ms / 1000:.2f}"), colours)
    _interval(figure, 0, view.after_ms, text("ecg.wave.after", seconds=f"{view.after_ms / 1000:.2f}"), colours)
    _words(figure, text("ecg.wave.shares"), _BARS + 0.005, colours.muted)
    return figure


def shares_figure(shares: tuple[Share, ...], theme: ThemeName = "dark") -> go.Figure:
    """Draw the sums of the shares: of the waveform, and of each thing that is read of the rhythm."""
    colours = palette(theme)
    titles = [share.title for share in shares]
    values = [share.value for share in shares]
    most = max(map(abs, values)) or 1.0
    margin = {"l": label_width(titles, FONT_SIZE, 260), "r": 14, "t": 4, "b": 8}
    figure = new_figure(colours, BAR * len(shares) + 12, margin)
    figure.add_bar(
        name="totals", orientation="h", y=titles, x=values,
        marker={"color": [colours.raised if value > 0 else colours.lowered for value in values], "line": {"width": 0}},
        text=[f"{value:+.2f}" for value in values], textposition="outside", cliponaxis=False,
        textfont={"color": colours.text, "size": SMALL_SIZE + 1}, hoverinfo="skip",
    )  # fmt: skip
    low, high = min(0.0, *values), max(0.0, *values)
    figure.update_xaxes(
        range=[low - 0.3 * most * (low < 0), high + 0.3 * most],
        visible=False,
        zeroline=True,
        zerolinecolor=colours.muted,
    )
    figure.add_shape(
        type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", line={"color": colours.muted, "width": 1}, layer="below"
    )
    figure.update_yaxes(autorange="reversed")
    return figure


def _add_line(
    figure: go.Figure, row: StripRow, number: int, count: int, ends: tuple[float, float], view: StripView, colours: Palette
) -> None:  # fmt: skip
    suffix = "" if number == 1 else str(number)
    top, height = 1 - (number - 1) / count, 1 / count
    tick = {"size": SMALL_SIZE, "color": colours.muted}
    figure.update_layout({
        f"xaxis{suffix}": {
            "range": [row.start, row.start + ROW_SECONDS], "anchor": f"y{suffix}", "dtick": 1, "fixedrange": True,
            "gridcolor": colours.grid, "showgrid": True, "zeroline": False, "tickfont": tick, "ticksuffix": " s", "visible": True,
        },
        f"yaxis{suffix}": {
            "domain": [top - height + 0.16 * height, top], "range": list(ends), "anchor": f"x{suffix}", "fixedrange": True,
            "gridcolor": colours.grid, "showgrid": True, "dtick": 1 if ends[1] - ends[0] < 6 else 2, "zeroline": False,
            "tickfont": tick, "visible": True,
        },
    })  # fmt: skip
    axes = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
    left, right = view.window
    if right > row.start and left < row.start + ROW_SECONDS:
        figure.add_shape(
            type="rect", xref=axes["xaxis"], yref=axes["yaxis"], layer="below", line={"width": 0},
            x0=max(left, row.start), x1=min(right, row.start + ROW_SECONDS), y0=ends[0], y1=ends[1],
            fillcolor=see_through(colours.lowered, 0.22),
        )  # fmt: skip
    figure.add_scatter(
        name="signal", x=row.seconds, y=row.millivolts, mode="lines", hoverinfo="skip",
        line={"color": colours.text, "width": 1.1}, **axes,
    )  # fmt: skip
    if row.marks:
        figure.add_scatter(
            name="beats",
            x=[mark.seconds for mark in row.marks],
            y=[ends[1] - 0.2 * (ends[1] - ends[0])] * len(row.marks),
            mode="markers+text",
            text=[_letter(mark) for mark in row.marks],
            textposition="top center",
            textfont={"size": FONT_SIZE, "color": [_colour(mark, colours) for mark in row.marks]},
            marker={
                "symbol": [SYMBOLS[mark.letter] + ("-open" if mark.unsure else "") for mark in row.marks],
                "size": [7 if mark.letter in ("N", "") else 10 for mark in row.marks],
                "color": [_colour(mark, colours) for mark in row.marks],
                "line": {"width": 1.5, "color": [_colour(mark, colours) for mark in row.marks]},
            },
            customdata=[mark.number for mark in row.marks],
            hovertext=[mark.words for mark in row.marks],
            hoverinfo="text",
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            cliponaxis=False,
            **axes,
        )


def _letter(mark: BeatMark) -> str:
    return f"{mark.letter}{'?' if mark.unsure else ''}"


def _colour(mark: BeatMark, colours: Palette) -> str:
    return {"V": colours.raised, "S": colours.lowered, "F": colours.text, "N": colours.muted}.get(
        mark.letter, colours.neutral
    )


def _segments(view: BeatView, most: float) -> dict[int, tuple[list[float | None], list[float | None]]]:
    """Return the line between samples by shade, -_STEPS to _STEPS; pieces of one shade are divided by None."""
    found: dict[int, tuple[list[float | None], list[float | None]]] = {}
    for i in range(len(view.ms) - 1):
        step = round(_STEPS * (view.shares[i] + view.shares[i + 1]) / 2 / most)
        xs, ys = found.setdefault(step, ([], []))
        xs += [view.ms[i], view.ms[i + 1], None]
        ys += [view.millivolts[i], view.millivolts[i + 1], None]
    return dict(sorted(found.items(), key=lambda item: abs(item[0])))


def _shade(share: float, colours: Palette) -> str:
    """Return the colour of a share from -1 to 1: from the neutral colour to that of the side."""
    end = colours.raised if share > 0 else colours.lowered
    weight = abs(share) ** _EMPHASIS
    mixed = (
        round((1 - weight) * int(colours.neutral[i : i + 2], 16) + weight * int(end[i : i + 2], 16)) for i in (1, 3, 5)
    )
    return "rgb({},{},{})".format(*mixed)


def _interval(figure: go.Figure, start: float, end: float, said: str, colours: Palette) -> None:
    """Draw an interval between two R peaks over the waveform, with its length in words."""
    span = (figure.layout.xaxis.range[0], figure.layout.xaxis.range[1])
    x0, x1 = max(start, span[0]), min(end, span[1])
    line = {"color": colours.muted, "width": 1.5}
    figure.add_shape(type="line", x0=x0, x1=x1, y0=1.03, y1=1.03, yref="paper", line=line)
    for x in {start, end} & {x0, x1}:  # an end that lies beyond the picture has no foot
        figure.add_shape(type="line", x0=x, x1=x, y0=1.0, y1=1.06, yref="paper", line=line)
    figure.add_annotation(
        text=said, x=(x0 + x1) / 2, y=1.04, yref="paper", yanchor="bottom",
        showarrow=False, font={"size": SMALL_SIZE, "color": colours.muted},
    )  # fmt: skip


def _words(figure: go.Figure, said: str, y: float, colour: str) -> None:
    figure.add_annotation(
        text=said, x=0, xref="paper", xanchor="left", y=y, yref="paper", yanchor="bottom", showarrow=False,
        font={"size": SMALL_SIZE, "color": colour},
    )  # fmt: skip


def _hover(ms: float, share: float) -> str:
    said = {"ms": f"{ms:+.0f}", "share": f"{share:+.3f}"}
    return text("ecg.wave.for", **said) if share > 0 else text("ecg.wave.against", **said)
