"""Curves and constancy in both themes: the run's numbers at their place, the band behind them, labels that do not collide."""

from __future__ import annotations

import json
from dataclasses import replace
from math import log10

import plotly.graph_objects as go
import pytest

from dashboard.catalogue import text
from dashboard.figures.quality import constancy_figure, curve_figure
from dashboard.figures.theme import PALETTES
from dashboard.viewmodels.quality.runs import ConstancyPoint, build_quality
from model_zoo.quality.release import build_release
from tests.quality_runs import made_result, shifted

THEMES = ("dark", "light")
RELEASE = build_release(made_result())
VIEW = build_quality(made_result(), RELEASE).detection
POINTS = (
    ConstancyPoint("2026-03-01T07:05:00+00:00", 0.0, True, "inside"),
    ConstancyPoint("2026-03-02T07:05:00+00:00", 0.3, False, "outside"),
)


def trace(figure: go.Figure, name: str) -> go.Scatter:
    (found,) = (trace for trace in figure.data if trace.name == name)
    return found


@pytest.mark.parametrize("theme", THEMES)
def test_each_size_is_a_line_over_its_band(theme: str) -> None:
    figure = curve_figure(VIEW, theme)
    for line in VIEW.lines:
        drawn = trace(figure, line.title)
        assert list(drawn.x) == [0.1, 0.3, 0.6]
        assert list(drawn.y) == [point.value for point in line.points]
        assert [words.split(": ")[1] for words in drawn.hovertext] == [point.words for point in line.points]
        band = trace(figure, text("quality.band", line=line.title))
        assert band.fill == "toself"
        assert list(band.y) == [p.high for p in line.points] + [p.low for p in reversed(line.points)]
    small, large = (trace(figure, line.title) for line in VIEW.lines)
    assert small.line.dash != large.line.dash  # told apart without colour
    assert small.marker.symbol != large.marker.symbol
    assert {small.line.color, large.line.color} <= set(vars(PALETTES[theme]).values())
    assert len(figure.to_json()) < 20_000


def test_the_bands_lie_behind_the_lines() -> None:
    names = [trace.name for trace in curve_figure(VIEW).data]
    lines = [line.title for line in VIEW.lines]
    assert max(names.index(text("quality.band", line=line)) for line in lines) < min(map(names.index, lines))


def test_the_reference_is_drawn_and_named() -> None:
    figure = curve_figure(VIEW)
    assert [shape.y0 for shape in figure.layout.shapes] == [0.25]
    assert text("quality.detection.reference") in [note.text for note in figure.layout.annotations]
    without = curve_figure(replace(VIEW, reference=None))
    assert len(without.layout.shapes) == 0


def test_labels_keep_apart_and_say_which_line_is_outside() -> None:
    view = build_quality(shifted(made_result(), -0.6), RELEASE).detection
    names = tuple(line.title for line in VIEW.lines)
    for shown, gap in ((VIEW, 0.1), (view, 0.2)):
        notes = [n for n in curve_figure(shown).layout.annotations if n.text.startswith(names)]
        assert abs(notes[0].y - notes[1].y) > gap
        assert [text("quality.status.outside") in note.text for note in notes] == [line.outside for line in shown.lines]
    assert view.lines[0].outside


def test_without_a_release_there_is_no_band() -> None:
    figure = curve_figure(build_quality(made_result(), None).detection)
    assert [trace.name for trace in figure.data] == [line.title for line in VIEW.lines]


def test_nothing_read_is_said() -> None:
    assert curve_figure(replace(VIEW, lines=())).layout.annotations[0].text == text("quality.no_lesion")
    assert constancy_figure((), 0.01).layout.annotations[0].text == text("quality.not_compared")


@pytest.mark.parametrize("theme", THEMES)
def test_constancy_shows_each_run_against_the_tolerance(theme: str) -> None:
    figure = constancy_figure(POINTS, 0.01, theme)
    good, bad = (trace(figure, text(f"quality.status.{status}")) for status in ("inside", "outside"))
    assert list(good.y) == [1e-7]  # no change at all still has a place on a logarithmic axis
    assert list(bad.y) == [0.3]
    assert list(good.x) == [0]
    assert list(bad.x) == [1]
    assert good.marker.symbol != bad.marker.symbol
    assert [shape.y0 for shape in figure.layout.shapes] == [0.01]
    low, high = figure.layout.yaxis.range
    assert low < log10(1e-7) < log10(0.3) < high
    assert list(figure.layout.xaxis.ticktext) == ["2026-03-01", "2026-03-02"]


def test_many_runs_keep_their_dates_readable() -> None:
    many = [replace(POINTS[0], when=f"2026-03-{day:02d}T07:05:00+00:00") for day in range(1, 31)]
    figure = constancy_figure(many, 0.01)
    assert len(figure.layout.xaxis.tickvals) <= 8
    assert json.loads(figure.to_json())["data"][0]["name"] == text("quality.status.inside")
