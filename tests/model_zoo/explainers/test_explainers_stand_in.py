from __future__ import annotations

import pytest
import torch

from model_zoo.explainers.integrated_gradients import build_baseline
from model_zoo.explainers.stand_in import EDGE_PIXELS, build_stand_in, soften, stand_in_choice

X = torch.randn(1, 1, 20, 20, generator=torch.Generator().manual_seed(0))


def test_what_each_fill_is() -> None:
    assert torch.equal(build_stand_in(X, "mirrored"), torch.flip(X, [3]))
    assert torch.equal(build_stand_in(X, "blurred"), build_baseline(X, "blurred"))
    assert torch.equal(build_stand_in(X, "mean"), build_baseline(X, "mean"))


@pytest.mark.parametrize("kind", [value for value, _ in stand_in_choice("blurred").options])
def test_every_declared_fill_can_be_built(kind: str) -> None:
    assert build_stand_in(X, kind).shape == X.shape


def test_edges_are_soft_and_the_rim_of_the_picture_is_not() -> None:
    mask = torch.zeros(1, 1, 20, 20)
    mask[..., :10] = 1
    soft = soften(mask)[0, 0]
    assert (soft[:, : 10 - EDGE_PIXELS] == 1).all()
    assert (soft[:, 10 + EDGE_PIXELS :] == 0).all()
    between = soft[5, 10 - EDGE_PIXELS : 10 + EDGE_PIXELS]
    assert ((between > 0) & (between < 1)).all()
    assert (between.diff() < 0).all()
