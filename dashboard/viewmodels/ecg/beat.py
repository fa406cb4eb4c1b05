"""Why a beat is called what it is, and what such a name is worth: attribution and held-out figures in numbers and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.viewmodels.stay.hourly_risk import percent
from model_zoo.monitoring.ecg_beats import CLASS_TITLES, CLASSES, BeatAttribution
from model_zoo.monitoring.ecg_form import METHOD_WORDS
from model_zoo.monitoring.ecg_network import R_SAMPLE, RATE_HZ, SAMPLES
from model_zoo.monitoring.ecg_reading import EcgReading

# Named by time alone: the waves themselves are not delineated. A ventricular QRS lasts up to 200 ms.
PARTS = (("before the QRS", -250, -80), ("around the R peak", -80, 120), ("after it", 120, 400))
RHYTHM_TITLES = {
    "before_against_past": "interval before / last ten",
    "after_against_past": "interval after / last ten",
    "before": "interval before",
    "before_against_after": "interval before / interval after",
    "before_against_long_past": "interval before / long past",
}
# Below these a class is called weak: fewer than 7 of 10 found, or a call that is wrong more often than right.
_LEAST_SENSITIVITY, _LEAST_PPV = 0.7, 0.5
_MOST_CONTEXT_S = 1.0  # of the strip on either side, more than is drawn
_LITTLE = 1.0  # log-odds; below it a beat is so near the reference that there is little to explain


@dataclass(frozen=True)
class Share:
    """A named share of the log-odds."""

    title: str
    value: float


@dataclass(frozen=True)
class BeatView:
    """One beat with the shares of the log-odds of one class.

    ms, millivolts, shares, reference: per sample of its window (78). context_ms, context_millivolts: the strip around it.
    before_ms, after_ms: its intervals. totals: waveform and rhythm; parts: of the waveform, by time.
    """

    ms: tuple[float, ...]
    millivolts: tuple[float, ...]
    shares: tuple[float, ...]
    reference: tuple[float, ...]
    context_ms: tuple[float, ...]
    context_millivolts: tuple[float, ...]
    before_ms: float
    after_ms: float
    totals: tuple[Share, ...]
    parts: tuple[Share, ...]
    sentence: str
    worth: str
    balance: str
    method: str


@dataclass(frozen=True)
class ClassFigures:
    """Held-out figures of a class, in words."""

    name: str
    title: str
    found: str
    right: str
    auroc: str
    weak: str


def build_beat(reading: EcgReading, number: int, found: BeatAttribution) -> BeatView:
    """Lay the attribution of one beat out."""
    beat, strip = reading.beat(number), reading.strip
    peak = int(strip.peaks[number - 1])
    before, after = float(beat.before_s or 0), float(beat.after_s or 0)
    left = max(0, peak - int(min(before + 0.25, _MOST_CONTEXT_S) * RATE_HZ))
    right = min(len(strip.microvolts), peak + int(min(after + 0.25, _MOST_CONTEXT_S) * RATE_HZ) + 1)
    ms = (np.arange(SAMPLES) - R_SAMPLE) * 1000 / RATE_HZ
    wave = float(found.values.sum())
    rhythm = sum(found.rhythm.values())
    change = found.log_odds - found.reference_log_odds
    ends = [low for _, low, _ in PARTS] + [PARTS[-1][2] + 1]
    parts = tuple(
        Share(f"{title}, {_signed(low)} to {_signed(high)} ms", float(found.values[(ms >= low) & (ms < end)].sum()))
        for (title, low, high), end in zip(PARTS, ends[1:], strict=True)
    )
    shares = [Share("waveform", wave)]
    shares += [Share(RHYTHM_TITLES[name], value) for name, value in found.rhythm.items()]
    return BeatView(
        tuple(ms.round(1).tolist()),
        tuple((strip.windows[beat.place or 0] / 1000).round(3).tolist()),
        tuple(map(float, found.values)),
        tuple((reading.model.network.reference.numpy() / 1000).round(3).tolist()),
        tuple(((np.arange(left, right) - peak) * 1000 / RATE_HZ).round(1).tolist()),
        tuple((strip.microvolts[left:right] / 1000).round(3).tolist()),
        1000 * before,
        1000 * after,
        tuple(shares),
        parts,
        _sentence(found, wave, rhythm, parts),
        _worth(reading, number),
        f"reference {found.reference_log_odds:+.2f}; waveform {wave:+.2f}; rhythm {rhythm:+.2f}; residual (completeness delta) "
        f"{found.completeness_delta:+.4f}, which is {abs(found.completeness_delta) * 100 / max(abs(change), 1e-9):.2f} % of the "
        f"difference; log-odds of {found.target} against the rest {found.log_odds:+.2f}.",
        f"{METHOD_WORDS}. Reference: {found.reference}.",
    )


def build_classes(card: Mapping[str, Any]) -> tuple[ClassFigures, ...]:
    """Return the held-out figures of every class, and in words which are weak."""
    return tuple(
        _class_figures(kind["name"], kind["title"], card["metrics"]["classes"][kind["name"]])
        for kind in card["classes"]
    )


def agreement_words(card: Mapping[str, Any]) -> str:
    """Return what agreement of the members is worth on held-out records."""
    agreed, divided = (card["metrics"]["agreement"][key]["right"] for key in ("unanimous", "divided"))
    return (
        f"Unsure means that the {card['training']['members']} members of the model, each trained on other records, do not name "
        "the same class, or that height or rhythm of the beat lie outside the training beats. On held-out records "
        f"{_hundred(agreed)} of 100 names were right where the members agreed, and {_hundred(divided)} where they did not."
    )


def baseline_words(card: Mapping[str, Any]) -> tuple[str, ...]:
    """Return how the model stands beside its baselines, and where one of them is better."""
    metrics = card["metrics"]
    words = []
    for title, other in metrics["baselines"].items():
        words.append(
            f"Macro F1 {_value(metrics['macro_f1'])}; {title}: {_value(other['macro_f1'])}, a difference of "
            f"{_value(other['macro_f1_difference'], '+')}."
        )
        better = [
            name
            for name in CLASSES
            if other["classes"][name]["auroc"]["value"] > metrics["classes"][name]["auroc"]["value"]
        ]
        if better:
            words.append(f"By AUROC {title} orders {' and '.join(better)} better than the model.")
    return tuple(words)


def _sentence(found: BeatAttribution, wave: float, rhythm: float, parts: tuple[Share, ...]) -> str:
    change = found.log_odds - found.reference_log_odds
    title = f"{found.target} ({CLASS_TITLES[found.target]})"
    if abs(change) < _LITTLE:
        return f"This beat is about as much {title} as the reference is ({change:+.2f} log-odds): there is little to explain."
    strongest = max(parts, key=lambda part: abs(part.value))
    more = "wave shape" if abs(wave) >= abs(rhythm) else "rhythm"
    side = "for" if change > 0 else "against"
    return (
        f"Against the reference this beat speaks {side} {title}, by {change:+.2f} log-odds. More of it comes from the {more} "
        f"(shape {wave:+.2f}, rhythm {rhythm:+.2f}); of the shape most lies {strongest.title} ({strongest.value:+.2f})."
    )


def _worth(reading: EcgReading, number: int) -> str:
    """Return what the name of a beat is worth: how often such names were right on held-out records."""
    beat, metrics = reading.beat(number), reading.model.card["metrics"]
    label = str(beat.label)
    agreed = "unanimous" if beat.unanimous else "divided"
    entry = metrics["agreement"][agreed]["ppv"][label]
    members = "all members agreeing" if beat.unanimous else "the members divided"
    right = f"{_hundred(entry)} were" if entry["value"] is not None else "it is not known how many were"
    words = (
        f"Called {label} ({CLASS_TITLES[label]}), {percent(beat.probability or 0.0)} by the mix of the training sample. Of "
        f"100 beats called {label} on held-out records with {members}, {right}."
    )
    return words + (f" Unsure: {'; '.join(beat.doubts)}." if beat.doubts else "")


def _class_figures(name: str, title: str, held: Mapping[str, Any]) -> ClassFigures:
    sensitivity, ppv = held["sensitivity"], held["ppv_natural_mix"]
    reasons = []
    if sensitivity["value"] < _LEAST_SENSITIVITY:
        reasons.append(f"misses {100 - round(100 * sensitivity['value'])} of 100")
    if ppv["value"] < _LEAST_PPV:
        reasons.append(f"{100 - round(100 * ppv['value'])} of 100 calls are wrong")
    weak = f"Weak: {' and '.join(reasons)}." if reasons else ""
    return ClassFigures(name, title, _hundred(sensitivity), _hundred(ppv), _value(held["auroc"]), weak)


def _hundred(entry: Mapping[str, float | None]) -> str:
    value, low, high = entry["value"], entry["low"], entry["high"]
    if value is None:
        return "not known"
    if low is None or high is None:
        return f"{100 * value:.0f}"
    return f"{100 * value:.0f} ({100 * low:.0f} to {100 * high:.0f})"


def _value(entry: Mapping[str, float | None], sign: str = "") -> str:
    if entry["low"] is None or entry["high"] is None:
        return "not defined" if entry["value"] is None else f"{entry['value']:{sign}.2f}"
    return f"{entry['value']:{sign}.2f} ({entry['low']:{sign}.2f} to {entry['high']:{sign}.2f})"


def _signed(ms: int) -> str:
    return f"{ms:+d}".replace("-", "\N{MINUS SIGN}")
