from __future__ import annotations

import numpy as np
import pytest
import torch

from model_zoo.scans.intensity import stretch, stretch_one


def test_known_answer_on_a_ramp() -> None:
    # Every value of the ramp occurs equally often in the centre: the percentiles are those of 0 ... 100.
    image = np.tile(np.linspace(0, 100, 101, dtype=np.float32), (101, 1)).T
    # The centre is rows 10 to 90: its 1st and 99th percentiles are 10.8 and 89.2, give or take the ties of a row.
    out = stretch_one(image)[0, 0, :, 50].numpy()
    wanted = np.clip((image[:, 50] - 10.8) / (89.2 - 10.8) * 2 - 1, -1.5, 1.5)
    np.testing.assert_allclose(out, wanted, atol=0.03)
    assert out[50] == pytest.approx(0.0, abs=1e-6)


def test_an_image_without_contrast_becomes_zeros() -> None:
    assert torch.equal(stretch_one(np.full((20, 30), 712.0)), torch.zeros(1, 1, 20, 30))


@pytest.mark.parametrize(("gain", "offset"), [(4095.0, 0.0), (0.01, -3.0), (1.0, 1000.0)])
def test_exposure_changes_nothing(gain: float, offset: float) -> None:
    image = np.random.default_rng(2).random((64, 48))
    torch.testing.assert_close(stretch_one(image), stretch_one(gain * image + offset), atol=2e-3, rtol=0)


def test_borders_and_burnt_in_marks_do_not_set_the_scale() -> None:
    image = np.random.default_rng(3).random((100, 100)).astype(np.float32)
    framed = image.copy()
    framed[:8], framed[:, -8:] = -50.0, 70.0
    inside = (..., slice(10, 90), slice(10, 90))
    assert torch.equal(stretch_one(image)[inside], stretch_one(framed)[inside])
    assert float(stretch_one(framed).min()) == -1.5
    assert float(stretch_one(framed).max()) == 1.5


def test_each_image_of_a_batch_is_stretched_alone() -> None:
    batch = torch.rand(3, 1, 32, 32, generator=torch.Generator().manual_seed(4)) * torch.tensor([1, 9, 99]).view(
        3, 1, 1, 1
    )
    for index in range(3):
        assert torch.equal(stretch(batch)[index : index + 1], stretch(batch[index : index + 1]))
