"""Maps side by side: every picture by the rules of its own method, at its place, and the consensus beside them."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from dashboard.catalogue import counted, text
from dashboard.viewmodels.explain.comparison import PICTURE_SIDE, ComparedPicture, build_comparison, reduced_scan
from dashboard.viewmodels.explain.maps import colour_range
from dashboard.viewmodels.explain.trust import verdict_words
from model_zoo.case.case_review import CaseReview, ExplainedMap, ScanSummary
from model_zoo.explainers.picture import blend, colours
from model_zoo.results import Attribution, Prediction
from model_zoo.scans.coverage import StatedFacts
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.scans.scan import Scan, Window
from model_zoo.trust.map_agreement import CELLS
from model_zoo.trust.masking import MaskingEffect
from model_zoo.trust.verdict import BELIEVED, NOT_TO_BE_USED, MapVerdict

TARGET = "lung_opacity"
# Neither square nor the whole film: a picture that is turned, stretched or not cropped shows.
GEOMETRY = Geometry((600, 800), Box(100, 200, 400, 500), (128, 128))
EFFECT = MaskingEffect(TARGET, "probability", 0.81, 0.34, 0.8, 0.7, 0.85, 0.1, "Covering lowers it.")


def a_scan() -> Scan:
    frame = np.full((600, 800), 250.0, np.float32)
    frame[100:150, 200:250] = 1000.0  # the upper left corner of what is read
    return Scan("ab" * 32, "PNG", frame[None], Window(500.0, 1000.0))


def a_map(method: str, row: int, col: int, signed: bool = False, verdict: str | None = None) -> ExplainedMap:
    values = np.zeros((16, 16), np.float32)
    values[row : row + 3, col : col + 3] = 1 + np.arange(9).reshape(3, 3)
    attribution = Attribution(method, method.title(), TARGET, values, GEOMETRY, signed, f"unit of {method}", {})
    judged = None if verdict is None else MapVerdict(verdict, (), False, "")
    return ExplainedMap(attribution, EFFECT, verdict=judged)


def a_review(*maps: ExplainedMap) -> CaseReview:
    summary = ScanSummary("ab" * 32, "PNG", 600, 800, 1, 0, None, None, None, None, True, ())
    prediction = Prediction("m", "1", "cd" * 32, "ab" * 32, 0, "adult", (), True)
    return CaseReview("id", "now", summary, StatedFacts(), (), (), prediction, GEOMETRY, maps)


def pixels(picture: ComparedPicture) -> np.ndarray:
    with Image.open(io.BytesIO(picture.png)) as image:
        assert image.format == "PNG"
        return np.asarray(image).astype(int)


def coloured(picture: ComparedPicture) -> np.ndarray:
    return np.ptp(pixels(picture), axis=2) > 40


def test_two_maps_and_their_consensus_stand_side_by_side() -> None:
    maps = (a_map("one", 2, 10, verdict=BELIEVED), a_map("two", 2, 10, signed=True))
    view = build_comparison(a_review(*maps), a_scan(), TARGET, ("two", "one"))
    assert view is not None
    assert [p.title for p in view.pictures] == ["Two", "One", counted("compare.consensus", 2)]
    assert [p.verdict for p in view.pictures] == [
        "", verdict_words(BELIEVED, False), text("compare.consensus.no_verdict"),
    ]  # fmt: skip
    for picture, explained in zip(view.pictures, (maps[1], maps[0]), strict=False):
        low, high = colour_range(explained.attribution)
        unit = explained.attribution.unit
        assert picture.caption == text("compare.range", low=f"{low:.2g}", high=f"{high:.2g}", unit=unit)
    assert view.pictures[-1].caption == text("compare.consensus.range", low="0.5")
    (row,) = view.rows
    assert (row.maps, row.rank_correlation, row.overlap) == (
        text("compare.pair", first="Two", second="One"),
        "1.00",
        "100 %",
    )
    assert view.sentence == "The two maps are nearly the same."
    assert view.measure == text("compare.measure", cells=CELLS, share="25")


def test_pictures_show_the_region_that_was_read_undistorted_and_the_map_at_its_place() -> None:
    view = build_comparison(a_review(a_map("one", 2, 10), a_map("two", 2, 10)), a_scan(), TARGET, ("one", "two"))
    assert view is not None
    for picture in view.pictures:
        shown = pixels(picture)
        assert shown.shape == (round(PICTURE_SIDE * 400 / 500), PICTURE_SIDE, 3)
        assert shown[2, 2].tolist() == [255, 255, 255]
        assert shown[-3, 2].tolist() == [64, 64, 64]
        ys, xs = np.nonzero(coloured(picture))
        # The strongest values lie towards the lower right of the spot of 3 x 3 cells.
        assert ys.mean() / shown.shape[0] == pytest.approx(3.7 / 16, abs=0.05)
        assert xs.mean() / shown.shape[1] == pytest.approx(11.7 / 16, abs=0.05)


def test_the_consensus_is_empty_where_the_maps_part() -> None:
    view = build_comparison(a_review(a_map("one", 1, 1), a_map("two", 12, 12)), a_scan(), TARGET, ("one", "two"))
    assert view is not None
    assert coloured(view.pictures[0]).any()
    assert not coloured(view.pictures[-1]).any()
    assert view.rows[0].overlap == "0 %"


def test_a_map_not_to_be_used_is_grey_and_stays_out_of_the_consensus() -> None:
    maps = (a_map("one", 2, 10), a_map("two", 2, 10), a_map("bad", 12, 2, verdict=NOT_TO_BE_USED))
    view = build_comparison(a_review(*maps), a_scan(), TARGET, ("one", "two", "bad"))
    assert view is not None
    bad = view.pictures[2]
    assert bad.verdict == verdict_words(NOT_TO_BE_USED, False)
    assert np.ptp(pixels(bad), axis=2).max() == 0
    low, high = colour_range(maps[2].attribution)
    unit = maps[2].attribution.unit
    assert bad.caption == text("compare.range_grey", low=f"{low:.2g}", high=f"{high:.2g}", unit=unit)
    assert view.pictures[3].title == counted("compare.consensus", 2)
    assert "Left out, because not to be used: Bad." in view.consensus
    pair = build_comparison(a_review(*maps[1:]), a_scan(), TARGET, ("two", "bad"))
    assert pair is not None
    assert [p.title for p in pair.pictures] == ["Two", "Bad"]
    assert pair.consensus.startswith("No consensus")


def test_an_empty_map_is_said_to_be_empty() -> None:
    empty = a_map("two", 0, 0)
    empty = replace(empty, attribution=replace(empty.attribution, values=np.zeros((16, 16), np.float32)))
    view = build_comparison(a_review(a_map("one", 2, 10), empty), a_scan(), TARGET, ("one", "two"))
    assert view is not None
    (row,) = view.rows
    assert (row.rank_correlation, row.overlap, row.at_random) == (text("compare.none"),) * 3
    assert row.words == "One and Two cannot be compared: Two marks nothing."
    assert not coloured(view.pictures[1]).any()


def test_one_map_or_maps_of_another_finding_are_no_comparison() -> None:
    review = a_review(a_map("one", 2, 10), a_map("two", 2, 10))
    assert build_comparison(review, a_scan(), TARGET, ("one",)) is None
    assert build_comparison(review, a_scan(), "another", ("one", "two")) is None


@pytest.mark.parametrize("side", [40, 380, 1000, 2500])
def test_films_of_any_size_come_to_one_size(side: int) -> None:
    ramp = np.repeat(np.linspace(0, 1, side, dtype=np.float32)[:, None], side // 2, axis=1)
    scan = Scan("ab" * 32, "PNG", ramp[None], Window(0.5, 1.0))
    film, geometry = reduced_scan(scan, 0, Geometry(scan.shape, Box(0, 0, side, side // 2), (32, 32)))
    assert film.shape == geometry.scan_shape == (PICTURE_SIDE, PICTURE_SIDE // 2)
    expected = (np.arange(PICTURE_SIDE) + 0.5) / PICTURE_SIDE
    np.testing.assert_allclose(film[:, 0], expected, atol=0.03)


def test_a_colour_scan_stays_in_colour_under_its_map() -> None:
    red = np.zeros((1, 60, 30, 3), np.uint8)
    red[..., 0] = 200
    scan = Scan("ab" * 32, "JPEG", np.full((1, 60, 30), 60, np.float32), Window(128, 255), is_colour=True, colour=red)
    film, geometry = reduced_scan(scan, 0, Geometry(scan.shape, Box(0, 0, 60, 30), (32, 32)))
    assert film.shape == (*geometry.scan_shape, 3)
    shown = blend(film, colours(np.zeros(geometry.scan_shape), 0.0, 1.0, signed=False))
    assert (shown == (200, 0, 0)).all()
