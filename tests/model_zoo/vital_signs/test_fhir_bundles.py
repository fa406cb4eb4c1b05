"""FHIR bundles: validated by the standard's models, units converted, and nobody's name kept."""

from __future__ import annotations

import json
from copy import deepcopy

import numpy as np
import pytest

from model_zoo.vital_signs import InvalidSeries, read_fhir, read_series
from model_zoo.vital_signs.loinc import NAMES

LOINC, UCUM, SNOMED = "http://loinc.org", "http://unitsofmeasure.org", "http://snomed.info/sct"


def quantity(value, unit):
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def observation(code, value=None, unit=None, when="2026-01-01T10:00:00Z", **more):
    found = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": "Patient/secret-17", "display": "Jane Roe"},
        "effectiveDateTime": when,
    }
    if value is not None:
        found["valueQuantity"] = quantity(value, unit)
    return found | more


def coded(system, code, text=None):
    return {"valueCodeableConcept": {"coding": [{"system": system, "code": code}], **({"text": text} if text else {})}}


def bundle(*resources, **more):
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries, **more}


def read(*resources, **more):
    return read_fhir(json.dumps(bundle(*resources, **more)).encode())


def problems(*resources, **more):
    with pytest.raises(InvalidSeries) as caught:
        read(*resources, **more)
    return " | ".join(caught.value.problems)


PANEL = observation("85354-9") | {
    "component": [
        {"code": {"coding": [{"system": LOINC, "code": "8480-6"}]}, "valueQuantity": quantity(96, "mm[Hg]")},
        {"code": {"coding": [{"system": LOINC, "code": "8462-4"}]}, "valueQuantity": quantity(60, "mm[Hg]")},
    ]
}
PATIENT = {
    "resourceType": "Patient",
    "id": "secret-17",
    "name": [{"family": "Roe", "given": ["Jane"]}],
    "birthDate": "1950-02-03",
}


def test_vital_signs_with_units_panel_and_levels_of_consciousness():
    series = read(
        PATIENT,
        observation("9279-1", 24, "/min"),
        observation("59408-5", 92, "%"),
        observation("3151-8", 4, "L/min"),
        observation("3150-6", 36, "%"),
        observation("8310-5", 101.3, "[degF]"),
        observation("8867-4", 118, "{beats}/min"),
        observation("9269-2", 14, "{score}"),
        observation("67775-7", **coded(SNOMED, "130987000")),
        observation("2160-0", 1.5, "mg/dL"),
        observation("3094-0", 28.01, "mg/dL"),
        observation("2823-3", 5.9, "meq/L"),
        PANEL,
    )
    expected = {
        "respiratory_rate_per_min": 24, "spo2_percent": 92, "oxygen_flow_l_min": 4, "fio2_fraction": 0.36,
        "temperature_celsius": 38.5, "heart_rate_per_min": 118, "gcs_points": 14, "consciousness": 1,
        "creatinine_umol_l": 132.6, "urea_mmol_l": 10.0, "potassium_mmol_l": 5.9, "systolic_pressure_mmhg": 96,
        "diastolic_pressure_mmhg": 60,
    }  # fmt: skip
    assert set(series.variables) == set(expected)
    for name, value in expected.items():
        assert series.column(name)[0] == pytest.approx(value, rel=1e-4), name


def test_nothing_that_says_who_the_patient_is_stays():
    series = read(PATIENT, observation("8867-4", 80, "/min", identifier=[{"value": "MRN-99"}]))
    kept = repr(series) + repr(vars(series))
    for word in ("Roe", "Jane", "secret", "MRN", "1950"):
        assert word not in kept


@pytest.mark.parametrize(
    ("value", "index"),
    [
        (coded(SNOMED, "248234008"), 0),
        (coded(SNOMED, "300202002"), 2),
        (coded(SNOMED, "450847001"), 3),
        (coded(SNOMED, "422768004"), 4),
        (coded(LOINC, "LA9340-6"), 0),
        (coded("urn:x", "1", "Responds to voice"), 2),
        ({"valueString": "P"}, 3),
    ],
)
def test_levels_of_consciousness(value, index):
    assert read(observation("67775-7", **value)).column("consciousness").tolist() == [index]


def test_times_zones_and_periods():
    series = read(
        observation("8867-4", 80, "/min", "2026-01-01T10:00:00+02:00"),
        observation("8867-4", 90, "/min", "2026-01-01T10:30:00Z"),
        {k: v for k, v in observation("8867-4", 95, "/min").items() if k != "effectiveDateTime"}
        | {"effectivePeriod": {"start": "2026-01-01T10:30:00Z", "end": "2026-01-01T11:00:00Z"}},
    )
    np.testing.assert_allclose(series.hours, [0, 2.5, 3])


def test_what_is_not_read_is_counted():
    series = read(
        PATIENT,
        observation("8867-4", 80, "/min"),
        observation("8867-4", 300, "/min", status="entered-in-error"),
        observation("8867-4", 81, "/min", "2026-01-01T11:00:00Z", status="preliminary"),
        observation("29463-7", 80, "kg"),
        observation("48065-7", valueQuantity={**quantity(0.2, "mg/L"), "comparator": "<"}),
        link=[{"relation": "next", "url": "http://example.org/page2"}],
    )
    assert series.variables == ("heart_rate_per_min",)
    notes = " ".join(series.notes)
    for words in (
        "1 resource(s)",
        "1 observation(s) entered in error",
        "quantities not known",
        "only a bound",
        "preliminary",
        "page",
    ):
        assert words in notes


def broken(**changes):
    return observation("8867-4", 80, "/min") | changes


def without(key):
    return {name: value for name, value in observation("8867-4", 80, "/min").items() if name != key}


LEFT_OUT = [
    (without("status"), "'status' is missing"),
    (without("code"), "'code' is missing"),
    (broken(code=None), "'code' is missing"),
    (broken(code={"coding": [{"system": LOINC, "code": "8867-4"}, None]}), "'code.coding' holds what FHIR does not allow"),
    (broken(shoe=3), "an element that FHIR does not know there"),
    (broken(valueQuantity=quantity(80, "/min") | {"Jane Roe": 1}), "an element that FHIR does not know there"),
    (broken(valueQuantity={"value": "Jane Roe"}), "'valueQuantity.value' holds what FHIR does not allow"),
    (broken(valueQuantity={"value": True, "unit": "/min"}), "'valueQuantity.value' holds what FHIR does not allow"),
    (broken(effectiveDateTime="yesterday"), "its time is none that FHIR allows"),
    (broken(effectiveDateTime="2026-02-30T10:00:00Z"), "its time is none that FHIR allows"),
    (broken(effectiveDateTime="2026-01-01T11:00:00"), "names no time zone while others do"),
    (broken(status="done"), "'status' is none that FHIR knows"),
    (without("effectiveDateTime"), "it has no moment"),
    (broken(effectiveDateTime="2026-01-01"), "its date has no time of day"),
    (broken(effectiveInstant="2026-01-01T10:00:00Z"), "more than one effective"),
    (broken(valueInteger=90), "more than one value"),
    (broken(valueQuantity=quantity(80, "kg")), "Heart rate: its unit is not understood"),
    (broken(valueQuantity={"value": 80}), "names no unit"),
    (broken(valueQuantity=quantity(800, "/min")), "outside the plausible range"),
    (broken(valueQuantity=quantity(10**400, "/min")), "'valueQuantity.value' holds what FHIR does not allow"),
    (broken(valueQuantity=quantity(80, "/min") | {"comparator": "about"}), "comparator is none that FHIR knows"),
    (observation("8310-5", 38, "Cel", valueQuantity=quantity(38, "Cel") | {"unit": "degF"}), "unit in words and its unit code"),
    (observation("67775-7", **coded("urn:x", "1", "Jane is fine")), "A, C, V, P or U"),
    (broken(dataAbsentReason={"text": "device error"}), "a value and says that the value is absent"),
    (broken(code={"coding": [{"system": LOINC, "code": "8867-4"}, {"system": LOINC, "code": "9279-1"}]}), "codes of two"),
    (broken(note=[{"text": "x"}] * 6000), "larger than any observation"),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "words"), LEFT_OUT)
def test_an_observation_that_cannot_be_used_is_left_out_with_the_reason_and_refuses_nothing_else(resource, words):
    series = read(observation("8867-4", 81, "/min", "2026-01-01T09:00:00Z"), resource)
    assert series.values.tolist() == [[81]]
    (note,) = [note for note in series.notes if note.startswith("Left out: 1 observation, ")]
    assert words in note
    assert "entry 2" in note
    assert "Jane" not in note
    assert "secret" not in note


@pytest.mark.parametrize(("resource", "words"), [row for row in LEFT_OUT if "time zone" not in row[1]])
def test_where_no_other_observation_is_there_the_reason_is_that_of_the_refusal(resource, words):
    found = problems(resource)
    assert "no observation that is read" in found
    assert words in found
    assert "Jane" not in found


def test_reasons_are_counted_named_by_a_few_entries_and_a_dozen_at_most():
    many = [observation("8867-4", 80, "kg", f"2026-01-01T10:{minute:02d}:00Z") for minute in range(20)]
    series = read(observation("8867-4", 81, "/min"), *many)
    assert sum("20 observations" in note and "(entry 2, 3, 4 and others)" in note for note in series.notes) == 1
    kinds = [observation(code, 1, "kg") for code in list(NAMES)[:20]]
    notes = [note for note in read(observation("8867-4", 81, "/min"), *kinds).notes if note.startswith("Left out")]
    assert len(notes) == 13
    assert "for other reasons" in notes[-1]


def test_two_values_of_one_moment_and_two_patients_are_refused():
    assert "entry 1 and entry 2 give different values" in problems(
        observation("8867-4", 80, "/min"), observation("8867-4", 99, "/min")
    )
    assert "2 subjects" in problems(observation("8867-4", 80, "/min"), broken(subject={"reference": "Patient/other"}))


def test_a_resource_that_the_standard_lacks_is_no_observation():
    series = read(observation("8867-4", 80, "/min"), {"resourceType": "Spaceship"})
    assert "Not read: 1 resource(s) that are no observation." in series.notes


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff{}", b'{"resourceType": "Patient"}', b'{"a":' * 5000])
def test_what_is_no_bundle_is_refused(data):
    with pytest.raises(InvalidSeries):
        read_fhir(data)


def test_an_empty_bundle_and_one_of_other_things():
    assert "no observation that is read" in problems()
    assert "no observation that is read" in problems(PATIENT)


def test_a_single_observation_and_a_file_without_a_name():
    single = json.dumps(observation("8867-4", 80, "/min")).encode()
    assert read_series(single).column("heart_rate_per_min").tolist() == [80]


def test_reading_does_not_change_the_bundle():
    given = bundle(deepcopy(PANEL))
    before = deepcopy(given)
    read_fhir(json.dumps(given).encode())
    assert given == before


def test_a_reversed_pressure_is_left_out_with_a_note_and_the_rest_is_read():
    reversed_pair = [observation("8480-6", 80, "mm[Hg]"), observation("8462-4", 120, "mm[Hg]")]
    series = read(*reversed_pair, observation("8867-4", 80, "/min"))
    assert series.variables == ("heart_rate_per_min",)
    assert "Not read: 1 pair(s) of values, because the systolic pressure is not above the diastolic." in series.notes
    later = observation("8462-4", 120, "mm[Hg]", when="2026-01-01T11:00:00Z")
    assert len(read(reversed_pair[0], later).variables) == 2


@pytest.mark.peers
def test_what_is_read_is_valid_for_the_public_models_and_what_they_refuse_is_left_out():
    from fhir.resources.R4B.observation import Observation
    from pydantic import ValidationError

    def valid(resource):
        try:
            Observation.model_validate(resource)
        except ValidationError:
            return False
        return True

    read_here = [observation("8867-4", 80, "/min"), PANEL, observation("67775-7", **coded(SNOMED, "130987000"))]
    for resource in read_here:
        assert valid(resource)
        assert read(resource).values.size
    refused = [resource for resource, words in LEFT_OUT if not valid(resource) and "time zone" not in words]
    assert len(refused) > 8
    for resource in refused:
        problems(resource)
