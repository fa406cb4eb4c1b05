"""From what a form or a file holds to a checked record: every problem is found before one error names them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches

from model_zoo.errors import SAY_DECIMAL, InvalidPatientRecord
from model_zoo.patients.coma import GCS_NOTE, SCORE_OF_GCS, coma_score_from_gcs
from model_zoo.patients.features import UNIT_SYSTEMS, FeatureSpec, Units, Value
from model_zoo.patients.record import PatientRecord
from model_zoo.quantities.doubts import contradictions
from model_zoo.quantities.numbers import Ambiguous, Decimal, TwoReadings, Unreadable, is_absent, written_number
from model_zoo.quantities.reading import NO_UNIT, checked, names_unit, read_quantity
from model_zoo.quantities.units import fits_several

GCS_FIELD = "gcs"
# What a record may say beside its quantities.
RECORD_FIELDS = ("identifier", "provenance", "notes", "synthetic", "units", "schema_version")
_TRUE, _FALSE = ("1", "1.0", "yes", "true", "y"), ("0", "0.0", "no", "false", "n")
_SHOWN = 40  # characters of a field name that are repeated in a message; values are never repeated


def parse_patient(
    mapping: Mapping[str, object],
    specs: Iterable[FeatureSpec],
    units: Units = "SI",
    provenance: str = "",
    comma: bool = False,
    units_stated: bool = True,
    decimal: Decimal | None = None,
) -> PatientRecord:
    """Check one patient's fields and return the record in SI units.

    A field goes by the stored name of its quantity ("creatinine_umol_l", always SI), by its US name
    ("creatinine_mg_dl", always US) or by the bare quantity ("creatinine", read in ``units``). Glasgow points go by
    "gcs". Empty, None, "NA" and "not measured" mean not measured. A unit behind a number counts.

    Parameters
    ----------
    mapping
        Fields as typed or read, by name.
    specs
        The quantities that are known.
    units
        In which a bare quantity is meant: "SI" or "US".
    provenance
        Where it comes from, in words.
    comma, decimal
        See ``written_number``.
    units_stated
        False where nobody said in which units bare quantities are meant: those whose number depends on it are then named in
        ``notes``.

    Raises
    ------
    InvalidPatientRecord
        With all problems at once: unknown field, given twice, not a number, outside the plausible range (with the unit
        that would fit, if one does), unknown choice, values that contradict each other. Field names are repeated in it, values
        are not.
    """
    if units not in UNIT_SYSTEMS:
        raise InvalidPatientRecord([f"the unit system must be one of {', '.join(UNIT_SYSTEMS)}"])
    table = tuple(specs)
    known = _names(table, units)
    problems: list[str] = []
    by_field: dict[str, str] = {}
    asked: dict[str, TwoReadings] = {}
    values: dict[str, Value] = {}
    notes: list[str] = []
    given_as: dict[str, str] = {}
    unnamed: list[FeatureSpec] = []
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
        bare = name == spec.key and spec.name != spec.key
        try:
            read = _glasgow(raw) if name == GCS_FIELD else _read(spec, raw, system, bare, comma, decimal)
        except Unreadable as error:
            problems.append(f"{spec.title}: {error}" if name != GCS_FIELD else f"Glasgow Coma Scale: {error}")
            by_field[GCS_FIELD if name == GCS_FIELD else spec.name] = str(error)
            if isinstance(error, Ambiguous):
                asked[spec.name] = replace(error.readings, about=spec.title)
            continue
        values[spec.name] = read
        if name == GCS_FIELD and read is not None:
            notes.append(GCS_NOTE)
        if bare and isinstance(read, float) and not names_unit(str(raw)) and _fits_several(spec, read, units):
            unnamed.append(spec)
    at_odds = contradictions(_numbers(values))
    problems += [f"{reason}; correct or clear them" for reason in at_odds.values()]
    if problems:
        by_field |= {name: reason for pair, reason in at_odds.items() for name in pair}
        if len(asked) == len(problems):
            raise InvalidPatientRecord(problems, SAY_DECIMAL, by_field, asked)
        raise InvalidPatientRecord(problems, by_field=by_field, asked=asked)
    if unnamed and not units_stated:
        notes.append(NO_UNIT + ", ".join(f"{spec.title} ({spec.unit(units)})" for spec in unnamed) + ".")
    return _record(mapping, values, notes, provenance)


def check_record(record: PatientRecord, specs: Iterable[FeatureSpec], decimal: Decimal | None = None) -> PatientRecord:
    """Return a record that was read from JSON after the same checks as a typed one; its free text is not kept.

    Parameters
    ----------
    record
        The patient.
    specs
        The quantities that are known.
    decimal
        The mark known to stand before decimals.
    """
    mapping: dict[str, object] = {"age_years": record.age_years, "sex": record.sex, **record.values}
    again = parse_patient(mapping, specs, "SI", "imported from JSON", comma=True, decimal=decimal)
    # Free text of a file may name the patient, and the record is stored with the case: only what this program wrote stays.
    notes = tuple(note for note in record.notes if note == GCS_NOTE)
    return replace(again, identifier=record.identifier, notes=notes, synthetic=record.synthetic)


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
    return raw is None or is_absent(str(raw))


def _numbers(values: Mapping[str, Value]) -> dict[str, float | None]:
    return {name: value for name, value in values.items() if not isinstance(value, str)}


def _unknown(field: object, names: Iterable[str]) -> str:
    near = get_close_matches(_plain(field), list(names), n=1, cutoff=0.6)
    guess = f"; did you mean '{near[0]}'?" if near else ""
    return f"unknown field '{''.join(c for c in str(field) if c.isprintable())[:_SHOWN]}'{guess}"


def _read(spec: FeatureSpec, raw: object, units: Units, bare: bool, comma: bool, decimal: Decimal | None) -> Value:
    """Return one value. bare: its field names no unit. Raises Unreadable."""
    if _absent(raw):
        return None
    if spec.kind == "numeric":
        return _number(spec, raw, units, bare, comma, decimal)
    text = str(raw).strip().lower()
    if spec.kind == "flag":
        if text in _TRUE or text in _FALSE:
            return 1.0 if text in _TRUE else 0.0
        raise Unreadable("expected yes or no")
    for value, title in spec.choices:
        if text in (value.lower(), title.lower()):
            return value
    raise Unreadable(f"expected one of {', '.join(value for value, _ in spec.choices)}")


def _number(spec: FeatureSpec, raw: object, units: Units, bare: bool, comma: bool, decimal: Decimal | None) -> float:
    if isinstance(raw, bool):
        raise Unreadable("expected a number")
    unit = None if bare or not spec.unit(units) else spec.unit(units)
    if isinstance(raw, int | float):  # of JSON: written by a program, so that nothing about it is doubtful
        return checked(spec, float(raw), unit, units)
    return read_quantity(spec, str(raw), unit, units, comma, decimal)


def _fits_several(spec: FeatureSpec, stored: float, units: Units) -> bool:
    return spec.kind == "numeric" and fits_several(spec, spec.to_units(stored, units), units)


def _glasgow(raw: object) -> Value:
    if _absent(raw):
        return None
    try:
        points = written_number(str(raw)).value
    except Unreadable as error:
        raise Unreadable("expected a whole number from 3 to 15") from error
    if isinstance(raw, bool) or points not in SCORE_OF_GCS:
        raise Unreadable("expected a whole number from 3 to 15")
    return coma_score_from_gcs(int(points))
