"""Regions of a film, the share of a map in them, and the alarm of a map that lies where no finding can."""

from __future__ import annotations

import numpy as np
import pytest

from model_zoo.scans.regions import FilmRegions, border_mask, corner_mask, film_regions
from model_zoo.trust.alarm import map_alarms
from model_zoo.trust.check import FAILED, FATAL, PASSED
from model_zoo.trust.checks.anatomy import CHECK
from model_zoo.trust.masking import MaskingEffect
from tests.model_zoo.trust.subjects import subject

EFFECT = MaskingEffect("a", "score", 80, 30, 75, 60, 80, 0.1, "Covering the marked region lowers it.")


@pytest.fixture
def film() -> np.ndarray:
    """A body of grey 0 with black air at its left, and a black hole inside that is not joined to the rim."""
    image = np.zeros((64, 64), np.float32)
    image[:, :10] = -1.0
    image[30:34, 40:44] = -1.0
    return image


@pytest.fixture
def regions(film: np.ndarray) -> FilmRegions:
    lungs = np.zeros((64, 64), np.float32)
    lungs[16:48, 16:28] = lungs[16:48, 36:48] = 1.0
    return film_regions(film, lungs)


def test_air_is_outside_only_where_it_is_joined_to_the_rim(regions: FilmRegions) -> None:
    assert regions.outside_body[:, :10].all()
    assert not regions.outside_body[30:34, 40:44].any()


def test_lungs_have_a_margin_and_never_reach_a_corner(regions: FilmRegions) -> None:
    assert regions.lungs[13, 20]
    assert not (regions.lungs & regions.corners).any()
    assert not (regions.elsewhere & regions.lungs).any()


def test_on_a_film_cropped_to_the_lungs_lung_is_no_corner(film: np.ndarray) -> None:
    lungs = np.zeros((64, 64), np.float32)
    lungs[2:62, 2:62] = 1.0
    cropped = film_regions(film, lungs, cropped=True)
    assert not (cropped.lungs & cropped.corners).any()
    assert cropped.lungs[2, 2]
    assert film_regions(film, lungs).corners[2, 2]


def test_without_lungs_a_map_is_still_placed(film: np.ndarray) -> None:
    bare = film_regions(film, np.zeros((64, 64), np.float32))
    inside = CHECK.run(subject(spot(slice(20, 30), slice(18, 26)), regions=bare))
    assert inside.outcome == FAILED
    assert inside.figures["elsewhere"] == 0.0
    corner = CHECK.run(subject(spot(slice(0, 8), slice(52, 62)), regions=bare))
    assert corner.outcome == FATAL
    assert map_alarms([corner], {}, EFFECT)


def test_few_lung_pixels_are_no_lungs(film: np.ndarray) -> None:
    lungs = np.zeros((64, 64), np.float32)
    lungs[30:34, 30:34] = 1.0
    assert not film_regions(film, lungs).lungs_found


def test_border_and_corners_cover_what_they_say() -> None:
    assert border_mask(100, 100).mean() == pytest.approx(1 - 0.88**2)
    assert corner_mask(100, 100).mean() == pytest.approx(4 * 0.16 * 0.20)


def spot(rows: slice, cols: slice) -> np.ndarray:
    values = np.zeros((64, 64), np.float32)
    values[rows, cols] = 1.0
    return values


def test_shares_of_a_map_in_the_lungs_and_in_a_corner(regions: FilmRegions) -> None:
    inside = CHECK.run(subject(spot(slice(20, 30), slice(18, 26)), regions=regions))
    assert inside.outcome == PASSED
    assert inside.figures["lungs"] == pytest.approx(1.0)
    assert inside.measure == pytest.approx(1 / regions.lungs.mean())
    corner = CHECK.run(subject(spot(slice(0, 8), slice(52, 62)), regions=regions))
    assert corner.outcome == FATAL
    assert corner.figures["elsewhere"] == pytest.approx(1.0)
    middle = CHECK.run(subject(spot(slice(54, 60), slice(30, 34)), regions=regions))
    assert middle.outcome == FAILED


def test_negative_values_do_not_count_and_a_map_of_them_alone_is_empty(regions: FilmRegions) -> None:
    values = spot(slice(20, 30), slice(18, 26)) - 5 * spot(slice(0, 8), slice(52, 62))
    assert CHECK.run(subject(values, regions=regions)).figures["lungs"] == pytest.approx(1.0)
    assert CHECK.run(subject(-np.abs(values), regions=regions)).outcome == FATAL


def test_coarse_maps_are_spread_over_their_cells(regions: FilmRegions) -> None:
    coarse = np.zeros((8, 8), np.float32)
    coarse[3, 2] = 2.0  # rows 24 to 31, columns 16 to 23: inside the lungs
    assert CHECK.run(subject(coarse, regions=regions)).figures["lungs"] == pytest.approx(1.0)


def test_the_alarm_names_place_and_share_and_keeps_quiet_for_a_map_in_the_lungs(regions: FilmRegions) -> None:
    bad = CHECK.run(subject(spot(slice(0, 8), slice(52, 62)), regions=regions))
    (alarm,) = map_alarms([bad], {}, EFFECT)
    assert "100 %" in alarm
    assert "a corner" in alarm
    assert EFFECT.sentence in alarm
    good = CHECK.run(subject(spot(slice(20, 30), slice(18, 26)), regions=regions))
    assert map_alarms([good], {}, EFFECT) == ()
    assert map_alarms([good], {"elsewhere": -0.1}, EFFECT) != ()
    assert map_alarms([], {}, EFFECT) == ()
