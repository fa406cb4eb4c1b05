"""The answer about a strip as plain JSON: of the command line and of the download on the page."""

from __future__ import annotations

from typing import Any

from model_zoo.ecg.beats import CLASSES, METHOD, QUADRATURE_POINTS, BeatAttribution
from model_zoo.ecg.network import R_SAMPLE, RATE_HZ, SAMPLES
from model_zoo.ecg.reading import DETECTOR, EcgBeat, EcgReading

SCHEMA_VERSION = "1.0"
LIMITS = "A beat's class is a prompt to look at it, no diagnosis; a beat called normal need not be normal. Not a medical device."
METHOD_WORDS = (
    f"{METHOD}, {QUADRATURE_POINTS} points on the straight line from the reference, of the log-odds against the rest"
)


def ecg_answer(
    reading: EcgReading, number: int | None = None, attribution: BeatAttribution | None = None
) -> dict[str, Any]:
    """Return the reading, with the attribution of one beat where there is one.

    Times in seconds of the strip.

    Parameters
    ----------
    reading
        The strip as read.
    number
        Of the beat that is explained, from 1.
    attribution
        Of that beat.
    """
    recording, card = reading.recording, reading.model.card
    return {
        "schema_version": SCHEMA_VERSION,
        "strip": {
            "lead": reading.lead,
            "leads": list(recording.leads),
            "rate_hz": recording.rate_hz,
            "seconds": recording.seconds,
            "provenance": recording.provenance,
            "synthetic": recording.synthetic,
            "notes": list(recording.notes),
        },
        "detector": DETECTOR,
        "rate_per_min": reading.rate_per_min,
        "beats": [_beat(beat) for beat in reading.beats],
        "counts": reading.counts,
        "ventricular_runs": [list(run) for run in reading.runs],
        "flags": list(reading.flags),
        "attribution": None if attribution is None or number is None else _attribution(number, attribution),
        "model": {
            "name": card["name"],
            "title": card["title"],
            "weights_sha256": card["weights_sha256"],
            "population": card["population"],
            "warnings": list(card["warnings"]),
            "not_for": card["not_for"],
            "classes": [
                {"name": kind["name"], "title": kind["title"], "held_out": card["metrics"]["classes"][kind["name"]]}
                for kind in card["classes"]
            ],
        },
        "limits": LIMITS,
    }


def _beat(beat: EcgBeat) -> dict[str, Any]:
    return {
        "number": beat.number,
        "seconds": round(beat.seconds, 4),
        "label": beat.label,
        "probabilities": None
        if beat.probabilities is None
        else {name: float(p) for name, p in zip(CLASSES, beat.probabilities, strict=True)},
        "before_s": beat.before_s,
        "after_s": beat.after_s,
        "unanimous": beat.unanimous if beat.label is not None else None,
        "outside_training": beat.outside if beat.label is not None else None,
        "doubts": list(beat.doubts),
    }


def _attribution(number: int, found: BeatAttribution) -> dict[str, Any]:
    return {
        "beat": number,
        "method": METHOD_WORDS,
        "target": found.target,
        "unit": "log-odds",
        "reference": found.reference,
        "reference_log_odds": found.reference_log_odds,
        "log_odds": found.log_odds,
        "samples": {
            "seconds_from_r": [(i - R_SAMPLE) / RATE_HZ for i in range(SAMPLES)],
            "values": [float(value) for value in found.values],
        },
        "rhythm": dict(found.rhythm),
        "completeness_delta": found.completeness_delta,
    }
