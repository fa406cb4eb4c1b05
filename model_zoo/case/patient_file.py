"""A patient record from the bytes of a CSV or JSON file. The content decides the form, the name is only for messages.

JSON: one object, either the stored form of ``PatientRecord.to_json`` or fields by name ({"age": 61, "sodium": 133}).
CSV: one header row and one patient row, or one "field,value" pair per row. UTF-8, comma or semicolon. A field "units"
(SI or US) says how bare quantities are meant; without it they are SI, and said so where the number depends on it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

from model_zoo.case.other_files import other_file
from model_zoo.errors import InvalidPatientRecord
from model_zoo.patients.features import UNIT_SYSTEMS, FeatureSpec, Units
from model_zoo.patients.parsing import RECORD_FIELDS, check_record, parse_patient
from model_zoo.patients.record import PatientRecord
from model_zoo.quantities.numbers import Decimal, Unreadable, written_number
from model_zoo.quantities.reading import decimal_of

MAX_BYTES = 64 * 1024  # a record of all quantities takes 2 kB; more is another kind of file
MAX_FIELDS = 200
_MAX_CELL = 500  # characters
_HINT = "Expected one patient as CSV (header and one row, or field,value rows) or as JSON."


def read_patient_file(
    data: bytes, name: str = "", specs: Iterable[FeatureSpec] | None = None, decimal: Decimal | None = None
) -> PatientRecord:
    """Return the checked record that a file holds.

    Parameters
    ----------
    data
        At most 64 kB.
    name
        The file's name; only its ending tells JSON from CSV where the content does not.
    specs
        The known quantities; by default those of all registered risk models.
    decimal
        The mark before decimals, as the reader stated it; by default as other numbers of the file show it.

    Raises
    ------
    InvalidPatientRecord
        For a file that is too large, not UTF-8, not one patient, or has invalid fields; its ``asked`` holds the numbers
        that ``decimal`` would settle. Of them VitalSignsGiven for one that holds a stay.
    """
    try:
        return _read(data, name, specs, decimal)
    except InvalidPatientRecord as error:
        other = None if error.asked else other_file(data)
        if other is None:
            raise
        raise other from error


def _read(data: bytes, name: str, specs: Iterable[FeatureSpec] | None, decimal: Decimal | None) -> PatientRecord:
    if specs is None:
        from model_zoo.patients.risk_models import all_specs  # on demand: the registry imports the networks

        specs = all_specs()
    table = tuple(specs)
    text = _text(data)
    if text.lstrip().startswith(("{", "[")) or name.lower().endswith(".json"):
        return _from_json(text, table, decimal)
    fields, comma = _from_csv(text)
    return _parsed(fields, table, "imported from CSV", comma, decimal)


def template_csv(specs: Iterable[FeatureSpec]) -> bytes:
    """Return a CSV with one "field,value" row per quantity, SI names, nothing filled in: ``read_patient_file`` reads it back."""
    return "".join(["field,value\n", *(f"{spec.name},\n" for spec in specs)]).encode()


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise InvalidPatientRecord([f"the file is larger than {MAX_BYTES // 1024} kB"], _HINT)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise InvalidPatientRecord(["the file is not UTF-8 text"], f"Save it as UTF-8. {_HINT}") from e
    if not text.strip():
        raise InvalidPatientRecord(["the file is empty"], _HINT)
    if "\x00" in text:
        raise InvalidPatientRecord(["the file is not text"], _HINT)
    return text


def _from_json(text: str, specs: tuple[FeatureSpec, ...], decimal: Decimal | None) -> PatientRecord:
    try:
        content = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as e:
        raise InvalidPatientRecord(["the file is not valid JSON"], _HINT) from e
    if not isinstance(content, dict):
        raise InvalidPatientRecord(["the file holds a list, not one patient"], _HINT)
    if "values" in content:
        return check_record(PatientRecord.from_json(text), specs, decimal)
    nested = [str(key)[:40] for key, value in content.items() if isinstance(value, (dict, list))]
    if nested:
        raise InvalidPatientRecord([f"'{key}' holds more than one value" for key in nested], _HINT)
    if len(content) > MAX_FIELDS:
        raise InvalidPatientRecord([f"the file has more than {MAX_FIELDS} fields"], _HINT)
    return _parsed(content, specs, "imported from JSON", True, decimal)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    _refuse_duplicates([key for key, _ in pairs])
    return dict(pairs)


def _parsed(
    fields: dict[str, object], specs: tuple[FeatureSpec, ...], provenance: str, comma: bool, decimal: Decimal | None
) -> PatientRecord:
    units = _units(fields)
    if decimal is None and comma:
        decimal = decimal_of(
            value for name, value in fields.items() if isinstance(value, str) and name not in RECORD_FIELDS
        )
    return parse_patient(fields, specs, units or "SI", provenance, comma, units is not None, decimal)


def _from_csv(text: str) -> tuple[dict[str, object], bool]:
    """Return the fields, and whether a comma inside a cell can be a decimal mark."""
    first = text.lstrip().splitlines()[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        rows = [
            row for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True) if any(map(str.strip, row))
        ]
    except csv.Error as e:
        raise InvalidPatientRecord(["the file is not a readable CSV table"], _HINT) from e
    if len(rows) > MAX_FIELDS or max(map(len, rows)) > MAX_FIELDS:
        raise InvalidPatientRecord([f"the file has more than {MAX_FIELDS} rows or columns"], _HINT)
    if any(len(cell) > _MAX_CELL for row in rows for cell in row):
        raise InvalidPatientRecord([f"a cell is longer than {_MAX_CELL} characters"], _HINT)
    if all(len(row) == 2 for row in rows) and not _is_two_column_table(rows):
        pairs = (
            rows[1:] if [cell.strip().lower() for cell in rows[0]] in (["field", "value"], ["key", "value"]) else rows
        )
    elif len(rows) == 2 and len(rows[0]) == len(rows[1]):
        pairs = [list(pair) for pair in zip(rows[0], rows[1], strict=True)]
    else:
        raise InvalidPatientRecord(
            [f"the table has {max(0, len(rows) - 1)} rows below its header, not one patient"], _HINT
        )
    _refuse_duplicates([pair[0] for pair in pairs])
    return {pair[0]: pair[1] for pair in pairs}, delimiter != ","


def _is_two_column_table(rows: list[list[str]]) -> bool:
    """Tell "age,sex / 61,F" from "age,61 / sex,F": in the first, nothing in the header is a number and row two starts with one."""
    return len(rows) == 2 and not _numeric(rows[0][1]) and _numeric(rows[1][0])


def _numeric(cell: str) -> bool:
    try:
        written_number(cell, comma=True)
    except Unreadable:
        return False
    return True


def _refuse_duplicates(names: list[str]) -> None:
    plain = [name.strip().lower() for name in names]
    twice = sorted({name[:40] for name in plain if plain.count(name) > 1})
    if twice:
        raise InvalidPatientRecord([f"the field '{name}' stands twice" for name in twice], "Keep one of each.")


def _units(fields: dict[str, object]) -> Units | None:
    given = next((value for key, value in fields.items() if key.strip().lower() == "units"), None)
    if given is None:
        return None
    text = str(given).strip().upper()
    if text not in UNIT_SYSTEMS:
        raise InvalidPatientRecord([f"'units' must be one of {', '.join(UNIT_SYSTEMS)}"])
    return text
