"""A strip read as a whole: its beats with what the model calls each, what it is unsure of, and ventricular beats in a row.

The beats of a strip are found by ``ecg_strip.read_strip``; the reader is told how, since everything after rests on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model_zoo.ecg.beats import CLASSES, BeatAttribution, EcgBeatModel, load_ecg_model
from model_zoo.ecg.network import RATE_HZ
from model_zoo.ecg.strip import EcgStrip, read_strip
from model_zoo.ecg.table import LIKE_TRAINING, EcgRecording
from model_zoo.errors import InvalidPatientRecord, UnknownName, ZooError

DETECTOR = (
    "Beats were found by their slope energy between 5 and 15 Hz (after Pan and Tompkins 1985, with one threshold for the "
    "strip). How often beats are missed was measured on simulated strips only. Check that every beat has exactly one mark."
)
# A person's mean rate; outside it the sampling rate is the likelier fault than the heart.
SLOWEST_PER_MIN, FASTEST_PER_MIN = 20.0, 300.0
_FLAT_MICROVOLTS = 50.0  # in a second of the filtered lead; a low QRS has some hundreds
_LEAST_RESEMBLANCE = (
    0.5  # median correlation with the median beat; beats of one person are above 0.8, noise is below 0.3
)
VENTRICULAR = "V"


class BeatNotClassified(ZooError):
    """A beat that was not found, or has too little rhythm around it."""


@dataclass(frozen=True, eq=False)
class EcgBeat:
    """One beat that was found. number: from 1, in order; seconds: of its R peak.

    label and probabilities (in the order of CLASSES): ``None`` where the beat cannot be classified. doubts: why its name is
    not to be relied on. before_s, after_s: intervals to its neighbours. place: among the windows of the strip.
    """

    number: int
    seconds: float
    label: str | None = None
    probabilities: tuple[float, ...] | None = None
    unanimous: bool = False
    outside: bool = False
    before_s: float | None = None
    after_s: float | None = None
    place: int | None = None
    doubts: tuple[str, ...] = ()

    @property
    def probability(self) -> float | None:
        """Of the class it is called."""
        return None if self.probabilities is None else max(self.probabilities)


@dataclass(frozen=True, eq=False)
class EcgReading:
    """beats: all that were found. runs: numbers of two or more neighbours called ventricular. flags: of the whole strip."""

    recording: EcgRecording
    lead: str
    strip: EcgStrip
    beats: tuple[EcgBeat, ...]
    runs: tuple[tuple[int, ...], ...]
    flags: tuple[str, ...]
    model: EcgBeatModel

    @property
    def counts(self) -> dict[str, int]:
        return {name: sum(beat.label == name for beat in self.beats) for name in CLASSES}

    @property
    def rate_per_min(self) -> float:
        """Mean heart rate over the beats that were found."""
        return 60.0 * (len(self.beats) - 1) / (self.beats[-1].seconds - self.beats[0].seconds)

    def beat(self, number: int) -> EcgBeat:
        """Return a beat that was classified. Raises BeatNotClassified."""
        found = next((beat for beat in self.beats if beat.number == number and beat.label is not None), None)
        if found is None:
            known = [beat.number for beat in self.beats if beat.label is not None]
            raise BeatNotClassified(
                f"There is no classified beat {number}.",
                f"Name one from {known[0]} to {known[-1]}; the first two and the last lack the rhythm around them.",
            )
        return found

    def attribute(self, number: int, target: str | None = None) -> BeatAttribution:
        """Share out the log-odds of a class, by default of the one it is called. Raises BeatNotClassified, UnknownName."""
        beat = self.beat(number)
        return self.model.attribute(
            self.strip.windows[beat.place], self.strip.rr[beat.place], target or str(beat.label)
        )


def read_ecg(recording: EcgRecording, lead: str | None = None) -> EcgReading:
    """Find and classify the beats of one lead, by default of the one nearest to the model's.

    Raises InvalidPatientRecord for a strip that cannot be read, UnknownName for a lead that is not there, and what
    ``load_ecg_model`` raises.
    """
    name = recording.best_lead if lead is None else lead
    if name not in recording.leads:
        raise UnknownName("lead", name, recording.leads)
    strip = read_strip(recording.leads[name], recording.rate_hz)
    _check_resemblance(strip)
    model = load_ecg_model()
    found = model.classify(strip.windows, strip.rr)
    times = strip.peaks / RATE_HZ
    rate = 60.0 * (len(times) - 1) / (times[-1] - times[0])
    if not SLOWEST_PER_MIN <= rate <= FASTEST_PER_MIN:
        raise InvalidPatientRecord(
            [f"the beats found would be {rate:.0f} per minute"],
            "Check the sampling rate, and whether this lead holds an ECG.",
        )
    places = {int(peak): row for row, peak in enumerate(strip.beats)}
    beats = []
    for index, seconds in enumerate(times):
        row = places.get(index)
        if row is None:
            beats.append(EcgBeat(index + 1, float(seconds)))
            continue
        unanimous, outside = bool(found.unanimous[row]), bool(found.outside[row])
        doubts = [] if unanimous else ["the members of the model name different classes"]
        doubts += ["its height or rhythm lies outside the training beats"] if outside else []
        beats.append(
            EcgBeat(
                index + 1,
                float(seconds),
                found.label[row],
                tuple(map(float, found.probabilities[row])),
                unanimous,
                outside,
                float(strip.rr[row, 0]),
                float(strip.rr[row, 2]),
                row,
                tuple(doubts),
            )
        )
    flags = (*_lead_flags(recording, name), *_strip_flags(strip), *found.flags)
    return EcgReading(recording, name, strip, tuple(beats), ventricular_runs(beats), flags, model)


def ventricular_runs(beats: list[EcgBeat]) -> tuple[tuple[int, ...], ...]:
    """Return the numbers of two or more beats in a row that are called ventricular; an unclassified one ends a row."""
    runs, current = [], []
    for beat in [*beats, EcgBeat(0, 0.0)]:
        if beat.label == VENTRICULAR:
            current.append(beat.number)
            continue
        if len(current) > 1:
            runs.append(tuple(current))
        current = []
    return tuple(runs)


def _lead_flags(recording: EcgRecording, name: str) -> list[str]:
    if name in LIKE_TRAINING:
        return []
    own = name if not name.startswith("column") else "not named"
    return [
        f"The lead is {own}; the model was made from MLII, which is near lead II. In another lead beats look different."
    ]


def _strip_flags(strip: EcgStrip) -> list[str]:
    """Say where the line is flat."""
    second = int(RATE_HZ)
    whole = strip.microvolts[: len(strip.microvolts) // second * second].reshape(-1, second)
    flat = int((np.ptp(whole, axis=1) < _FLAT_MICROVOLTS).sum())
    if not flat:
        return []
    return [f"The line is flat for about {flat} s in all: an electrode that is off, or a pause. Look at the strip."]


def _check_resemblance(strip: EcgStrip) -> None:
    """Refuse what was taken for beats where they do not look like the beats of one person, whatever their classes."""
    own = strip.windows - strip.windows.mean(axis=1, keepdims=True)
    middle = np.median(own, axis=0)
    norms = np.linalg.norm(own, axis=1) * np.linalg.norm(middle)
    if float(np.median((own @ middle) / np.maximum(norms, 1e-9))) < _LEAST_RESEMBLANCE:
        raise InvalidPatientRecord(
            ["what was found as beats hardly resembles each other: noise, or a rhythm that the model does not know"],
            "Check lead and sampling rate, or cut out a stretch without noise.",
        )
