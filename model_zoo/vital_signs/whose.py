"""Whose values a table holds: columns that name patient or stay are compared with each other's rows, and then left out.

A file of two patients, or of two stays of one, is refused: read as one series, the rows of both would alternate.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from datetime import datetime

from model_zoo.quantities.numbers import is_absent
from model_zoo.vital_signs.ages import age_at, is_age, is_birth, same_ages, stated_age

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
        "patienten", "patientin", "patientname", "subj", "usubj", "uniquep", "uniquepid", "medicalrecord", "fullname",
        "hospital_number", "hospital_no", "identifier", "identifikation", "uhid", "urn", "nhi", "ihi", "nhc", "ipp", "dni",
        "bsn", "pesel", "personnummer", "paciente", "paziente", "nom", "prenom", "cognome", "apellido", "bewohner", "chi",
        "geb", "yob", "d_o_b", "y_o_b", "unit_no", "unit_number",
    ),
    _STAY: (
        "stay", "stayid", "icustay", "icustayid", "encounter", "encounterid", "admission", "admissionid", "hadm", "hadmid", "visit",
        "visitoccurrence", "episode", "csn", "patientunitstay", "patientunitstayid", "spell", "sejour", "enc", "encntr",
        "admittime", "intime", "admission_time", "admission_datetime", "admission_date_time", "admit_time", "time_of_admission",
        "fallid", "fallnr", "fallno", "aufnahmenummer", "aufnahmenr",
    ),
}  # fmt: skip
# A number of the row, the device, the person at the bedside or the place: it may differ from row to row of one patient.
_OTHER = frozenset((
    "row", "line", "measurement", "measure", "order", "observation", "obs", "event", "device", "monitor", "nurse",
    "user", "staff", "doctor", "physician", "clinician", "item", "caregiver", "sample", "specimen", "test", "lab",
    "result", "entered", "recorded", "author", "signature", "by", "time", "reason", "type", "source", "ward", "unit",
    "bed", "room", "diagnosis", "provider", "operator", "comment", "remark", "note", "notes", "seq", "sequence", "index",
    "serial", "entry", "batch", "set", "panel", "page", "day", "hour", "parameter", "param", "concept", "drug", "medication",
    "infusion", "procedure", "message", "document", "form", "version", "ventilator", "probe", "beat", "marker", "lead",
    "channel", "segment", "frame", "epoch", "window",
))  # fmt: skip
# A header that ends so tells one from another, whatever stands before it.
_NUMBERS = ("identifier", "number", "nummer", "num", "nbr", "key", "id", "ids", "nr", "no")
_SEX = frozenset(("sex", "gender", "geschlecht"))
_SEXES = {"f": "f", "w": "f", "m": "m"}
ONE_STAY = "Give one stay of one patient at a time; take a column out that only numbers the rows."


def is_personal(title: str) -> bool:
    """Tell whether a column may say who the patient is, or hold remarks: it is not read."""
    words = _words(title)
    return bool(set(words) & set(PERSONAL)) or "_".join(words) in PERSONAL or names_whom(title) is not None


def names_whom(title: str) -> str | None:
    """Return "patient" or "stay" where the values of a column tell one from another; else ``None``."""
    words = _words(title)
    whole = "_".join(words)
    if set(words) & _OTHER and not any(whole in known for known in _WORDS.values()):
        return None
    if _is_sex(words) or is_age(words):
        return _PATIENT
    told = {*words, *map(_stem, words), whole}
    found = next((kind for kind in (_STAY, _PATIENT) if told & set(_WORDS[kind])), None)
    return found or (_PATIENT if len(words) > 1 and words[-1] in _NUMBERS else None)


def several(
    titles: Sequence[str], rows: Sequence[Sequence[str]], read: Container[int] = ()
) -> tuple[list[str], list[str]]:
    """Return the problems of a table that holds more than one patient or stay, and the remarks on one that may.

    Parameters
    ----------
    titles
        The header.
    rows
        The cells below, each as many as the header.
    read
        Columns that hold a quantity or the time. Letters' case and blanks at the ends do not count; punctuation and zeros
        do. Empty cells are read as the same patient's, with a remark.
    """
    problems, remarks = [], []
    for place, title in enumerate(titles):
        kind = None if place in read else names_whom(title)
        if kind is None:
            continue
        cells = [row[place] for row in rows]
        found = {_same(title, cell) for cell in cells if not is_absent(cell)}
        if len(found) > 1 and not (is_age(_words(title)) and same_ages(title, cells)):
            # The header is not repeated: it may itself hold a name.
            problems.append(
                f"column {place + 1} tells of more than one {kind}: it holds {len(found)} different entries"
            )
        empty = sum(map(is_absent, cells))
        if found and empty:
            remarks.append(f"{empty} row(s) name no {kind} in column {place + 1}; they were read as the same {kind}'s.")
    return problems, remarks


def _words(title: str) -> list[str]:
    # Accents, full-width letters and marks that are not seen, such as a soft hyphen, name nothing else.
    plain = "".join(c for c in unicodedata.normalize("NFKD", title) if unicodedata.category(c) not in ("Mn", "Cf"))
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)
    return re.sub(r"[^a-z0-9]+", " ", apart.casefold()).split()


def _stem(word: str) -> str:
    """Return what stands before "id", "number" and the like within a word."""
    return next((word[: -len(end)] for end in _NUMBERS if word.endswith(end) and len(word) > len(end)), word)


def _is_sex(words: Sequence[str]) -> bool:
    return bool(_SEX & set(words)) and set(words) <= _SEX | {"patient", "pt", "at", "birth", "biological"}


def _same(title: str, cell: str) -> str:
    """Return what is compared of a cell."""
    plain = " ".join(unicodedata.normalize("NFKC", cell).split()).casefold()
    return _SEXES.get(plain[:1], plain) if _is_sex(_words(title)) else plain


def ages_of_table(
    titles: Sequence[str], rows: Sequence[Sequence[str]], start: datetime | None, read: Container[int] = ()
) -> tuple[tuple[float, ...], list[str]]:
    """Return every age (years) that the columns of a table state, and the remarks on what of it cannot be read.

    start: the clock at the first row; without it a date of birth states no age. The other parameters: see ``several``.
    """
    ages: list[float] = []
    remarks = []
    for place, title in enumerate(titles):
        words = _words(title)
        if place in read or not (is_age(words) or is_birth(words)):
            continue
        cells = sorted({row[place] for row in rows if not is_absent(row[place])})
        found = [stated_age(title, cell) if is_age(words) else age_at(cell, start) for cell in cells]
        ages += [age for age in found if age is not None]
        if None in found:
            remarks.append(f"Column {place + 1} states an age or birth that was not read; enter the age.")
    return tuple(dict.fromkeys(ages)), remarks
