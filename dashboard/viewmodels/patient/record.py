"""The patient record in a line: who, how much is known, and how much of it the chosen patient model reads."""

from __future__ import annotations

from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import RiskModelDefinition
from model_zoo.protocols import ReadingProtocol


def chosen_words(definition: RiskModelDefinition, protocol: ReadingProtocol | None) -> str:
    """Return what the chosen patient model is, and whether the protocol of the scan names it."""
    if protocol is None or definition.name in protocol.patient_models:
        return f"{definition.title}."
    return f"{definition.title}. Not of this protocol: your choice, nothing links it with such a scan."


def record_words(record: PatientRecord) -> str:
    """Return age, sex and number of values; never who it is."""
    measured = sum(value is not None for value in record.values.values())
    age = "age not stated" if record.age_years is None else f"{record.age_years:g} years"
    sex = {"F": "female", "M": "male"}.get(record.sex or "", "sex not stated")
    kind = "Synthetic patient" if record.synthetic else "Record"
    return f"{kind}: {age}, {sex}, {measured} values."


def values_read(record: PatientRecord, definition: RiskModelDefinition) -> str:
    """Return how many of the quantities that a patient model reads are known, age and sex included."""
    known = sum(record.value(spec.name) is not None for spec in definition.specs)
    return f"{known} of the {len(definition.specs)} quantities of the chosen patient model are known."
