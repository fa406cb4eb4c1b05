"""The patient record in a line: who, how much is known, and how much of it the chosen patient model reads."""

from __future__ import annotations

from dashboard.catalogue import counted, text
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import RiskModelDefinition
from model_zoo.protocols import ReadingProtocol


def chosen_words(definition: RiskModelDefinition, protocol: ReadingProtocol | None) -> str:
    """Return what the chosen patient model is, and whether the protocol of the scan names it."""
    if protocol is None or definition.name in protocol.patient_models:
        return definition.title
    return text("patient.model.own_choice", model=definition.title)


def record_words(record: PatientRecord) -> str:
    """Return age, sex and number of values; never who it is."""
    measured = sum(value is not None for value in record.values.values())
    age = record.age_years
    years = text("patient.record.no_age") if age is None else text("patient.record.age", years=f"{age:g}")
    sex = text(f"patient.sex.{'female' if record.sex == 'F' else 'male' if record.sex == 'M' else 'not_stated'}")
    if record.synthetic:
        return counted("patient.record.synthetic", measured, age=years, sex=sex)
    return counted("patient.record.own", measured, age=years, sex=sex)


def values_read(record: PatientRecord, definition: RiskModelDefinition) -> str:
    """Return how many of the quantities that a patient model reads are known, age and sex included."""
    known = sum(record.value(spec.name) is not None for spec in definition.specs)
    return text("patient.record.known", known=known, count=len(definition.specs))
