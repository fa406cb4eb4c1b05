"""A figure in words, for who does not see it: what its axes are, and what each of its marks or courses holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

from dashboard.catalogue import counted, text
from dashboard.figures.plain import OWN_MARKS
from model_zoo.plain import visible

# What a listener still follows; a longer row is said by its ends.
MOST_POINTS = 12
MOST_WORDS = 1500  # characters


def figure_words(figure: go.Figure) -> str:
    """Return the axes, then every trace that answers the pointer: its own words for each mark, else its numbers."""
    parts = [_axes(figure), *(_trace(trace) for trace in figure.data if trace.hoverinfo != "skip")]
    if not any(parts):  # an empty figure says why it is empty
        parts = [_plain(note.text) for note in figure.layout.annotations]
    said = " ".join(dict.fromkeys(part for part in parts if part))
    return said if len(said) <= MOST_WORDS else f"{said[:MOST_WORDS].rsplit(' ', 1)[0]} …"


def _axes(figure: go.Figure) -> str:
    across, up = _plain(figure.layout.xaxis.title.text), _plain(figure.layout.yaxis.title.text)
    if across and up:
        return text("chart.of", up=up, across=across)
    return text("chart.axis", axis=across or up) if across or up else ""


def _trace(trace: Any) -> str:
    xs, ys = _list(getattr(trace, "x", None)), _list(getattr(trace, "y", None))
    name = _plain(trace.meta if isinstance(trace.meta, str) else trace.name)
    own = [_plain(one) for one in _list(trace.hovertext) or _list(trace.text)]
    if own and len(own) <= MOST_POINTS:
        return text("chart.marks", marks="; ".join(dict.fromkeys(one for one in own if one))) if any(own) else ""
    pairs = [(x, float(y)) for x, y in zip(xs, ys, strict=False) if isinstance(y, (int, float)) and y == y]
    if not pairs or not name:
        return ""
    if len(pairs) <= MOST_POINTS:
        points = "; ".join(text("chart.point", label=_number(x), value=_number(y)) for x, y in pairs)
        return text("chart.points", name=name, points=points)
    values = [y for _, y in pairs]
    return counted(
        "chart.course",
        len(values),
        name=name,
        low=_number(min(values)),
        high=_number(max(values)),
        last=_number(values[-1]),
    )


def _list(values: Any) -> list[Any]:
    """Return the values of a trace as plain ones; one text for all marks is none of each."""
    if values is None or isinstance(values, str) or not isinstance(values, Iterable):
        return []
    return [one.item() if hasattr(one, "item") else one for one in values]


def _number(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else _plain(value)


def _plain(words: Any) -> str:
    """Return a text of a figure without its marks."""
    if words is None:
        return ""
    return " ".join(visible(OWN_MARKS.sub(" ", str(words))).split())
