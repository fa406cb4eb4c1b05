"""An hourly risk and its shares as numbers: the largest on top, what was not measured empty, the balance printed."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.catalogue import text
from dashboard.figures.hourly_risk import attribution_figure, hourly_risk_figure
from dashboard.viewmodels.stay.hourly_risk import MOST_ROWS, build_attribution, build_hourly_risk, points
from model_zoo.icu.hourly_risk import HourlyAttribution, HourlyModelCard, HourlyRisk

CARD = HourlyModelCard(
    "icu-sepsis", "Sepsis within hours", "sepsis within six hours", "One unit.", ("Loses elsewhere.",)
)
HOURS = np.arange(3.0)


def a_risk(values: list[float], threshold: float = 0.3) -> HourlyRisk:
    risk = np.array(values)
    return HourlyRisk("icu-sepsis", "Sepsis", HOURS[: len(risk)], risk, risk / 2, np.minimum(1, risk * 1.5), threshold,
                      "lowest to highest of the members", (2.0, 7.0))  # fmt: skip


def said(side: str, hour: str, share: tuple[str, str, str]) -> str:
    risk, low, high = share
    places = {"hour": hour, "outcome": CARD.horizon, "risk": risk, "low": low, "high": high, "threshold": "30 %"}
    return text(f"monitoring.risk.{side}", **places)


def shares(variables: int = 3, measured: bool = True) -> HourlyAttribution:
    values = np.zeros((3, variables))
    seen = np.zeros((3, variables), bool)
    values[2, 0], values[0, 1] = 0.02, -0.10
    seen[2, 0] = seen[0, 1] = seen[1, 1] = measured
    names = tuple(f"Variable {i}" for i in range(variables))
    return HourlyAttribution(
        "icu-sepsis", 2.0, 0.12, 0.20, "a usual stay.", HOURS, names, values, seen, 0.01, -0.01, 0.0
    )


def test_the_last_hour_is_said_with_side_band_and_population():
    view = build_hourly_risk(a_risk([0.1, 0.2, 0.4]), CARD, (0.0, 30.0))
    assert [point.risk for point in view.points] == pytest.approx([10, 20, 40])
    assert view.headline == said("above", "Hour 2", ("40 %", "20 %", "60 %"))
    assert "One unit." in view.about
    assert "lowest to highest of the members" in view.about
    assert view.alerts == (2.0,)  # nothing of an hour that has not come
    low = build_hourly_risk(a_risk([0.1]), CARD, (0.0, 30.0)).headline
    assert low == said("below", "Hour 0", ("10 %", "5.0 %", "15 %"))
    assert text("probability.least") in build_hourly_risk(a_risk([0.001]), CARD, (0.0, 30.0)).headline


def test_the_largest_share_is_on_top_and_gaps_stay_gaps():
    view = build_attribution(shares())
    assert view.rows == ("Variable 1", "Variable 0")
    assert view.values[0] == (pytest.approx(-10), pytest.approx(0), None)
    assert view.totals == (points(-10), points(2))
    assert view.largest == pytest.approx(10)
    parts = (
        text("monitoring.risk.balance.reference", risk="20 %"),
        text("monitoring.risk.balance.measurements", points=points(-8)),
        text("monitoring.risk.balance.pattern", points=points(1)),
        text("monitoring.risk.balance.facts", points=points(-1)),
        text("monitoring.risk.balance.residual", points=text("monitoring.risk.points", value="+0.00")),
    )
    assert view.balance == f"{'; '.join(parts)}."
    assert "12 %" in view.sentence


def test_what_is_beyond_the_shown_rows_is_one_row():
    found = shares(MOST_ROWS + 4)
    found.measured[:] = True
    found.values[1, -1] = 0.001
    view = build_attribution(found)
    assert len(view.rows) == MOST_ROWS + 1
    assert view.rows[-1] == text("monitoring.risk.others")
    total = sum(value for row in view.values for value in row if value is not None)
    assert total == pytest.approx(100 * found.values.sum())


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_figures_hold_the_same_numbers(theme: str):
    view = build_hourly_risk(a_risk([0.1, 0.2, 0.4]), CARD, (0.0, 30.0))
    drawn = {trace.name: trace for trace in hourly_risk_figure(view, 2.0, theme).data}
    assert list(drawn["risk"].y) == pytest.approx([10, 20, 40])
    assert list(drawn["alert"].x) == [2.0]
    heat = attribution_figure(build_attribution(shares()), theme).data[0]
    assert heat.zmin == -heat.zmax == pytest.approx(-10)
    assert heat.z[0][2] is None


def test_nothing_estimated_and_nothing_measured_is_said():
    empty = hourly_risk_figure(build_hourly_risk(a_risk([]), CARD, (0.0, 30.0)))
    assert empty.layout.annotations[0].text == text("monitoring.risk.no_estimate")
    nothing = attribution_figure(build_attribution(shares(measured=False)))
    assert nothing.layout.annotations[0].text == text("monitoring.nothing_measured")
