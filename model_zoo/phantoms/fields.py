"""Random fields of which tissue is made: smooth noise on a grid, and waves that have a value at any point of space."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

# Noise smoother than this many pixels is made on a coarser grid and enlarged: the same field at a fraction of the time.
COARSE_SIGMA = 6.0


def smooth_noise(shape: tuple[int, int], sigma: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    """Return Gaussian noise of zero mean and unit standard deviation, smooth over ``sigma`` pixels: float32 (rows, cols)."""
    steps = [max(int(s / COARSE_SIGMA * 2), 1) for s in sigma]
    small = [n // step + 4 for n, step in zip(shape, steps, strict=True)]
    field = rng.standard_normal(small, dtype=np.float32)
    field = gaussian_filter(field, [s / step for s, step in zip(sigma, steps, strict=True)], mode="wrap", truncate=3.0)
    if max(steps) > 1:
        field = zoom(field, steps, order=1)
    field = field[: shape[0], : shape[1]]
    return ((field - field.mean()) / max(float(field.std()), 1e-9)).astype(np.float32)


class Waves:
    """A sum of random plane waves: a smooth field of unit variance, defined at every point and not only on a grid.

    Neighbouring slices of one head, and frames of one sweep, see the same field.
    """

    def __init__(
        self,
        wavelength: float,
        count: int,
        rng: np.random.Generator,
        dimensions: int = 3,
        stretch: tuple[float, ...] | None = None,
        spread: float = 0.15,
    ) -> None:
        """Draw the waves. Lengths in the unit of the points; ``stretch`` lengthens the waves along each axis."""
        direction = rng.standard_normal((count, dimensions))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        length = wavelength * np.exp(rng.normal(0, spread, (count, 1)))
        self._number = 2 * np.pi * direction / length / np.asarray(stretch or (1.0,) * dimensions)
        self._phase = rng.uniform(0, 2 * np.pi, count)
        self._scale = np.float32(np.sqrt(2 / count))

    def __call__(self, *axes: np.ndarray) -> np.ndarray:
        """Return the field at points given by one coordinate array per axis; float32 of their broadcast shape."""
        shape = np.broadcast_shapes(*(np.shape(axis) for axis in axes))
        total = np.zeros(shape, np.float32)
        for number, phase in zip(self._number, self._phase, strict=True):
            turn = np.full(shape, phase, np.float32)
            for axis, k in zip(axes, number, strict=True):
                turn = turn + np.asarray(axis, np.float32) * np.float32(k)
            total += np.cos(turn)
        return total * self._scale


def smooth_step(x: np.ndarray) -> np.ndarray:
    """Return 0 below -1, 1 above 1 and a smooth rise between."""
    t = np.clip(0.5 * (np.asarray(x) + 1), 0.0, 1.0)
    return t * t * (3 - 2 * t)
