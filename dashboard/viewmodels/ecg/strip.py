"""A strip with its beats as plain numbers and words: what is drawn, counted, listed and downloaded."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np

from dashboard.catalogue import counted, text
from dashboard.viewmodels.stay.hourly_risk import percent
from model_zoo.ecg.beats import CLASS_TITLES, CLASSES
from model_zoo.ecg.network import RATE_HZ
from model_zoo.ecg.reading import EcgBeat, EcgReading
from model_zoo.plain import write_csv

ROW_SECONDS, ROWS = 10.0, 3  # of the strip on the screen at once, as on paper: ten seconds a line


@dataclass(frozen=True)
class BeatMark:
    """A beat on the strip. letter: of its class, "" where it is not classified; unsure: drawn with a question mark."""

    number: int
    seconds: float
    millivolts: float
    letter: str
    unsure: bool
    words: str


@dataclass(frozen=True)
class StripRow:
    """One line of the strip. start: in seconds; its end is ROW_SECONDS later, whether there is signal or not."""

    start: float
    seconds: tuple[float, ...]
    millivolts: tuple[float, ...]
    marks: tuple[BeatMark, ...]


@dataclass(frozen=True)
class StripView:
    """rows: lines of the strip; span: of all millivolts on the screen; selected: number and window (s) of the beat explained."""

    rows: tuple[StripRow, ...]
    span: tuple[float, float]
    selected: int
    window: tuple[float, float]


@dataclass(frozen=True)
class BeatRow:
    """A row of the table of beats, as it is shown. called: the letter of the class; its title stands in the counts."""

    number: int
    at: str
    called: str
    probability: str
    before: str
    after: str
    unsure: str


def build_strip(reading: EcgReading, selected: int, start: float) -> StripView:
    """Lay a part of the strip out in lines. start: seconds of the first line."""
    strip = reading.strip
    rows = []
    for line in range(ROWS):
        left = start + line * ROW_SECONDS
        first, last = round(left * RATE_HZ), round((left + ROW_SECONDS) * RATE_HZ)
        part = strip.microvolts[first : last + 1] / 1000
        if not part.size:
            break
        marks = tuple(_mark(beat, reading) for beat in reading.beats if left <= beat.seconds < left + ROW_SECONDS)
        clock = (first + np.arange(len(part))) / RATE_HZ
        rows.append(StripRow(left, tuple(clock.round(4).tolist()), tuple(part.round(3).tolist()), marks))
    values = [value for row in rows for value in row.millivolts] or [0.0]
    beat = reading.beat(selected)
    return StripView(
        tuple(rows), (min(values), max(values)), selected, (beat.seconds - 0.25, beat.seconds + 0.4)
    )  # the window of the model: see ecg_network.SAMPLES


def first_line(seconds: float, beat: EcgBeat, start: float) -> float:
    """Return where the part on the screen begins, so that a beat is in it. seconds: of the strip; start: as it is now."""
    if start <= beat.seconds < start + ROWS * ROW_SECONDS:
        return start
    last = max(0.0, np.ceil(seconds / ROW_SECONDS) - ROWS) * ROW_SECONDS
    return float(min(np.floor(beat.seconds / ROW_SECONDS) * ROW_SECONDS, last))


def default_beat(reading: EcgReading) -> int:
    """Return the number of the first beat that is not called normal, else of the first classified one."""
    classified = [beat for beat in reading.beats if beat.label is not None]
    return next((beat.number for beat in classified if beat.label != CLASSES[0]), classified[0].number)


def beat_words(beat: EcgBeat) -> str:
    """Return what is said of a beat where it is picked."""
    place = {"number": f"{beat.number}", "seconds": f"{beat.seconds:.2f}"}
    if beat.label is None or beat.probability is None:
        return text("ecg.beat.unclassified", **place, reason=text("ecg.unclassified"))
    place |= {"name": beat.label, "probability": percent(beat.probability)}
    return text("ecg.beat.unsure", **place) if beat.doubts else text("ecg.beat.called", **place)


def strip_words(reading: EcgReading) -> str:
    """Return what the strip is, in one line."""
    recording = reading.recording
    lead = reading.lead if reading.lead.startswith("column") else text("ecg.strip.lead", lead=reading.lead)
    if len(recording.leads) > 1:
        lead = text("ecg.strip.lead_of", lead=lead, count=len(recording.leads))
    length = text("ecg.strip.length", seconds=f"{recording.seconds:.1f}", rate=f"{recording.rate_hz:g}")
    return " · ".join((lead, length, recording.provenance))


def count_words(reading: EcgReading) -> tuple[str, ...]:
    """Return how many beats were found and what they are called, in sentences."""
    counts = reading.counts
    classified = sum(counts.values())
    called = ", ".join(
        text("ecg.counts.class", count=count, name=name, title=CLASS_TITLES[name])
        for name, count in sorted(counts.items(), key=lambda item: item[1] == 0)
    )
    words = [
        counted("ecg.counts.found", len(reading.beats), rate=f"{reading.rate_per_min:.0f}"),
        counted("ecg.counts.called", classified, classes=called),
    ]
    unsure = [beat.number for beat in reading.beats if beat.doubts]
    words.append(
        counted("ecg.counts.unsure", len(unsure), beats=_listed(unsure)) if unsure else text("ecg.counts.agreed")
    )
    if reading.runs:
        found = [text("ecg.counts.pair", first=run[0], last=run[1]) for run in reading.runs if len(run) == 2]
        found += [
            counted("ecg.counts.run", len(run), first=run[0], last=run[-1]) for run in reading.runs if len(run) > 2
        ]
        words.append(text("ecg.counts.runs", runs="; ".join(found)))
    return tuple(words)


def build_table(reading: EcgReading) -> tuple[BeatRow, ...]:
    """Return one row per beat that was found."""
    return tuple(
        BeatRow(
            beat.number,
            f"{beat.seconds:.2f} s",
            beat.label or "-",
            "" if beat.probability is None else percent(beat.probability),
            "" if beat.before_s is None else f"{beat.before_s:.2f} s",
            "" if beat.after_s is None else f"{beat.after_s:.2f} s",
            text("ecg.unclassified") if beat.label is None else "; ".join(beat.doubts),
        )
        for beat in reading.beats
    )


def beats_csv(reading: EcgReading) -> str:
    """Return the beats as CSV: numbers only, no word of the patient."""
    out = io.StringIO()
    rows: list[list[object]] = [
        ["beat", "seconds", "called", *(f"probability_{name}" for name in CLASSES), "members_agree",
         "outside_training", "interval_before_s", "interval_after_s"]
    ]  # fmt: skip
    for beat in reading.beats:
        head = [beat.number, f"{beat.seconds:.4f}", beat.label or ""]
        if beat.probabilities is None:
            rows.append([*head, *[""] * (len(CLASSES) + 4)])
            continue
        rows.append(
            [*head, *(f"{p:.6f}" for p in beat.probabilities), int(beat.unanimous), int(beat.outside),
             f"{beat.before_s:.4f}", f"{beat.after_s:.4f}"]
        )  # fmt: skip
    write_csv(out, rows)
    return out.getvalue()


def _mark(beat: EcgBeat, reading: EcgReading) -> BeatMark:
    height = float(reading.strip.microvolts[round(beat.seconds * RATE_HZ)]) / 1000
    words = beat_words(beat) + "".join(f"<br>{doubt}" for doubt in beat.doubts)
    return BeatMark(beat.number, round(beat.seconds, 4), round(height, 3), beat.label or "", bool(beat.doubts), words)


def _listed(numbers: list[int], most: int = 12) -> str:
    named, more = ", ".join(map(str, numbers[:most])), len(numbers) - most
    return counted("ecg.counts.more", more, beats=named) if more > 0 else named
