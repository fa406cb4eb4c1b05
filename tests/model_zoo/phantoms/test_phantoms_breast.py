"""Breast ultrasound: speckle statistics, layers, and looks of the lesions where the truth says they lie."""

import numpy as np
import pytest

from model_zoo.errors import UnknownName
from model_zoo.phantoms.breast.examination import random_breast, render_breast, render_sweep
from model_zoo.phantoms.breast.lesion import BREAST_KINDS, BreastLesion
from model_zoo.phantoms.breast.scanner import draw_scanner, scan_section
from model_zoo.phantoms.breast.tissue import make_section

SIZE = 200
SEEDS = (3, 4)
LESIONS = {
    "cyst": BreastLesion("cyst", (0.0, 0.35), 11.0, 0.7),
    "benign": BreastLesion("benign", (0.0, 0.35), 12.0, 0.55),
    "malignant": BreastLesion("malignant", (0.0, 0.35), 11.0, 1.15),
}


@pytest.fixture(scope="module")
def pictures():
    clear = {(seed, "none"): render_breast(seed, None, SIZE) for seed in SEEDS}
    return clear | {(s, k): render_breast(s, lesion, SIZE) for s in SEEDS for k, lesion in LESIONS.items()}


def behind(mask, share=0.5):
    """Below the middle ``share`` of the lesion's columns, as deep as the lesion is tall."""
    rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    middle, half = (cols[0] + cols[-1]) / 2, share * (cols[-1] - cols[0]) / 2
    region = np.zeros_like(mask)
    region[rows[-1] + 6 : rows[-1] + 6 + (rows[-1] - rows[0]) // 2, int(middle - half) : int(middle + half) + 1] = True
    return region


def test_the_same_seed_gives_the_same_picture_and_another_seed_another(pictures):
    again = render_breast(3, LESIONS["cyst"], SIZE)
    assert np.array_equal(again.image, pictures[3, "cyst"].image)
    assert np.array_equal(again.lesions[0].mask, pictures[3, "cyst"].lesions[0].mask)
    other = render_breast(4, LESIONS["cyst"], SIZE)
    rows = min(again.image.shape[0], other.image.shape[0])
    assert np.abs(other.image[:rows] - again.image[:rows]).mean() > 0.05


@pytest.mark.parametrize("kind", [*BREAST_KINDS, "none"])
def test_a_picture_says_what_it_holds(pictures, kind):
    for seed in SEEDS:
        picture = pictures[seed, kind]
        assert picture.label == kind
        assert [lesion.kind for lesion in picture.lesions] == ([] if kind == "none" else [kind])
        assert picture.image.dtype == np.float32
        assert 0 <= picture.image.min() < picture.image.max() <= 1
        for lesion in picture.lesions:
            x, y, width, height = lesion.box
            inside = np.zeros_like(lesion.mask)
            inside[y : y + height, x : x + width] = True
            assert not (lesion.mask & ~inside).any()
            assert (lesion.mask & picture.organ_mask).sum() > 0.97 * lesion.mask.sum()


def test_a_lesion_changes_nothing_far_beside_it(pictures):
    for seed in SEEDS:
        mask = pictures[seed, "cyst"].lesions[0].mask
        cols = np.flatnonzero(mask.any(0))
        far = np.r_[0 : cols[0] - 40, cols[-1] + 40 : SIZE]
        difference = pictures[seed, "cyst"].image[:, far] - pictures[seed, "none"].image[:, far]
        assert np.abs(difference).max() < 1e-3


def test_a_cyst_is_black_and_brighter_behind(pictures):
    for seed in SEEDS:
        cyst, clear = pictures[seed, "cyst"], pictures[seed, "none"].image
        mask = cyst.lesions[0].mask
        assert cyst.image[mask].mean() < 0.25 * clear[mask].mean()
        assert cyst.image[behind(mask)].mean() > clear[behind(mask)].mean() + 0.03


def test_a_solid_oval_lesion_is_grey_and_wider_than_tall(pictures):
    for seed in SEEDS:
        benign, clear = pictures[seed, "benign"], pictures[seed, "none"].image
        mask = benign.lesions[0].mask
        assert pictures[seed, "cyst"].image[pictures[seed, "cyst"].lesions[0].mask].mean() < benign.image[mask].mean()
        assert benign.image[mask].mean() < 0.8 * clear[mask].mean()
        assert benign.lesions[0].box[2] > 1.3 * benign.lesions[0].box[3]


def test_a_suspicious_lesion_is_taller_ragged_and_throws_a_shadow(pictures):
    for seed in SEEDS:
        picture, clear = pictures[seed, "malignant"], pictures[seed, "none"].image
        mask = picture.lesions[0].mask
        assert picture.image[behind(mask)].mean() < 0.9 * clear[behind(mask)].mean()
        assert compactness(mask) < 0.8 * compactness(pictures[seed, "benign"].lesions[0].mask)
    boxes = [pictures[seed, "malignant"].lesions[0].box for seed in SEEDS]
    assert sum(box[3] for box in boxes) > 0.95 * sum(box[2] for box in boxes)


def compactness(mask):
    """4 pi area over perimeter squared, the perimeter counted in pixel edges."""
    edges = np.diff(np.pad(mask, 1).astype(int), axis=0).astype(bool).sum()
    edges += np.diff(np.pad(mask, 1).astype(int), axis=1).astype(bool).sum()
    return 4 * np.pi * mask.sum() / edges**2


def test_speckle_of_one_look_follows_rayleigh():
    """Even tissue seen from one angle: mean over deviation of the envelope is 1.91 (Wagner 1983)."""
    section = make_section(30.0, 30.0, 300)
    scanner = draw_scanner(1, 30.0)
    rng = np.random.default_rng(0)
    field = (rng.standard_normal((1, *section.shape)) + 1j * rng.standard_normal((1, *section.shape))) / np.sqrt(2)
    even = np.full(section.shape, -25.0, np.float32)
    picture = scan_section(even, np.full(section.shape, 0.72, np.float32), section, scanner, np.repeat(field, 3, 0), 1)
    grey = picture[40:120, 60:240] ** (1 / scanner.tone)
    db = grey * scanner.range_db
    envelope = 10 ** ((db - db.mean()) / 20)
    columns = envelope / envelope.mean(axis=0, keepdims=True)  # the beam is not even across
    assert columns.mean() / columns.std() == pytest.approx(1.91, rel=0.2)


def test_a_sweep_meets_the_lesion_in_the_middle_frames_and_frames_differ_slowly():
    sweep = render_sweep(7, BreastLesion("cyst", (0.0, 0.4), 10.0, 0.8), frames=9, step_mm=1.8, size=120)
    sizes = [sum(int(lesion.mask.sum()) for lesion in picture.lesions) for picture in sweep.pictures]
    assert sweep.lesion_frames == (2, 3, 4, 5, 6)
    assert int(np.argmax(sizes)) == 4
    assert sizes[2] < sizes[3] < sizes[4] > sizes[5] > sizes[6]
    assert [picture.label for picture in sweep.pictures].count("none") == 4
    frames = sweep.frames
    assert 0.4 < np.corrcoef(frames[0].ravel(), frames[1].ravel())[0, 1] < 0.99


def test_random_pictures_are_a_function_of_seed_and_look():
    assert np.array_equal(random_breast(9, "benign", 96).image, random_breast(9, "benign", 96).image)
    with pytest.raises(UnknownName, match="cyst"):
        random_breast(9, "cist", 96)
