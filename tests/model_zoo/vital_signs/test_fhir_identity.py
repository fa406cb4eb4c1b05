"""Whose and of which stay the observations are: by resolved references, however they are written."""

from __future__ import annotations

import itertools
import json

import pytest

from model_zoo.vital_signs import InvalidSeries, read_fhir

LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
A = "https://a.example/fhir"
MRN, OTHER = "urn:oid:1.2.3", "urn:oid:1.2.4"
_clock = itertools.count()


def of(subject=None, full_url=None, **more):
    """Return an entry with a heart rate of a subject, each at a minute of its own."""
    minute = next(_clock) % 1000
    resource = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "8867-4"}]},
        "effectiveDateTime": f"2026-01-01T{minute // 60:02d}:{minute % 60:02d}:00Z",
        "valueQuantity": {"value": 80, "unit": "/min", "system": UCUM, "code": "/min"},
        **({} if subject is None else {"subject": subject}),
        **more,
    }
    return {"resource": resource} | ({"fullUrl": full_url} if full_url else {})


def ref(text, **more):
    return {"reference": text, **more}


def within(id_="p", **patient):
    """Return a subject that names a contained patient, and what the observation contains."""
    return {
        "subject": ref(f"#{id_}"),
        "contained": [{"resourceType": "Patient", "id": id_, **patient}],
    }


def mrn(value, system=MRN):
    return {"identifier": {"system": system, "value": value}}


def patient(id_, full_url=None, **more):
    resource = {"resourceType": "Patient", "id": id_, **more}
    return {"resource": resource} | ({"fullUrl": full_url} if full_url else {})


def listing(*values, system=MRN):
    return [{"system": system, "value": value} for value in values]


def read(*entries):
    return read_fhir(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": list(entries)}).encode())


def refusal(*entries):
    with pytest.raises(InvalidSeries) as caught:
        read(*entries)
    return str(caught.value)


ONE = {
    "absolute, relative and with a version": [
        of(ref("Patient/1")), of(ref(f"{A}/Patient/1")), of(ref("Patient/1/_history/2")), of(ref(f"{A}/Patient/1/_history/7")),
    ],
    "relative to the fullUrl of its entry": [of(ref("Patient/1"), f"{A}/Observation/9"), of(ref(f"{A}/Patient/1"))],
    "host in capitals": [of(ref("https://A.Example/fhir/Patient/1")), of(ref(f"{A}/Patient/1"))],
    "by the URN and by the id of the patient": [
        patient("1", "urn:uuid:c0"), of(ref("urn:uuid:c0")), of(ref("Patient/1")),
    ],
    "by reference and by an identifier of the patient": [
        patient("1", identifier=listing("17")), of(ref("Patient/1")), of(mrn("17")),
    ],
    "reference and identifier given together once": [of(ref("Patient/1", **mrn("17"))), of(ref("Patient/1")), of(mrn("17"))],
    "two identifiers that one patient lists": [
        patient("1", identifier=listing("17", "18")), of(ref("Patient/1", **mrn("17"))), of(ref("Patient/1", **mrn("18"))),
    ],
    "conditional reference": [of(ref(f"Patient?identifier={MRN}|17")), of(mrn("17"))],
    "contained twice with one identifier": [
        of(**within(identifier=listing("17"))), of(**within("q", identifier=listing("17"))),
    ],
    "contained twice with the same content": [
        of(**within(name=[{"family": "Roe"}], birthDate="1950-01-02")),
        of(**within("x", name=[{"family": "Roe"}], birthDate="1950-01-02")),
    ],
    "contained with an identifier that the patient lists": [
        patient("1", identifier=listing("17")), of(ref("Patient/1")), of(**within(identifier=listing("17"))),
    ],
    "display alone, the same": [of({"display": "Roe, J"}), of({"display": "roe,  J"})],
    "display alone, as of the one referred to": [of({"display": "Roe"}), of(ref("Patient/1", display="Roe"))],
    "merged records": [
        patient("1", link=[{"other": ref("Patient/2"), "type": "replaces"}]), of(ref("Patient/1")), of(ref("Patient/2")),
    ],
    "another patient of the bundle without observations": [patient("1"), patient("2"), of(ref("Patient/1"))],
}  # fmt: skip
TWO = {
    "two ids": [of(ref("Patient/1")), of(ref("Patient/2"))],
    "ids that differ in zeros": [of(ref("Patient/1")), of(ref("Patient/01"))],
    "ids that differ in case": [of(ref("Patient/a")), of(ref("Patient/A"))],
    "one id on two servers": [of(ref(f"{A}/Patient/1")), of(ref("https://b.example/fhir/Patient/1"))],
    "relative, from entries of two servers": [
        of(ref("Patient/1"), f"{A}/Observation/1"), of(ref("Patient/1"), "https://b.example/fhir/Observation/2"),
    ],
    "contained, with two identifiers": [
        of(**within(identifier=listing("17"))), of(**within(identifier=listing("18"))),
    ],
    "contained, with one number without a system and other names": [
        of(**within(identifier=[{"value": "17"}], name=[{"family": "Roe"}])),
        of(**within(identifier=[{"value": "17"}], name=[{"family": "Doe"}])),
    ],
    "contained without anything": [of(**within()), of(**within())],
    "contained that is not there": [of(ref("#p")), of(ref("#p"))],
    "one number in two systems": [of(mrn("17")), of(mrn("17", OTHER))],
    "one number, once without a system": [of(mrn("17")), of({"identifier": {"value": "17"}})],
    "display alone": [of({"display": "A"}), of({"display": "B"})],
    "display beside another reference": [of({"display": "Roe"}), of(ref("Patient/1", display="Doe"))],
    "one display and two references": [of(ref("Patient/1", display="Roe")), of(ref("Patient/2", display="Roe"))],
    "one reference with two identifiers": [of(ref("Patient/1", **mrn("17"))), of(ref("Patient/1", **mrn("18")))],
    "an identifier of another patient of the bundle": [
        patient("1", identifier=listing("17")), patient("2", identifier=listing("18")), of(ref("Patient/1")), of(mrn("18")),
    ],
    "two URNs": [of(ref("urn:uuid:c0")), of(ref("urn:uuid:c1"))],
}  # fmt: skip


@pytest.mark.parametrize("entries", ONE.values(), ids=ONE)
def test_one_patient_named_in_several_ways_is_one(entries):
    observed = sum(entry["resource"]["resourceType"] == "Observation" for entry in entries)
    assert len(read(*entries).hours) == observed


@pytest.mark.parametrize("entries", TWO.values(), ids=TWO)
def test_two_patients_are_never_one_series(entries):
    words = refusal(*entries)
    assert "2 subjects" in words
    for secret in ("Roe", "17", "urn:oid"):
        assert secret not in words


def test_a_subject_that_is_no_patient_is_left_out():
    device = {"resourceType": "Device", "id": "d"}
    for other in (ref("Device/9"), ref("#d"), ref("urn:uuid:d"), {"type": "Group", **mrn("1")}):
        series = read(
            of(ref("Patient/1")), of(other, contained=[device]), {"fullUrl": "urn:uuid:d", "resource": device}
        )
        assert len(series.hours) == 1
        assert any("its subject is no patient" in note for note in series.notes)


def test_observations_without_a_subject_are_read_with_a_remark():
    series = read(of(ref("Patient/1")), of(None))
    assert "1 observation(s) name no subject; they were read as the others'." in series.notes
    assert not any("subject" in note for note in read(of(None), of(None)).notes)


def test_two_stays_of_one_patient_are_refused_and_one_named_in_two_ways_is_one():
    me = ref("Patient/1")
    words = refusal(of(me, encounter=ref("Encounter/1")), of(me, encounter=ref("Encounter/2")))
    assert "2 encounters" in words
    assert "one stay at a time" in words
    same = [of(me, encounter=ref("Encounter/1")), of(me, encounter=ref(f"{A}/Encounter/1/_history/3"))]
    assert len(read(*same).hours) == 2
    ward = {"resourceType": "Encounter", "id": "2", "partOf": ref("Encounter/1")}
    parts = [of(me, encounter=ref("Encounter/1")), of(me, encounter=ref("Encounter/2")), {"resource": ward}]
    assert len(read(*parts).hours) == 2
    series = read(of(me, encounter=ref("Encounter/1")), of(me))
    assert "1 observation(s) name no encounter; they were read as the others'." in series.notes


def test_observations_that_are_not_read_do_not_make_two_patients():
    weight = {"coding": [{"system": LOINC, "code": "29463-7"}]}
    assert len(read(of(ref("Patient/1")), of(ref("Patient/2"), code=weight)).hours) == 1
    assert len(read(of(ref("Patient/1")), of(ref("Patient/2"), status="entered-in-error")).hours) == 1
