"""A stay as panels and bars: the measured numbers at their hours, missing parts said, a replay that never looks ahead."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dashboard.catalogue import text
from dashboard.viewmodels.stay.vitals import UNKNOWN, build_vitals, hour_title, hour_words, laboratory_names
from model_zoo.vital_signs import read_rows
from model_zoo.vital_signs.example_stays import EXAMPLE_STAYS, example_stay
from model_zoo.vital_signs.news2_hours import score_hours

SERIES = example_stay("pneumonia-sepsis").read()
SCORES = score_hours(SERIES)
GAPS = read_rows("time (h),HR,GCS\n0,135,15\n1,,\n9,80,14\n")


@pytest.mark.parametrize("stay", EXAMPLE_STAYS, ids=lambda stay: stay.name)
def test_written_stays_are_synthetic_and_whole(stay):
    series = stay.read()
    assert series.synthetic
    assert "Synthetic" in series.provenance
    assert series.notes == ()
    assert not any(score.partial for score in score_hours(series, stay.scale).scores)


def test_panels_hold_what_was_measured_in_the_order_of_the_chart():
    view = build_vitals(SERIES, SCORES)
    assert [panel.name for panel in view.panels] == [
        "respiratory_rate_per_min",
        "spo2_percent",
        "supplemental_oxygen",
        "systolic_pressure_mmhg",
        "heart_rate_per_min",
        "consciousness",
        "temperature_celsius",
    ]
    pressure = view.panels[3]
    assert pressure.points[0].value == 128
    assert pressure.second[0].value == 76
    assert view.panels[0].latest == "19 /min"
    assert view.panels[5].latest == "alert"
    assert [words for _, words in view.panels[5].ticks] == list("ACVPU")
    assert view.span == (0.0, 30.0)
    assert "Royal College of Physicians" in view.source


def test_bars_carry_score_band_and_what_it_rests_on():
    view = build_vitals(SERIES, SCORES)
    assert len(view.bars) == 31
    assert [bar.aggregate for bar in view.bars] == [score.aggregate for score in SCORES.scores]
    assert {bar.band for bar in view.bars} == {"low", "urgent", "emergency"}
    temperature = text("monitoring.bar.part", title="Temperature", points="1", value="38.2 °C")
    assert temperature in view.bars[0].words
    old = next(part for part in SCORES.scores[3].components if part.age_hours)
    assert f", {old.age_hours:.1f} " in view.bars[3].words
    assert not view.any_partial


def test_partial_and_unknown_hours_are_said():
    view = build_vitals(GAPS, score_hours(GAPS, carry_hours=6))
    assert view.any_partial
    assert view.bars[0].band == "red"
    assert (view.bars[0].aggregate, view.bars[0].highest) == (3, 3 + 3 + 3 + 2 + 3 + 3)
    assert [bar.band for bar in view.bars[7:9]] == [UNKNOWN, UNKNOWN]
    assert "not known" in view.bars[7].words
    assert any("Glasgow" in note for note in view.notes)


def test_a_replay_shows_only_what_was_known_on_the_axis_of_the_whole_stay():
    view = build_vitals(SERIES, SCORES, now=12.5)
    assert view.span == (0.0, 30.0)
    assert max(bar.hour for bar in view.bars) == 12
    assert all(point.hour <= 12.5 for panel in view.panels for point in (*panel.points, *panel.second))
    assert view.panels[2].latest == "no"  # oxygen is given from hour 13 on
    early = build_vitals(GAPS, score_hours(GAPS), now=-1)
    assert (early.panels, early.bars) == ((), ())


def test_the_laboratory_has_panels_of_its_own():
    names = laboratory_names(SERIES)
    assert set(names) == {"leucocytes_10e9_l", "creatinine_umol_l", "lactate_mmol_l", "potassium_mmol_l", "crp_mg_l"}
    assert [panel.name for panel in build_vitals(SERIES, SCORES, names=names).panels] == list(names)


def test_hours_in_words():
    for hour, said in ((3, "3"), (2.5, "2:30"), (2.999, "3")):
        assert hour_words(hour) == text("monitoring.moment.hour", hour=said)
        assert hour_title(hour) == text("monitoring.moment.title", hour=said)
    start = datetime(2026, 1, 1, 23, 0, tzinfo=UTC)
    assert hour_words(2, start) == text("monitoring.moment.hour_clock", hour="2", clock="02 Jan 01:00")
    assert hour_title(2, start) == text("monitoring.moment.title_clock", hour="2", clock="02 Jan 01:00")
