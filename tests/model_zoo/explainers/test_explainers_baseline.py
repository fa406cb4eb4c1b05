from __future__ import annotations

import pytest
import torch

from model_zoo.explainers.baseline import EDGE_PIXELS, build_baseline, covering_choice, soften

X = torch.randn(1, 1, 20, 20, generator=torch.Generator().manual_seed(0))


def test_the_other_side_is_mirrored() -> None:
    assert torch.equal(build_baseline(X, "mirrored"), torch.flip(X, [3]))


@pytest.mark.parametrize("kind", [value for value, _ in covering_choice("blurred").options])
def test_every_declared_fill_can_be_built(kind: str) -> None:
    assert build_baseline(X, kind).shape == X.shape


def test_edges_are_soft_and_the_rim_of_the_picture_is_not() -> None:
    mask = torch.zeros(1, 1, 20, 20)
    mask[..., :10] = 1
    soft = soften(mask)[0, 0]
    assert (soft[:, : 10 - EDGE_PIXELS] == 1).all()
    assert (soft[:, 10 + EDGE_PIXELS :] == 0).all()
    between = soft[5, 10 - EDGE_PIXELS : 10 + EDGE_PIXELS]
    assert ((between > 0) & (between < 1)).all()
    assert (between.diff() < 0).all()
