"""The measure of the detector of beats: matching by hand, and the record against strips simulated again."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from model_zoo.cli.evaluate_ecg_detector import PART, figure_lines
from model_zoo.ecg.demo import synthetic_strip
from model_zoo.ecg.detection import (
    DETECTOR_FILE,
    FIGURES_FILE,
    OURS,
    Counts,
    count,
    detected,
    figures,
    measure_detectors,
    trivially,
)
from model_zoo.ecg.recordings import Recording, recordings


def own(seed: int = 3) -> Recording:
    strip = synthetic_strip(30.0, (5, 9), seed)
    return Recording("own", 0, 0.0, int(strip.rate_hz), strip.microvolts / 1000, strip.r_seconds)


def test_beats_are_matched_one_to_one_within_75_ms_and_not_at_the_ends() -> None:
    truth = np.array([0.5, 2.0, 4.0, 6.0, 9.5])
    found = np.array([0.5, 2.07, 2.074, 4.08, 6.0, 7.0])
    assert count(truth, found, 10.0) == Counts(found=2, missed=1, false=3)
    assert count(truth, np.empty(0), 10.0) == Counts(found=0, missed=3, false=0)


def test_figures_have_the_counts_and_exact_intervals_without_an_error() -> None:
    perfect = figures([Counts(50, 0, 0)] * 2)
    assert perfect["sensitivity"]["value"] == 1
    assert perfect["sensitivity"]["low"] == pytest.approx(0.025 ** (1 / 100))
    mixed = figures([Counts(40, 10, 0), Counts(50, 0, 50)])
    assert (mixed["found"], mixed["missed"], mixed["false"]) == (90, 10, 50)
    assert mixed["sensitivity"]["value"] == 0.9
    assert (mixed["sensitivity"]["low"], mixed["sensitivity"]["high"]) == (0.8, 1.0)
    assert figures([Counts(0, 0, 0)])["ppv"]["value"] is None


def test_a_strip_that_is_refused_counts_as_missed() -> None:
    strip = own()
    assert len(detected(strip)) > 30
    assert len(detected(replace(strip, millivolts=np.zeros(10_800)))) == 0


def test_a_tall_t_wave_is_no_beat_and_a_slow_heart_is_found() -> None:
    clock = np.arange(20 * 250) / 250
    for interval, t_height in ((0.9, 0.7), (2.4, 0.5)):  # the version before took every one of these T waves for a beat
        beats = np.arange(1.0, 19.0, interval)
        line = sum(
            np.exp(-(((clock - r) / 0.012) ** 2)) + t_height * np.exp(-(((clock - r - 0.28) / 0.045) ** 2))
            for r in beats
        )
        strip = Recording("by hand", 0, 0.0, 250, np.asarray(line), beats)
        assert count(beats, detected(strip), 20.0) == Counts(len(beats), 0, 0)


def test_the_simple_rival_takes_every_high_deflection() -> None:
    strip = own()
    assert count(strip.r_seconds, trivially(strip), 30.0).found > 30


@pytest.mark.peers
def test_the_record_is_what_the_strips_of_two_conditions_give_again() -> None:
    recorded = json.loads(DETECTOR_FILE.read_text(encoding="utf-8"))
    for rate_hz, heart_rate in ((128, 60), (250, 100)):
        strips = [one for one in recordings(PART, only=(rate_hz, heart_rate)) if one.heart_rate]
        again = measure_detectors(strips)["pooled"][OURS]
        kept = recorded["each"][f"{rate_hz} Hz, {heart_rate} per minute"]
        assert {name: again[name] for name in ("found", "missed", "false")} == kept
    assert FIGURES_FILE.read_text(encoding="utf-8") == "\n".join(figure_lines(recorded)) + "\n"
