"""Where a patient stands among the training patients: stored aggregates -> percentile per variable, nearest group.

``reference.json`` beside the weights holds aggregates alone: no row, and behind every number at least ten patients. A stored
quantile is the mean of the ten patients nearest to it in rank, under the level of their middle rank; so the outermost level
is that of the fifth to sixth patient from the end, and beyond it a percentile is only bounded.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model_zoo.errors import CardInvalid, DataNotFound
from model_zoo.finite import read_json
from model_zoo.patients.features import FeatureSpec
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import WEIGHTS_FOLDER, RiskModel, encoded_value

REFERENCE_FILE = "reference.json"
SCHEMA_VERSION = 1
SMALLEST_CELL = 10  # patients behind every stored number
SMALLEST_BAND = 200  # patients of a sex and age band with quantiles of its own
SMALLEST_GROUP = 50  # patients of a group with a centre and a share of events
TELLING = 3  # features named for a group: those whose mean lies furthest from that of all training patients
FAR = 0.25  # standard deviations; a smaller difference from all patients is not worth a word
_KEYS = ("schema_version", "model", "patients", "bands", "scale", "groups", "groups_remark", "population")


@dataclass(frozen=True)
class Standing:
    """One value among the training patients of a band.

    percentile: 0 to 100, None for choices, flags and what was not measured; bound: "below" or "above" where the value lies
    beyond the outermost stored quantile, which ``percentile`` then is. share: of patients with the same choice, where stored.
    words: the sentence. marks: (level in per cent, value), the stored quantiles.
    """

    name: str
    title: str
    value: float | str | None
    percentile: float | None
    bound: str
    share: float | None
    measured: int
    marks: tuple[tuple[float, float], ...]
    words: str


@dataclass(frozen=True)
class NearestGroup:
    """The group of training patients whose centre lies nearest. distance: root mean square over the patient's measured
    values, in standard deviations. events: {outcome: words with share and interval}. words: the sentence."""

    title: str
    patients: int
    distance: float
    shares: Mapping[str, Mapping[str, Any]]
    telling: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Reference:
    """What stands beside one patient. band: with whom the values are compared. nearest: None with ``remark`` as the reason."""

    band: str
    band_patients: int
    standings: tuple[Standing, ...]
    nearest: NearestGroup | None
    remark: str


def load_reference(model: RiskModel, folder: Path | None = None) -> Mapping[str, Any]:
    """Read the stored aggregates of a model. Raises DataNotFound or CardInvalid."""
    path = (folder or WEIGHTS_FOLDER / model.name) / REFERENCE_FILE
    try:
        stored: dict[str, Any] = read_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError as e:
        raise DataNotFound(
            f"There are no stored reference patients of '{model.name}'.",
            "Run: python -m model_zoo train reference-groups",
        ) from e
    except ValueError as e:
        raise CardInvalid(f"The reference patients of '{model.name}' are not valid JSON.", "Write them again.") from e
    names = [spec.name for spec in model.specs]
    if any(key not in stored for key in _KEYS) or stored["model"] != model.name or list(stored["scale"]) != names:
        raise CardInvalid(
            f"The reference patients of '{model.name}' belong to another model.",
            "Run: python -m model_zoo train reference-groups",
        )
    return stored


def reference_of(model: RiskModel, record: PatientRecord, stored: Mapping[str, Any]) -> Reference:
    """Return where a patient stands: every value in the narrowest stored band, and the nearest group.

    Parameters
    ----------
    model
        The fitted model.
    record
        The patient.
    stored
        The aggregates of ``load_reference``.
    """
    band = band_of(stored, record)
    standings = tuple(_standing(spec, record, band) for spec in model.specs)
    nearest = _nearest(model, record, stored)
    return Reference(band["title"], int(band["patients"]), standings, nearest, str(stored["groups_remark"]))


def band_of(stored: Mapping[str, Any], record: PatientRecord) -> Mapping[str, Any]:
    """Return the narrowest band that holds the patient; the first one is that of all training patients."""
    bands: list[Mapping[str, Any]] = stored["bands"]
    fitting = [band for band in bands if _holds(band, record)]
    return max(fitting, key=lambda band: ((band["sex"] is not None) + (band["ages"] is not None), band["patients"]))


def quantiles(stored: Mapping[str, Any], name: str) -> tuple[tuple[float, float], ...]:
    """Return (level, value) of a numeric feature among all training patients; empty where too few were measured."""
    entry = stored["bands"][0]["features"].get(name, {})
    return tuple(zip(entry.get("levels", ()), entry.get("values", ()), strict=True))


def _holds(band: Mapping[str, Any], record: PatientRecord) -> bool:
    ages = band["ages"]
    if band["sex"] is not None and band["sex"] != record.sex:
        return False
    return ages is None or (record.age_years is not None and ages[0] <= record.age_years < ages[1])


def _standing(spec: FeatureSpec, record: PatientRecord, band: Mapping[str, Any]) -> Standing:
    value = record.value(spec.name)
    entry = band["features"].get(spec.name)
    title, shown, n = spec.title, spec.show(value), 0 if entry is None else int(entry["measured"])

    def found(words: str, percentile: float | None = None, bound: str = "", share: float | None = None) -> Standing:
        levels = () if entry is None else tuple(zip(entry.get("levels", ()), entry.get("values", ()), strict=True))
        marks = tuple((100 * level, number) for level, number in levels)
        return Standing(spec.name, title, value, percentile, bound, share, n, marks, words)

    if entry is None:
        return found(f"{title}: fewer than {SMALLEST_CELL} of these patients had it measured")
    if value is None:
        return found(f"{title}: not measured")
    if spec.kind != "numeric":
        shares = entry.get("shares")
        if shares is None:
            return found(
                f"{title} {shown}: how many had it is not stored, because a choice has fewer than {SMALLEST_CELL}"
            )
        key = str(value) if spec.kind == "choice" else str(int(float(value)))
        share = float(shares.get(key, 0.0))
        return found(f"{title} {shown}: {100 * share:.0f} % of {n} patients", share=share)
    levels, values = np.array(entry["levels"]), np.array(entry["values"])
    number = float(value)
    if number < values[0] or number > values[-1]:
        bound, level = ("below", levels[0]) if number < values[0] else ("above", levels[-1])
        percent = 100 * float(level)
        tail = percent if bound == "below" else 100 - percent
        side = "lowest" if bound == "below" else "highest"
        return found(f"{title} {shown}: among the {side} {tail:.0f} % of {n} patients", percent, bound)
    # Ties (a heap of equal values) share several levels: the middle of them is the fairest single number.
    percent = 50 * float(_level(number, levels, values, "left") + _level(number, levels, values, "right"))
    return found(f"{title} {shown}: {_ordinal(round(percent))} percentile of {n} patients", percent)


def _level(number: float, levels: np.ndarray, values: np.ndarray, side: str) -> float:
    """Return the level at which a stored quantile reaches a number: the lowest ("left") or the highest ("right") such."""
    equal = np.flatnonzero(values == number)
    if len(equal):
        return float(levels[equal[0] if side == "left" else equal[-1]])
    above = int(np.searchsorted(values, number))
    share = (number - values[above - 1]) / (values[above] - values[above - 1])
    return float(levels[above - 1] + share * (levels[above] - levels[above - 1]))


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def read_scale(value: float, floor: float) -> float:
    """Return a number as distances are counted: as a logarithm where the network reads it so. floor: 0 for no logarithm."""
    return math.log(max(value, floor)) if floor > 0 else value


def _nearest(model: RiskModel, record: PatientRecord, stored: Mapping[str, Any]) -> NearestGroup | None:
    groups, scale = stored["groups"], stored["scale"]
    if not groups:
        return None
    row = {spec.name: encoded_value(spec, record.value(spec.name)) for spec in model.specs}
    known = {name: value for name, value in row.items() if value is not None}
    if not known:
        return None
    kinds = {spec.name: spec for spec in model.specs}
    distances = [
        math.sqrt(
            sum(_apart(kinds[n], value, group["centre"].get(n), scale[n]) for n, value in known.items()) / len(known)
        )
        for group in groups
    ]
    best = int(np.argmin(distances))
    group = groups[best]
    told = tuple(group["telling"])
    events = "; ".join(
        _event_words(outcome.title, group["events"][outcome.name]) for outcome in model.definition.outcomes
    )
    marked = f" ({', '.join(told)})" if told else ""
    words = (
        f"Nearest to this patient, by {len(known)} of {len(row)} values, is a group of {group['patients']} training "
        f"patients{marked}. Of them: {events}. This is what happened to that group, not a forecast for this patient."
    )
    return NearestGroup(group["title"], int(group["patients"]), distances[best], group["events"], told, words)


def _apart(spec: FeatureSpec, value: float, centre: Any, scale: Mapping[str, float]) -> float:
    """Return the squared distance of one value from a centre, in standard deviations."""
    if centre is None:  # too few of the group had it measured: as far as any two patients are on average
        return 2.0
    if spec.kind == "choice":
        shares = {choice: float(centre.get(choice, 0.0)) for choice, _ in spec.choices}
        own = spec.choices[int(value)][0]
        return (
            sum(((choice == own) - share) ** 2 for choice, share in shares.items())
            / 2
            / max(scale["spread"] ** 2, 1e-9)
        )
    gap = (read_scale(value, scale["floor"]) - read_scale(float(centre), scale["floor"])) / max(scale["spread"], 1e-9)
    return gap * gap


def _event_words(title: str, entry: Mapping[str, Any]) -> str:
    low, high = 100 * entry["low"], 100 * entry["high"]
    if entry["share"] is None:
        return f"{title.lower()} {entry['words']} (95 % interval {low:.0f} to {high:.0f} %)"
    return f"{title.lower()} {100 * entry['share']:.0f} % (95 % interval {low:.0f} to {high:.0f} %)"
