"""The path and the percentile strip: marks at their values, gaps, the range without patients, both themes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.catalogue import text
from dashboard.figures.percentiles import UNUSUAL_NAME, USUAL_NAME, percentiles_figure
from dashboard.figures.what_if import CURVE, OWN, TRIED, path_figure
from dashboard.viewmodels.patient.percentiles import PercentileRow, PercentilesView
from dashboard.viewmodels.patient.what_if import PathView

NAN = float("nan")
VIEW = PathView(
    title="Creatinine", axis="Creatinine (µmol/L)", x=(40.0, 80.0, 160.0, 900.0), risk=(10.0, 20.0, 30.0, 60.0),
    low=(5.0, 15.0, 20.0, 40.0), high=(15.0, 25.0, 40.0, 80.0), x_words=("40", "80", "160", "900"), current=3, original=1,
    threshold=28.0, training=(40.0, 160.0), logarithmic=True, words="",
)  # fmt: skip
CHOICES = replace(
    VIEW, x=("typical", "atypical", "none", "other"), current=0, original=2, training=None, logarithmic=False
)


def trace(figure, name):
    return next(t for t in figure.data if t.name == name)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_marks_lie_on_the_curve_and_the_empty_range_is_shaded(theme):
    figure = path_figure(VIEW, theme)
    assert (list(trace(figure, TRIED).x), list(trace(figure, TRIED).y)) == ([900.0], [60.0])
    assert (list(trace(figure, OWN).x), list(trace(figure, OWN).y)) == ([80.0], [20.0])
    assert figure.layout.xaxis.type == "log"
    shaded = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert [(shape.x0, shape.x1) for shape in shaded] == [(160.0, 900.0)]
    notes = {note.text for note in figure.layout.annotations}
    assert {text("patient.what_if.no_patients"), text("patient.risk.threshold", value="28.0 %")} <= notes


def test_inside_the_range_nothing_is_shaded_and_one_mark_is_enough():
    figure = path_figure(replace(VIEW, current=1))
    assert [shape.type for shape in figure.layout.shapes] == ["line"]
    assert OWN not in {t.name for t in figure.data}


def test_a_gap_is_not_bridged_and_nothing_at_all_is_said():
    gap = path_figure(
        replace(VIEW, risk=(NAN, 20.0, 30.0, 60.0), low=(NAN, 15.0, 20.0, 40.0), high=(NAN, 25.0, 40.0, 80.0))
    )
    assert trace(gap, CURVE).connectgaps is False
    assert trace(gap, CURVE).hovertext[0] == text("patient.what_if.point_none", value="40")
    nothing = path_figure(replace(VIEW, risk=(NAN,) * 4, low=(NAN,) * 4, high=(NAN,) * 4))
    assert nothing.layout.annotations[0].text == text("patient.what_if.no_risk")


def test_choices_are_bars():
    figure = path_figure(CHOICES)
    assert trace(figure, CURVE).type == "bar"
    assert list(trace(figure, CURVE).error_y.array) == [5.0, 5.0, 10.0, 20.0]
    assert list(trace(figure, TRIED).x) == ["typical"]
    assert figure.layout.xaxis.type == "category"


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_strip_tells_usual_unusual_and_only_bounded(theme):
    rows = (
        PercentileRow("Creatinine", "800 µmol/L", 98.0, "above", True, "> 98", "high"),
        PercentileRow("Platelets", "90 10^9/L", 3.0, "", True, "3", "low"),
        PercentileRow("Sodium", "137 mmol/L", 50.0, "", False, "50", "middle"),
    )
    figure = percentiles_figure(PercentilesView("", rows, (), ""), theme)
    unusual, usual = trace(figure, UNUSUAL_NAME), trace(figure, USUAL_NAME)
    assert list(unusual.marker.symbol) == ["triangle-right", "diamond"]
    assert list(unusual.x) == [98.0, 3.0]
    assert list(usual.y) == [2]
    assert figure.layout.yaxis.ticktext[1] == "Platelets  90 10⁹/L"


def test_an_empty_strip_says_so():
    figure = percentiles_figure(PercentilesView("", (), (), ""))
    assert figure.layout.annotations[0].text == text("patient.standing.none")
