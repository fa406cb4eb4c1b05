"""A strip read as a whole: beats, doubts, runs, refusals, and the answer in JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

from model_zoo.ecg.demo import VENTRICULAR
from model_zoo.ecg.example import example_recording
from model_zoo.ecg.form import ecg_answer
from model_zoo.ecg.reading import BeatNotClassified, EcgBeat, EcgReading, read_ecg, ventricular_runs
from model_zoo.ecg.table import EcgRecording
from model_zoo.errors import InvalidPatientRecord, UnknownName

RNG = np.random.default_rng(8)


def recording(microvolts: np.ndarray, lead: str = "II", rate: float = 360.0) -> EcgRecording:
    return EcgRecording({lead: microvolts}, rate, "made for this test", synthetic=True)


@pytest.fixture(scope="module")
def reading() -> EcgReading:
    return read_ecg(example_recording())


def test_the_example_has_its_ventricular_beats_where_they_were_put(reading: EcgReading) -> None:
    assert [beat.number - 1 for beat in reading.beats if beat.label == "V"] == list(VENTRICULAR)
    assert reading.runs == ((16, 17),)
    assert reading.counts["V"] == 4
    assert 70 < reading.rate_per_min < 80
    assert reading.flags == ()
    assert [beat.number for beat in reading.beats if beat.label is None] == [1, 2, 36]


def test_an_attribution_adds_up_to_the_log_odds(reading: EcgReading) -> None:
    beat = reading.beat(8)
    found = reading.attribute(8)
    assert found.target == beat.label == "V"
    assert beat.probabilities is not None
    own = beat.probabilities[2]
    assert found.log_odds == pytest.approx(np.log(own / (1 - own)), abs=1e-6)
    total = found.reference_log_odds + found.values.sum() + sum(found.rhythm.values())
    assert total == pytest.approx(found.log_odds, rel=0.01)
    assert reading.attribute(8, "N").log_odds < 0


def test_beats_without_their_rhythm_and_leads_that_are_not_there_are_named(reading: EcgReading) -> None:
    for number in (1, 36, 99):
        with pytest.raises(BeatNotClassified, match="from 3 to 35"):
            reading.attribute(number)
    with pytest.raises(UnknownName):
        read_ecg(example_recording(), "V9")


def test_beats_on_which_the_members_differ_are_unsure() -> None:
    turned = read_ecg(recording(-example_recording().leads["II"]))  # as with swapped electrodes
    unsure = [beat for beat in turned.beats if beat.doubts]
    assert len(unsure) > 10
    assert all(not beat.unanimous and not beat.outside for beat in unsure)
    assert unsure[0].doubts == ("the members of the model name different classes",)


def test_beats_lower_than_the_training_beats_are_unsure_though_the_members_agree() -> None:
    low = read_ecg(recording(0.3 * example_recording().leads["II"]))
    unsure = [beat for beat in low.beats if beat.outside]
    assert len(unsure) > 10
    assert "outside the training beats" in unsure[0].doubts[-1]
    assert any("height" in flag for flag in low.flags)


def test_another_lead_and_a_flat_stretch_are_flagged() -> None:
    strip = example_recording().leads["II"].copy()
    strip[3600:6000] = 0
    found = read_ecg(recording(strip, "V1"))
    assert any("The lead is V1" in flag for flag in found.flags)
    assert any("flat for about" in flag for flag in found.flags)


@pytest.mark.parametrize(
    ("signal", "rate", "words"),
    [
        (np.full(7200, 40.0), 360.0, "flat"),
        (RNG.normal(0, 500, 10800), 360.0, "hardly resembles"),
        (np.convolve(RNG.normal(0, 2000, 10800), np.ones(20) / 20, "same"), 360.0, "hardly resembles"),
        (example_recording().leads["II"] * 200, 360.0, "more than any ECG"),
        (example_recording().leads["II"][:1000], 360.0, "shorter than 4 seconds"),
    ],
)
def test_no_classes_are_made_of_what_is_no_strip(signal: np.ndarray, rate: float, words: str) -> None:
    with pytest.raises(InvalidPatientRecord, match=words) as caught:
        read_ecg(recording(signal, rate=rate))
    assert caught.value.hint


def test_runs_end_at_other_and_at_unclassified_beats() -> None:
    labels = ["V", "V", "N", "V", None, "V", "V", "V"]
    beats = [EcgBeat(number, float(number), label) for number, label in enumerate(labels, start=1)]
    assert ventricular_runs(beats) == ((1, 2), (6, 7, 8))


def test_the_answer_is_plain_json_with_and_without_an_attribution(reading: EcgReading) -> None:
    plain = json.loads(json.dumps(ecg_answer(reading)))
    assert plain["attribution"] is None
    assert plain["strip"]["synthetic"]
    full = json.loads(json.dumps(ecg_answer(reading, 8, reading.attribute(8))))["attribution"]
    total = full["reference_log_odds"] + sum(full["samples"]["values"]) + sum(full["rhythm"].values())
    assert total + full["completeness_delta"] == pytest.approx(full["log_odds"])
