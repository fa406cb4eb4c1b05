"""``verify`` of the hourly models and of the beat model: what their cards promise, tried on synthetic stays and a strip."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model_zoo.artefact import WEIGHTS_FILE
from model_zoo.ecg.beats import CLASSES, EcgBeatModel, load_ecg_model
from model_zoo.ecg.demo import synthetic_strip
from model_zoo.ecg.strip import read_strip
from model_zoo.icu.attribution import attribute_risk_at
from model_zoo.icu.demo import SCENARIOS, synthetic_stay
from model_zoo.icu.risk import IcuRiskModel, load_icu_model
from model_zoo.upkeep.card_checks import Verdict, complete, small_weights, sound_intervals
from model_zoo.upkeep.example_predictions import (
    TOLERANCE,
    beat_predictions,
    example_difference,
    stay_predictions,
)

if TYPE_CHECKING:
    from model_zoo.upkeep.known_models import KnownModel

Check = tuple[str, Callable[[], Verdict]]
PROMISED_SHARE = 0.01  # of the risk, or of what is shared out: the house rule for additivity
# Early, when hardly anything is measured, and at the end.
TRIED_HOURS = (5, 47)
SEEN = 24  # hours of a stay that is then read on
SAME = 1e-9  # of a probability in float64
BEATS = 4  # strips are alike: two normal and two ventricular beats show the sum


def icu_checks(model: KnownModel) -> list[Check]:
    """Return the checks of an hourly model; loading holds weights, card and form against each other."""
    return icu_checks_of(load_icu_model(model.name, model.folder), model.folder)


def icu_checks_of(model: IcuRiskModel, folder: Path) -> list[Check]:
    card = model.card
    own = ("variables", "facts", "outcome", "interval", "published", "thresholds.alert.value", "thresholds.alert.rule",
           "reference_risk.by_hour", "metrics.reported_on", "metrics.by_time", "metrics.baselines", "metrics.alerts",
           "metrics.additivity")  # fmt: skip
    return [
        ("the card is complete", lambda: complete(card, *own)),
        ("every figure lies in its interval", lambda: sound_intervals(card)),
        ("the reported stays keep the promised additivity", lambda: _stated_additivity(model)),
        ("members and parameters are those of the card", lambda: _size_of(model)),
        ("training ranges are plausible", lambda: _ranges(model)),
        ("the alert threshold is a probability, calibration increases at every hour", lambda: _scale(model)),
        ("there is a reference risk for every hour", lambda: _reference(model)),
        ("synthetic stays get the risks kept beside the weights", lambda: _stays(model, folder)),
        ("the risk of an hour does not know what follows", lambda: _causal(model)),
        ("contributions add up to the risk within 1 %", lambda: _adds_up(model)),
        ("weights are float16 and small", lambda: small_weights(folder / WEIGHTS_FILE)),
    ]


def beat_checks(model: KnownModel) -> list[Check]:
    """Return the checks of the beat model."""
    return beat_checks_of(load_ecg_model(model.folder), model.folder)


def beat_checks_of(model: EcgBeatModel, folder: Path) -> list[Check]:
    card = model.card
    own = ("classes", "ranges", "reference", "published", "chosen", "metrics.records", "metrics.macro_f1",
           "metrics.classes", "metrics.baselines")  # fmt: skip
    return [
        ("the card is complete", lambda: complete(card, *own)),
        ("every figure lies in its interval", lambda: sound_intervals(card)),
        ("classes and members are those of the card", lambda: _beat_network(model)),
        ("beats of a synthetic strip get the probabilities kept beside the weights", lambda: _strip(model, folder)),
        ("contributions add up to the log-odds within 1 %", lambda: _beats_add_up(model)),
        ("weights are float16 and small", lambda: small_weights(folder / WEIGHTS_FILE)),
    ]


def _stated_additivity(model: IcuRiskModel) -> Verdict:
    stated = model.card["metrics"]["additivity"]
    share = stated["largest_share_of_risk"]
    return share <= PROMISED_SHARE, f"largest miss {100 * share:.1e} % of the risk over {stated['stays']} stays"


def _size_of(model: IcuRiskModel) -> Verdict:
    stated, members = model.card["training"], model.network.bias.shape[0]
    each = sum(p.numel() for p in model.network.parameters()) // members
    ok = (members, each) == (stated["members"], stated["parameters_per_member"])
    return ok, f"{members} of {each} parameters"


def _ranges(model: IcuRiskModel) -> Verdict:
    wrong = []
    for variable, entry in zip(model.form.variables, model.card["variables"], strict=True):
        low, high = entry["training_range"]
        if not variable.plausible[0] <= low < high <= variable.plausible[1]:
            wrong.append(variable.title)
    return not wrong, ", ".join(wrong)


def _scale(model: IcuRiskModel) -> Verdict:
    fit = model.card["calibration"]
    # The slope is linear in the logarithm of the hour: its ends are its extremes.
    slopes = [fit["slope"] + fit["slope_by_clock"] * math.log1p(hour) / 4.0 for hour in (0, model.form.hours - 1)]
    return 0 < model.threshold < 1 and min(
        slopes
    ) > 0, f"threshold {model.threshold:.3f}, least slope {min(slopes):.2f}"


def _reference(model: IcuRiskModel) -> Verdict:
    found = np.asarray(model.card["reference_risk"]["by_hour"], np.float64)
    return len(found) == model.form.hours and bool(((found > 0) & (found < 1)).all()), f"{len(found)} hours"


def _stays(model: IcuRiskModel, folder: Path) -> Verdict:
    found = example_difference(folder, model.card["weights_sha256"], stay_predictions(model))
    return found <= TOLERANCE["series"], f"largest difference {found:.1e}"


def _causal(model: IcuRiskModel) -> Verdict:
    stay = synthetic_stay("deteriorating", model.name)
    whole = model.risk_by_hour(stay.values, facts=stay.facts).risk
    begun = model.risk_by_hour(stay.values[:SEEN], facts=stay.facts).risk
    change = float(np.abs(whole[:SEEN] - begun).max())
    return change <= SAME, f"largest change {change:.1e}"


def _adds_up(model: IcuRiskModel) -> Verdict:
    shares = []
    for scenario in SCENARIOS:
        stay = synthetic_stay(scenario, model.name)
        for hour in TRIED_HOURS:
            found = attribute_risk_at(model, stay.values, facts=stay.facts, at_hour=hour)
            total = found.reference_risk + found.pattern_contribution + found.facts.sum() + found.values.sum()
            shares.append(abs(float(total) - found.risk) / found.risk)
    return max(shares) <= PROMISED_SHARE, f"largest miss {100 * max(shares):.1e} % of the risk"


def _beat_network(model: EcgBeatModel) -> Verdict:
    names, stated = tuple(entry["name"] for entry in model.card["classes"]), model.card["training"]
    members = len(model.network.members)
    each = sum(p.numel() for p in model.network.members[0].parameters())
    ok = names == CLASSES and (members, each) == (stated["members"], stated["parameters_per_member"])
    return ok, f"{', '.join(names)}; {members} of {each} parameters"


def _strip(model: EcgBeatModel, folder: Path) -> Verdict:
    found = example_difference(folder, model.card["weights_sha256"], beat_predictions(model))
    return found <= TOLERANCE["series"], f"largest difference {found:.1e}"


def _beats_add_up(model: EcgBeatModel) -> Verdict:
    strip = synthetic_strip()
    read = read_strip(strip.microvolts, strip.rate_hz)
    labels = [strip.labels[place] for place in read.beats]
    tried = [place for name in ("N", "V") for place in np.flatnonzero(np.array(labels) == name)[: BEATS // 2]]
    shares = []
    for place in tried:
        found = model.attribute(read.windows[place], read.rr[place], "V")
        total = found.reference_log_odds + found.values.sum() + sum(found.rhythm.values())
        difference = abs(found.log_odds - found.reference_log_odds)
        shares.append(abs(float(total) - found.log_odds) / max(1.0, difference))
    return max(shares) <= PROMISED_SHARE, f"largest miss {100 * max(shares):.1e} % of the difference"
