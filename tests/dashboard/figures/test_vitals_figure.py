"""The figure of a stay: numbers at their place, partial scores told apart without colour, both themes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from dashboard.catalogue import text
from dashboard.figures.vitals import vitals_figure
from dashboard.viewmodels.stay.vitals import THRESHOLDS, build_vitals
from model_zoo.vital_signs import read_rows
from model_zoo.vital_signs.example_stays import example_stay
from model_zoo.vital_signs.news2_hours import score_hours

THEMES = ("dark", "light")
SERIES = example_stay("pneumonia-sepsis").read()
VIEW = build_vitals(SERIES, score_hours(SERIES))
GAPS = read_rows("time (h),HR,SpO2\n0,135,90\n1,,\n9,80,97\n")
PARTIAL = build_vitals(GAPS, score_hours(GAPS))


def traces(figure):
    return {trace.name: trace for trace in figure.data}


@pytest.mark.parametrize("theme", THEMES)
def test_every_panel_holds_its_measurements(theme):
    drawn = traces(vitals_figure(VIEW, theme))
    for panel in VIEW.panels:
        assert list(drawn[panel.name].x) == [point.hour for point in panel.points]
        assert list(drawn[panel.name].y) == [point.value for point in panel.points]
    assert list(drawn["systolic_pressure_mmhg, second"].y) == [point.value for point in VIEW.panels[3].second]
    assert drawn["consciousness"].line.shape == "hv"


@pytest.mark.parametrize("theme", THEMES)
def test_bars_carry_the_score_and_its_number(theme):
    bars = traces(vitals_figure(VIEW, theme))["NEWS2"]
    assert list(bars.text) == [str(bar.aggregate) for bar in VIEW.bars]
    assert list(bars.y) == [bar.aggregate for bar in VIEW.bars]
    by_band = {bar.band: colour for bar, colour in zip(VIEW.bars, bars.marker.color, strict=True)}
    assert len(set(by_band.values())) == len(by_band) == 3
    assert set(bars.marker.pattern.shape) == {""}


def test_a_partial_score_is_hatched_and_its_range_is_drawn():
    drawn = traces(vitals_figure(PARTIAL))
    assert set(drawn["NEWS2"].marker.pattern.shape) == {"/"}
    scored = [bar for bar in PARTIAL.bars if bar.band != "unknown"]
    tops = [base + height for base, height in zip(drawn["possible"].base, drawn["possible"].y, strict=True)]
    assert tops == [bar.highest for bar in scored]
    assert list(drawn["not known"].x) == [7.0, 8.0]
    assert set(drawn["not known"].text) == {"?"}
    assert "partial" in drawn["NEWS2"].hovertext[0]


def test_panels_do_not_overlap_and_lie_within_the_figure():
    layout = vitals_figure(VIEW).layout
    domains = [layout["yaxis" + ("" if i == 1 else str(i))].domain for i in range(1, len(VIEW.panels) + 2)]
    for above, below in pairwise(domains):
        assert above[0] > below[1]
    assert all(0 <= low < high <= 1 for low, high in domains)


def test_thresholds_of_the_response_are_named():
    words = [a.text for a in vitals_figure(VIEW).layout.annotations]
    for value, name in THRESHOLDS:
        assert text(f"monitoring.threshold.{name}", score=value) in words
    assert text("monitoring.bars") in words
    assert text("monitoring.bars.partial") in [a.text for a in vitals_figure(PARTIAL).layout.annotations]


def test_consciousness_has_alert_on_top():
    layout = vitals_figure(VIEW).layout
    axis = layout["yaxis6"]
    assert list(axis.ticktext) == list("ACVPU")
    assert axis.range[0] > axis.range[1]


def test_a_replay_marks_its_hour_on_the_axis_of_the_whole_stay():
    view = build_vitals(SERIES, score_hours(SERIES), now=12)
    figure = vitals_figure(view)
    assert figure.layout.xaxis.range == vitals_figure(VIEW).layout.xaxis.range
    assert any(shape.x0 == shape.x1 == 12 for shape in figure.layout.shapes)


def test_many_hours_carry_no_numbers_that_would_touch():
    rows = "time (h),HR\n" + "".join(f"{hour},80\n" for hour in range(100))
    series = read_rows(rows)
    bars = traces(vitals_figure(build_vitals(series, score_hours(series))))["NEWS2"]
    assert set(bars.text) == {""}


def test_nothing_measured_yet_is_said():
    view = build_vitals(SERIES, score_hours(SERIES), now=-1.0)
    assert vitals_figure(view).layout.annotations[0].text == text("monitoring.nothing_measured")


def test_the_figure_is_small():
    assert len(vitals_figure(VIEW).to_json()) < 40_000
