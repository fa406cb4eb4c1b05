"""From thickness maps to a film: Beer-Lambert law, scatter, detector noise and blur, logarithm, tone curve.

Attenuation coefficients are those at an effective energy of 60 keV (NIST XCOM: water 0.0206 / mm, cortical bone
0.0604 / mm at 1.92 g / cm3); inflated lung has about a quarter of the density of tissue.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import fft
from scipy.ndimage import gaussian_filter, uniform_filter, zoom

MU_TISSUE = 0.0206  # per mm
MU_BONE = 0.0604
MU_LUNG = 0.0054
SCATTER_SOURCE_LIMIT = 0.2  # the share of photons that the clearest lung passes


@dataclass(frozen=True)
class Detector:
    """One exposure; see ``PhantomSettings`` for the meaning of the fields."""

    blur_mm: float
    photons_per_mm2: float
    scatter_to_primary: float
    detail: float
    tone_slope: float
    lung_grey: float


def attenuation(
    body: np.ndarray, lung: np.ndarray, air: np.ndarray, bone: np.ndarray, vessel: np.ndarray, texture: np.ndarray
) -> np.ndarray:
    """Sum coefficient times thickness over the materials of a ray.

    Parameters: thickness maps in mm, (rows, cols); ``lung``, ``air``, ``bone`` and ``vessel`` lie inside ``body`` and
    replace its tissue. texture: relative change of the lung's coefficient, around 0.
    Returns: the exponent of the Beer-Lambert law, dimensionless, (rows, cols).
    """
    tissue = body - lung - air
    vessel = np.minimum(vessel, 0.8 * lung)
    lung_part = MU_LUNG * lung * (1 + texture) + (MU_TISSUE - MU_LUNG) * vessel
    return MU_TISSUE * np.maximum(tissue, 0.0) + lung_part + (MU_BONE - MU_TISSUE) * bone


def transmitted(exponent: np.ndarray) -> np.ndarray:
    """Beer-Lambert law: the share of the photons that pass."""
    return np.exp(-exponent)


def expose(
    exponent: np.ndarray, reference: np.ndarray, detector: Detector, spacing_mm: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the logarithm of the signal (larger is denser) of the exposed chest, and of the reference without noise.

    ``reference`` is the exponent of the same chest without lesions. Scatter is computed from it, so that a planted
    lesion changes nothing beyond its own surroundings and "what was planted where" stays exact.
    """
    primary = transmitted(exponent)
    behind = transmitted(reference)
    # Scatter comes from the body: open air beside it passes many photons but scatters none.
    scatter = detector.scatter_to_primary * wide_blur(np.minimum(behind, SCATTER_SOURCE_LIMIT), 34.0 / spacing_mm)
    # Noise of a Poisson count, in the normal approximation, which holds for thousands of photons per pixel.
    photons = detector.photons_per_mm2 * spacing_mm**2
    signal = primary + scatter
    noise = rng.standard_normal(signal.shape, dtype=np.float32) * np.sqrt(signal / photons)
    blur = max(detector.blur_mm / spacing_mm, 0.35)
    signal = gaussian_filter(signal + noise, blur, truncate=3.0)
    floor = 0.25 / max(photons, 1.0) + 1e-4
    return -np.log(np.maximum(signal, floor)).astype(np.float32), -np.log(behind + scatter)


def wide_blur(image: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur of a wide ``sigma`` in pixels, computed on a coarse grid: the result has no fine structure."""
    step = max(int(sigma / 3), 1)
    small = gaussian_filter(image[::step, ::step], sigma / step, mode="nearest", truncate=3.0)
    scale = (image.shape[0] / small.shape[0], image.shape[1] / small.shape[1])
    return zoom(small, scale, order=1, mode="nearest", grid_mode=True)


def display(density: np.ndarray, detector: Detector, window: tuple[float, float], spacing_mm: float) -> np.ndarray:
    """Turn log signal into the grey of a film in [0, 1]; dense is bright.

    ``window`` holds the density that gets ``detector.lung_grey`` and the one that gets 0.9; an S-curve compresses
    both ends as film does, and ``detail`` raises local contrast over 12 mm as manufacturers do.
    """
    low, high = window
    if detector.detail > 0:
        width = max(3, round(12.0 / spacing_mm))
        smooth = uniform_filter(uniform_filter(density, width, mode="nearest"), width, mode="nearest")
        density = density + detector.detail * (density - smooth)
    tone = (density - low) / max(high - low, 1e-6)
    x_low, x_high = math.log(detector.lung_grey / (1 - detector.lung_grey)), math.log(0.9 / 0.1)
    # The logistic curve goes through both anchor points for any slope; the slope sets how hard the ends are squeezed.
    curve = 1 / (1 + np.exp(-(x_low + tone * (x_high - x_low)), dtype=np.float32))
    line = detector.lung_grey + tone * (0.9 - detector.lung_grey)
    mix = min(max((detector.tone_slope - 1.8) / 2.8, 0.0), 1.0)
    return np.clip(mix * curve + (1 - mix) * np.clip(line, 0.0, 1.0), 0.0, 1.0).astype(np.float32)


def power_law_fields(
    shape: tuple[int, int], spacing_mm: float, exponent: float, rng: np.random.Generator, longest_mm: float = 40.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return two independent random fields of unit standard deviation whose power falls as frequency ** -exponent."""
    fast = (fft.next_fast_len(shape[0]), fft.next_fast_len(shape[1]))
    fy = np.fft.fftfreq(fast[0], spacing_mm)[:, None].astype(np.float32)
    fx = np.fft.fftfreq(fast[1], spacing_mm)[None, :].astype(np.float32)
    gain = (fx**2 + fy**2 + (1 / longest_mm) ** 2) ** np.float32(-exponent / 4)
    gain[0, 0] = 0
    white = rng.standard_normal(fast, dtype=np.float32) + 1j * rng.standard_normal(fast, dtype=np.float32)
    field = fft.ifft2(fft.fft2(white.astype(np.complex64)) * gain)[: shape[0], : shape[1]]
    return field.real / field.real.std(), field.imag / field.imag.std()
