"""Fundus photograph: disc, macula and vessels in their places, signs as their grade and their masks say."""

import numpy as np
import pytest

from model_zoo.errors import UnknownName
from model_zoo.phantoms.eye.examination import random_fundus, render_fundus
from model_zoo.phantoms.eye.lesions import EYE_KINDS, GRADES, Retinopathy, random_retinopathy
from model_zoo.phantoms.eye.retina import draw_retina
from model_zoo.phantoms.eye.vessels import FREE_ZONE_MM, MOST_BRANCHES, grow_vessels, vessel_maps

SIZE = 256
SIGNS = Retinopathy(12, 8, 3, 3, 2)


@pytest.fixture(scope="module")
def sick():
    return render_fundus(5, SIGNS, "R", SIZE)


@pytest.fixture(scope="module")
def clear():
    return render_fundus(5, Retinopathy(), "R", SIZE)


def test_the_same_arguments_give_the_same_photograph(sick):
    assert np.array_equal(render_fundus(5, SIGNS, "R", SIZE).image, sick.image)
    assert not np.allclose(render_fundus(6, SIGNS, "R", SIZE).image, sick.image, atol=0.1)


def test_signs_change_the_photograph_only_where_they_lie(sick, clear):
    changed = np.abs(sick.image - clear.image).max(axis=2) > 0.05
    planted = np.any([lesion.mask for lesion in sick.lesions], axis=0)
    near = planted.copy()
    for _ in range(3):
        near[1:] |= near[:-1].copy()
        near[:-1] |= near[1:].copy()
        near[:, 1:] |= near[:, :-1].copy()
        near[:, :-1] |= near[:, 1:].copy()
    assert (changed & planted).sum() > 0.5 * planted.sum()
    # A soft exudate fades out beyond the mask that holds half its cover.
    assert (changed & ~near).sum() < 0.1 * changed.sum()


def test_blood_is_darker_and_exudates_brighter_than_the_same_place_without(sick, clear):
    green, before = sick.image[..., 1], clear.image[..., 1]
    assert {lesion.kind for lesion in sick.lesions} == set(EYE_KINDS)
    for kind in ("microaneurysms", "haemorrhages"):
        mask = sick.mask_of(kind) & ~sick.mask_of("hard_exudates") & ~sick.mask_of("soft_exudates")
        assert green[mask].mean() < before[mask].mean() - 0.04
    for kind in ("hard_exudates", "soft_exudates"):
        mask = sick.mask_of(kind) & ~sick.mask_of("haemorrhages")
        assert green[mask].mean() > before[mask].mean() + 0.10
    yellow = sick.image[sick.mask_of("hard_exudates")].mean(0)
    white = sick.image[sick.mask_of("soft_exudates")].mean(0)
    assert yellow[1] / yellow[2] > white[1] / white[2]


def test_signs_lie_in_the_field_off_the_disc(sick):
    for lesion in sick.lesions:
        assert not (lesion.mask & ~sick.organ_mask).any()
        assert not (lesion.mask & sick.landmarks["optic_disc"]).any()


@pytest.mark.parametrize(("side", "right"), [("R", True), ("L", False)])
def test_the_disc_lies_on_the_nasal_side_and_is_bright(side, right):
    picture = render_fundus(8, Retinopathy(), side, SIZE)
    disc, fovea = picture.landmarks["optic_disc"], picture.landmarks["fovea"]
    assert bool(np.nonzero(disc)[1].mean() > np.nonzero(fovea)[1].mean()) is right
    grey = picture.image.mean(axis=2)
    assert grey[disc].mean() > grey[picture.organ_mask].mean() + 0.08
    ring = picture.organ_mask & ~disc
    assert grey[fovea].mean() < np.quantile(grey[ring], 0.25)
    assert picture.laterality == side


def test_vessels_start_in_the_disc_divide_taper_and_spare_the_fovea():
    retina = draw_retina(4, SIZE, "R")
    branches = grow_vessels(retina, 4)
    assert 100 < len(branches) <= MOST_BRANCHES + 20
    starts = np.array([[b.t[0], b.v[0]] for b in branches])
    every = np.concatenate([np.stack([b.t, b.v], 1) for b in branches])
    trunks = [b for b in branches if np.hypot(b.t[0] / retina.disc[0], b.v[0] / retina.disc[1]) < 1]
    assert {b.vein for b in trunks} == {True, False}
    assert len(trunks) >= 8
    # Every other branch starts on a branch.
    for start in starts[:: max(len(starts) // 40, 1)]:
        others = np.linalg.norm(every - start, axis=1)
        assert np.count_nonzero(others < 1e-6) >= 2 or np.hypot(*start) < 1
    assert all(b.radius[-1] < b.radius[0] for b in branches if b.t.size > 1)
    reach = np.hypot(every[:, 0] - retina.fovea[0], every[:, 1] - retina.fovea[1])
    assert np.quantile(reach, 0.002) > 0.6 * FREE_ZONE_MM
    widest = {vein: max(b.radius[0] for b in branches if b.vein is vein) for vein in (True, False)}
    assert widest[True] > widest[False]


def test_vessels_are_dark_and_arteries_lighter_than_veins(clear):
    retina = draw_retina(5, SIZE, "R")
    maps = vessel_maps(retina, grow_vessels(retina, 5))
    green = clear.image[..., 1]
    away = clear.organ_mask & ~clear.landmarks["optic_disc"] & (retina.radius < 0.9)
    vein = (maps.vein > 0.10) & (maps.artery < 0.01) & away
    artery = (maps.artery > 0.10) & (maps.vein < 0.01) & away
    plain = away & ~clear.landmarks["vessels"]
    assert green[vein].mean() < green[artery].mean() < green[plain].mean()


def test_the_field_is_round_and_black_outside(clear):
    assert clear.image[~clear.organ_mask].mean() < 0.05
    assert clear.image.shape == (round(SIZE * 0.834), SIZE, 3)
    assert not clear.organ_mask[0, 0]
    assert clear.organ_mask[clear.image.shape[0] // 2, SIZE // 2]


@pytest.mark.parametrize("grade", GRADES)
def test_random_signs_make_the_grade_that_was_asked_for(grade):
    for seed in range(40):
        assert random_retinopathy(grade, np.random.default_rng(seed)).grade == grade


def test_a_random_fundus_carries_its_grade():
    picture = random_fundus(3, 3, 160)
    assert (picture.grade, picture.label) == (3, "grade 3")
    assert random_fundus(3, 0, 160).lesions == ()
    with pytest.raises(UnknownName, match="0, 1, 2"):
        random_fundus(3, 4, 160)
