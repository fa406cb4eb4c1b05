"""What is planted lies where the phantom says, and nowhere else."""

import numpy as np
import pytest
from scipy.ndimage import binary_dilation

from model_zoo.errors import UnknownName
from model_zoo.phantoms import SAMPLE_SETTINGS, TRAINING_SETTINGS, LesionSpec, random_lesions, render_phantom

SIZE = 144
SPECS = [
    LesionSpec("opacity", "R", (0.5, 0.7), 0.16, 0.8),
    LesionSpec("opacity", "L", (0.6, 0.4), 0.13, 0.8),
    LesionSpec("effusion", "R", size=0.35, strength=0.95),
    LesionSpec("effusion", "L", size=0.35, strength=0.95),
    LesionSpec("enlarged_heart", size=0.4),
]
SEEDS = (2, 9)


def name(spec):
    return f"{spec.kind}-{spec.side}"


def pair(settings, seed, spec, **kwargs):
    clear = render_phantom(settings, seed, size=SIZE, **kwargs)
    return clear, render_phantom(settings, seed, [spec], size=SIZE, **kwargs)


@pytest.mark.parametrize("spec", SPECS, ids=name)
@pytest.mark.parametrize("settings", [TRAINING_SETTINGS, SAMPLE_SETTINGS], ids=lambda s: s.name)
def test_a_lesion_brightens_its_mask_and_nothing_beyond_a_margin(settings, spec):
    for seed in SEEDS:
        clear, planted = pair(settings, seed, spec)
        mask = planted.lesions[0].mask
        change = planted.image - clear.image
        assert change[mask].mean() > 0.03
        # The soft edge, the blur and the local contrast of the processing reach 24 mm beyond the mask.
        margin = binary_dilation(mask, iterations=round(24 / planted.spacing_mm))
        assert np.abs(change[~margin]).max() < 0.02
        assert change[mask].sum() > 0.75 * np.maximum(change, 0).sum()


@pytest.mark.parametrize("spec", SPECS[:2], ids=name)
def test_an_opacity_brightens_nearly_every_pixel_of_its_mask(spec):
    clear, planted = pair(SAMPLE_SETTINGS, 4, spec)
    change = (planted.image - clear.image)[planted.lesions[0].mask]
    assert (change > 0).mean() > 0.97
    assert change.mean() > 0.08


@pytest.mark.parametrize("spec", SPECS, ids=name)
def test_the_box_is_the_extent_of_the_mask(spec):
    lesion = pair(SAMPLE_SETTINGS, 2, spec)[1].lesions[0]
    rows, columns = np.nonzero(lesion.mask)
    x, y, width, height = lesion.box
    assert (x, y, x + width, y + height) == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert lesion.mask.dtype == bool
    assert (lesion.kind, lesion.side) == (spec.kind, spec.side)


@pytest.mark.parametrize("kind", ["opacity", "effusion"])
@pytest.mark.parametrize("body", ["adult", "child"])
def test_the_patients_right_is_the_left_of_the_image(kind, body):
    for side, in_left_half in (("R", True), ("L", False)):
        spec = LesionSpec(kind, side, (0.5, 0.5), 0.2, 0.9)
        columns = np.nonzero(pair(SAMPLE_SETTINGS, 8, spec, body=body)[1].lesions[0].mask)[1]
        assert (columns.mean() < SIZE / 2) == in_left_half


def test_an_opacity_follows_its_position():
    def centre(position):
        x, y, width, height = pair(SAMPLE_SETTINGS, 8, LesionSpec("opacity", "L", position, 0.1))[1].lesions[0].box
        return x + width / 2, y + height / 2

    assert centre((0.8, 0.4))[0] > centre((0.2, 0.4))[0] + 10
    assert centre((0.5, 0.8))[1] > centre((0.5, 0.3))[1] + 20


def test_an_opacity_lies_within_its_lung():
    planted = pair(SAMPLE_SETTINGS, 8, SPECS[0])[1]
    mask = planted.lesions[0].mask
    assert (mask & planted.lung_mask).sum() > 0.85 * mask.sum()


def test_an_effusion_fills_the_lowest_part_and_climbs_the_wall():
    clear, planted = pair(SAMPLE_SETTINGS, 8, LesionSpec("effusion", "L", size=0.4, strength=0.95))
    mask = planted.lesions[0].mask & clear.lung_mask
    rows = np.flatnonzero(clear.lung_mask[:, SIZE // 2 :].any(axis=1))
    top = {c: np.flatnonzero(mask[:, c])[0] for c in np.flatnonzero(mask.any(axis=0))}
    assert np.nonzero(mask)[0].mean() > rows.mean() + 0.2 * np.ptp(rows)
    columns = sorted(top)
    assert top[columns[-4]] < top[columns[len(columns) // 3]]


def test_a_stronger_enlargement_gives_a_wider_heart():
    widths = [pair(SAMPLE_SETTINGS, 8, LesionSpec("enlarged_heart", size=s))[1].lesions[0].box[2] for s in (0.2, 0.45)]
    assert widths[1] > widths[0] + 5


def test_two_lesions_are_both_reported_in_the_order_given():
    phantom = render_phantom(SAMPLE_SETTINGS, 1, [SPECS[4], SPECS[3]], size=96)
    assert [lesion.kind for lesion in phantom.lesions] == ["enlarged_heart", "effusion"]


def test_random_lesions_stay_in_their_documented_ranges():
    rng = np.random.default_rng(0)
    drawn = [spec for _ in range(200) for spec in random_lesions(rng)]
    assert {spec.side for spec in drawn if spec.kind == "opacity"} == {"R", "L"}
    assert all(0.08 <= spec.size <= 0.25 for spec in drawn if spec.kind == "opacity")
    assert all(spec.side is None for spec in drawn if spec.kind == "enlarged_heart")
    only = [spec.kind for _ in range(20) for spec in random_lesions(rng, ("effusion",))]
    assert set(only) == {"effusion"}


def test_every_random_lesion_leaves_a_visible_mask():
    rng = np.random.default_rng(1)
    for seed in range(25):
        for lesion in render_phantom(TRAINING_SETTINGS, seed, random_lesions(rng), size=64).lesions:
            assert lesion.mask.sum() >= 4, lesion.kind


def test_an_unknown_kind_or_a_missing_side_is_refused():
    with pytest.raises(UnknownName, match="opacity"):
        LesionSpec("opacities", "R")
    with pytest.raises(UnknownName, match="side"):
        LesionSpec("effusion")
