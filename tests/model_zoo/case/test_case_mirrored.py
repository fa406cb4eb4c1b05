"""The remark on a mirrored film in the reading: beside the films it was measured on, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_zoo.case import ReadRequest, begin_review, case_from_json, case_to_json
from model_zoo.engine import InferenceEngine
from model_zoo.engine.outlines import OutlineEngine
from model_zoo.phantoms.samples import sample_case
from model_zoo.scans import Scan, decode_scan
from model_zoo.scans.orientation import Orientation
from model_zoo.trust.mirrored import SideReading, side_remark

INSIST = ReadRequest(insist=True)
REMARK = side_remark(SideReading(-9.0, 1.0))


@pytest.fixture(scope="module")
def shipped() -> InferenceEngine:
    return InferenceEngine()


def _scan(name: str, mirrored: bool, **metadata: str) -> Scan:
    """Return a computed film whose file says nothing of the side."""
    scan = decode_scan(sample_case(name).scan_bytes())
    frames = np.ascontiguousarray(scan.frames[:, :, ::-1]) if mirrored else scan.frames
    return replace(scan, frames=frames, metadata=replace(scan.metadata, orientation=None, **metadata))


@pytest.mark.parametrize("name", ["opacity", "heart-effusion"])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_mirrored_film_gets_one_remark_and_comes_first(name: str, mirrored: bool, shipped: InferenceEngine) -> None:
    review, _ = begin_review(shipped, _scan(name, mirrored), ReadRequest())
    assert review.remarks.count(REMARK) == mirrored
    assert (review.remarks[:1] == (REMARK,)) == mirrored


def test_nothing_of_the_film_or_its_reading_is_turned(shipped: InferenceEngine) -> None:
    scan = _scan("opacity", mirrored=True)
    before = scan.frames.copy()
    review, item = begin_review(shipped, scan, ReadRequest())
    assert REMARK in review.remarks
    np.testing.assert_array_equal(scan.frames, before)
    assert review.prediction == shipped.predict(shipped.prepare(scan, "adult"))
    assert item.geometry == shipped.prepare(_scan("opacity", mirrored=False), "adult").geometry


def test_the_remark_is_kept_with_the_case(shipped: InferenceEngine) -> None:
    review, _ = begin_review(shipped, _scan("opacity", mirrored=True), ReadRequest())
    assert REMARK in case_from_json(case_to_json(review)).remarks


def test_a_film_of_a_child_gets_none(shipped: InferenceEngine) -> None:
    scan = _scan("child-opacity", mirrored=True)
    review, item = begin_review(shipped, scan, INSIST)
    assert item.population == "child"
    assert REMARK not in review.remarks
    assert shipped.judge_side(item) is None


def test_a_lateral_film_gets_none_although_the_reader_insists(shipped: InferenceEngine) -> None:
    review, _ = begin_review(shipped, _scan("opacity", mirrored=True, view="LATERAL"), INSIST)
    assert review.violations
    assert REMARK not in review.remarks


def test_a_picture_that_the_gate_refuses_gets_none(shipped: InferenceEngine) -> None:
    scan = _scan("opacity", mirrored=True)
    turned = replace(scan, frames=np.ascontiguousarray(scan.frames[:, ::-1]))
    review, _ = begin_review(shipped, turned, INSIST)
    assert review.gate is not None
    assert not review.gate.accepted
    assert REMARK not in review.remarks


def test_the_view_need_not_be_stated(shipped: InferenceEngine) -> None:
    scan = _scan("opacity", mirrored=True)
    unstated = replace(scan, metadata=replace(scan.metadata, view=None))
    assert REMARK in begin_review(shipped, unstated, ReadRequest())[0].remarks


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("across", ["L", "R"])
def test_what_the_tags_say_of_the_side_is_named_beside_the_picture(
    mirrored: bool, across: str, shipped: InferenceEngine
) -> None:
    scan = _scan("opacity", mirrored=mirrored)
    tagged = replace(scan, metadata=replace(scan.metadata, orientation=Orientation(across, "F")))
    said = side_remark(SideReading(-9.0 if mirrored else 9.0, 1.0), "R" if across == "L" else "L")
    remarks = begin_review(shipped, tagged, INSIST)[0].remarks
    assert REMARK not in remarks
    assert (said is None) == (not mirrored and across == "L")
    assert said is None or remarks[0] == said


def test_the_outline_of_the_lungs_carries_it_too() -> None:
    review, _ = begin_review(OutlineEngine("lungs"), _scan("opacity", mirrored=True), ReadRequest())
    assert REMARK in review.remarks


def test_a_model_of_other_scans_reads_no_side(engine: InferenceEngine) -> None:
    scan = _scan("opacity", mirrored=True)
    assert engine.judge_side(engine.prepare(scan, "adult")) is None
