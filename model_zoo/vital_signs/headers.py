"""Column headers of charts and exports: which quantity they mean, and in which unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from model_zoo.quantities.units import BUN, is_unit
from model_zoo.vital_signs.variables import MONITORED
from model_zoo.vital_signs.whose import is_personal

TIME, DATE, PRESSURE = "time", "date", "blood_pressure"  # columns that are no single quantity
_SYNONYMS: dict[str, tuple[str, ...]] = {
    TIME: ("time", "timestamp", "datetime", "charttime", "hour", "hours", "iculos", "elapsed"),
    DATE: ("date", "day", "chart_date"),
    PRESSURE: ("bp", "blood_pressure", "nibp", "ibp", "abp", "rr_riva_rocci"),
    "respiratory_rate_per_min": ("rr", "resp", "resp_rate", "respiration", "respirations", "respiration_rate", "resprate"),
    "spo2_percent": ("sao2", "o2sat", "o2_sat", "sats", "saturation", "oxygen_saturation", "sp_o2", "spo2_scale_1"),
    "supplemental_oxygen": ("oxygen", "o2", "air_or_oxygen", "on_oxygen", "air_oxygen", "o2_given", "supplementary_oxygen"),
    "oxygen_flow_l_min": ("o2_flow", "flow", "o2_flow_rate", "oxygen_flow_rate"),
    "fio2_fraction": ("fi_o2", "inspired_oxygen", "inspired_oxygen_fraction"),
    "systolic_pressure_mmhg": (
        "sbp", "sys", "systolic", "sys_bp", "systolic_bp", "sysabp", "nisysabp", "systolic_blood_pressure", "sap",
    ),
    "diastolic_pressure_mmhg": (
        "dbp", "dias", "diastolic", "dia_bp", "diastolic_bp", "diasabp", "nidiasabp", "diastolic_blood_pressure", "dap",
    ),
    "mean_arterial_pressure_mmhg": ("map", "mean_bp", "meanbp", "mean_pressure", "nimap", "mean_blood_pressure"),
    "heart_rate_per_min": ("hr", "pulse", "pulse_rate", "heartrate"),
    "consciousness": ("acvpu", "avpu", "loc", "level_of_consciousness", "cvpu"),
    "gcs_points": ("glasgow_coma_scale", "glasgow", "gcs_total"),
    "temperature_celsius": ("temp", "body_temperature", "t_body", "core_temperature"),
    "arterial_ph": ("ph_arterial",),
    "urine_ml_per_day": ("urine_output", "diuresis", "uo"),
    "pao2_mmhg": ("arterial_po2",),  # not "pO2", which may be venous
    "paco2_mmhg": ("arterial_pco2",),
    "bicarbonate_mmol_l": ("hco3", "bicarb"),
    "base_excess_mmol_l": ("be", "baseexcess"),
    "chloride_mmol_l": ("cl",),
    "calcium_mmol_l": ("ca", "total_calcium"),
    "magnesium_mmol_l": ("mg", "mag"),
    "phosphate_mmol_l": ("phos", "po4", "phosphorus"),
    "haematocrit_percent": ("hct", "hematocrit", "packed_cell_volume"),
    "ptt_s": ("aptt", "partial_thromboplastin_time"),
    "pao2_fio2_kpa": ("pf_ratio", "p_f", "horowitz", "horovitz"),
    "leucocytes_10e9_l": ("wbc", "white_cells", "white_blood_cells", "leukocytes"),
    "creatinine_umol_l": ("crea", "creat"),
    "urea_mmol_l": ("bun", "blood_urea_nitrogen"),
    "sodium_mmol_l": ("na",),
    "potassium_mmol_l": ("k",),
    "glucose_mmol_l": ("gluc", "blood_glucose", "blood_sugar"),
    "albumin_g_l": ("alb",),
    "bilirubin_umol_l": ("bili", "total_bilirubin", "bilirubin_total"),
    "haemoglobin_g_l": ("hb", "hgb", "hemoglobin"),
    "platelets_10e9_l": ("plt", "platelet_count"),
    "lactate_mmol_l": ("lac",),
    "crp_mg_l": ("c_reactive_protein",),
    "ldh_u_l": ("lactate_dehydrogenase",),
}  # fmt: skip
# Column names such as "time_in_hours", "offset (min)" or "t [s]": a word of time, a unit, and words that add nothing.
_TIME_UNITS = {
    word: unit
    for unit, words in {
        "ms": "ms msec msecs millisecond milliseconds",
        "s": "s sec secs second seconds",
        "min": "min mins minute minutes",
        "h": "h hr hrs hour hours std",
        "d": "d day days",
    }.items()
    for word in words.split()
}
_TIME_WORDS = frozenset(["time", "timestamp", "datetime", "charttime", "elapsed", "offset", "t"])
_UNITS_ALONE = frozenset(["ms", "milliseconds", "sec", "secs", "seconds", "mins", "minutes", "hrs", "hours", "days"])
_SINCE = frozenset(["since", "from", "after"])
_STARTS = frozenset(["admission", "icu", "hospital", "start", "begin", "onset", "stay", "arrival"])
_FILLING = frozenset((
    "in", "of", "the", "at", "relative", "rel", "chart", "charted", "measurement", "measured", "observation", "obs",
    "recorded", "date", "stamp", "zero",
))  # fmt: skip
_BRACKETS = re.compile(r"\s*[\[(]([^\])]*)[\])]\s*$")


@dataclass(frozen=True)
class Header:
    """What a column holds. name: of a quantity, or TIME, DATE, PRESSURE; ``None``: unknown or personal.

    unit: as given, of times a key of ``times.PER_HOUR`` where it is known; ``None`` where the header names none. personal: it
    may say who the patient is. guess: nearest name.
    """

    name: str | None
    unit: str | None = None
    personal: bool = False
    guess: str = ""


def read_header(text: str) -> Header:
    """Return what a column header means. A stored name carries its unit: "creatinine_mg_dl", "temperature_celsius"."""
    unit = None
    bare = text.strip()
    brackets = _BRACKETS.search(bare)
    if brackets and not is_unit(brackets[1]) and _plain(bare) in _NAMES:
        brackets = None  # brackets of a title, as in "Alanine aminotransferase (ALT)", hold no unit
    if brackets:
        bare, unit = bare[: brackets.start()], brackets[1].strip()
    elif len(words := bare.split()) > 1 and is_unit(words[-1]) and _plain(bare) not in _NAMES:
        bare, unit = " ".join(words[:-1]), words[-1]
    plain = _plain(bare)
    if plain in _STORED:
        name, own = _STORED[plain]
        return Header(name, unit or own)
    if plain in _NAMES:
        name = _NAMES[plain]
        if plain in ("bun", "blood_urea_nitrogen"):
            unit = BUN if unit is None or unit.replace(" ", "").casefold() == "mg/dl" else unit
        elif name in (TIME, DATE):
            unit = _unit_of_time(unit, "h" if plain == "iculos" else _TIME_UNITS.get(plain))
        return Header(name, unit or None)
    if _is_time(plain.split("_")):
        named = {_TIME_UNITS[word] for word in plain.split("_") if word in _TIME_UNITS}
        return Header(TIME, _unit_of_time(unit, " or ".join(sorted(named)) or None))
    if is_personal(bare):
        return Header(None, personal=True)
    near = get_close_matches(plain, [*_NAMES, *_STORED], n=1, cutoff=0.8)
    return Header(None, guess=near[0] if near else "")


def _is_time(words: list[str]) -> bool:
    """Tell whether the words of a header say that the column holds times of measurement, not the time of one event."""
    kept = [word for word in words if word not in _FILLING]
    since = bool(_SINCE & set(kept))
    kept = [word for word in kept if word not in _SINCE and not (since and word in _STARTS)]
    said = set(kept) & _TIME_WORDS or set(kept) & _UNITS_ALONE
    return bool(said) and all(word in _TIME_WORDS or word in _TIME_UNITS for word in kept)


def _unit_of_time(given: str | None, named: str | None) -> str | None:
    """Return the unit of a column of times: a key of ``times.PER_HOUR`` where it is known, else as it is given.

    given: in brackets or as the last word. named: by the words of the title.
    """
    bracketed = None if not given else _TIME_UNITS.get(given.strip(". ").casefold(), given.casefold())
    if bracketed and named and bracketed != named:
        return f"{named} or {bracketed}"
    return bracketed or named


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.casefold().replace("₂", "2")).strip("_")


# Names that say the unit, and names that do not.
_STORED = {_plain(spec.name): (spec.name, spec.si_unit) for spec in MONITORED if spec.name != spec.key} | {
    _plain(spec.us_name): (spec.name, spec.us_unit) for spec in MONITORED if spec.us_name not in ("", spec.name)
}
_NAMES = {word: name for name, words in _SYNONYMS.items() for word in words} | {
    _plain(word): spec.name for spec in MONITORED for word in (spec.key, spec.title)
}
