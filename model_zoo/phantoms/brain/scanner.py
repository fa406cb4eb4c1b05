"""The MR scanner: slice thickness, uneven coil, k-space of a limited matrix with thermal noise, magnitude (Rician).

Noise is added as complex numbers before the magnitude is taken, so that it is Rician (Gudbjartsson and Patz 1995,
Magn. Reson. Med. 34); the picture is interpolated by zero filling, as scanners do, with the ringing that comes with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from model_zoo.phantoms.picture import stream


@dataclass(frozen=True)
class MrScanner:
    """noise: standard deviation of each channel as a share of white matter. shading: of the coil, relative. thickness_mm:
    of a slice. tilt_deg: of the slices. white: signal, relative to white matter, that is shown as white."""

    noise: float
    shading: float
    thickness_mm: float
    tilt_deg: float
    white: float
    ghost: float


def draw_mr_scanner(seed: int) -> MrScanner:
    """Draw the settings of one examination."""
    rng = stream("brain", seed, "scanner")
    return MrScanner(
        noise=float(rng.uniform(0.025, 0.06)),
        shading=float(rng.uniform(0.12, 0.40)),
        thickness_mm=float(rng.uniform(4.0, 6.0)),
        tilt_deg=float(rng.normal(0, 2.5)),
        white=float(rng.uniform(2.6, 3.6)),
        ghost=float(rng.uniform(0.004, 0.018)),
    )


def acquire(signal: np.ndarray, size: int, scanner: MrScanner, rng: np.random.Generator, coil_seed: int) -> np.ndarray:
    """Return the picture, float32 (size, size) in [0, 1], from the signal of the sub-slices (n, matrix, matrix)."""
    plane = signal.mean(axis=0)
    matrix = plane.shape[0]
    line = np.linspace(-1, 1, matrix, dtype=np.float32)
    y, x = np.meshgrid(line, line, indexing="ij")
    coil = stream("brain", coil_seed, "coil")
    a, b, c = coil.normal(0, 0.5, 3)
    plane = plane * (1 + scanner.shading * (x**2 + y**2 - 0.35 + a * x + b * y + c * x * y))
    space = np.fft.fftshift(np.fft.fft2(plane))
    noise = rng.standard_normal((2, matrix, matrix)) * scanner.noise * matrix
    space = space + noise[0] + 1j * noise[1]
    # Pulsing blood repeats faintly along the phase direction.
    space[:, ::2] *= 1 + scanner.ghost
    space = space * _taper(matrix)
    pad = (size - matrix) // 2
    filled = np.zeros((size, size), np.complex128)
    keep = min(matrix, size)
    start = max(-pad, 0)
    filled[max(pad, 0) : max(pad, 0) + keep, max(pad, 0) : max(pad, 0) + keep] = space[
        start : start + keep, start : start + keep
    ]
    image = np.abs(np.fft.ifft2(np.fft.ifftshift(filled))) * (size / matrix) ** 2
    image = gaussian_filter(image, 0.35) / scanner.white
    return np.clip(image, 0.0, 1.0).astype(np.float32)


def _taper(matrix: int) -> np.ndarray:
    """A mild filter against ringing (Tukey window over the outer fifth of k-space)."""
    k = np.abs(np.linspace(-1, 1, matrix))
    window = np.where(k < 0.8, 1.0, 0.5 * (1 + np.cos(np.pi * (k - 0.8) / 0.2 * 0.9)))
    return window[:, None] * window[None, :]
