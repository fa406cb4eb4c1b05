"""What the ICU models read: the hourly variables and the facts known at admission, with units and reading scale.

The names of the variables are the column names of the PhysioNet challenge tables, so that a table can be read without a
dictionary; ``title`` is what a reader sees.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class IcuVariable:
    """One hourly variable.

    log_floor: above 0, the value is read as log(max(value, floor)), because it spreads over orders of magnitude.
    plausible: values outside are typing errors; the training drops them, the reader is told.
    """

    name: str
    title: str
    unit: str
    plausible: tuple[float, float]
    log_floor: float = 0.0


@dataclass(frozen=True)
class IcuStatic:
    """One fact known at admission. choices: the codes of a choice (each gets a channel), empty for a number.

    often_unknown: whether training stays lacked it often enough for the network to know stays without it.
    """

    name: str
    title: str
    unit: str
    choices: tuple[tuple[float, str], ...] = ()
    log_floor: float = 0.0
    often_unknown: bool = False


@dataclass(frozen=True)
class IcuModelForm:
    """Name, words and inputs of one hourly model. hours: the longest stay, in hours, that the training saw often enough.

    horizon: what the risk of an hour says, as a phrase.
    """

    name: str
    title: str
    horizon: str
    variables: tuple[IcuVariable, ...]
    statics: tuple[IcuStatic, ...]
    hours: int
    population: str
    warnings: tuple[str, ...]


_AGE = IcuStatic("Age", "Age", "years")
_SEX = IcuStatic("Gender", "Sex", "", ((0.0, "female"), (1.0, "male")))

MORTALITY = IcuModelForm(
    name="icu-mortality",
    title="Death in hospital, hour by hour in the first two days of intensive care",
    horizon="death before leaving the hospital",
    variables=(
        IcuVariable("HR", "Heart rate", "/min", (10, 300)),
        IcuVariable("RespRate", "Respiratory rate", "/min", (1, 100)),
        IcuVariable("SysABP", "Systolic pressure, invasive", "mmHg", (20, 300)),
        IcuVariable("DiasABP", "Diastolic pressure, invasive", "mmHg", (5, 200)),
        IcuVariable("MAP", "Mean pressure, invasive", "mmHg", (10, 250)),
        IcuVariable("NISysABP", "Systolic pressure, cuff", "mmHg", (20, 300)),
        IcuVariable("NIDiasABP", "Diastolic pressure, cuff", "mmHg", (5, 200)),
        IcuVariable("NIMAP", "Mean pressure, cuff", "mmHg", (10, 250)),
        IcuVariable("Temp", "Temperature", "°C", (25, 45)),
        IcuVariable("SaO2", "Arterial oxygen saturation", "%", (20, 100)),
        IcuVariable("FiO2", "Inspired oxygen share", "1", (0.2, 1.0)),
        IcuVariable("GCS", "Glasgow coma scale", "points", (3, 15)),
        IcuVariable("Urine", "Urine of the hour", "mL", (0, 5000), 10.0),
        IcuVariable("PaO2", "Arterial oxygen pressure", "mmHg", (15, 700), 20.0),
        IcuVariable("PaCO2", "Arterial carbon dioxide pressure", "mmHg", (5, 200), 5.0),
        IcuVariable("pH", "Arterial pH", "1", (6.5, 8.0)),
        IcuVariable("Lactate", "Lactate", "mmol/L", (0.1, 40), 0.3),
        IcuVariable("WBC", "White blood cells", "10^9/L", (0, 500), 0.3),
        IcuVariable("Creatinine", "Creatinine", "mg/dL", (0.1, 30), 0.2),
        IcuVariable("BUN", "Urea nitrogen", "mg/dL", (0, 300), 2.0),
        IcuVariable("Platelets", "Platelets", "10^9/L", (1, 3000), 5.0),
        IcuVariable("K", "Potassium", "mmol/L", (1, 15)),
        IcuVariable("Na", "Sodium", "mmol/L", (90, 200)),
        IcuVariable("Glucose", "Glucose", "mg/dL", (5, 2000), 20.0),
        IcuVariable("HCO3", "Bicarbonate", "mmol/L", (2, 60)),
        IcuVariable("HCT", "Haematocrit", "%", (5, 75)),
    ),
    statics=(
        _AGE,
        _SEX,
        IcuStatic(
            "ICUType",
            "Kind of unit",
            "",
            ((1.0, "coronary"), (2.0, "cardiac surgery"), (3.0, "medical"), (4.0, "surgical")),
        ),
    ),
    hours=48,
    population="Adults in four kinds of intensive care units of one Boston hospital, 2001 to 2008, who stayed 48 hours or more.",
    warnings=(
        "Stays shorter than 48 hours, so early deaths and quick recoveries, were left out of the training data.",
        "Which measurements were made is part of the input: a unit with other habits of measuring gets other risks.",
    ),
)

SEPSIS = IcuModelForm(
    name="icu-sepsis",
    title="Sepsis within hours, hour by hour in intensive care",
    horizon="sepsis (Sepsis-3) from 6 hours before to 3 hours after its onset",
    variables=(
        IcuVariable("HR", "Heart rate", "/min", (10, 300)),
        IcuVariable("O2Sat", "Oxygen saturation, pulse oximeter", "%", (20, 100)),
        IcuVariable("Temp", "Temperature", "°C", (25, 45)),
        IcuVariable("SBP", "Systolic pressure", "mmHg", (20, 300)),
        IcuVariable("MAP", "Mean pressure", "mmHg", (10, 250)),
        IcuVariable("DBP", "Diastolic pressure", "mmHg", (5, 200)),
        IcuVariable("Resp", "Respiratory rate", "/min", (1, 100)),
        IcuVariable("BaseExcess", "Base excess", "mmol/L", (-40, 40)),
        IcuVariable("HCO3", "Bicarbonate", "mmol/L", (2, 60)),
        IcuVariable("FiO2", "Inspired oxygen share", "1", (0.2, 1.0)),
        IcuVariable("pH", "Arterial pH", "1", (6.5, 8.0)),
        IcuVariable("PaCO2", "Arterial carbon dioxide pressure", "mmHg", (5, 200), 5.0),
        IcuVariable("AST", "Aspartate aminotransferase", "IU/L", (1, 20000), 5.0),
        IcuVariable("BUN", "Urea nitrogen", "mg/dL", (0, 300), 2.0),
        IcuVariable("Calcium", "Calcium", "mg/dL", (1, 20)),
        IcuVariable("Chloride", "Chloride", "mmol/L", (50, 170)),
        IcuVariable("Creatinine", "Creatinine", "mg/dL", (0.1, 60), 0.2),
        IcuVariable("Glucose", "Glucose", "mg/dL", (5, 2000), 20.0),
        IcuVariable("Lactate", "Lactate", "mmol/L", (0.1, 40), 0.3),
        IcuVariable("Magnesium", "Magnesium", "mg/dL", (0.1, 15)),
        IcuVariable("Phosphate", "Phosphate", "mg/dL", (0.1, 25)),
        IcuVariable("Potassium", "Potassium", "mmol/L", (1, 15)),
        IcuVariable("Bilirubin_total", "Bilirubin, total", "mg/dL", (0.05, 80), 0.1),
        IcuVariable("Hct", "Haematocrit", "%", (5, 75)),
        IcuVariable("Hgb", "Haemoglobin", "g/dL", (2, 25)),
        IcuVariable("PTT", "Partial thromboplastin time", "s", (10, 300), 10.0),
        IcuVariable("WBC", "White blood cells", "10^9/L", (0, 500), 0.3),
        IcuVariable("Platelets", "Platelets", "10^9/L", (1, 3000), 5.0),
    ),
    statics=(
        _AGE,
        _SEX,
        IcuStatic("Unit", "Kind of unit", "", ((1.0, "medical"), (2.0, "surgical")), often_unknown=True),
        IcuStatic("HoursBefore", "Hours in hospital before the unit", "h", (), 0.5),
    ),
    hours=336,
    population="Patients of the intensive care units of one hospital system (Emory, Atlanta).",
    warnings=(
        "Tested in other hospitals, models of this data set lose much of their accuracy.",
        "Laboratory tests are ordered when infection is suspected: part of what the model sees is the suspicion itself.",
    ),
)

FORMS = {form.name: form for form in (MORTALITY, SEPSIS)}
