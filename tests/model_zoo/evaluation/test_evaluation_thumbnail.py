"""The thumbnail baseline: the resize against a plain one, the fit against scikit-learn, and what is stored."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file, save_file
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from model_zoo.errors import DataNotFound, WeightsMismatch
from model_zoo.evaluation.metrics import auroc
from model_zoo.evaluation.thumbnail import (
    ThumbnailBaseline,
    _inner_folds,
    fit_thumbnail,
    fit_thumbnail_pixels,
    thumbnails,
)


def bright_spots(n: int = 240, side: int = 32, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Noise films whose positive ones are a little brighter in one corner; two films per patient."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n).astype(float)
    images = rng.integers(40, 160, (n, side, side)).astype(np.uint8)
    images[y == 1, :8, :8] += 40
    return images, y[:, None], np.arange(n) // 2


@pytest.fixture(scope="module")
def baseline() -> ThumbnailBaseline:
    images, y, patients = bright_spots()
    return fit_thumbnail(images, np.hstack([y, 1 - y]), patients, ("spot", "no_spot"), penalties=(1e-3, 1e-2))


@pytest.mark.parametrize("size", [(128, 128), (224, 224), (320, 320), (16, 16), (64, 48)])
def test_whole_factors_are_block_means(size: tuple[int, int]) -> None:
    images = np.random.default_rng(1).integers(0, 256, (3, *size), dtype=np.uint8)
    blocks = images.reshape(3, 16, size[0] // 16, 16, size[1] // 16).mean(axis=(2, 4)) / 255
    np.testing.assert_allclose(thumbnails(images), blocks.reshape(3, 256), atol=1e-6)


def test_other_sizes_agree_with_an_independent_box_resize() -> None:
    images = np.random.default_rng(2).random((1, 250, 203), dtype=np.float32)
    expected = np.asarray(Image.fromarray(images[0]).resize((16, 16), Image.Resampling.BOX))
    # Pillow rounds the edges of each box to whole pixels, about 1/13 of a box here.
    np.testing.assert_allclose(thumbnails(images).reshape(16, 16), expected, atol=0.03)


@pytest.mark.parametrize("size", [(17, 16), (250, 203), (129, 131)])
def test_area_averaging_keeps_the_mean_and_a_flat_film_flat(size: tuple[int, int]) -> None:
    images = np.random.default_rng(3).random((2, *size))
    np.testing.assert_allclose(thumbnails(images).mean(axis=1), images.mean(axis=(1, 2)), atol=1e-6)
    np.testing.assert_allclose(thumbnails(np.full((1, *size), 0.25)), 0.25, atol=1e-6)


def test_fine_stripes_do_not_alias() -> None:
    film = np.zeros((1, 128, 128))
    film[:, :, ::2] = 1
    np.testing.assert_allclose(thumbnails(film), 0.5, atol=1e-6)


def test_bytes_and_floats_give_the_same_thumbnail() -> None:
    images = np.random.default_rng(4).integers(0, 256, (300, 40, 40), dtype=np.uint8)
    np.testing.assert_allclose(thumbnails(images), thumbnails(images / 255), atol=1e-6)


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((2, 15, 20)),
        np.zeros((20, 20)),
        np.zeros((2, 20, 20), dtype=np.int32),
        np.full((1, 20, 20), 1.5),
        np.full((1, 20, 20), -0.5),
        np.full((1, 20, 20), np.nan),
    ],
)
def test_what_is_no_film_in_unit_range_is_refused(images: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"expected|values from 0 to 1"):
        thumbnails(images)


def test_no_films_give_no_thumbnails() -> None:
    assert thumbnails(np.empty((0, 32, 32))).shape == (0, 256)


def test_equal_to_the_pipeline_of_scikit_learn() -> None:
    images, y, patients = bright_spots()
    pixels = thumbnails(images).astype(np.float64)
    fitted = fit_thumbnail_pixels(pixels, y, patients, ("spot",), penalties=(0.01,))
    z = StandardScaler().fit_transform(pixels)
    expected = LogisticRegression(C=0.01, tol=1e-8, max_iter=5000).fit(z, y[:, 0]).decision_function(z)
    np.testing.assert_allclose(fitted.score(images)[:, 0], expected, atol=2e-3)


def test_learns_what_the_thumbnail_shows(baseline: ThumbnailBaseline) -> None:
    images, y, _ = bright_spots(seed=9)
    scores = baseline.score(images)
    assert scores.shape == (len(images), 2)
    assert scores.dtype == np.float32
    assert auroc(y[:, 0], scores[:, 0]) > 0.9
    assert auroc(y[:, 0], scores[:, 1]) < 0.1


def test_noise_stays_noise() -> None:
    rng = np.random.default_rng(7)
    images = rng.random((600, 16, 16))
    y = rng.integers(0, 2, 600).astype(float)
    fitted = fit_thumbnail(images[:300], y[:300, None], np.arange(300), ("noise",), penalties=(1e-3, 1e-2))
    assert auroc(y[300:], fitted.score(images[300:])[:, 0]) == pytest.approx(0.5, abs=0.1)


def test_inner_folds_keep_a_patient_together_and_share_out_the_positive() -> None:
    rng = np.random.default_rng(8)
    patients = np.array([f"p{i:02d}" for i in rng.integers(0, 80, 300)])
    y = np.isin(patients, np.unique(patients)[:8]).astype(float)
    fold = _inner_folds(y, patients, seed=0)
    assert {len(set(fold[patients == name])) for name in patients} == {1}
    assert [len(set(patients[(fold == k) & (y == 1)])) for k in range(4)] == [2, 2, 2, 2]
    np.testing.assert_array_equal(fold, _inner_folds(y, patients, seed=0))


def test_the_penalty_is_the_one_that_does_best_on_held_patients() -> None:
    """Fewer films than pixels: nearly no penalty fits the noise, and the inner folds must notice."""
    rng = np.random.default_rng(10)
    pixels = rng.random((400, 256))
    y = (pixels[:, :40].sum(axis=1) + rng.normal(scale=0.5, size=400) > 20).astype(float)[:, None]
    chosen = fit_thumbnail_pixels(pixels[:200], y[:200], np.arange(200), ("x",), penalties=(1e-3, 1e4)).penalty[0]
    reached = {
        c: auroc(
            y[200:, 0],
            fit_thumbnail_pixels(pixels[:200], y[:200], np.arange(200), ("x",), (c,)).score_thumbnails(pixels[200:])[
                :, 0
            ],
        )
        for c in (1e-3, 1e4)
    }
    assert chosen == max(reached, key=reached.get)


def test_films_without_a_label_are_left_out_of_that_output() -> None:
    images, y, patients = bright_spots()
    both = np.hstack([y, y])
    both[::3, 1] = np.nan
    fitted = fit_thumbnail(images, both, patients, ("all", "some"), penalties=(0.01,))
    known = np.isfinite(both[:, 1])
    alone = fit_thumbnail(images[known], y[known], patients[known], ("some",), penalties=(0.01,))
    np.testing.assert_allclose(fitted.coef[1], alone.coef[0], atol=1e-6)
    assert not np.allclose(fitted.coef[0], alone.coef[0])


def test_a_pixel_that_never_varies_has_no_weight() -> None:
    images, y, patients = bright_spots()
    images[:, -2:, -2:] = 0
    fitted = fit_thumbnail(images, y, patients, ("spot",), penalties=(0.01,))
    assert fitted.coef[0, -1] == 0
    images[:, -2:, -2:] = 255
    assert np.isfinite(fitted.score(images)).all()


def test_one_class_cannot_be_fitted() -> None:
    images, y, patients = bright_spots(20)
    with pytest.raises(ValueError, match="positive and negative"):
        fit_thumbnail(images, np.ones_like(y), patients, ("spot",))
    with pytest.raises(ValueError, match="do not fit"):
        fit_thumbnail(images, y[:-1], patients, ("spot",))


def test_what_is_saved_is_loaded_and_small(baseline: ThumbnailBaseline, tmp_path: Path) -> None:
    path = tmp_path / "thumbnail.safetensors"
    baseline.save(path)
    loaded = ThumbnailBaseline.load(path)
    images = bright_spots(seed=5)[0]
    assert (loaded.outputs, loaded.penalty) == (baseline.outputs, baseline.penalty)
    np.testing.assert_array_equal(loaded.score(images), baseline.score(images))
    assert path.stat().st_size < 4096 * len(loaded.outputs)
    assert {array.dtype for array in load_file(path).values()} == {np.dtype("float32")}


def test_files_that_hold_no_baseline_are_refused(baseline: ThumbnailBaseline, tmp_path: Path) -> None:
    path = tmp_path / "thumbnail.safetensors"
    with pytest.raises(DataNotFound):
        ThumbnailBaseline.load(path)
    baseline.save(path)
    whole = path.read_bytes()
    arrays = load_file(path)
    about = {"format": "thumbnail-baseline-1", "outputs": '["spot", "no_spot"]', "penalty": "[0.1, 0.1]"}
    save_file(arrays, path, metadata=about)
    assert ThumbnailBaseline.load(path).outputs == ("spot", "no_spot")

    def broken() -> None:
        with pytest.raises(WeightsMismatch):
            ThumbnailBaseline.load(path)

    for content in (b"", b"no weights", whole[: len(whole) // 2]):
        path.write_bytes(content)
        broken()
    save_file(arrays, path)
    broken()
    for wrong in (
        {"format": "other"},
        {"outputs": '["spot"]'},
        {"outputs": "spot"},
        {"penalty": "[1]"},
        {"penalty": "1"},
    ):
        save_file(arrays, path, metadata={**about, **wrong})
        broken()
    for name, array in (("coef", np.full((2, 256), np.nan, np.float32)), ("intercept", np.zeros((2, 1), np.float32))):
        save_file({**arrays, name: array}, path, metadata=about)
        broken()
    save_file({**arrays, "extra": np.zeros(1, np.float32)}, path, metadata=about)
    broken()
