"""Regions as shapes of the viewer and as the list beside the findings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dashboard.catalogue import text
from dashboard.viewmodels.numbers.outlines import build_outlines, lesion_words, viewer_outlines
from dashboard.viewmodels.viewer.payload import build_viewer
from model_zoo.case import CaseReview
from model_zoo.results import LesionBox
from model_zoo.scans.geometry import Box
from model_zoo.trust.map_on_lesion import LIMITS
from tests.outlined import TARGET, outlined_review, plane_of
from tests.tiny_zoo import made_scan, tiny_engine

SHAPE = (60, 52)


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> CaseReview:
    folder: Path = tmp_path_factory.mktemp("weights")
    planes = [
        ("lesion", "lesion", 0.5, plane_of(SHAPE, (10, 20, 12, 8))),
        ("faint", "lesion", 0.5, plane_of(SHAPE, (40, 5, 4, 4), 0.3)),
        ("disc", "landmark", 0.5, plane_of(SHAPE, (30, 30, 5, 5))),
    ]
    boxes = [LesionBox(0.87, Box(2, 3, 10, 20), True)]
    return outlined_review(tiny_engine(folder), planes=planes, boxes=boxes, lungs=plane_of(SHAPE, (5, 5, 50, 20)))


def test_what_reached_its_threshold_is_drawn_with_title_and_score(review: CaseReview) -> None:
    shapes = viewer_outlines(review)
    assert [(s.label, s.kind) for s in shapes] == [
        ("Lesion 0.90", "lesion"), ("Box 1 0.87", "lesion"), ("Disc 0.90", "landmark"), ("Lungs", "organ"),
    ]  # fmt: skip
    assert shapes[0].words == ("Lesion: mean pixel score 0.90 (not calibrated), 3.84 mm² (96 px), 3 % of the picture")
    assert all("heart" not in shape.label for shape in shapes)


def test_polygons_reach_the_browser_as_rows_and_columns_of_the_scan(review: CaseReview) -> None:
    shapes = viewer_outlines(replace(review, scan=replace(review.scan, frame=0)))
    payload = build_viewer(made_scan(), outlines=shapes).to_payload()["outlines"]
    assert payload[1]["polygons"] == [[2, 3, 2, 23, 12, 23, 12, 3]]
    lesion = np.asarray(payload[0]["polygons"][0]).reshape(-1, 2)
    assert lesion.min(axis=0) == pytest.approx((10, 20), abs=0.1)
    assert lesion.max(axis=0) == pytest.approx((22, 28), abs=0.1)


def test_the_list_says_of_everything_whether_it_is_outlined(review: CaseReview) -> None:
    view = build_outlines(review)
    assert view is not None
    rows = {row.title: row for row in view.rows}
    assert rows["Lesion"].side.startswith("outlined")
    assert "exclude" in rows["Faint"].side
    assert rows["Faint"].area == "nothing outlined"
    assert rows["Disc"].side == ""
    assert rows["Box 1"].note == "The area is that of the box, not of what lies in it."
    lungs = rows["Lungs (outline, includes the lung behind the heart)"]
    assert lungs.side == text("outlines.on_request")
    assert "looked at by eye, not measured" in lungs.note
    assert view.compares
    assert LIMITS in view.remarks


def test_a_map_gets_its_sentence_only_beside_a_lesion(review: CaseReview) -> None:
    assert "of what speaks for lung opacity lies inside the outlined lesions" in lesion_words(
        review, "grad-cam", TARGET
    )
    lesions = [replace(r, above_threshold=False) for r in review.regions if r.kind == "lesion"]
    none = replace(review, regions=tuple(lesions))
    assert lesion_words(none, "grad-cam", TARGET) == ""
    view = build_outlines(none)
    assert view is not None
    assert not view.compares
    assert text("outlines.nothing_to_compare") in view.remarks


def test_a_model_that_outlines_nothing_has_no_list(review: CaseReview) -> None:
    assert build_outlines(replace(review, regions=())) is None
    assert viewer_outlines(replace(review, regions=())) == ()


def test_lungs_alone_say_nothing_of_lesions(review: CaseReview) -> None:
    view = build_outlines(replace(review, regions=review.regions[-1:]))
    assert view is not None
    assert len(view.remarks) == 1
