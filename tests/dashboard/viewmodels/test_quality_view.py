"""The phantom run in words: counts, bands and changes as they stand in the run, and nothing claimed that was not judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.catalogue import text
from dashboard.records.quality_log import LoggedRun, QualityRun
from dashboard.viewmodels.quality.runs import (
    build_constancy,
    build_history,
    build_quality,
    local_time,
)
from model_zoo.quality.release import build_release
from model_zoo.quality.verdict import change_words, compare
from tests.quality_runs import made_result, shifted

RELEASE = build_release(made_result())


def a_line(day: int, by: float = 0.0, **changes: object) -> LoggedRun:
    result = shifted(made_result(created_at=f"2026-03-{day:02d}T07:05:00+00:00", **changes), by)
    return LoggedRun(f"run-{day}", result.created_at, QualityRun(result, compare(result, RELEASE)))


def test_curves_carry_the_run_over_the_band_of_the_release() -> None:
    view = build_quality(shifted(made_result(), -0.6), RELEASE)
    small, large = view.detection.lines
    assert (small.title, large.title) == tuple(text("quality.line", size=size) for size in ("small", "large"))
    assert [point.contrast for point in small.points] == [0.1, 0.3, 0.6]
    assert [point.value for point in small.points] == [0.0, 0.0, 0.0]
    assert (small.points[2].low, small.points[2].high) == (0.75, 1.0)
    assert small.points[2].words == text("quality.count_accepted", hits=0, n=4, low="75", high="100")
    assert small.outside
    assert not any(line.outside for line in view.localisation.lines)
    assert [point.value for point in view.localisation.lines[1].points] == [0.25, 0.75, 1.0]


def test_references_are_false_calls_and_a_random_place() -> None:
    view = build_quality(made_result(), RELEASE)
    assert view.detection.reference == 0.25
    assert view.localisation.reference == pytest.approx(0.055)
    assert view.false_positives == text("quality.clear_accepted", hits=1, n=4, low=0, high=3)


def test_without_a_release_or_with_another_series_no_band_is_drawn() -> None:
    other = replace(made_result(), series=replace(made_result().series, sha256="0" * 64))
    for view in (build_quality(made_result(), None), build_quality(other, RELEASE)):
        assert all(p.low is None and p.high is None for line in view.detection.lines for p in line.points)
        assert view.false_positives == text("quality.clear", hits=1, n=4)
        assert not any(line.outside for line in view.detection.lines)


def test_without_clear_films_there_is_no_line_for_them() -> None:
    result = made_result(films=tuple(f for f in made_result().films if f.size))
    view = build_quality(result, RELEASE)
    assert view.detection.reference is None
    assert view.false_positives == text("quality.clear_none")


def test_the_facts_name_date_weights_and_device() -> None:
    facts = build_quality(made_result(), RELEASE).facts
    for part in ("2026-03-01 07:05 UTC", "aaaaaaaa", "CPU, 2 of 2 cores", "28"):
        assert part in facts
    assert "a" * 9 not in facts


def test_history_is_in_words_and_a_damaged_run_keeps_its_line() -> None:
    damaged = LoggedRun("x", "2026-03-03T07:05:00+00:00", None, "The run is damaged.")
    rows = build_history((damaged, a_line(2, by=0.3), a_line(1), a_line(1, weights_sha256="c" * 64)))
    assert [row.verdict for row in rows] == [
        "The run is damaged.",
        *(text(f"quality.status.{status}") for status in ("outside", "inside", "other_weights")),
    ]
    assert [row.change for row in rows] == ["", "0.3000", "under 0.0001", "not judged"]
    assert rows[3].weights == "cccccccc"


def test_constancy_is_oldest_first_and_only_of_runs_that_were_judged() -> None:
    log = (a_line(3, by=0.3), a_line(2, weights_sha256="c" * 64), a_line(1))
    points = build_constancy(log)
    assert [(point.when[:10], point.passed) for point in points] == [("2026-03-01", True), ("2026-03-03", False)]
    assert points[1].change == pytest.approx(0.3)
    assert points[1].words == text("quality.changed", verdict=text("quality.status.outside"), change="0.3000")


def test_times_are_told_on_one_clock() -> None:
    assert local_time("2026-03-01T01:30:00+02:00") == "2026-02-28 23:30 UTC"


def test_rounding_of_the_arithmetic_is_no_change() -> None:
    assert [change_words(c) for c in (None, 0.0, 1.4e-6, 2e-4)] == [
        "not judged", "under 0.0001", "under 0.0001", "0.0002",
    ]  # fmt: skip
