"""What an engine outlines becomes regions of the case: areas, thresholds, boxes, lungs; and maps are held against lesions."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from model_zoo.case import CaseReview, case_from_json, case_to_json, map_on_lesions, maps_on_lesions, with_regions
from model_zoo.case.outlines.outlining import MOST_BOXES, NO_HEART_SIZE
from model_zoo.case.outlines.polygons import coverage
from model_zoo.case.outlines.regions import area_words, region_words, score_words, significant
from model_zoo.engine import InferenceEngine
from model_zoo.errors import CaseUnreadable
from model_zoo.phantoms.samples import sample_case
from model_zoo.results import LesionBox
from model_zoo.scans import decode_scan
from model_zoo.scans.geometry import Box
from tests.outlined import TARGET, outlined_review, plane_of
from tests.tiny_zoo import made_scan

SHAPE = (60, 52)
SQUARE = (10, 20, 12, 8)
LESION = ("lesion", "lesion", 0.5, plane_of(SHAPE, SQUARE))


@pytest.fixture(scope="module")
def review(engine: InferenceEngine) -> CaseReview:
    disc = ("disc", "landmark", 0.4, plane_of(SHAPE, (30, 30, 5, 5)))
    faint = ("faint", "lesion", 0.5, plane_of(SHAPE, (40, 5, 4, 4), 0.3))
    lungs = plane_of(SHAPE, (5, 5, 50, 20))
    return outlined_review(engine, planes=[disc, LESION, faint], lungs=lungs)


def test_a_lesion_has_outline_area_and_score_on_the_grid_of_the_scan(review: CaseReview) -> None:
    lesion = review.regions[0]
    assert (lesion.name, lesion.title, lesion.kind, lesion.pieces) == ("lesion", "Lesion", "lesion", 1)
    (contour,) = lesion.contours
    # The field crosses 0.5 a little outside of the middle between a pixel of 0.9 and one of 0.05.
    assert np.asarray(contour).min(axis=0) == pytest.approx((10, 20), abs=0.1)
    assert np.asarray(contour).max(axis=0) == pytest.approx((22, 28), abs=0.1)
    assert lesion.area_px == 96
    assert lesion.area_mm2 == pytest.approx(96 * 0.2 * 0.2)
    assert lesion.share == pytest.approx(96 / (60 * 52))
    assert lesion.mean_probability == lesion.score == pytest.approx(0.9)
    assert lesion.above_threshold
    assert lesion.box is None


def test_lesions_come_first_and_what_was_not_found_is_said(review: CaseReview) -> None:
    assert [(r.name, r.above_threshold) for r in review.regions] == [
        ("lesion", True), ("faint", False), ("disc", True), ("lungs", True),
    ]  # fmt: skip
    faint = review.regions[1]
    assert faint.contours == ()
    assert faint.mean_probability is None
    assert faint.score == pytest.approx(0.3)
    assert region_words(faint) == (
        "highest pixel score 0.30 (not calibrated)", "nothing outlined", "threshold 0.5 not reached: this does not exclude it",
    )  # fmt: skip
    assert len(region_words(review.regions[2])) == 2  # a landmark that is there is on no side of anything


def test_lungs_are_an_organ_and_nothing_is_derived_of_the_heart(review: CaseReview) -> None:
    lungs = review.regions[-1]
    assert (lungs.kind, lungs.title) == ("organ", "Lungs (outline, includes the lung behind the heart)")
    assert lungs.area_px == 1000
    assert lungs.note is not None
    assert "looked at by eye, not measured" in lungs.note
    assert NO_HEART_SIZE in lungs.note
    assert not any("heart" in r.name or "ratio" in r.name for r in review.regions)


def test_lungs_of_children_carry_the_measured_dice(engine: InferenceEngine) -> None:
    from model_zoo.segmenters import SEGMENTERS

    child = made_scan(age_years=3.0, view="AP")
    note = outlined_review_of_child(engine, child).regions[-1].note
    dice = SEGMENTERS.get("lungs").card["metrics"]["dice"]["value"]
    assert note == f"Dice {dice:.2f} on held-out children. {NO_HEART_SIZE}"


def outlined_review_of_child(engine: InferenceEngine, scan: object) -> CaseReview:
    from model_zoo.case import ReadRequest, begin_review
    from tests.outlined import OutliningEngine

    stub = OutliningEngine(engine, lungs=plane_of(SHAPE, (5, 5, 50, 20)))
    review, model_input = begin_review(stub, scan, ReadRequest())  # type: ignore[arg-type]
    return with_regions(stub, review, scan, model_input)  # type: ignore[arg-type]


def test_too_little_to_be_lungs_is_no_outline(engine: InferenceEngine) -> None:
    review = outlined_review(engine, lungs=plane_of(SHAPE, (5, 5, 5, 5)))
    (lungs,) = review.regions
    assert lungs.contours == ()
    assert not lungs.above_threshold
    assert lungs.note is not None
    assert lungs.note.startswith("No lungs were found")


def test_without_spacing_there_is_no_area_in_mm2(engine: InferenceEngine) -> None:
    scan = replace(made_scan(), spacing_mm=None)
    (lesion,) = outlined_review(engine, scan, planes=[LESION]).regions
    assert lesion.area_mm2 is None
    assert lesion.spacing_note is None
    assert area_words(lesion) == "96 px, 3 % of the picture"


def test_a_spacing_that_the_decoder_doubts_is_said_beside_the_area(engine: InferenceEngine) -> None:
    decoded = decode_scan(sample_case("opacity").scan_bytes())
    scan = replace(made_scan(), notes=decoded.notes)
    (lesion,) = outlined_review(engine, scan, planes=[LESION]).regions
    assert lesion.spacing_note == "not calibrated to the patient"
    assert area_words(lesion) == "3.84 mm² (96 px, not calibrated to the patient), 3 % of the picture"


def test_boxes_above_the_threshold_are_regions_cut_at_the_rim(engine: InferenceEngine) -> None:
    boxes = [LesionBox(0.9, Box(50, 40, 20, 20), True), LesionBox(0.3, Box(1, 1, 5, 5), False)]
    (box,) = outlined_review(engine, boxes=boxes).regions
    assert (box.kind, box.score, box.above_threshold, box.mean_probability) == ("lesion", 0.9, True, None)
    assert box.box == Box(50, 40, 10, 12)
    assert box.area_px == 120
    assert box.contours == ()
    assert box.polygons == (((50, 40), (50, 52), (60, 52), (60, 40)),)
    assert "no probability" in score_words(box)


def test_where_no_box_reaches_the_threshold_the_best_is_named_alone(engine: InferenceEngine) -> None:
    boxes = [LesionBox(0.4, Box(1, 1, 5, 5), False), LesionBox(0.3, Box(9, 9, 5, 5), False)]
    (box,) = outlined_review(engine, boxes=boxes).regions
    assert (box.score, box.above_threshold) == (0.4, False)


def test_no_more_boxes_than_can_be_looked_at(engine: InferenceEngine) -> None:
    boxes = [LesionBox(0.9, Box(i, i, 5, 5), True) for i in range(MOST_BOXES + 5)]
    assert len(outlined_review(engine, boxes=boxes).regions) == MOST_BOXES


def test_a_model_without_outlines_has_none(engine: InferenceEngine) -> None:
    review = outlined_review(engine)
    assert review.regions == ()
    assert maps_on_lesions(review) == ()


def test_the_tiny_engine_itself_outlines_lungs(engine: InferenceEngine) -> None:
    scan = made_scan()
    review = outlined_review(engine, scan)
    assert [r.name for r in with_regions(engine, review, scan).regions] == ["lungs"]


def test_a_map_is_held_against_all_lesions_above_their_threshold(review: CaseReview) -> None:
    found = map_on_lesions(review, "grad-cam", TARGET)
    assert found is not None
    values = review.map_of("grad-cam", TARGET).attribution.values
    top, left, height, width = SQUARE
    corners = ((top, left), (top, left + width), (top + height, left + width), (top + height, left))
    inside = coverage([(corners,)], (0, 0, *SHAPE), values.shape)
    positive = np.maximum(values, 0)
    # The outline is traced at 0.5 between 0.05 and 0.9: a hair wider than the square of pixels.
    assert found.share_inside == pytest.approx((positive * inside).sum() / positive.sum(), rel=0.1)
    assert found.area == pytest.approx(96 / (60 * 52), rel=0.05)
    assert "lung opacity" in found.sentence
    assert [c.to_json()["verdict"] for c in maps_on_lesions(review)] == [found.verdict]


def test_organs_and_landmarks_are_no_lesions(engine: InferenceEngine) -> None:
    disc = ("disc", "landmark", 0.4, plane_of(SHAPE, (30, 30, 5, 5)))
    review = outlined_review(engine, planes=[disc], lungs=plane_of(SHAPE, (5, 5, 50, 20)))
    assert map_on_lesions(review, "grad-cam", TARGET) is None


def test_regions_go_to_json_and_back_and_older_cases_have_none(review: CaseReview) -> None:
    raw = json.loads(json.dumps(case_to_json(review)))
    assert case_from_json(raw).regions == review.regions
    older = {key: value for key, value in raw.items() if key != "regions"}
    assert case_from_json(older).regions == ()
    raw["regions"][0]["contours"] = [[1, 2]]
    with pytest.raises(CaseUnreadable):
        case_from_json(raw)


@pytest.mark.parametrize(
    ("area", "words"), [(2891.3, "2,890"), (44726.9, "44,700"), (3.84, "3.84"), (0.0523, "0.0523"), (999.7, "1,000")]
)
def test_an_area_has_three_digits(area: float, words: str) -> None:
    assert significant(area) == words
