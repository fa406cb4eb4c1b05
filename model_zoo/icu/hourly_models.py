"""The hourly risk models that are installed, behind one interface: a series in stored units -> the columns of the network.

The intensive care models name their columns as the PhysioNet challenges did. What a series holds under another name or
unit is converted here; what a series has no word for stays not measured, see NOT_CARRIED.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from model_zoo.card import WEIGHTS_ROOT
from model_zoo.errors import DataNotFound, ZooError
from model_zoo.icu.hourly_risk import HourlyAttribution, HourlyModelCard, HourlyRisk, HourlyRiskModel
from model_zoo.patients.features import Units
from model_zoo.vital_signs.news2 import not_applicable
from model_zoo.vital_signs.series import InvalidSeries, VitalSeries
from model_zoo.vital_signs.variables import variable

if TYPE_CHECKING:
    from model_zoo.icu.risk import IcuGrid

NAMES = ("icu-sepsis", "icu-mortality")
_RISK, _ATTRIBUTION, _FORMS = (f"model_zoo.icu.{part}" for part in ("risk", "attribution", "variables"))
# Stored name -> columns, and the unit system in which they count.
COLUMNS: dict[str, tuple[tuple[str, ...], Units]] = {
    "respiratory_rate_per_min": (("RespRate", "Resp"), "SI"),
    "spo2_percent": (("O2Sat",), "SI"),
    "fio2_fraction": (("FiO2",), "SI"),
    "systolic_pressure_mmhg": (("SBP", "NISysABP"), "SI"),
    "diastolic_pressure_mmhg": (("DBP", "NIDiasABP"), "SI"),
    "mean_arterial_pressure_mmhg": (("NIMAP", "MAP"), "SI"),
    "heart_rate_per_min": (("HR",), "SI"),
    "gcs_points": (("GCS",), "SI"),
    "temperature_celsius": (("Temp",), "SI"),
    "arterial_ph": (("pH",), "SI"),
    "lactate_mmol_l": (("Lactate",), "SI"),
    "leucocytes_10e9_l": (("WBC",), "SI"),
    "creatinine_umol_l": (("Creatinine",), "US"),
    "urea_mmol_l": (("BUN",), "US"),
    "sodium_mmol_l": (("Na",), "SI"),
    "glucose_mmol_l": (("Glucose",), "US"),
    "bilirubin_umol_l": (("Bilirubin_total",), "US"),
    "haemoglobin_g_l": (("Hgb",), "US"),
    "platelets_10e9_l": (("Platelets",), "SI"),
    "potassium_mmol_l": (("K", "Potassium"), "SI"),
    "ast_u_l": (("AST",), "SI"),
    "urine_ml_per_day": (("Urine",), "SI"),
    "pao2_mmhg": (("PaO2",), "SI"),
    "paco2_mmhg": (("PaCO2",), "SI"),
    "bicarbonate_mmol_l": (("HCO3",), "SI"),
    "base_excess_mmol_l": (("BaseExcess",), "SI"),
    "chloride_mmol_l": (("Chloride",), "SI"),
    "calcium_mmol_l": (("Calcium",), "US"),
    "magnesium_mmol_l": (("Magnesium",), "US"),
    "phosphate_mmol_l": (("Phosphate",), "US"),
    "haematocrit_percent": (("HCT", "Hct"), "SI"),
    "ptt_s": (("PTT",), "SI"),
}
# Columns of which a model has two, for the same quantity taken in two ways: the first that the model has is filled.
_ONE_OF = (("NIMAP", "MAP"),)
# What the networks count in a unit of their own: the column is the stored value divided by this.
_DIVISOR = {"Urine": 24.0}  # mL of the hour, from a rate in mL per day
NOT_CARRIED = {
    "SysABP": "a series does not say that pressure was taken in an artery",
    "DiasABP": "a series does not say that pressure was taken in an artery",
    "SaO2": "saturation of a series is that of pulse oximetry, or does not say",
}
CUFF_NOTE = "How blood pressure was taken is not stated: it is read as taken with a cuff."
URINE_NOTE = "Urine is read as a rate: of what stands there for a day, each stated hour counts a 24th."
_CUFF = {"NISysABP", "NIDiasABP", "NIMAP"}
_FACTS = {"age_years": "Age"}


def hourly_models() -> tuple[tuple[HourlyRiskModel, ...], tuple[str, ...]]:
    """Return the installed models, and a sentence for each that is there but cannot be used.

    A model without weights is not installed and not spoken of.
    """
    if any(find_spec(module) is None for module in (_RISK, _ATTRIBUTION, _FORMS)):
        return (), ()
    load = import_module(_RISK).load_icu_model
    forms = import_module(_FORMS).FORMS
    found: list[HourlyRiskModel] = []
    problems = []
    for name in NAMES:
        if name not in forms:
            continue
        try:
            found.append(IcuHourlyModel(load(name)))
        except DataNotFound:
            continue
        except ZooError as error:
            problems.append(f"{error.message} {error.hint}".strip())
    return tuple(found), tuple(problems)


def risks_of_stay(
    models: Iterable[HourlyRiskModel], series: VitalSeries, age_years: float | None
) -> tuple[HourlyRisk, ...]:
    """Return the risks of a whole stay by every model that can read it; none of a child, for whom none was made.

    Parameters
    ----------
    models
        Those that are installed.
    series
        The stay.
    age_years
        Age, ``None`` where it is not stated.
    """
    if not_applicable(age_years) is not None:
        return ()
    facts = {} if age_years is None else {"age_years": age_years}
    found = []
    for model in models:
        try:
            found.append(model.risk_by_hour(series, facts))
        except ZooError:  # why it cannot stands where its risk would be drawn
            continue
    return tuple(found)


def installed_weights() -> tuple[tuple[str, int], ...]:
    """Return which models have weights, and when these were written: another answer means to load again."""
    files = [(name, WEIGHTS_ROOT / name / "model.safetensors") for name in NAMES]
    return tuple((name, path.stat().st_mtime_ns) for name, path in files if path.is_file())


@dataclass(frozen=True, eq=False)
class IcuHourlyModel:
    """An intensive care network as the page asks it. inner: what ``load_icu_model`` returned."""

    inner: Any

    @property
    def card(self) -> HourlyModelCard:
        form = self.inner.form
        return HourlyModelCard(form.name, form.title, form.horizon, form.population, tuple(form.warnings))

    def risk_by_hour(self, series: VitalSeries, facts: Mapping[str, float]) -> HourlyRisk:
        values, hours, notes = self.columns(series)
        known = self._facts(facts)
        risk = self.inner.risk_by_hour(values, hours, known)
        unknown = [fact.title for fact in self.inner.form.statics if fact.name not in known]
        if unknown:
            notes = (*notes, f"Not known of this patient, read as in the average training stay: {', '.join(unknown)}.")
        never = (
            (f"Never measured, so not known to the model: {', '.join(risk.not_measured)}.",)
            if risk.not_measured
            else ()
        )
        return HourlyRisk(
            model=risk.model,
            title=self.card.title,
            hours=np.asarray(risk.hours, np.float64),
            risk=risk.risk,
            low=risk.low,
            high=risk.high,
            threshold=risk.threshold,
            interval=str(getattr(import_module(_RISK), "INTERVAL_TITLE", "")),
            alert_hours=tuple(float(hour) for hour in risk.alerts),
            notes=(*risk.flags, *notes, *never),
        )

    def attribute(self, series: VitalSeries, facts: Mapping[str, float], hour: float) -> HourlyAttribution:
        values, hours, _ = self.columns(series)
        found = import_module(_ATTRIBUTION).attribute_risk_at(self.inner, values, hours, self._facts(facts), int(hour))
        titles = {column.name: column.title for column in self.inner.form.variables}
        return HourlyAttribution(
            model=found.model,
            hour=float(found.hour),
            risk=found.risk,
            reference_risk=found.reference_risk,
            reference=found.reference,
            hours=np.arange(len(found.values), dtype=np.float64),
            variables=tuple(titles[name] for name in found.variables),
            values=np.asarray(found.values),
            measured=np.asarray(found.measured),
            pattern=found.pattern_contribution,
            facts=float(np.sum(found.facts)),
            completeness_delta=found.completeness_delta,
        )

    def grid(self, series: VitalSeries, facts: Mapping[str, float]) -> IcuGrid:
        """Return the stay as the network reads it. Raises InvalidSeries as ``columns`` does."""
        values, hours, _ = self.columns(series)
        return self.inner.grid(values, hours, self._facts(facts))

    def columns(self, series: VitalSeries) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
        """Return values (T, V) in the columns of the network, hours (T,) from the first row, and notes.

        Raises InvalidSeries where the series holds nothing that the network reads.
        """
        names = tuple(self.inner.variables)
        values = np.full((len(series.hours), len(names)), np.nan)
        used = set()
        for stored, (columns, units) in COLUMNS.items():
            spec, measured = variable(stored), series.column(stored)
            for name in _wanted(columns, names):
                if not np.isnan(measured).all():
                    own = np.array([spec.to_units(value, units) for value in measured])
                    values[:, names.index(name)] = own / _DIVISOR.get(name, 1.0)
                    used.add(name)
        if not used:
            raise InvalidSeries(
                ["the stay holds nothing yet that this model reads"], "Give vital signs or laboratory values."
            )
        hours = series.hours - min(0.0, float(series.hours[0]))
        notes = [CUFF_NOTE] if used & _CUFF else []
        return values, hours, (*notes, *([URINE_NOTE] if "Urine" in used else []))

    def _facts(self, facts: Mapping[str, float]) -> dict[str, float]:
        return {
            _FACTS[name]: value for name, value in facts.items() if name in _FACTS and _FACTS[name] in self.inner.facts
        }


def _wanted(columns: tuple[str, ...], names: tuple[str, ...]) -> list[str]:
    """Return the columns of one quantity that a model has; of two ways of taking it, the first alone."""
    own = [name for name in columns if name in names]
    return own[:1] if columns in _ONE_OF else own
