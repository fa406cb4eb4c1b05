"""The titles of the sample cases name the place where the lesion was planted, by the function that words the page's places."""

from __future__ import annotations

import re

import pytest

from model_zoo.case import ReadRequest, begin_review, with_regions
from model_zoo.engine import InferenceEngine
from model_zoo.phantoms.all_samples import ALL_CASES, AnyCase
from model_zoo.phantoms.picture_samples import SEQUENCE_CASES
from model_zoo.places import place_of
from model_zoo.places.planted import perfect_map
from model_zoo.protocols import PROTOCOLS
from model_zoo.scans import decode_scan

_PLACE = re.compile(r"\b(left|right|upper|middle|lower)\b")
STILL = [case for case in ALL_CASES if case not in SEQUENCE_CASES]
# A breast and an eye are named by their side, which the file states; a lung and a hemisphere by where the lesion lies.
SIDE_OF_FILE = ("breast", "eye")


def places_of(case: AnyCase) -> list[set[str]]:
    """Return for each planted lesion the words of place that are true of it."""
    engine, scan = InferenceEngine(PROTOCOLS.get(case.protocol).image_models[0]), decode_scan(case.scan_bytes())
    review, model_input = begin_review(engine, scan, ReadRequest(insist=True))
    review = with_regions(engine, review, scan, model_input)
    if case.protocol in SIDE_OF_FILE:
        return [{{"L": "left", "R": "right"}[str(scan.metadata.laterality)]}]
    found = []
    for lesion in case.phantom().lesions:
        place = place_of(perfect_map(lesion.mask, "planted", model_input.geometry), review)
        assert place is not None
        found.append(set(place.key.split(".")))
    return found


@pytest.mark.parametrize("case", STILL, ids=lambda case: case.name)
def test_a_title_names_the_place_of_what_was_planted(case: AnyCase) -> None:
    told = set(_PLACE.findall(case.title))
    described = set(_PLACE.findall(case.description))
    found = places_of(case)
    assert any(told <= words for words in found), found
    assert not described or any(described <= words for words in found), found


def test_titles_name_places_at_all() -> None:
    assert sum(bool(_PLACE.search(case.title)) for case in STILL) >= 7


@pytest.mark.parametrize("case", SEQUENCE_CASES, ids=lambda case: case.name)
def test_a_sequence_names_no_place(case: AnyCase) -> None:
    assert not _PLACE.search(case.title)
