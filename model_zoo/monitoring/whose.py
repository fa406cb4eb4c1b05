"""Whose values a table holds: columns that name patient or stay are compared with each other's rows, and then left out.

A file of two patients, or of two stays of one, is refused: read as one series, the rows of both would alternate.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence

from model_zoo.quantities.numbers import Unreadable, is_absent, written_number

# Left out with a note: who the patient is has no place in a series, and a remark may say it.
PERSONAL = (
    "name", "patient", "patient_name", "surname", "first_name", "patient_id", "id", "mrn", "nhs_number", "hospital_number",
    "record_id", "case_id", "date_of_birth", "dob", "birth_date", "address", "ward", "bed", "nurse", "initials", "user",
    "signature", "comment", "comments", "remark", "remarks", "note", "notes", "sex", "gender", "age",
)  # fmt: skip
_PATIENT, _STAY = "patient", "stay"
_WORDS = {
    _PATIENT: (
        "patient", "pat", "patientid", "patid", "pid", "id", "mrn", "nhs", "ssn", "record", "case", "subject",
        "subjectid", "person", "personid", "participant", "name", "vorname", "nachname", "surname", "forename",
        "firstname", "lastname", "birth", "birthdate", "dob", "dateofbirth", "geburtsdatum", "fallnummer",
        "patientenid", "patientnumber", "patientname", "patientennummer", "fallnr", "hospital_number", "hospital_no",
    ),
    _STAY: (
        "stay", "stayid", "icustay", "icustayid", "encounter", "encounterid", "admission", "admissionid", "hadm", "hadmid", "visit",
        "visitid", "visitnumber", "episode", "episodeid", "csn", "patientunitstayid",
    ),
}  # fmt: skip
# A number of the row, the device, the person at the bedside or the place: it may differ from row to row of one patient.
_OTHER = frozenset((
    "row", "line", "measurement", "measure", "order", "observation", "obs", "event", "device", "monitor", "nurse",
    "user", "staff", "doctor", "physician", "clinician", "item", "caregiver", "sample", "specimen", "test", "lab",
    "result", "entered", "recorded", "author", "signature", "by", "time", "reason", "type", "source", "ward", "unit",
    "bed", "room", "diagnosis", "provider", "operator", "comment", "remark", "note", "notes",
))  # fmt: skip
_SEX, _AGE, _AGES_APART = ("sex", "gender"), ("age", "age_years"), 1.0  # a birthday may lie within a stay
_SEXES = {"f": "f", "w": "f", "m": "m"}
ONE_STAY = "Give one stay of one patient at a time; take a column out that only numbers the rows."


def is_personal(title: str) -> bool:
    """Tell whether a column may say who the patient is, or hold remarks: it is not read."""
    words = _words(title)
    return bool(set(words) & set(PERSONAL)) or "_".join(words) in PERSONAL or names_whom(title) is not None


def names_whom(title: str) -> str | None:
    """Return "patient" or "stay" where the values of a column tell one from another; else ``None``."""
    words = _words(title)
    if set(words) & _OTHER:
        return None
    if "_".join(words) in (*_SEX, *_AGE):
        return _PATIENT
    return next((kind for kind in (_STAY, _PATIENT) if {*words, "_".join(words)} & set(_WORDS[kind])), None)


def several(
    titles: Sequence[str], rows: Sequence[Sequence[str]], read: Container[int] = ()
) -> tuple[list[str], list[str]]:
    """Return the problems of a table that holds more than one patient or stay, and the remarks on one that may.

    titles: the header. rows: the cells below, each as many as the header. read: columns that hold a quantity or the time.
    Letters' case and blanks at the ends do not count;
    punctuation and zeros do. Empty cells are read as the same patient's, with a remark.
    """
    problems, remarks = [], []
    for place, title in enumerate(titles):
        kind = None if place in read else names_whom(title)
        if kind is None:
            continue
        cells = [row[place] for row in rows]
        found = {_same(title, cell) for cell in cells if not is_absent(cell)}
        if len(found) > 1 and not (_plain(title) in _AGE and _close(found)):
            # The header is not repeated: it may itself hold a name.
            problems.append(
                f"column {place + 1} tells of more than one {kind}: it holds {len(found)} different entries"
            )
        empty = sum(map(is_absent, cells))
        if found and empty:
            remarks.append(f"{empty} row(s) name no {kind} in column {place + 1}; they were read as the same {kind}'s.")
    return problems, remarks


def _words(title: str) -> list[str]:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", title)
    return re.sub(r"[^a-z0-9]+", " ", apart.casefold()).split()


def _plain(title: str) -> str:
    return "_".join(_words(title))


def _same(title: str, cell: str) -> str:
    """Return what is compared of a cell."""
    plain = " ".join(unicodedata.normalize("NFKC", cell).split()).casefold()
    return _SEXES.get(plain[:1], plain) if _plain(title) in _SEX else plain


def _close(ages: set[str]) -> bool:
    try:
        numbers = [written_number(age, comma=True).value for age in ages]
    except Unreadable:
        return False
    return max(numbers) - min(numbers) <= _AGES_APART
