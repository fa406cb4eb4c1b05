"""What counts of a bundle and what a value is of: versions, retractions, focus, modifiers, specimens; and hostile files."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from model_zoo.vital_signs import InvalidSeries, read_fhir
from model_zoo.vital_signs.series import MAX_BYTES

LOINC, UCUM, SNOMED = "http://loinc.org", "http://unitsofmeasure.org", "http://snomed.info/sct"
ME = {"reference": "Patient/1"}
HEART_RATE, TEMPERATURE, SYSTOLIC, LACTATE, PH = "8867-4", "8310-5", "8480-6", "32693-4", "2744-1"
UNITS = {HEART_RATE: "/min", TEMPERATURE: "Cel", SYSTOLIC: "mm[Hg]", LACTATE: "mmol/L", PH: "[pH]"}


def rate(value=80, minute=0, code=HEART_RATE, **more):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": ME,
        "effectiveDateTime": f"2026-01-01T08:{minute:02d}:00Z",
        "valueQuantity": {"value": value, "unit": UNITS[code], "system": UCUM, "code": UNITS[code]},
        **more,
    }


def version(value, number=None, updated=None, **more):
    meta = {"versionId": number} if number else {}
    return rate(value, id="1", meta=meta | ({"lastUpdated": updated} if updated else {}), **more)


def entry(resource=None, method=None, **more):
    found = {} if resource is None else {"resource": resource}
    return found | ({"request": {"method": method, "url": "Observation/1"}} if method else {}) | more


def read(*entries, kind="collection"):
    content = [one if "resourceType" not in one else {"resource": one} for one in entries]
    return read_fhir(json.dumps({"resourceType": "Bundle", "type": kind, "entry": content}).encode())


OTHER = rate(70, 59)
URL = "https://a.example/Observation/1"
EARLY, LATE = "2026-01-01T09:00:00Z", "2026-01-01T12:30:00+02:00"


@pytest.mark.parametrize(
    "entries",
    [
        [version(140, "1"), version(80, "2")],
        [version(80, "10"), version(140, "9")],
        [version(80, updated=LATE), version(140, updated=EARLY)],
        [version(140, "2", EARLY), version(80, "3", LATE)],
        [entry(version(140, "1"), fullUrl=URL), version(80, "2")],
        [entry(version(140), fullUrl=f"{URL}/_history/1"), entry(version(80), fullUrl=f"{URL}/_history/2")],
        [entry(version(140), response={"etag": 'W/"3"'}), entry(version(80), response={"etag": 'W/"4"'})],
        [version(140, "1"), version(130, "2"), version(80, "3")],
        [version(140, "1", status="entered-in-error"), version(80, "2")],
        [version(140, "1", effectiveDateTime="2026-01-01T05:00:00Z"), version(80, "2")],
    ],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_only_the_newest_version_counts(entries, backwards):
    found = read(*(entries[::-1] if backwards else entries), kind="history")
    assert found.values.tolist() == [[80]]
    assert found.notes == (
        f"Not read: {len(entries) - 1} earlier version(s) of an observation, replaced by a newer one.",
    )


GONE = {
    "retracted": [version(140, "1"), version(140, "2", status="entered-in-error")],
    "deleted": [entry(version(140, "1", EARLY), "PUT"), entry(None, "DELETE", response={"lastModified": LATE})],
    "deleted at an unknown time": [entry(version(140, "1"), "PUT"), entry(None, "DELETE")],
    "patched": [entry(version(140, "1"), "PUT"), entry({"resourceType": "Parameters"}, "PATCH")],
    "two states without an order": [version(140), version(120)],
    "two states of one version": [version(140, "2"), version(120, "2")],
    "number against time": [version(140, "1", LATE), version(120, "2", EARLY)],
    "one without its number": [version(140, "1"), version(120)],
}


@pytest.mark.parametrize("entries", GONE.values(), ids=GONE)
def test_what_was_withdrawn_or_cannot_be_put_in_order_is_left_out_with_a_word(entries):
    found = read(*entries, OTHER, kind="history")
    assert found.values.tolist() == [[70]]
    assert any(note.startswith("Not read: 1 ") for note in found.notes)


def test_one_version_twice_is_one_and_ids_of_two_servers_are_two():
    assert read(version(80, "1"), version(80, "1")).values.tolist() == [[80]]
    me = {"reference": "https://a.example/Patient/1"}
    far = entry(version(90, effectiveDateTime=EARLY, subject=me), fullUrl="https://b.example/Observation/1")
    assert len(read(entry(version(80), fullUrl=URL), far).hours) == 2


NOT_THE_PATIENTS = {
    "focus": rate(140, focus=[{"reference": "Patient/fetus"}]),
    "focus as a code": rate(
        140, extension=[{"url": "http://hl7.org/fhir/StructureDefinition/observation-focusCode", "valueCodeableConcept": {}}]
    ),
    "modifier": rate(140, modifierExtension=[{"url": "urn:x", "valueBoolean": True}]),
    "rules of its own": rate(140, implicitRules="urn:x"),
    "modifier of the entry": entry(rate(140), modifierExtension=[{"url": "urn:x"}]),
    "fetal by its words": rate(140) | {"code": {"coding": [{"system": LOINC, "code": HEART_RATE}], "text": "Fetal heart rate"}},
    "of the donor": rate(140, bodySite={"text": "donor heart"}),
    "absent and there": rate(140, dataAbsentReason={"text": "error"}),
}  # fmt: skip


@pytest.mark.parametrize("resource", NOT_THE_PATIENTS.values(), ids=NOT_THE_PATIENTS)
def test_what_is_not_plainly_the_patients_is_left_out_and_said(resource):
    found = read(OTHER, resource)
    assert found.values.tolist() == [[70]]
    assert any(note.startswith("Left out: 1 observation, ") and "(entry 2)" in note for note in found.notes)


def test_members_of_a_group_about_another_and_what_was_derived_from_withdrawn_values_are_left_out():
    group = rate(id="g", focus=[{"reference": "Patient/fetus"}], hasMember=[{"reference": "Observation/m"}])
    assert read(OTHER, group, rate(140, id="m")).values.tolist() == [[70]]
    wrong = rate(140, id="w", status="entered-in-error")
    derived = rate(140, 5, derivedFrom=[{"reference": "Observation/w/_history/1"}])
    found = read(OTHER, wrong, derived)
    assert found.values.tolist() == [[70]]
    assert any("derived from an observation that was withdrawn" in note for note in found.notes)
    right = rate(80, 5, derivedFrom=[{"reference": "Observation/r"}])
    assert len(read(OTHER, rate(80, 4, id="r"), right).hours) == 3


def test_a_component_with_a_modifier_or_an_absent_value_leaves_the_others():
    def component(code, value, **more):
        return {
            "code": {"coding": [{"system": LOINC, "code": code}]},
            "valueQuantity": {"value": value, "unit": "mmHg"},
            **more,
        }

    panel = {name: value for name, value in rate().items() if name != "valueQuantity"}
    panel["code"] = {"coding": [{"system": LOINC, "code": "85354-9"}]}
    odd = component("8462-4", 60, modifierExtension=[{"url": "urn:x"}])
    found = read({**panel, "component": [component(SYSTOLIC, 96), odd]})
    assert found.variables == ("systolic_pressure_mmhg",)
    assert any("Diastolic blood pressure: an extension" in note for note in found.notes)
    absent = {**component("8462-4", 60), "dataAbsentReason": {"text": "error"}}
    assert read({**panel, "component": [component(SYSTOLIC, 96), absent]}).variables == ("systolic_pressure_mmhg",)
    bound = component("8462-4", 60)
    bound["valueQuantity"]["comparator"] = ">"
    assert read({**panel, "component": [component(SYSTOLIC, 96), bound]}).variables == ("systolic_pressure_mmhg",)


ELSEWHERE = [
    rate(7.1, code=PH, specimen={"display": "Venous blood"}),
    rate(7.1, code=PH, specimen={"reference": "Specimen/s"}),
    rate(7.1, code=PH, specimen={"reference": "#s"},
         contained=[{"resourceType": "Specimen", "id": "s", "type": {"coding": [{"system": SNOMED, "code": "122554006"}]}}]),
    rate(7.1, code=PH, bodySite={"text": "Central vein"}),
    rate(7.1, code=PH, method={"text": "capillary sample"}),
    rate(4, code=LACTATE, specimen={"display": "CSF"}),
    rate(4, code=LACTATE, specimen={"display": "Pleural fluid"}),
    rate(4, code=LACTATE, specimen={"display": "Umbilical cord blood"}),
    rate(31, code=TEMPERATURE, bodySite={"coding": [{"display": "Left great toe"}]}),
    rate(30, code=SYSTOLIC, bodySite={"text": "Pulmonary artery"}),
]  # fmt: skip
HERE = [
    rate(7.3, code=PH, specimen={"display": "Arterial blood"}),
    rate(7.3, code=PH, specimen={"reference": "Specimen/unknown"}),
    rate(4, code=LACTATE, specimen={"display": "Venous blood"}),
    rate(37, code=TEMPERATURE, bodySite={"text": "Ear"}),
    rate(120, code=SYSTOLIC, bodySite={"text": "Left arm"}, method={"text": "Oscillometry"}),
]
SPECIMEN = {
    "resourceType": "Specimen",
    "id": "s",
    "type": {"coding": [{"system": SNOMED, "code": "122555007"}]},
}


@pytest.mark.parametrize("resource", ELSEWHERE)
def test_a_value_of_another_specimen_or_site_is_left_out(resource):
    found = read(OTHER, resource, SPECIMEN)
    assert found.variables == ("heart_rate_per_min",)
    assert any(note.startswith("Left out: 1 observation, ") for note in found.notes)


@pytest.mark.parametrize("resource", HERE)
def test_a_value_of_the_usual_specimen_or_site_is_read(resource):
    assert len(read(OTHER, resource, SPECIMEN).variables) == 2


@pytest.mark.parametrize("place", ["bundle", "resource", "quantity", "contained"])
def test_a_name_that_stands_twice_in_an_object_refuses_the_file(place):
    text = json.dumps(
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": rate(contained=[{"id": "p"}])}]}
    )
    old, new = {
        "bundle": ('"type": "collection"', '"type": "collection", "type": "history"'),
        "resource": ('"status": "final"', '"status": "final", "status": "entered-in-error"'),
        "quantity": ('"value": 80', '"value": 80, "value": 180'),
        "contained": ('"id": "p"', '"id": "p", "id": "q"'),
    }[place]
    assert old in text
    with pytest.raises(InvalidSeries, match="stands twice"):
        read_fhir(text.replace(old, new).encode())


@pytest.mark.parametrize("word", ["NaN", "Infinity", "1e999"])
def test_numbers_that_are_none_are_not_read(word):
    text = json.dumps({"resourceType": "Bundle", "entry": [{"resource": rate()}]}).replace(
        '"value": 80', f'"value": {word}'
    )
    with pytest.raises(InvalidSeries):
        read_fhir(text.encode())


def test_a_bundle_with_rules_of_its_own_is_refused():
    with pytest.raises(InvalidSeries, match="rules of its own"):
        read_fhir(
            json.dumps({"resourceType": "Bundle", "implicitRules": "urn:x", "entry": [{"resource": rate()}]}).encode()
        )


def hostile(kind: str, size: int) -> bytes:
    """Return a file of about ``size`` bytes."""
    many = {
        "empty entries": "{}",
        "numbers": "1",
        "observations without a code": '{"resource":{"resourceType":"Observation"}}',
        "observations with a strange name": json.dumps({"resource": rate(x=1)}),
        "deep lists": "[" * 900 + "]" * 900,
    }
    if kind in many:
        return (
            '{"resourceType":"Bundle","entry":[' + ",".join([many[kind]] * (size // (len(many[kind]) + 1))) + "]}"
        ).encode()
    inside = {
        "components": ("component", '{"x":1}'),
        "codings": ("category", "{}"),
        "contained": ("contained", '{"id":"p"}'),
    }
    name, item = inside[kind]
    text = json.dumps(rate())[:-1] + f',"{name}":[' + ",".join([item] * (size // (len(item) + 1))) + "]}"
    return ('{"resourceType":"Bundle","entry":[{"resource":' + text + "}]}").encode()


@pytest.mark.parametrize("megabytes", [1.85, 15.9])
@pytest.mark.parametrize(
    "kind",
    [
        "empty entries", "numbers", "observations without a code", "observations with a strange name", "deep lists",
        "components", "codings", "contained",
    ],
)  # fmt: skip
def test_a_file_made_to_hold_up_others_is_refused_in_bounded_time(kind, megabytes):
    data = hostile(kind, int(megabytes * 2**20))
    assert len(data) <= MAX_BYTES
    start = time.process_time()
    with pytest.raises(InvalidSeries) as caught:
        read_fhir(data)
    assert time.process_time() - start < 6  # measured below 2 s; a shared machine takes longer
    assert len(caught.value.problems) <= 16


def test_a_long_stay_is_read_in_bounded_time():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    entries = [rate(80, effectiveDateTime=(start + timedelta(minutes=i)).isoformat()) for i in range(5_000)]
    data = json.dumps({"resourceType": "Bundle", "entry": [{"resource": one} for one in entries]}).encode()
    begun = time.process_time()
    assert len(read_fhir(data).hours) == 5_000
    assert time.process_time() - begun < 4


@pytest.mark.parametrize("value", ["1_33", "133", "\uff11\uff13\uff13", "80 /min", "8e1", "80,5", True, [80]])
def test_a_value_that_is_no_json_number_is_left_out(value):
    resource = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "effectiveDateTime": "2026-01-01T08:00:00Z",
        "valueQuantity": {"value": value, "unit": "/min"},
    }
    with pytest.raises(InvalidSeries, match="holds what FHIR does not allow there"):
        read_fhir(json.dumps(resource).encode())
