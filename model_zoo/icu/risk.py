"""An hourly ICU model and what it says about one stay: a grid of measurements -> a risk for every hour.

Nothing is filled in: a cell that was not measured is NaN and stays so. A value outside the plausible range counts as not
measured, one outside the training range is read as the end of that range; both are said in ``flags``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from model_zoo.artefact import WEIGHTS_FILE, WeightsCard, read_card_json, read_tensors
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.errors import CardInvalid, InvalidPatientRecord, UnknownName
from model_zoo.finite import finite
from model_zoo.icu.alerts import alert_hours
from model_zoo.icu.network import IcuNetwork
from model_zoo.icu.variables import FORMS, IcuModelForm
from model_zoo.stored import Rising, Share, Title

if TYPE_CHECKING:
    from model_zoo.icu.attribution import IcuAttribution

INTERVAL_TITLE = (
    "lowest to highest of the members of the ensemble: how far the model itself is unsure, not the patient's fate"
)
_CLOCK_SCALE = 4.0  # log(1 + 48 h) is about 4


@dataclass(frozen=True)
class _Alert:
    value: Share


@dataclass(frozen=True)
class _Thresholds:
    alert: _Alert


@dataclass(frozen=True)
class _Calibration:
    slope: float
    slope_by_clock: float
    intercept: float
    intercept_by_clock: float


@dataclass(frozen=True)
class _Variable:
    name: Title
    training_range: Rising


@dataclass(frozen=True)
class _ReferenceRisk:
    description: Title
    by_hour: tuple[Share, ...]


@dataclass(frozen=True)
class _Card(WeightsCard):
    name: Title
    title: Title
    task: Title
    version: Title
    population: str
    warnings: tuple[str, ...]
    variables: tuple[_Variable, ...]
    facts: tuple[Mapping[str, Any], ...]
    calibration: _Calibration
    thresholds: _Thresholds
    reference_risk: _ReferenceRisk
    metrics: Mapping[str, Any]
    data: Any
    training: Mapping[str, Any]
    split_rule: str


@dataclass(frozen=True)
class OutsideValue:
    """A value that the model does not read as it stands. read_as: None where it counts as not measured."""

    variable: str
    hour: int
    value: float
    read_as: float | None


@dataclass(frozen=True, eq=False)
class IcuRisk:
    """The risks of one stay. hours: int (H,), 0 is the first hour of the stay; risk, low, high: (H,) probabilities.

    low, high: INTERVAL_TITLE. threshold: of the card. alerts: hours at which an alert is raised. not_measured: titles of
    variables without any value. outside: values that are not read as they stand; flags: the same and more, as sentences.
    """

    model: str
    weights_sha256: str
    hours: np.ndarray
    risk: np.ndarray
    low: np.ndarray
    high: np.ndarray
    threshold: float
    alerts: tuple[int, ...]
    not_measured: tuple[str, ...]
    outside: tuple[OutsideValue, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class IcuGrid:
    """One stay as the network reads it: values float64 (H, V), NaN: not measured; facts float64 (S,), NaN: not known."""

    values: np.ndarray
    facts: np.ndarray
    outside: tuple[OutsideValue, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class IcuRiskModel:
    """A form with its card and its checked weights. Holds no state: safe to use from several threads."""

    form: IcuModelForm
    card: Mapping[str, Any]
    network: IcuNetwork

    @property
    def name(self) -> str:
        return self.form.name

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the columns of ``values``, in their order."""
        return tuple(variable.name for variable in self.form.variables)

    @property
    def facts(self) -> tuple[str, ...]:
        """Names of the facts known at admission."""
        return tuple(fact.name for fact in self.form.statics)

    @property
    def threshold(self) -> float:
        return float(self.card["thresholds"]["alert"]["value"])

    def risk_by_hour(
        self,
        values: np.ndarray,
        hours: np.ndarray | None = None,
        facts: Mapping[str, float] | None = None,
    ) -> IcuRisk:
        """Return the risk of every hour from the first of the stay to the last row.

        Parameters: values: float (T, V), columns as in ``variables``, NaN: not measured. hours: (T,) hours since the start
        of the stay, in any order, several rows of one hour count as their median; default 0, 1, 2, ... facts: by name,
        codes as in the form; what is not there is not known.
        Raises: InvalidPatientRecord with every problem of shapes, hours and facts.
        """
        grid = self.grid(values, hours, facts)
        measured, channels, known, fact_channels = self.encoded(grid.values[None], grid.facts[None])
        with torch.no_grad():
            members = self.network.member_logits(channels, measured, fact_channels, known)
            risk = self.calibrated(members.mean(dim=0))[0].numpy()
            each = self.calibrated(members)[:, 0].numpy()
        never = np.isnan(grid.values).all(axis=0)
        return IcuRisk(
            model=self.name,
            weights_sha256=str(self.card["weights_sha256"]),
            hours=np.arange(len(risk)),
            risk=risk,
            low=np.minimum(each.min(axis=0), risk),
            high=np.maximum(each.max(axis=0), risk),
            threshold=self.threshold,
            alerts=tuple(int(hour) for hour in alert_hours(risk >= self.threshold)),
            not_measured=tuple(v.title for v, absent in zip(self.form.variables, never, strict=True) if absent),
            outside=grid.outside,
            flags=grid.flags,
        )

    def attribute(
        self,
        values: np.ndarray,
        hours: np.ndarray | None = None,
        facts: Mapping[str, float] | None = None,
        at_hour: int | None = None,
    ) -> IcuAttribution:
        """Share the risk of one hour (default: the last) out over the cells up to it: see ``attribute_risk_at``."""
        from model_zoo.icu.attribution import attribute_risk_at  # it imports this module

        return attribute_risk_at(self, values, hours, facts, at_hour)

    def risks(self, values: np.ndarray, facts: np.ndarray | None = None) -> np.ndarray:
        """Return the risks (N, T) of N stays on a common grid of hours. values: (N, T, V), NaN; facts: (N, S), NaN.

        For many patients at once; without flags, and values outside the training range are read as its end.
        """
        given = np.full((len(values), len(self.facts)), np.nan) if facts is None else facts
        measured, channels, known, fact_channels = self.encoded(values, given)
        with torch.no_grad():
            logits = self.network.member_logits(channels, measured, fact_channels, known).mean(dim=0)
            return np.asarray(self.calibrated(logits))

    def encoded(
        self, values: np.ndarray, facts: np.ndarray
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return mask (N, T, V), channels (N, T, D), known (N, S) and fact channels (N, C), float64.

        A fact that is not known is read as that of the average training stay. Where nearly every training stay had it, it
        also counts as known: a stay without it is none that the network has ever seen, and its risk came out at a multiple.
        """
        x, s = torch.from_numpy(np.asarray(values, np.float64)), torch.from_numpy(np.asarray(facts, np.float64))
        measured, given = (~x.isnan()).double(), (~s.isnan()).double()
        always = torch.tensor([not fact.often_unknown for fact in self.form.statics], dtype=torch.float64)
        return (
            measured,
            self.network.channels(x.nan_to_num(), measured),
            torch.maximum(given, always),
            self.network.fact_channels(s.nan_to_num(), given),
        )

    def calibrated(self, logits: torch.Tensor) -> torch.Tensor:
        """Return probabilities (..., T) of logits (..., T), hours from 0: Platt scaling whose two numbers change with the hour."""
        scaling = self.card["calibration"]
        clock = torch.log1p(torch.arange(logits.shape[-1], dtype=logits.dtype)) / _CLOCK_SCALE
        slope = scaling["slope"] + scaling["slope_by_clock"] * clock
        moved = slope * logits + scaling["intercept"] + scaling["intercept_by_clock"] * clock
        return finite(torch.sigmoid(moved), "The risk model")

    def grid(
        self, values: np.ndarray, hours: np.ndarray | None = None, facts: Mapping[str, float] | None = None
    ) -> IcuGrid:
        """Return the stay as the network reads it, with every value that it does not read as it stands."""
        rows = np.asarray(values, dtype=np.float64)
        at = np.arange(len(rows)) if hours is None else np.asarray(hours, dtype=np.float64)
        problems = self._problems(rows, at, facts or {})
        if problems:
            raise InvalidPatientRecord(problems, "Correct the rows named above.")
        place = np.floor(at).astype(int)
        flags = []
        if place.max() >= self.form.hours:
            flags.append(f"The model speaks of the first {self.form.hours} hours of a stay; later rows are not read.")
        laid = np.full((min(int(place.max()) + 1, self.form.hours), len(self.form.variables)), np.nan)
        for hour in range(len(laid)):
            laid[hour] = _medians(rows[place == hour])
        outside = self._outside(laid)
        for found in outside:
            if found.read_as is None:
                laid[found.hour, self.variables.index(found.variable)] = np.nan
        known = np.array([(facts or {}).get(name, np.nan) for name in self.facts], dtype=np.float64)
        return IcuGrid(laid, known, outside, (*flags, *self._sentences(outside)))

    def _problems(self, rows: np.ndarray, at: np.ndarray, facts: Mapping[str, float]) -> list[str]:
        problems = []
        if rows.ndim != 2 or rows.shape[0] == 0 or rows.shape[1] != len(self.form.variables):
            problems.append(f"expected rows of {len(self.form.variables)} variables, at least one, got {rows.shape}")
        if at.shape != rows.shape[:1]:
            problems.append(f"{at.size} hours for {len(rows)} rows")
        elif not (np.isfinite(at).all() and (at >= 0).all()):
            problems.append("hours count from the start of the stay, from 0 on")
        if np.isinf(rows).any():
            problems.append("a value is infinite; leave a cell empty where nothing was measured")
        for name, value in facts.items():
            if name not in self.facts:
                problems.append(f"'{name}' is not known to the model, it knows {', '.join(self.facts)}")
                continue
            fact = self.form.statics[self.facts.index(name)]
            if fact.choices and not np.isnan(value) and value not in [code for code, _ in fact.choices]:
                problems.append(f"{fact.title} is one of {', '.join(f'{c:g} ({w})' for c, w in fact.choices)}")
        return problems

    def _outside(self, laid: np.ndarray) -> tuple[OutsideValue, ...]:
        found = []
        for v, variable in enumerate(self.form.variables):
            low, high = self.card["variables"][v]["training_range"]
            for hour in np.flatnonzero((laid[:, v] < low) | (laid[:, v] > high)):
                value = float(laid[hour, v])
                plausible = variable.plausible[0] <= value <= variable.plausible[1]
                read_as = float(np.clip(value, low, high)) if plausible else None
                found.append(OutsideValue(variable.name, int(hour), value, read_as))
        return tuple(found)

    def _sentences(self, outside: tuple[OutsideValue, ...]) -> list[str]:
        sentences = []
        for variable in self.form.variables:
            own = [found for found in outside if found.variable == variable.name]
            ends = sorted({found.read_as for found in own if found.read_as is not None})
            if ends:
                hours = sum(found.read_as is not None for found in own)
                unit = "" if variable.unit == "1" else f" {variable.unit}"
                words = " or ".join(f"{end:g}{unit}" for end in ends)
                sentences.append(
                    f"{variable.title} lies outside the training patients in {_counted(hours)}; the model reads it as {words}."
                )
            slips = sum(found.read_as is None for found in own)
            if slips:
                sentences.append(f"{variable.title} is not plausible in {_counted(slips)} and counts as not measured.")
        return sentences


@cache
def load_icu_model(name: str, folder: Path | None = None) -> IcuRiskModel:
    """Read card and weights of "icu-mortality" or "icu-sepsis".

    Raises UnknownName, DataNotFound, CardInvalid, or WeightsMismatch when card and weights differ.
    """
    if name not in FORMS:
        raise UnknownName("ICU model", name, FORMS)
    form, folder = FORMS[name], folder or WEIGHTS_ROOT / name
    card = read_card_json(folder, _Card)
    if [entry["name"] for entry in card["variables"]] != [variable.name for variable in form.variables]:
        raise CardInvalid(f"The card of '{name}' lists other variables than the model.", "Train again.")
    state = read_tensors(folder / WEIGHTS_FILE, card["weights_sha256"])
    return IcuRiskModel(form, card, IcuNetwork.from_state(state))


def _medians(rows: np.ndarray) -> np.ndarray:
    """Return the median of what was measured per column, NaN where nothing was."""
    if len(rows) == 1:
        return np.asarray(rows[0])
    return np.array([np.median(seen) if (seen := column[~np.isnan(column)]).size else np.nan for column in rows.T])


def _counted(hours: int) -> str:
    return "one hour" if hours == 1 else f"{hours} hours"
