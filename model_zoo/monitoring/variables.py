"""The quantities of a series: those of the patient catalogue that are measured again and again, and the vital signs it lacks.

A series holds numbers alone: a flag is 1.0 or 0.0, a choice the index into ``choices``.
"""

from __future__ import annotations

from model_zoo.errors import UnknownName
from model_zoo.patients.catalogue import CATALOGUE, feature
from model_zoo.patients.declaring import LABORATORY, VITALS, choice, flag, number
from model_zoo.patients.features import FeatureSpec

# As on the NEWS2 chart; the position in this tuple is the number that a series holds.
ACVPU = (
    ("A", "alert"),
    ("C", "new confusion"),
    ("V", "responds to voice"),
    ("P", "responds to pain"),
    ("U", "unresponsive"),
)
_NEW: tuple[FeatureSpec, ...] = (
    number(
        "spo2_percent", "spo2", "Oxygen saturation (SpO2)", VITALS, "%",
        normal=(96, 100), plausible=(30, 100), decimals=(0, 0), help="By pulse oximetry, or of arterial blood.",
    ),
    flag("supplemental_oxygen", "Supplemental oxygen", "Whether oxygen is given beside room air.", VITALS),
    number(
        "oxygen_flow_l_min", "oxygen_flow", "Oxygen flow", VITALS, "L/min",
        plausible=(0, 100), help="Flow of the oxygen that is given; 0 in room air.",
    ),
    number(
        "fio2_fraction", "fio2", "Inspired oxygen fraction (FiO2)", VITALS, "",
        normal=(0.21, 0.21), plausible=(0.2, 1.0), decimals=(2, 2), help="0.21 in room air.",
    ),
    number(
        "diastolic_pressure_mmhg", "diastolic_pressure", "Diastolic blood pressure", VITALS, "mm Hg",
        normal=(60, 90), plausible=(5, 200), decimals=(0, 0),
    ),
    number(
        "gcs_points", "gcs", "Glasgow Coma Scale", VITALS, "",
        normal=(15, 15), plausible=(3, 15), whole=True, decimals=(0, 0),
    ),
    choice("consciousness", "Consciousness (ACVPU)", VITALS, "As on the NEWS2 chart.", ACVPU),
    number("lactate_mmol_l", "lactate", "Lactate", LABORATORY, "mmol/L", normal=(0.5, 2.0), plausible=(0.1, 40)),
)  # fmt: skip
_FIRST = (
    "respiratory_rate_per_min", "spo2_percent", "supplemental_oxygen", "oxygen_flow_l_min", "fio2_fraction",
    "systolic_pressure_mmhg", "diastolic_pressure_mmhg", "mean_arterial_pressure_mmhg", "heart_rate_per_min",
    "consciousness", "gcs_points", "temperature_celsius", "urine_ml_per_day", "pao2_fio2_kpa", "arterial_ph",
    "lactate_mmol_l",
)  # fmt: skip
_OWN = {spec.name: spec for spec in _NEW}
# Vital signs in the order of the NEWS2 chart, then every laboratory value of the catalogue.
MONITORED: tuple[FeatureSpec, ...] = (
    *(_OWN.get(name) or feature(name) for name in _FIRST),
    *(spec for spec in CATALOGUE if spec.group == LABORATORY and spec.kind == "numeric"),
)
_BY_NAME = {spec.name: spec for spec in MONITORED}


def variable(name: str) -> FeatureSpec:
    """Return the quantity with this stored name. Raises UnknownName."""
    if name not in _BY_NAME:
        raise UnknownName("quantity of a series", name, _BY_NAME)
    return _BY_NAME[name]
