"""Maps drawn at known places are given those places: on chest, brain, retina and plain pictures, however they lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_zoo.case.case_review import CaseReview, ScanSummary
from model_zoo.case.outlines.polygons import Polygon
from model_zoo.case.outlines.regions import ScanRegion
from model_zoo.errors import UnknownName
from model_zoo.explainers import range_floor
from model_zoo.explainers.palette import NEAR_EMPTY
from model_zoo.places import PLACES, Place, place_of
from model_zoo.results import Attribution, Prediction
from model_zoo.scans.coverage import StatedFacts
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.scans.orientation import Orientation
from model_zoo.trust.mirrored import SideReading, side_remark

SHAPE = (600, 800)
# (top, bottom, left, right) of the lung at the left and at the right of the picture.
LUNGS = ((100, 500, 120, 320), (100, 500, 480, 680))
HUNG, MIRRORED = Orientation("L", "F"), Orientation("R", "F")
AXIAL, CORONAL, SAGITTAL = Orientation("L", "P"), Orientation("L", "F"), Orientation("P", "F")


def a_map(
    *spots: tuple[int, int], strength: float = 1.0, shape: tuple[int, int] = SHAPE, crop: Box | None = None
) -> Attribution:
    """Return a map of 64 x 64 with a round spot at each (row, col) of the scan."""
    geometry = Geometry(shape, crop or Box(0, 0, *shape), (128, 128))
    rows = (np.arange(64) + 0.5) / 64 * geometry.crop.height + geometry.crop.top
    cols = (np.arange(64) + 0.5) / 64 * geometry.crop.width + geometry.crop.left
    values = np.zeros((64, 64), np.float32)
    for row, col in spots:
        gap = ((rows[:, None] - row) ** 2 + (cols[None, :] - col) ** 2) / (0.04 * max(shape)) ** 2
        values = np.maximum(values, strength * np.exp(-gap / 2)).astype(np.float32)
    return Attribution("grad-cam", "Grad-CAM", "finding", values, geometry, False, "unit", {})


def rectangle(top: int, bottom: int, left: int, right: int) -> Polygon:
    return ((top, left), (top, right), (bottom, right), (bottom, left))


def region(name: str, *polygons: Polygon, found: bool = True) -> ScanRegion:
    return ScanRegion(name, name, "organ", polygons, len(polygons), 1.0, None, 0.1, 0.9, None, 0.9, 0.5, found)


BOTH = region("lungs", *(rectangle(*lung) for lung in LUNGS))


def a_review(model: str, *regions: ScanRegion, shape: tuple[int, int] = SHAPE, orientation: Orientation | None = None,
             view: str | None = None, eye: str | None = None, remarks: tuple[str, ...] = ()) -> CaseReview:  # fmt: skip
    summary = ScanSummary("ab" * 32, "PNG", *shape, 1, 0, None, None, None, eye, True, (), orientation)
    prediction = Prediction(model, "1", "cd" * 32, "ab" * 32, 0, "adult", (), True)
    geometry = Geometry(shape, Box(0, 0, *shape), (128, 128))
    stated = StatedFacts(view=view)
    return CaseReview("id", "now", summary, stated, (), remarks, prediction, geometry, regions=regions)


def key(attribution: Attribution, review: CaseReview) -> str | None:
    place = place_of(attribution, review)
    return None if place is None else place.key


@pytest.mark.parametrize(("row", "zone"), [(160, "upper"), (300, "middle"), (440, "lower")])
@pytest.mark.parametrize(("col", "side", "other"), [(220, "right", "left"), (580, "left", "right")])
def test_a_lung_has_sides_of_the_patient_and_three_zones(row: int, zone: str, col: int, side: str, other: str) -> None:
    spot = a_map((row, col))
    for orientation, view in ((None, None), (None, "PA"), (None, "AP"), (HUNG, "PA")):
        assert key(spot, a_review("chest-xray", BOTH, orientation=orientation, view=view)) == f"lung.{side}.{zone}"
    assert key(spot, a_review("chest-xray", BOTH, orientation=MIRRORED)) == f"lung.{other}.{zone}"


def test_where_the_side_is_in_doubt_the_picture_is_named() -> None:
    remark = side_remark(SideReading(-9.0, 1.0))
    assert remark is not None
    review = a_review("chest-xray", BOTH, remarks=("Something else.", remark))
    assert key(a_map((160, 220)), review) == "lung.picture_left.upper"
    assert key(a_map((440, 580)), review) == "lung.picture_right.lower"


@pytest.mark.parametrize(
    ("orientation", "view"), [(Orientation("A", "F"), None), (Orientation("L", "H"), None), (None, "LATERAL")]
)
def test_a_film_from_the_side_or_upside_down_has_no_zones(orientation: Orientation | None, view: str | None) -> None:
    review = a_review("chest-xray", BOTH, orientation=orientation, view=view)
    assert key(a_map((100, 100)), review) == "picture.upper_left"


def test_without_a_pair_of_lungs_the_picture_is_named() -> None:
    one, none = region("lungs", rectangle(*LUNGS[0])), region("lungs", found=False)
    for review in (a_review("chest-xray"), a_review("chest-xray", one), a_review("chest-xray", none)):
        assert key(a_map((500, 700)), review) == "picture.lower_right"


def test_beside_the_lungs_is_outside_and_near_their_rim_is_not() -> None:
    review = a_review("chest-xray", BOTH)
    assert key(a_map((40, 40)), review) == "lung.outside"
    assert key(a_map((300, 400)), review) == "lung.outside", "between the lungs"
    assert key(a_map((300, 112)), review) == "lung.right.middle"


def test_an_opacity_that_bites_into_the_outline_lies_in_the_lung() -> None:
    top, bottom, left, right = LUNGS[0]
    notch = ((bottom, 260), (260, 260), (260, 180), (bottom, 180))
    bitten = ((top, left), (top, right), (bottom, right), *notch, (bottom, left))
    short = rectangle(top, 340, *LUNGS[0][2:])
    other = rectangle(*LUNGS[1])
    assert key(a_map((300, 220)), a_review("chest-xray", region("lungs", bitten, other))) == "lung.right.middle"
    # The other lung keeps the height.
    assert key(a_map((330, 220)), a_review("chest-xray", region("lungs", short, other))) == "lung.right.middle"


def test_several_places_are_said_as_narrowly_as_they_lie() -> None:
    review = a_review("chest-xray", BOTH)
    assert key(a_map((140, 220), (460, 220)), review) == "lung.right"
    assert key(a_map((140, 220), (140, 580)), review) == "several"
    assert key(a_map((140, 160), (140, 280)), review) == "lung.right.upper", "two spots of one zone"


def test_a_crop_lies_where_it_was_cut_out() -> None:
    child = a_map((440, 580), crop=Box(80, 100, 440, 600))
    assert key(child, a_review("chest-xray", BOTH)) == "lung.left.lower"
    assert key(child, a_review("a-folder-model")) == "picture.lower_right"


@pytest.mark.parametrize("shape", [(600, 800), (900, 300), (64, 64), (3000, 2400)])
def test_nine_sectors_of_any_picture(shape: tuple[int, int]) -> None:
    names = ["upper_left", "upper", "upper_right", "left", "centre", "right", "lower_left", "lower", "lower_right"]
    for i, name in enumerate(names):
        row, col = (int((place + 0.5) / 3 * side) for place, side in zip(divmod(i, 3), shape, strict=True))
        for model in ("a-folder-model", "breast-ultrasound", "brain-mri-tumour", "fundus-retinopathy"):
            spot = a_map((row, col), shape=shape)
            assert key(spot, a_review(model, shape=shape, eye="R")) == f"picture.{name}", (
                "no outline and no orientation"
            )


@pytest.mark.parametrize(
    ("orientation", "row", "col", "expected"),
    [
        (AXIAL, 150, 200, "brain.right.front"),
        (AXIAL, 450, 600, "brain.left.back"),
        (AXIAL, 150, 400, "brain.midline.front"),
        (Orientation("R", "P"), 150, 200, "brain.left.front"),
        (Orientation("L", "A"), 150, 200, "brain.right.back"),
        (CORONAL, 150, 200, "brain.right.upper"),
        (CORONAL, 450, 600, "brain.left.lower"),
        (SAGITTAL, 150, 200, "brain.front.upper"),
        (SAGITTAL, 450, 600, "brain.back.lower"),
        (Orientation("F", "L"), 100, 100, "picture.upper_left"),
    ],
)
def test_a_slice_of_the_brain_has_the_directions_of_its_tags(
    orientation: Orientation, row: int, col: int, expected: str
) -> None:
    assert key(a_map((row, col)), a_review("brain-mri-tumour", orientation=orientation)) == expected


def test_both_fronts_are_several_places_and_one_side_is_that_side() -> None:
    review = a_review("brain-mri-tumour", orientation=AXIAL)
    assert key(a_map((120, 200), (120, 600)), review) == "several"
    assert key(a_map((120, 200), (480, 200)), review) == "brain.right"


# A disc of 80 pixels across; the fovea is then 200 pixels temporal of its middle and 16 below.
DISC_AT_RIGHT = region("optic_disc", rectangle(265, 335, 565, 635))
DISC_AT_LEFT = region("optic_disc", rectangle(265, 335, 165, 235))
DISC_IN_THE_MIDDLE = region("optic_disc", rectangle(265, 335, 365, 435))


@pytest.mark.parametrize(
    ("row", "from_disc", "expected"),
    [
        (300, 0, "retina.optic_disc"),
        (310, 200, "retina.macula"),
        (110, 150, "retina.superior_temporal"),
        (500, 150, "retina.inferior_temporal"),
        (120, -110, "retina.superior_nasal"),
        (480, -110, "retina.inferior_nasal"),
    ],
)
@pytest.mark.parametrize("eye", [None, "R", "L"])
def test_the_retina_has_its_sectors_from_the_disc_whatever_eye_is_stated(
    row: int, from_disc: int, expected: str, eye: str | None
) -> None:
    for disc, col, temporal in ((DISC_AT_RIGHT, 600, -1), (DISC_AT_LEFT, 200, 1)):
        spot = a_map((row, col + temporal * from_disc))
        assert key(spot, a_review("fundus-retinopathy", disc, eye=eye)) == expected


def test_a_disc_in_the_middle_needs_the_eye() -> None:
    spot = a_map((100, 200))
    for eye, expected in (("R", "superior_temporal"), ("L", "superior_nasal")):
        assert key(spot, a_review("fundus-retinopathy", DISC_IN_THE_MIDDLE, eye=eye)) == f"retina.{expected}"
    assert key(spot, a_review("fundus-retinopathy", DISC_IN_THE_MIDDLE)) == "picture.upper_left"


def test_only_what_speaks_for_the_finding_counts() -> None:
    signed = a_map((160, 220))
    against = a_map((440, 580), strength=3.0).values
    both = replace(signed, values=signed.values - against, signed=True)
    assert key(both, a_review("chest-xray", BOTH)) == "lung.right.upper"
    broken = signed.values.copy()
    broken[0, 0] = np.nan
    assert key(replace(signed, values=broken), a_review("chest-xray", BOTH)) == "lung.right.upper"


def test_a_near_empty_map_has_no_place() -> None:
    review = a_review("chest-xray", BOTH)
    edge = NEAR_EMPTY * range_floor("grad-cam", a_map().values.size)
    assert place_of(a_map((160, 220), strength=0.8 * edge), review) is None
    assert place_of(a_map(), review) is None
    assert place_of(replace(a_map((160, 220)), values=-a_map((160, 220)).values), review) is None
    assert place_of(a_map((160, 220), strength=1.2 * edge), review) is not None


def test_noise_of_single_pixels_does_not_move_the_place() -> None:
    spot = a_map((440, 220))
    noise = np.random.default_rng(3).normal(0, 1.0, spot.values.shape).astype(np.float32)
    assert (
        key(replace(spot, values=2 * spot.values + noise, signed=True), a_review("chest-xray", BOTH))
        == "lung.right.lower"
    )


def test_every_place_has_words_of_its_own_and_no_other_key_is_a_place() -> None:
    assert len(set(PLACES.values())) == len(PLACES)
    assert all(Place(name).words.strip() for name in PLACES)
    with pytest.raises(UnknownName):
        Place("lung.middle_lobe")
