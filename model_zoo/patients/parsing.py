"""From what a form or a file holds to a checked record: every problem is found before one error names them all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches

from model_zoo.errors import InvalidPatientRecord
from model_zoo.patients.coma import GCS_NOTE, SCORE_OF_GCS, coma_score_from_gcs
from model_zoo.patients.features import UNIT_SYSTEMS, FeatureSpec, Units, Value
from model_zoo.patients.record import PatientRecord

GCS_FIELD = "gcs"
# What a record may say beside its quantities.
RECORD_FIELDS = ("identifier", "provenance", "notes", "synthetic", "units", "schema_version")
_NOT_MEASURED = ("", "na", "n/a", "nan", "none", "null", "-", "not measured")
_TRUE, _FALSE = ("1", "1.0", "yes", "true", "y"), ("0", "0.0", "no", "false", "n")
_SHOWN = 40  # characters of a field name that are repeated in a message; values are never repeated


def parse_patient(
    mapping: Mapping[str, object], specs: Iterable[FeatureSpec], units: Units = "SI", provenance: str = ""
) -> PatientRecord:
    """Check one patient's fields and return the record in SI units.

    A field goes by the stored name of its quantity ("creatinine_umol_l", always SI), by its US name
    ("creatinine_mg_dl", always US) or by the bare quantity ("creatinine", read in ``units``). Glasgow points go by
    "gcs". Empty, None, "NA" and "not measured" mean not measured.

    Raises
    ------
    InvalidPatientRecord
        With all problems at once: unknown field, given twice, not a number, outside the plausible range (with the unit
        that would fit, if one does), unknown choice. Field names are repeated in it, values are not.
    """
    if units not in UNIT_SYSTEMS:
        raise InvalidPatientRecord([f"the unit system must be one of {', '.join(UNIT_SYSTEMS)}"])
    table = tuple(specs)
    known = _names(table, units)
    problems: list[str] = []
    values: dict[str, Value] = {}
    notes: list[str] = []
    given_as: dict[str, str] = {}
    for field, raw in mapping.items():
        name = _plain(field)
        if name in RECORD_FIELDS:
            continue
        if name not in known:
            problems.append(_unknown(field, [*known, *RECORD_FIELDS]))
            continue
        spec, system = known[name]
        if spec.name in given_as:
            problems.append(f"{spec.title} is given twice, as '{given_as[spec.name]}' and as '{name}'")
            continue
        given_as[spec.name] = name
        read = _glasgow(raw) if name == GCS_FIELD else _read(spec, raw, system)
        if isinstance(read, _Problem):
            problems.append(f"{spec.title}: {read}" if name != GCS_FIELD else f"Glasgow Coma Scale: {read}")
        else:
            values[spec.name] = read
            if name == GCS_FIELD and read is not None:
                notes.append(GCS_NOTE)
    if problems:
        raise InvalidPatientRecord(problems)
    return _record(mapping, values, notes, provenance)


def check_record(record: PatientRecord, specs: Iterable[FeatureSpec]) -> PatientRecord:
    """Return a record that was read from JSON after the same checks as a typed one; its free text is not kept."""
    mapping: dict[str, object] = {"age_years": record.age_years, "sex": record.sex, **record.values}
    checked = parse_patient(mapping, specs, "SI", "imported from JSON")
    # Free text of a file may name the patient, and the record is stored with the case: only what this program wrote stays.
    notes = tuple(note for note in record.notes if note == GCS_NOTE)
    return replace(checked, identifier=record.identifier, notes=notes, synthetic=record.synthetic)


class _Problem(str):
    """What is wrong with one value, as a half sentence."""

    __slots__ = ()


def _record(
    mapping: Mapping[str, object], values: dict[str, Value], notes: list[str], provenance: str
) -> PatientRecord:
    rest = {_plain(field): value for field, value in mapping.items() if _plain(field) in RECORD_FIELDS}
    age, sex = values.pop("age_years", None), values.pop("sex", None)
    identifier = rest.get("identifier")
    return PatientRecord(
        identifier=None if _absent(identifier) else str(identifier).strip()[:128],
        age_years=float(age) if age is not None else None,
        sex=str(sex) if sex is not None else None,
        values=values,
        provenance=provenance or str(rest.get("provenance") or "")[:200],
        notes=tuple(notes),
        synthetic=str(rest.get("synthetic", "")).strip().lower() in _TRUE,
    )


def _names(specs: tuple[FeatureSpec, ...], units: Units) -> dict[str, tuple[FeatureSpec, Units]]:
    table: dict[str, tuple[FeatureSpec, Units]] = {}
    for spec in specs:
        table[spec.key] = (spec, units)
        if spec.us_name:
            table[spec.us_name] = (spec, "US")
        table[spec.name] = (spec, "SI" if spec.name != spec.key else units)
        if spec.name == "coma_score":
            table[GCS_FIELD] = (spec, "SI")
    return table


def _plain(field: object) -> str:
    return str(field).strip().lower().replace(" ", "_").replace("-", "_")


def _absent(raw: object) -> bool:
    return raw is None or str(raw).strip().lower() in _NOT_MEASURED


def _unknown(field: object, names: Iterable[str]) -> str:
    near = get_close_matches(_plain(field), list(names), n=1, cutoff=0.6)
    guess = f"; did you mean '{near[0]}'?" if near else ""
    return f"unknown field '{''.join(c for c in str(field) if c.isprintable())[:_SHOWN]}'{guess}"


def _read(spec: FeatureSpec, raw: object, units: Units) -> Value | _Problem:
    if _absent(raw):
        return None
    if spec.kind == "numeric":
        return _number(spec, raw, units)
    text = str(raw).strip().lower()
    if spec.kind == "flag":
        if text in _TRUE or text in _FALSE:
            return 1.0 if text in _TRUE else 0.0
        return _Problem("expected yes or no")
    for value, title in spec.choices:
        if text in (value.lower(), title.lower()):
            return value
    return _Problem(f"expected one of {', '.join(value for value, _ in spec.choices)}")


def _number(spec: FeatureSpec, raw: object, units: Units) -> Value | _Problem:
    if isinstance(raw, bool):
        return _Problem("expected a number")
    try:
        given = float(str(raw).strip())
    except ValueError:
        comma = "," in str(raw)
        return _Problem("expected a number" + (", with a point and not a comma for decimals" if comma else ""))
    if not math.isfinite(given):
        return _Problem("expected a finite number")
    value = spec.from_units(given, units)
    if spec.whole and not float(value).is_integer():
        return _Problem("expected a whole number")
    if spec.plausible is None or spec.plausible[0] <= value <= spec.plausible[1]:
        return value
    low, high = (spec.show(bound, units) for bound in spec.plausible)
    return _Problem(f"outside the plausible range of {low} to {high}{_unit_hint(spec, given, units)}")


def _unit_hint(spec: FeatureSpec, given: float, units: Units) -> str:
    """Return "; looks like mg/dL" where the number would be plausible in the other unit."""
    if not spec.differs_by_unit or spec.plausible is None:
        return ""
    other: Units = "SI" if units == "US" else "US"
    fits = spec.plausible[0] <= spec.from_units(given, other) <= spec.plausible[1]
    return f"; looks like {spec.unit(other)}" if fits else ""


def _glasgow(raw: object) -> Value | _Problem:
    if _absent(raw):
        return None
    try:
        points = float(str(raw).strip())
    except ValueError:
        return _Problem("expected a whole number from 3 to 15")
    if points not in SCORE_OF_GCS:
        return _Problem("expected a whole number from 3 to 15")
    return coma_score_from_gcs(int(points))
