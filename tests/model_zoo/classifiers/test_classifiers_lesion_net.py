"""The lesion network: log-odds, masks and boxes of the promised form, and centring that changes none of them."""

from __future__ import annotations

import pytest
import torch

from model_zoo.classifiers.lesion_net import BOX_STRIDE, BOXES, SIDE_UNIT, LesionNet, decode_boxes, log_odds
from tests.tiny_zoo import randomise


def tiny(**options) -> LesionNet:
    network = LesionNet(3, widths=(4, 6, 8, 8), depths=(1, 1, 1, 1), fused=6, **options)
    randomise(network)
    return network.eval()


def pictures(n: int = 2) -> torch.Tensor:
    return torch.rand(n, 1, 48, 64, generator=torch.Generator().manual_seed(4)) * 2 - 1


def test_log_odds_are_those_of_the_softmax():
    scores = torch.tensor([[0.3, -1.2, 2.0], [5.0, 5.0, -5.0]])
    p = torch.softmax(scores, 1)
    assert torch.allclose(log_odds(scores), torch.log(p / (1 - p)), atol=1e-5)


@pytest.mark.parametrize(
    "options", [{"masks": 2}, {"boxes": True}, {"masks": 1, "boxes": True, "local_contrast": True}]
)
def test_answers_have_the_promised_shapes(options):
    network, x = tiny(exclusive=True, **options), pictures()
    assert network(x).shape == (2, 3)
    assert network.lesions(x).shape == (2, options.get("masks", 0), 24, 32)
    assert network.boxes(x).shape == ((2, BOXES, 5) if options.get("boxes") else (2, 0, 5))


def test_exclusive_logits_are_probabilities_that_add_up_to_one():
    logits = tiny(exclusive=True)(pictures())
    assert torch.allclose(torch.sigmoid(logits).sum(1), torch.ones(2), atol=1e-5)


def test_centring_changes_no_answer():
    network, x = tiny(exclusive=True, masks=2, boxes=True), pictures()
    before = (network(x), network.lesions(x), network.boxes(x))
    network.centre_on(torch.linspace(-1, 1, 6))
    after = (network(x), network.lesions(x), network.boxes(x))
    assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(before, after, strict=True))


def test_local_contrast_takes_uneven_light_away_and_keeps_a_spot():
    network = tiny(local_contrast=True)
    light = torch.linspace(-1, 1, 64).expand(1, 1, 48, 64).clone()
    spotted = light.clone()
    spotted[0, 0, 24, 32] += 0.5
    plain, found = network.contrast(light)[0, 1], network.contrast(spotted)[0, 1]
    assert float(plain[8:-8, 8:-8].abs().max()) < 0.5
    assert float(found[24, 32] - plain[24, 32]) > 1


def test_a_planted_peak_becomes_its_box():
    raw = torch.full((1, 5, 12, 16), -4.0)
    raw[0, 1:] = torch.log(torch.tensor([8.0, 12.0, 8.0, 4.0]) / SIDE_UNIT)[:, None, None]
    raw[0, 0, 5, 7] = 3.0
    score, top, left, height, width = decode_boxes(raw)[0, 0].tolist()
    y, x = 5.5 * BOX_STRIDE, 7.5 * BOX_STRIDE
    assert score == pytest.approx(torch.sigmoid(torch.tensor(3.0)).item())
    assert (top, left, height, width) == pytest.approx((y - 8, x - 12, 16, 16))


def test_boxes_stay_on_the_grid():
    raw = torch.randn(3, 5, 12, 16, generator=torch.Generator().manual_seed(1)) * 3
    boxes = decode_boxes(raw)
    assert bool((boxes[..., 1:] >= 0).all())
    assert float((boxes[..., 1] + boxes[..., 3]).max()) <= 48 + 1e-4
    assert float((boxes[..., 2] + boxes[..., 4]).max()) <= 64 + 1e-4


def test_nothing_works_in_place():
    assert not any(getattr(module, "inplace", False) for module in tiny(masks=1, boxes=True).modules())
