"""Why a beat is called what it is, and what such a name is worth: attribution and held-out figures in numbers and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.catalogue import text
from dashboard.viewmodels.stay.hourly_risk import percent
from model_zoo.ecg.beats import CLASS_TITLES, CLASSES, BeatAttribution
from model_zoo.ecg.form import METHOD_WORDS
from model_zoo.ecg.network import R_SAMPLE, RATE_HZ, SAMPLES
from model_zoo.ecg.reading import EcgReading

# Named by time alone: the waves themselves are not delineated. A ventricular QRS lasts up to 200 ms.
PARTS = (("before", -250, -80), ("peak", -80, 120), ("after", 120, 400))
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
        Share(
            text(f"ecg.part.{name}", low=_signed(low), high=_signed(high)),
            float(found.values[(ms >= low) & (ms < end)].sum()),
        )
        for (name, low, high), end in zip(PARTS, ends[1:], strict=True)
    )
    shares = [Share(text("ecg.beat.waveform"), wave)]
    shares += [Share(text(f"ecg.rhythm.{name}"), value) for name, value in found.rhythm.items()]
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
        text(
            "ecg.beat.balance",
            reference=f"{found.reference_log_odds:+.2f}",
            wave=f"{wave:+.2f}",
            rhythm=f"{rhythm:+.2f}",
            residual=f"{found.completeness_delta:+.4f}",
            share=f"{abs(found.completeness_delta) * 100 / max(abs(change), 1e-9):.2f}",
            name=found.target,
            log_odds=f"{found.log_odds:+.2f}",
        ),
        text("ecg.beat.method", method=METHOD_WORDS, reference=found.reference),
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
    return text(
        "ecg.worth.agreement",
        members=card["training"]["members"],
        agreed=_hundred(agreed),
        divided=_hundred(divided),
    )


def baseline_words(card: Mapping[str, Any]) -> tuple[str, ...]:
    """Return how the model stands beside its baselines, and where one of them is better."""
    metrics = card["metrics"]
    words = []
    for title, other in metrics["baselines"].items():
        words.append(
            text(
                "ecg.worth.baseline",
                model=_value(metrics["macro_f1"]),
                title=title,
                baseline=_value(other["macro_f1"]),
                difference=_value(other["macro_f1_difference"], "+"),
            )
        )
        better = [
            name
            for name in CLASSES
            if other["classes"][name]["auroc"]["value"] > metrics["classes"][name]["auroc"]["value"]
        ]
        if better:
            words.append(text("ecg.worth.baseline_better", title=title, classes=", ".join(better)))
    return tuple(words)


def _sentence(found: BeatAttribution, wave: float, rhythm: float, parts: tuple[Share, ...]) -> str:
    change = found.log_odds - found.reference_log_odds
    said = {"name": found.target, "title": CLASS_TITLES[found.target], "change": f"{change:+.2f}"}
    if abs(change) < _LITTLE:
        return text("ecg.beat.little", **said)
    side = text("ecg.beat.for", **said) if change > 0 else text("ecg.beat.against", **said)
    shares = {"wave": f"{wave:+.2f}", "rhythm": f"{rhythm:+.2f}"}
    more = text("ecg.beat.more_rhythm", **shares)
    if abs(wave) >= abs(rhythm):
        more = text("ecg.beat.more_shape", **shares)
    strongest = max(parts, key=lambda part: abs(part.value))
    return " ".join((side, more, text("ecg.beat.strongest", part=strongest.title, share=f"{strongest.value:+.2f}")))


def _worth(reading: EcgReading, number: int) -> str:
    """Return what the name of a beat is worth: how often such names were right on held-out records."""
    beat, metrics = reading.beat(number), reading.model.card["metrics"]
    label = str(beat.label)
    agreed = "unanimous" if beat.unanimous else "divided"
    entry = metrics["agreement"][agreed]["ppv"][label]
    probability = percent(beat.probability or 0.0)
    words = [text("ecg.worth.called", name=label, title=CLASS_TITLES[label], probability=probability)]
    if entry["value"] is None:
        words.append(text(f"ecg.worth.not_known.{agreed}", name=label))
    else:
        words.append(text(f"ecg.worth.right_of.{agreed}", name=label, right=_hundred(entry)))
    if beat.doubts:
        words.append(text("ecg.worth.unsure", doubts="; ".join(beat.doubts)))
    return " ".join(words)


def _class_figures(name: str, title: str, held: Mapping[str, Any]) -> ClassFigures:
    sensitivity, ppv = held["sensitivity"], held["ppv_natural_mix"]
    missed, wrong = (100 - round(100 * entry["value"]) for entry in (sensitivity, ppv))
    misses, errs = sensitivity["value"] < _LEAST_SENSITIVITY, ppv["value"] < _LEAST_PPV
    weak = ""
    if misses and errs:
        weak = text("ecg.weak.both", missed=missed, wrong=wrong)
    elif misses:
        weak = text("ecg.weak.misses", missed=missed)
    elif errs:
        weak = text("ecg.weak.wrong", wrong=wrong)
    return ClassFigures(name, title, _hundred(sensitivity), _hundred(ppv), _value(held["auroc"]), weak)


def _hundred(entry: Mapping[str, float | None]) -> str:
    value, low, high = entry["value"], entry["low"], entry["high"]
    if value is None:
        return text("ecg.figure.not_known")
    if low is None or high is None:
        return f"{100 * value:.0f}"
    return text("ecg.figure.interval", value=f"{100 * value:.0f}", low=f"{100 * low:.0f}", high=f"{100 * high:.0f}")


def _value(entry: Mapping[str, float | None], sign: str = "") -> str:
    if entry["low"] is None or entry["high"] is None:
        return text("ecg.figure.not_defined") if entry["value"] is None else f"{entry['value']:{sign}.2f}"
    return text("ecg.figure.interval", **{name: f"{entry[name]:{sign}.2f}" for name in ("value", "low", "high")})


def _signed(ms: int) -> str:
    return f"{ms:+d}".replace("-", "\N{MINUS SIGN}")
