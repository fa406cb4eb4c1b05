"""The film: the physics behind it, its anatomy and that it is the same every time."""

import time

import numpy as np
import pytest

from model_zoo.phantoms import SAMPLE_SETTINGS, TRAINING_SETTINGS, random_phantom, render_phantom
from model_zoo.phantoms.chest.anatomy import Grid, draw_anatomy, ellipsoid_chord, heart_map, make_grid
from model_zoo.phantoms.chest.projection import MU_BONE, MU_LUNG, MU_TISSUE, attenuation, power_law_fields, transmitted
from model_zoo.phantoms.settings import DISJOINT_FIELDS

FAMILIES = [TRAINING_SETTINGS, SAMPLE_SETTINGS]


def test_the_same_arguments_give_the_same_film_and_another_seed_another():
    first, again = (render_phantom(SAMPLE_SETTINGS, 5, size=96) for _ in range(2))
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.lung_mask, again.lung_mask)
    assert not np.array_equal(first.image, render_phantom(SAMPLE_SETTINGS, 6, size=96).image)


def test_another_exposure_of_the_same_chest_keeps_its_anatomy():
    base = render_phantom(SAMPLE_SETTINGS, 5, size=96)
    later = render_phantom(SAMPLE_SETTINGS, 5, size=96, exposure_seed=77)
    other = render_phantom(SAMPLE_SETTINGS, 6, size=96)

    def overlap(a, b):
        return (a & b).sum() / (a | b).sum()

    assert not np.array_equal(base.image, later.image)
    assert overlap(base.lung_mask, later.lung_mask) > 0.93
    assert overlap(base.lung_mask, later.lung_mask) > overlap(base.lung_mask, other.lung_mask)


@pytest.mark.parametrize("settings", FAMILIES, ids=lambda s: s.name)
@pytest.mark.parametrize(("body", "view"), [("adult", "PA"), ("adult", "AP"), ("child", "AP")])
def test_a_film_shows_dark_lungs_beside_a_bright_mediastinum(settings, body, view):
    for seed in range(4):
        phantom = render_phantom(settings, seed, size=96, body=body, view=view)
        image, lungs = phantom.image, phantom.lung_mask
        assert image.dtype == np.float32
        assert np.isfinite(image).all()
        assert image.min() >= 0
        assert image.max() <= 1
        assert lungs.shape == phantom.body_mask.shape == image.shape
        rows = np.flatnonzero(lungs.any(axis=1))
        middle = rows[len(rows) // 4 : 3 * len(rows) // 4]
        between = []
        for row in middle:
            columns = np.flatnonzero(lungs[row])
            gap = np.argmax(np.diff(columns))
            centre = (columns[gap] + columns[gap + 1]) // 2
            between.append(image[row, centre - 1 : centre + 2].mean())
        assert np.mean(between) > image[lungs].mean() + 0.2
        assert (lungs & ~phantom.body_mask).sum() == 0
        assert 0.10 < lungs.mean() < 0.55


def test_the_right_dome_stands_higher_and_the_heart_points_to_the_patients_left():
    for seed in range(5):
        phantom = render_phantom(SAMPLE_SETTINGS, seed, size=128)
        lungs = phantom.lung_mask
        size = lungs.shape[1]

        def base(first, last, lungs=lungs, size=size):
            """Median of the lowest lung row over a range of columns given as shares of the width."""
            return np.median([np.flatnonzero(lungs[:, c])[-1] for c in range(int(first * size), int(last * size))])

        right, left = base(0.28, 0.33), base(0.70, 0.75)
        assert right < left
        anatomy = draw_anatomy(SAMPLE_SETTINGS, np.random.default_rng(seed), "adult", "PA")
        grid = make_grid(anatomy, 64)
        heart = heart_map(anatomy, grid)
        assert heart[:, grid.x[0] > 0].sum() > 1.5 * heart[:, grid.x[0] < 0].sum()


def test_a_child_is_wider_than_tall_with_a_smaller_field_and_a_larger_heart():
    child, adult = (render_phantom(SAMPLE_SETTINGS, 3, size=96, body=body, view="AP") for body in ("child", "adult"))
    assert child.image.shape[0] < child.image.shape[1] == 96
    assert adult.image.shape == (96, 96)
    assert child.spacing_mm < 0.7 * adult.spacing_mm

    def chest_aspect(mask):
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        return np.ptp(rows) / np.ptp(columns)

    assert chest_aspect(child.lung_mask) < chest_aspect(adult.lung_mask)


def test_beer_lambert_through_a_slab_of_known_materials():
    shape = (4, 5)
    lung = np.full(shape, 120.0)
    exponent = attenuation(
        body=np.full(shape, 200.0),
        lung=lung,
        air=np.full(shape, 10.0),
        bone=np.full(shape, 6.0),
        vessel=np.full(shape, 3.0),
        texture=np.zeros(shape),
    )
    # 200 mm of body: 120 lung of which 3 are vessel, 10 air, 6 bone, the rest tissue.
    expected = MU_TISSUE * (200 - 120 - 10 - 6) + MU_BONE * 6 + MU_LUNG * 117 + MU_TISSUE * 3
    assert exponent == pytest.approx(np.full(shape, expected))
    assert transmitted(exponent) == pytest.approx(np.exp(-expected))
    assert transmitted(2 * exponent) == pytest.approx(transmitted(exponent) ** 2)


def test_chord_of_an_ellipsoid_at_its_centre_half_way_and_outside():
    x, y = np.array([[0.0, 5.0, 12.0]], np.float32), np.array([[0.0]], np.float32)
    chord = ellipsoid_chord(Grid(x, y, 1.0), 0.0, 0.0, 10.0, 20.0, 30.0)[0]
    assert chord == pytest.approx([60.0, 60.0 * np.sqrt(0.75), 0.0], rel=1e-6)
    turned = ellipsoid_chord(Grid(x, y, 1.0), 0.0, 0.0, 20.0, 10.0, 30.0, np.pi / 2)[0]
    assert turned == pytest.approx(chord, rel=1e-5)


def test_a_larger_exponent_makes_a_coarser_texture():
    def roughness(exponent):
        field, _ = power_law_fields((64, 64), 1.0, exponent, np.random.default_rng(0))
        return np.abs(np.diff(field, axis=1)).mean()

    assert roughness(2.0) > 1.3 * roughness(3.2)


@pytest.mark.parametrize("name", DISJOINT_FIELDS)
def test_training_and_sample_settings_do_not_overlap(name):
    training, sample = getattr(TRAINING_SETTINGS, name), getattr(SAMPLE_SETTINGS, name)
    assert training[1] < sample[0] or sample[1] < training[0]


def test_the_two_families_draw_from_different_streams():
    first, second = (render_phantom(s, 1, size=64) for s in FAMILIES)
    assert first.spacing_mm != second.spacing_mm


def test_half_of_the_random_phantoms_hold_no_lesion_and_views_do_not_tell_them_apart():
    phantoms = [random_phantom(TRAINING_SETTINGS, seed, size=32) for seed in range(100)]
    planted = np.array([bool(p.lesions) for p in phantoms])
    portable = np.array([p.view == "AP" for p in phantoms])
    assert 0.35 < planted.mean() < 0.65
    assert abs(portable[planted].mean() - portable[~planted].mean()) < 0.25
    assert {lesion.kind for p in phantoms for lesion in p.lesions} == {"opacity", "effusion", "enlarged_heart"}
    assert not any(p.lesions for p in [random_phantom(TRAINING_SETTINGS, 1, size=32, lesion_kinds=())])


def test_rendering_is_fast_enough_to_train_on():
    # Processor time, because other work on the machine does not count; three times what one core of 2020 needs.
    for size, limit in ((128, 0.06), (512, 1.2)):
        render_phantom(TRAINING_SETTINGS, 0, size=size)
        start = time.process_time()
        for seed in range(3):
            render_phantom(TRAINING_SETTINGS, seed, size=size)
        assert (time.process_time() - start) / 3 < limit
