"""What was written beside the sample cases fits them: every protocol has one complete case, notes and stays say the same."""

from __future__ import annotations

import pytest

from model_zoo.phantoms.all_samples import ALL_CASES, any_case, samples_of
from model_zoo.phantoms.companions import COMPANIONS, companion_of
from model_zoo.protocols import PROTOCOLS, ordered_protocols
from model_zoo.protocols.protocol import NOTE, VITAL_SIGNS
from model_zoo.text.extraction import extract_note
from model_zoo.vital_signs.example_stays import example_stay


def modalities(case: str) -> set[str]:
    found, companion = {"scan"}, companion_of(case)
    if any_case(case).patient is not None:
        found.add("patient values")
    if companion is not None:
        found.add(NOTE)
        if companion.stay is not None:
            found.add(VITAL_SIGNS)
    return found


@pytest.mark.parametrize("protocol", [protocol.name for protocol in ordered_protocols()])
def test_every_protocol_has_a_case_with_all_its_modalities(protocol: str) -> None:
    asked = {"scan", *PROTOCOLS.get(protocol).beside}
    if PROTOCOLS.get(protocol).patient_models:
        asked.add("patient values")
    assert any(asked <= modalities(case.name) for case in samples_of(protocol))


def test_nothing_is_written_for_a_case_that_is_not_there() -> None:
    assert set(COMPANIONS) == {case.name for case in ALL_CASES}


@pytest.mark.parametrize("name", sorted(COMPANIONS))
def test_the_note_names_the_patient_of_its_case(name: str) -> None:
    said = {item.name: item.value for item in extract_note(COMPANIONS[name].note) if item.kind == "person"}
    case = any_case(name)
    assert said["sex"] == case.sex
    age = case.film.age_years if hasattr(case, "film") else case.age_years
    assert said["age_years"] == age


@pytest.mark.parametrize("name", [name for name, companion in COMPANIONS.items() if companion.stay is not None])
def test_the_vital_signs_of_the_note_are_those_of_the_hour_of_the_stay(name: str) -> None:
    companion = COMPANIONS[name]
    series = example_stay(companion.stay).read()
    row = series.hours.tolist().index(companion.hour)
    measured = dict(zip(series.variables, series.values[row].tolist(), strict=True))
    compared = 0
    for item in extract_note(companion.note):
        held = measured.get(item.name, float("nan"))
        if item.kind == "vital" and item.usable and held == held:
            assert item.value == pytest.approx(held), item.name
            compared += 1
    assert compared >= 4
