"""Head MR: contrast of tissues, masses where the truth says, slices of one head that agree with each other."""

import numpy as np
import pytest

from model_zoo.errors import UnknownName
from model_zoo.phantoms.brain.examination import random_head, render_head, render_stack
from model_zoo.phantoms.brain.head import cavity_distance
from model_zoo.phantoms.brain.mass import BRAIN_KINDS, SELLA_MM, BrainMass, displaced, random_mass
from model_zoo.phantoms.brain.space import FIELD_MM, PLANES, Points, plane_points, plane_position

SIZE = 160
MASSES = {
    "glioma": BrainMass("glioma", (33.0, -10.0, 22.0), 19.0, 4.5, 14.0),
    "meningioma": BrainMass("meningioma", (-38.0, 10.0, 42.0), 17.0),
    "pituitary": BrainMass("pituitary", (0.0, SELLA_MM[1], SELLA_MM[2] + 2), 11.0),
}


@pytest.fixture(scope="module")
def pictures():
    made = {(kind, plane): render_head(3, mass, plane, size=SIZE) for kind, mass in MASSES.items() for plane in PLANES}
    return made | {("none", plane): render_head(3, None, plane, 22.0, SIZE) for plane in PLANES}


def test_the_same_arguments_give_the_same_slice(pictures):
    again = render_head(3, MASSES["glioma"], "axial", size=SIZE)
    assert np.array_equal(again.image, pictures["glioma", "axial"].image)
    assert not np.allclose(render_head(4, MASSES["glioma"], "axial", size=SIZE).image, again.image, atol=0.1)


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("kind", BRAIN_KINDS)
def test_mask_and_box_lie_where_the_mass_was_planted(pictures, kind, plane):
    picture = pictures[kind, plane]
    (lesion,) = picture.lesions
    assert (picture.label, lesion.kind, picture.plane) == (kind, kind, plane)
    x, y, width, height = lesion.box
    rows, cols = np.nonzero(lesion.mask)
    assert (x, y) == (cols.min(), rows.min())
    assert (x + width, y + height) == (cols.max() + 1, rows.max() + 1)
    across, down = {"axial": (0, 1), "coronal": (0, 2), "sagittal": (1, 2)}[plane]
    first, axes = np.array(picture.position_mm), np.array(picture.orientation).reshape(2, 3)
    middle = first + (cols.mean() * axes[0] + rows.mean() * axes[1]) * picture.spacing_mm
    planted = np.array(MASSES[kind].centre_mm) * [1, -1, 1]
    assert np.abs((middle - planted)[[across, down]]).max() < 0.45 * MASSES[kind].radius_mm
    if kind != "pituitary":  # the sella is a hollow of bone outside the cavity of the model
        assert (lesion.mask & picture.organ_mask).sum() > 0.97 * lesion.mask.sum()


def test_a_ring_is_bright_around_a_dark_middle(pictures):
    for plane in PLANES:
        picture = pictures["glioma", plane]
        mask = picture.lesions[0].mask
        rows, cols = np.nonzero(mask)
        y, x = np.mgrid[0:SIZE, 0:SIZE]
        core = np.hypot(y - rows.mean(), x - cols.mean()) < 0.4 * np.sqrt(mask.sum() / np.pi)
        ring = mask & ~core
        assert np.quantile(picture.image[ring], 0.75) > 1.6 * picture.image[core].mean()


@pytest.mark.parametrize("kind", ["meningioma", "pituitary"])
def test_the_other_masses_enhance_evenly_and_more_than_brain(pictures, kind):
    for plane in PLANES:
        picture = pictures[kind, plane]
        mask = picture.lesions[0].mask
        brain = np.median(picture.image[picture.organ_mask & ~mask])
        inner = picture.image[mask]
        assert np.median(inner) > 1.3 * brain
        assert inner.std() < 0.25 * inner.mean()


def test_oedema_darkens_white_matter_around_a_ring_and_is_no_part_of_the_mask():
    dry = BrainMass("glioma", (33.0, -10.0, 22.0), 15.0, 4.5, 0.0)
    wet = BrainMass("glioma", (33.0, -10.0, 22.0), 15.0, 4.5, 18.0)
    first, second = (render_head(3, mass, "axial", size=SIZE) for mass in (dry, wet))
    assert np.array_equal(first.lesions[0].mask, second.lesions[0].mask)
    darker = (first.image - second.image) > 0.04
    assert darker.sum() > 0.5 * first.lesions[0].mask.sum()
    assert (darker & first.lesions[0].mask).sum() < 0.1 * darker.sum()


def test_fat_is_brighter_than_brain_and_air_is_black(pictures):
    for plane in PLANES:
        picture = pictures["none", plane]
        brain = np.median(picture.image[picture.organ_mask])
        assert np.quantile(picture.image, 0.98) > 1.4 * brain
        assert picture.image[:4].mean() < 0.2 * brain
        assert picture.lesions == ()


def test_a_mass_pushes_and_never_pulls():
    mass = MASSES["glioma"]
    p = plane_points("axial", mass.centre_mm[2], 64, 0.0, (0.0,))
    source = displaced(mass, p)

    def reach(q: Points) -> np.ndarray:
        return np.sqrt(sum((a - c) ** 2 for a, c in zip((q.x, q.y, q.z), mass.centre_mm, strict=True)))

    assert (reach(source) <= reach(p) + 1e-3).all()
    outside = cavity_distance(p) < -1
    assert np.abs(source.x - p.x)[outside].max() < 1e-3


def test_slices_of_a_stack_follow_each_other_and_hold_the_mass_where_it_is():
    mass = BrainMass("meningioma", (40.0, -5.0, 36.0), 14.0)
    stack = render_stack(5, mass, slices=7, step_mm=9.0, first_mm=0.0, size=96)
    places = [picture.position_mm[2] for picture in stack.pictures]
    assert np.diff(places) == pytest.approx(9.0, abs=0.2)
    holding = [i for i in range(7) if abs(9.0 * i - 36.0) < 0.8 * 14.0]
    assert set(holding) <= set(stack.lesion_frames)
    assert all(abs(9.0 * i - 36.0) < 1.5 * 14.0 for i in stack.lesion_frames)
    assert [picture.label for picture in stack.pictures].count("meningioma") == len(stack.lesion_frames)


@pytest.mark.parametrize("plane", PLANES)
def test_position_and_orientation_point_to_the_pixels(plane):
    first, direction = plane_position(plane, 12.0, 50, 0.0)
    expected = {"axial": (1, 0, 0, 0, 1, 0), "coronal": (1, 0, 0, 0, 0, -1), "sagittal": (0, 1, 0, 0, 0, -1)}[plane]
    assert direction == expected
    axis = {"axial": 2, "coronal": 1, "sagittal": 0}[plane]
    assert first[axis] == (-12.0 if plane == "coronal" else 12.0)
    assert min(abs(v) for i, v in enumerate(first) if i != axis) < FIELD_MM / 2 + 25


def test_random_masses_lie_in_their_places():
    rng = np.random.default_rng(0)
    for _ in range(30):
        glioma, dural, sellar = (random_mass(kind, rng) for kind in BRAIN_KINDS)
        depth = [
            float(cavity_distance(Points(*(np.full((1, 1, 1), c, np.float32) for c in m.centre_mm)))[0, 0, 0])
            for m in (glioma, dural)
        ]
        assert depth[0] > 8
        assert 0.3 * dural.radius_mm < depth[1] < 1.1 * dural.radius_mm
        assert np.linalg.norm(np.subtract(sellar.centre_mm, SELLA_MM)) < 9


def test_an_unknown_look_is_named():
    with pytest.raises(UnknownName, match="glioma"):
        random_head(1, "gliome")
