"""The chest recipe on a handful of made films: repeatable, resumable, and blind across populations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from model_zoo.training.chest import fit as chest_fit
from model_zoo.training.chest.films import (
    ADULT_OUTPUTS,
    CHILD_OUTPUTS,
    OUTPUTS,
    SIZE,
    FilmSet,
    box_mask,
    stable_fold,
)
from model_zoo.training.chest.fit import FitOptions, fit_chest, predict_films
from tests.tiny_zoo import tiny_network

OPTIONS = FitOptions(epochs=1, adults_per_batch=4, children_per_batch=2, phantoms=0)


@pytest.fixture(autouse=True)
def _small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chest_fit, "build_network", lambda: tiny_network(len(OUTPUTS)))
    monkeypatch.setenv("DIAPHANE_DEVICE", "cpu")


def _films(count: int, child: bool) -> FilmSet:
    generator = np.random.default_rng(30 + child)
    targets = np.full((count, len(OUTPUTS)), np.nan, np.float32)
    for name in CHILD_OUTPUTS if child else ADULT_OUTPUTS:
        targets[:, OUTPUTS.index(name)] = generator.integers(0, 2, count)
    boxes = [[(0.2, 0.3, 0.25, 0.25)] if index % 2 else [] for index in range(count)]
    return FilmSet(
        generator.integers(0, 256, (count, SIZE, SIZE), dtype=np.uint8),
        targets,
        [f"film-{index}" for index in range(count)],
        [f"patient-{index // 2}" for index in range(count)],
        np.arange(count) % 5,
        [None] * count if child else boxes,
        ["AP"] * count,
        generator.integers(0, 256, (count, SIZE, SIZE), dtype=np.uint8) if child else None,
    )


def _fit(run: Path, options: FitOptions = OPTIONS, adults: FilmSet | None = None) -> dict[str, torch.Tensor]:
    network = fit_chest(adults or _films(8, False), _films(4, True), options, run, tick=lambda words: None)
    return network.state_dict()


def _same(mine: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(value, theirs[name]) for name, value in mine.items())


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    first = _fit(tmp_path / "a")
    assert _same(first, _fit(tmp_path / "b"))
    assert not _same(first, _fit(tmp_path / "c", replace(OPTIONS, seed=8)))


def test_a_run_that_was_stopped_goes_on_to_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two = replace(OPTIONS, epochs=2)
    whole = _fit(tmp_path / "whole", two)
    saved = chest_fit.Checkpoint.save

    def save_and_die(self, **state) -> None:
        saved(self, **state)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(chest_fit.Checkpoint, "save", save_and_die)
        with pytest.raises(KeyboardInterrupt):
            _fit(tmp_path / "parts", two)
    assert _same(whole, _fit(tmp_path / "parts", two))


def test_labels_that_are_not_known_teach_nothing() -> None:
    """A head never learns from a film of the other population: its loss and gradient there are zero."""
    logits = torch.randn(6, len(OUTPUTS), generator=torch.Generator().manual_seed(0)).requires_grad_(True)
    targets = torch.from_numpy(np.concatenate([_films(4, False).targets, _films(2, True).targets]))
    chest_fit._image_loss(logits, targets).backward()
    assert logits.grad is not None
    unknown = torch.isnan(targets)
    assert not logits.grad[unknown].any()
    assert logits.grad[~unknown].all()
    child = [OUTPUTS.index(name) for name in CHILD_OUTPUTS]
    assert unknown[:4, child].all()


def test_the_local_loss_falls_where_the_box_is() -> None:
    masks = box_mask([(0.25, 0.25, 0.5, 0.5)])[None, None]
    known = torch.tensor([True])
    right = torch.full((1, 1, 16, 16), -4.0)
    right[..., 4:12, 4:12] = 4.0
    assert chest_fit._local_loss(right, masks, known) < 0.1
    assert chest_fit._local_loss(-right, masks, known) > 3
    assert chest_fit._local_loss(right, masks, torch.tensor([False])) == 0


def test_a_box_is_drawn_where_it_is() -> None:
    mask = box_mask([(0.25, 0.5, 0.125, 0.25)], size=64)
    assert mask.sum() == 8 * 16
    assert mask[32:48, 16:24].all()


def test_children_come_with_their_lungs_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="lung"):
        fit_chest(_films(8, False), replace(_films(4, True), lungs=None), OPTIONS, tmp_path / "run")


def test_predictions_do_not_depend_on_the_batch() -> None:
    network = tiny_network(len(OUTPUTS))
    images = _films(5, False).images
    together, apart = predict_films(network, images, batch=5), predict_films(network, images, batch=2)
    assert together.shape == (5, len(OUTPUTS))
    np.testing.assert_allclose(together, apart, atol=1e-5)
    assert predict_films(network, images[:0]).shape == (0, len(OUTPUTS))


def test_films_are_taken_with_everything_that_belongs_to_them() -> None:
    films = _films(6, True)
    some = films.take(np.array([4, 1]))
    assert len(some) == 2
    assert some.files == ["film-4", "film-1"]
    assert some.patient_ids == ["patient-2", "patient-0"]
    assert some.folds.tolist() == [4, 1]
    assert films.lungs is not None
    assert some.lungs is not None
    assert np.array_equal(some.lungs, films.lungs[[4, 1]])
    assert np.array_equal(some.images, films.images[[4, 1]])


def test_the_fold_of_a_patient_is_stable() -> None:
    # CRC-32 of "123456789" is its published check value, 0xCBF43926.
    assert stable_fold("123456789") == 0xCBF43926 % 5
    counts = np.bincount([stable_fold(str(patient)) for patient in range(2000)], minlength=5)
    assert counts.min() > 300
