"""A missing age is asked for; it is never taken for an adult's, and nothing else that is missing hides behind it."""

from __future__ import annotations

import pytest

from model_zoo.patients import PatientRecord
from model_zoo.patients.applicability import AGE_NOTE, STATE_AGE, lacks_age, with_stated_age
from model_zoo.patients.catalogue import feature
from model_zoo.patients.risk_models import definitions

COVID = definitions()["covid-pneumonia"]
VALUES = {spec.name: spec.normal[0] for spec in COVID.specs if spec.kind == "numeric" and spec.normal}


@pytest.mark.parametrize("name", [name for name, d in definitions().items() if feature("age_years") in d.specs])
def test_every_model_that_reads_the_age_asks_for_it(name):
    definition = definitions()[name]
    values = {spec.name: spec.normal[0] if spec.normal else 1.0 for spec in definition.specs if spec.kind != "choice"}
    values |= {spec.name: spec.choices[0][0] for spec in definition.specs if spec.kind == "choice"}
    values.pop("age_years")
    record = PatientRecord(None, None, "F", values)
    assert STATE_AGE in definition.applicability(record)
    assert lacks_age(definition.specs, record)


def test_with_the_age_a_full_record_has_a_risk_and_a_child_has_none():
    record = PatientRecord(None, None, "F", VALUES)
    assert COVID.applicability(with_stated_age(record, 61.0)) is None
    refused = COVID.applicability(with_stated_age(record, 9.0))
    assert "18 to 100 years" in refused
    assert STATE_AGE not in refused


def test_too_few_values_are_said_together_with_the_missing_age():
    three = {name: VALUES[name] for name in ("ldh_u_l", "crp_mg_l", "lymphocytes_10e9_l")}
    reason = COVID.applicability(PatientRecord(None, None, None, three))
    assert STATE_AGE in reason
    assert "3 of 19 quantities are known, at least 10 are needed" in reason
    nine = dict(list(VALUES.items())[:9])
    assert "at least 10" not in COVID.applicability(PatientRecord(None, None, None, nine))


def test_a_stated_age_replaces_none_that_the_record_holds():
    record = PatientRecord("A", None, "F", VALUES)
    stated = with_stated_age(record, 61.0)
    assert (stated.age_years, stated.notes, stated.identifier) == (61.0, (AGE_NOTE,), "A")
    assert with_stated_age(stated, 30.0) is stated
    assert with_stated_age(record, None) is record


def test_a_model_without_the_age_among_its_features_does_not_ask():
    assert not lacks_age(definitions()["breast-cytology"].specs, PatientRecord())
