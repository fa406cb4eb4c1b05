from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from model_zoo.errors import ExplainerNotApplicable
from model_zoo.explainers import EXPLAINERS
from model_zoo.explainers.baseline import build_baseline, soften
from model_zoo.explainers.region_masking import OUTER_REGIONS, REGION_NAMES, ZONES, named_regions
from model_zoo.scans.regions import FilmRegions, border_mask, corner_mask

METHOD = EXPLAINERS.get("region-masking")
SIDE = 64


def _regions() -> FilmRegions:
    """Two lungs, the one on the picture's left taller, and air along the picture's left rim."""
    lungs, outside = np.zeros((2, SIDE, SIDE), dtype=bool)
    lungs[14:50, 12:28] = True
    lungs[20:50, 36:52] = True
    outside[:, :8] = True
    return FilmRegions(lungs, outside, border_mask(SIDE, SIDE), corner_mask(SIDE, SIDE))


class Sums(nn.Module):
    """The sum over one place of the picture, times a weight."""

    def __init__(self, place: np.ndarray, weight: float = 1.0) -> None:
        super().__init__()
        self.register_buffer("place", weight * torch.from_numpy(place).float())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x * self.place).sum((1, 2, 3))[:, None]


def _inner(mask: np.ndarray) -> np.ndarray:
    """Return the mask without the three pixels that soft edges reach."""
    return (soften(torch.from_numpy(mask).float()[None, None])[0, 0] > 0.999).numpy()


def _input() -> torch.Tensor:
    x = torch.randn(1, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(0)).clamp(-1.5, 1.5)
    return x + torch.linspace(1, -1, SIDE)  # the two sides differ


@pytest.mark.parametrize("zone", ZONES)
def test_a_network_that_sums_one_zone_has_its_map_there(zone: str) -> None:
    regions, x = _regions(), _input()
    place = _inner(named_regions(regions)[zone])
    raw = METHOD.attribute(Sums(place), "", x, 0, regions=regions, baseline="mirrored")
    wanted = float((x - x.flip(-1))[0, 0][torch.from_numpy(place)].sum())
    assert abs(wanted) > 1
    assert raw.details[zone] == pytest.approx(wanted, rel=1e-4)
    assert all(value == 0 for name, value in raw.details.items() if name != zone)
    np.testing.assert_allclose(raw.values, np.where(named_regions(regions)[zone], np.float32(raw.details[zone]), 0))


@pytest.mark.parametrize("baseline", ["mirrored", "blurred", "mean"])
@pytest.mark.parametrize("name", ["right lower zone", "rest of the body", "border", "corners"])
def test_what_each_region_is_covered_with(name: str, baseline: str) -> None:
    """By default lung zones with the other side, everything else with the blurred scan."""
    regions, x = _regions(), _input()
    place = _inner(named_regions(regions)[name])
    if not place.any():
        place = named_regions(regions)[name]
    kind = "blurred" if baseline == "mirrored" and name in OUTER_REGIONS else baseline
    soft = soften(torch.from_numpy(named_regions(regions)[name]).float()[None, None])
    wanted = float((soft * (x - build_baseline(x, kind)))[0, 0][torch.from_numpy(place)].sum())
    raw = METHOD.attribute(Sums(place), "", x, 0, regions=regions, baseline=baseline)
    assert raw.details[name] == pytest.approx(wanted, rel=1e-3, abs=1e-3)


def test_what_speaks_against_the_target_is_negative() -> None:
    regions, x = _regions(), _input()
    place = _inner(named_regions(regions)["left upper zone"])
    drops = [
        METHOD.attribute(Sums(place, weight), "", x, 0, regions=regions, baseline="mean").details["left upper zone"]
        for weight in (1.0, -1.0)
    ]
    assert drops[0] == pytest.approx(-drops[1])
    assert min(drops) < 0 < max(drops)


def test_the_regions_cover_the_film_once() -> None:
    found = named_regions(_regions())
    assert tuple(found) == REGION_NAMES
    assert (sum(mask.astype(int) for mask in found.values()) == 1).all()


def test_the_right_lung_is_in_the_left_half_and_zones_are_thirds_of_each_lung() -> None:
    found = named_regions(_regions())
    for name, top, bottom in (
        ("right upper zone", 14, 26), ("right middle zone", 26, 38), ("right lower zone", 38, 50),
        ("left upper zone", 20, 30), ("left middle zone", 30, 40), ("left lower zone", 40, 50),
    ):  # fmt: skip
        rows, cols = np.nonzero(found[name])
        assert (rows.min(), rows.max() + 1) == (top, bottom), name
        assert (cols.max() < SIDE // 2) == name.startswith("right"), name


def test_a_lung_that_was_not_found_is_left_out_and_not_zero() -> None:
    regions = _regions()
    regions.lungs[:, SIDE // 2 :] = False
    raw = METHOD.attribute(Sums(regions.lungs), "", _input(), 0, regions=regions, baseline="mirrored")
    assert [name for name in REGION_NAMES if name not in raw.details] == [z for z in ZONES if z.startswith("left")]


def test_without_lungs_it_says_so() -> None:
    regions = replace(_regions(), lungs=np.zeros((SIDE, SIDE), dtype=bool))
    with pytest.raises(ExplainerNotApplicable, match="No lungs were found") as caught:
        METHOD.attribute(Sums(regions.border), "", _input(), 0, regions=regions, baseline="mirrored")
    assert "Choose another method" in caught.value.hint


def test_no_region_is_called_heart() -> None:
    """The lung masks include the lung behind the heart: no heart can be derived from them."""
    assert not any("heart" in name or "cardi" in name or "mediastin" in name for name in REGION_NAMES)
    assert METHOD.needs == ("regions",)
    assert METHOD.passes({}) == 1 + len(REGION_NAMES)
