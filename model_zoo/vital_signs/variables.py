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
    number(
        "pao2_mmhg", "pao2", "Arterial oxygen pressure (PaO2)", LABORATORY, "mm Hg",
        normal=(75, 100), plausible=(15, 700), decimals=(0, 0),
    ),
    number(
        "paco2_mmhg", "paco2", "Arterial carbon dioxide pressure (PaCO2)", LABORATORY, "mm Hg",
        normal=(35, 45), plausible=(5, 200), decimals=(0, 0),
    ),
    number(
        "bicarbonate_mmol_l", "bicarbonate", "Bicarbonate", LABORATORY, "mmol/L", us_unit="mEq/L",
        us_name="bicarbonate_meq_l", normal=(22, 28), plausible=(2, 60),
    ),
    number(
        "base_excess_mmol_l", "base_excess", "Base excess", LABORATORY, "mmol/L", us_unit="mEq/L",
        us_name="base_excess_meq_l", normal=(-2, 3), plausible=(-40, 40),
    ),
    number(
        "chloride_mmol_l", "chloride", "Chloride", LABORATORY, "mmol/L", us_unit="mEq/L", us_name="chloride_meq_l",
        normal=(98, 107), plausible=(50, 170), decimals=(0, 0),
    ),
    # Factors from the molar masses: calcium 40.08, magnesium 24.31, phosphorus 30.97 g/mol (phosphate is given as phosphorus).
    number(
        "calcium_mmol_l", "calcium", "Calcium, total", LABORATORY, "mmol/L", us_unit="mg/dL", us_name="calcium_mg_dl",
        us_factor=4.008, normal=(2.1, 2.6), plausible=(0.25, 5.0), decimals=(2, 1),
    ),
    number(
        "magnesium_mmol_l", "magnesium", "Magnesium", LABORATORY, "mmol/L", us_unit="mg/dL", us_name="magnesium_mg_dl",
        us_factor=2.431, normal=(0.7, 1.0), plausible=(0.05, 6.1), decimals=(2, 1),
    ),
    number(
        "phosphate_mmol_l", "phosphate", "Phosphate", LABORATORY, "mmol/L", us_unit="mg/dL", us_name="phosphate_mg_dl",
        us_factor=3.097, normal=(0.8, 1.5), plausible=(0.04, 8.0), decimals=(2, 1),
    ),
    number(
        "haematocrit_percent", "haematocrit", "Haematocrit", LABORATORY, "%", normal=(36, 50), plausible=(5, 75),
        decimals=(0, 0),
    ),
    number(
        "ptt_s", "ptt", "Partial thromboplastin time (aPTT)", LABORATORY, "s", normal=(25, 37), plausible=(10, 300),
        decimals=(0, 0),
    ),
)  # fmt: skip
_FIRST = (
    "respiratory_rate_per_min", "spo2_percent", "supplemental_oxygen", "oxygen_flow_l_min", "fio2_fraction",
    "systolic_pressure_mmhg", "diastolic_pressure_mmhg", "mean_arterial_pressure_mmhg", "heart_rate_per_min",
    "consciousness", "gcs_points", "temperature_celsius", "urine_ml_per_day", "pao2_fio2_kpa", "arterial_ph",
    "lactate_mmol_l", "pao2_mmhg", "paco2_mmhg", "bicarbonate_mmol_l", "base_excess_mmol_l", "chloride_mmol_l",
    "calcium_mmol_l", "magnesium_mmol_l", "phosphate_mmol_l", "haematocrit_percent", "ptt_s",
)  # fmt: skip
_OWN = {spec.name: spec for spec in _NEW}
# Vital signs in the order of the NEWS2 chart, what the catalogue lacks, then every laboratory value of the catalogue.
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
