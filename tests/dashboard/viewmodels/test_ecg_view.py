"""A strip and its beats as numbers and words."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from dashboard.catalogue import counted, text
from dashboard.viewmodels.ecg.beat import agreement_words, baseline_words, build_beat, build_classes
from dashboard.viewmodels.ecg.strip import beats_csv, build_strip, build_table, count_words, default_beat, first_line
from model_zoo.ecg.beats import CLASS_TITLES, CLASSES
from model_zoo.ecg.example import example_recording
from model_zoo.ecg.reading import EcgReading, read_ecg
from model_zoo.ecg.table import EcgRecording


@pytest.fixture(scope="module")
def reading() -> EcgReading:
    return read_ecg(example_recording())


@pytest.fixture(scope="module")
def turned() -> EcgReading:
    """The strip upside down and twice as long: the members differ on its normal beats."""
    strip = np.tile(-example_recording().leads["II"], 2)
    return read_ecg(EcgRecording({"V1": strip}, 360.0, "made for this test"))


def test_the_lines_of_a_strip_hold_every_beat_once(reading: EcgReading) -> None:
    view = build_strip(reading, 8, 0.0)
    assert [row.start for row in view.rows] == [0, 10, 20]
    marks = [mark for row in view.rows for mark in row.marks]
    assert [mark.number for mark in marks] == [beat.number for beat in reading.beats]
    assert {mark.letter for mark in marks} == {"", "N", "V"}
    assert view.window[0] < reading.beat(8).seconds < view.window[1]
    assert max(mark.millivolts for mark in marks) <= view.span[1]
    assert default_beat(reading) == 8


def test_the_part_on_the_screen_follows_the_beat(turned: EcgReading) -> None:
    late = next(beat for beat in turned.beats if beat.seconds > 52 and beat.label)
    assert first_line(60.0, late, 0.0) == 30.0
    early = next(beat for beat in turned.beats if beat.label)
    assert first_line(60.0, early, 30.0) == 0.0
    assert first_line(60.0, early, 0.0) == 0.0
    assert [row.start for row in build_strip(turned, late.number, 30.0).rows] == [30, 40, 50]


def test_counts_doubts_and_pairs_are_said_in_words(reading: EcgReading, turned: EcgReading) -> None:
    words = count_words(reading)
    classes = ", ".join(
        text("ecg.counts.class", count=count, name=name, title=CLASS_TITLES[name])
        for name, count in (("N", 29), ("V", 4), ("S", 0), ("F", 0))
    )
    assert words == (
        counted("ecg.counts.found", 36, rate="74"),
        counted("ecg.counts.called", 33, classes=classes),
        text("ecg.counts.agreed"),
        text("ecg.counts.runs", runs=text("ecg.counts.pair", first=16, last=17)),
    )
    unsure = [beat.number for beat in turned.beats if beat.doubts]
    named = ", ".join(map(str, unsure[:12]))
    more = counted("ecg.counts.more", len(unsure) - 12, beats=named) if len(unsure) > 12 else named
    assert counted("ecg.counts.unsure", len(unsure), beats=more) in count_words(turned)
    marks = [mark for row in build_strip(turned, default_beat(turned), 0.0).rows for mark in row.marks]
    assert any(mark.unsure and "name different classes" in mark.words for mark in marks)


def test_the_table_and_the_csv_hold_every_beat(reading: EcgReading) -> None:
    rows = build_table(reading)
    assert (rows[0].called, rows[0].probability) == ("-", "")
    assert rows[0].unsure == text("ecg.unclassified")
    assert rows[7].called == "V"
    assert rows[7].probability == text("probability.most")
    read = list(csv.DictReader(io.StringIO(beats_csv(reading))))
    assert len(read) == 36
    assert read[0]["called"] == read[0]["probability_N"] == ""
    assert sum(float(read[7][f"probability_{name}"]) for name in "NSVF") == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("target", ["N", "V"])
def test_the_shares_of_a_beat_add_up_and_are_said(reading: EcgReading, target: str) -> None:
    found = reading.attribute(8, target)
    view = build_beat(reading, 8, found)
    assert sum(view.shares) == pytest.approx(view.totals[0].value)
    assert sum(part.value for part in view.parts) == pytest.approx(view.totals[0].value)
    total = found.reference_log_odds + sum(share.value for share in view.totals) + found.completeness_delta
    assert total == pytest.approx(found.log_odds)
    change = f"{found.log_odds - found.reference_log_odds:+.2f}"
    side = text(
        f"ecg.beat.{'for' if target == 'V' else 'against'}", name=target, title=CLASS_TITLES[target], change=change
    )
    assert view.sentence.startswith(side)
    assert f" {found.completeness_delta:+.4f}" in view.balance
    assert "Integrated Gradients" in view.method
    assert "mean normal beat" in view.method
    beat = reading.beat(8)
    assert beat.unanimous
    assert CLASS_TITLES["V"] in view.worth
    right = reading.model.card["metrics"]["agreement"]["unanimous"]["ppv"]["V"]
    assert f"{100 * right['value']:.0f} ({100 * right['low']:.0f} to {100 * right['high']:.0f})" in view.worth
    assert view.before_ms < view.after_ms


def test_a_beat_like_the_reference_has_little_to_explain(reading: EcgReading) -> None:
    found = reading.attribute(10)
    change = f"{found.log_odds - found.reference_log_odds:+.2f}"
    little = text("ecg.beat.little", name=found.target, title=CLASS_TITLES[found.target], change=change)
    assert build_beat(reading, 10, found).sentence == little


def test_weak_classes_and_better_baselines_are_named_from_the_card(reading: EcgReading) -> None:
    card = reading.model.card
    weak = {kind.name: kind.weak for kind in build_classes(card)}
    assert weak["N"] == weak["V"] == ""
    held = card["metrics"]["classes"]
    missed, wrong = (
        {name: 100 - round(100 * held[name][kind]["value"]) for name in "SF"}
        for kind in ("sensitivity", "ppv_natural_mix")
    )
    for name in "SF":
        assert weak[name] == text("ecg.weak.both", missed=missed[name], wrong=wrong[name])
    assert "69 (55 to 83)" in agreement_words(card)
    own = card["metrics"]["classes"]
    for title, other in card["metrics"]["baselines"].items():
        ahead = [name for name in CLASSES if other["classes"][name]["auroc"]["value"] > own[name]["auroc"]["value"]]
        said = text("ecg.worth.baseline_better", title=title, classes=", ".join(ahead))
        assert (said in baseline_words(card)) == bool(ahead)
