"""Every sample case as the page opens it: the shipped model covers it, and says first what was planted."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from model_zoo.case import ReadRequest, begin_review, find_start_frame
from model_zoo.case.reading import strongest_finding
from model_zoo.engine import InferenceEngine
from model_zoo.phantoms.all_samples import ALL_CASES, AnyCase, planted_findings
from model_zoo.phantoms.picture_samples import CHOSEN, PICTURE_CASES, SEQUENCE_CASES
from model_zoo.protocols import PROTOCOLS
from model_zoo.scans import decode_scan

# What stands out most in each case, and whether it is above its threshold. The clear eye has one output, and it is below.
PLANTED: dict[str, tuple[str, bool]] = {
    "opacity": ("lung_opacity", True),
    # Two lesions are planted; the model has an output for the effusion alone.
    "heart-effusion": ("report_effusion", True),
    "child-opacity": ("pneumonia", True),
    "breast-solid": ("malignant", True),
    "breast-cyst": ("benign", True),
    "brain-ring": ("glioma", True),
    "brain-dural": ("meningioma", True),
    "eye-referable": ("referable_retinopathy", True),
    "eye-clear": ("referable_retinopathy", False),
    "brain-stack": ("glioma", True),
    "breast-sweep": ("malignant", True),
}


@cache
def engine_of(protocol: str) -> InferenceEngine:
    return InferenceEngine(PROTOCOLS.get(protocol).image_models[0])


def test_no_case_is_left_out() -> None:
    assert set(PLANTED) == {case.name for case in ALL_CASES}


@pytest.mark.parametrize(
    "case",
    # Twenty slices and more take seconds to compute.
    [pytest.param(case, marks=pytest.mark.slow if case in SEQUENCE_CASES else ()) for case in ALL_CASES],
    ids=lambda case: case.name,
)
def test_the_planted_class_is_what_stands_out(case: AnyCase) -> None:
    engine, scan = engine_of(case.protocol), decode_scan(case.scan_bytes())
    request = ReadRequest()
    opened = find_start_frame(engine, scan, request)
    if opened is not None:
        request = replace(request, frame=opened.frame)
        assert opened.frame in case.sequence().lesion_frames
    review, _ = begin_review(engine, scan, request)
    assert review.prediction.covered
    assert review.violations == ()
    expected, above = PLANTED[case.name]
    strongest = strongest_finding(review)
    assert strongest == expected
    assert review.prediction.finding(strongest).above_threshold is above
    assert planted_findings(case) == ({expected} if above else set())


def test_what_was_chosen_says_so() -> None:
    assert all(CHOSEN in case.description for case in PICTURE_CASES)


def test_what_is_planted_is_an_output_and_what_was_drawn() -> None:
    """By the truth of the picture itself, not by what a network says of it."""
    looks = {"cyst": "benign", "grade 2": "referable_retinopathy", "grade 0": None}
    for case in PICTURE_CASES:
        label = case.phantom().label
        named = looks.get(label, label)
        assert planted_findings(case) == (set() if named is None else {named}), case.name
    for case in ALL_CASES:
        assert planted_findings(case) <= set(engine_of(case.protocol).card.labels), case.name
