"""The parts of the lesion loss on answers known by hand."""

from __future__ import annotations

import pytest
import torch

from model_zoo.classifiers.lesion_net import BOX_STRIDE
from model_zoo.training.lesions.fit import bounding_boxes, random_calipers
from model_zoo.training.lesions.losses import box_heat, box_loss, generalised_iou, local_loss, mask_loss
from model_zoo.training.lesions.pictures import ellipse


def test_generalised_iou_of_known_boxes():
    a = torch.tensor([[0.0, 0, 4, 4], [0, 0, 4, 4], [0, 0, 2, 2]])
    b = torch.tensor([[0.0, 0, 4, 4], [0, 2, 4, 6], [0, 2, 2, 4]])
    assert generalised_iou(a, b).tolist() == pytest.approx([1.0, 1 / 3, 0.0])


def test_heat_is_one_in_the_middle_of_the_box_and_nowhere_without_one():
    boxes = torch.tensor([[8.0, 16.0, 16.0, 8.0], [float("nan")] * 4])
    heat, _ = box_heat(boxes, (12, 12))
    y, x = divmod(int(heat[0].argmax()), 12)
    assert abs((y + 0.5) * BOX_STRIDE - 16) <= BOX_STRIDE / 2
    assert abs((x + 0.5) * BOX_STRIDE - 20) <= BOX_STRIDE / 2
    assert float(heat[0].max()) == 1
    assert float(heat[1].max()) == 0


def test_box_loss_falls_towards_the_truth():
    boxes = torch.tensor([[12.0, 12.0, 20.0, 24.0]])
    raw = torch.zeros(1, 5, 12, 12, requires_grad=True)
    optimiser = torch.optim.Adam([raw], lr=0.1)
    first = box_loss(raw, boxes)
    for _ in range(60):
        loss = box_loss(raw, boxes)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert box_loss(raw, boxes).item() < 0.2 * first.item()


def test_losses_without_known_masks_are_zero_and_have_a_gradient():
    logits = torch.zeros(2, 1, 4, 4, requires_grad=True)
    unknown = torch.tensor([False, False])
    total = mask_loss(logits, torch.ones(2, 1, 8, 8), unknown, True)
    total = total + local_loss(logits, torch.ones(2, 1, 8, 8), torch.ones(2, 1), unknown)
    total.backward()
    assert total.item() == 0
    assert logits.grad is not None


@pytest.mark.parametrize("per_picture", [True, False])
def test_mask_loss_prefers_the_mask(per_picture):
    mask = torch.zeros(1, 1, 8, 8)
    mask[..., 2:6, 2:6] = 1
    small = mask[..., ::2, ::2]
    known = torch.tensor([True])
    assert mask_loss(small * 8 - 4, mask, known, per_picture) < 0.2 * mask_loss(4 - small * 8, mask, known, per_picture)


def test_evidence_belongs_to_the_class_that_the_picture_shows():
    lesion = torch.zeros(1, 1, 16, 16)
    lesion[..., 8:, 8:] = 1
    local = torch.full((1, 2, 2, 2), -4.0)
    local[0, 1, 1, 1] = 4.0  # the second class, on the lesion
    known = torch.tensor([True])
    right = local_loss(local, lesion, torch.tensor([[0.0, 1.0]]), known)
    wrong = local_loss(local, lesion, torch.tensor([[1.0, 0.0]]), known)
    assert right < 0.1 * wrong


def test_box_around_an_ellipse_is_its_box():
    found = bounding_boxes(torch.from_numpy(ellipse((4, 6, 10, 20), (32, 40)))[None])[0]
    assert found.tolist() == pytest.approx([4, 6, 10, 20], abs=1)
    assert bool(torch.isnan(bounding_boxes(torch.zeros(1, 8, 8))).all())


def test_calipers_are_painted_on_a_share_and_leave_the_input_alone():
    images = torch.zeros(40, 1, 32, 32)
    painted = random_calipers(images, torch.Generator().manual_seed(0), share=0.5)
    touched = (painted != images).flatten(1).any(1).float().mean()
    assert float(images.abs().max()) == 0
    assert 0.25 < float(touched) < 0.75
