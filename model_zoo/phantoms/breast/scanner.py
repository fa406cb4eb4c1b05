"""The ultrasound scanner: scatterers blurred by the pulse and the beam, echoes lost with depth, envelope, log compression.

Scatterers are complex and random in phase, so that their sum within one resolution cell gives the speckle of a coherent
wave (Rayleigh statistics), not noise added to a drawing. Reference: Wagner et al. 1983, IEEE Trans. Sonics Ultrason. 30.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from model_zoo.phantoms.breast.tissue import Section
from model_zoo.phantoms.fields import smooth_noise
from model_zoo.phantoms.picture import stream

# dB / cm / MHz that the time-gain compensation assumes: the mean of what lies under the probe.
COMPENSATED = 0.72
LOOKS = 3  # angles compounded, as scanners of the last twenty years do
SOUND_MM_PER_US = 1.54


@dataclass(frozen=True)
class Scanner:
    """frequency_mhz: centre frequency. focus_mm: depth of the narrowest beam. range_db: of the grey scale. gain_db: level
    of glandular tissue below white. noise_db: electronic noise at the skin, before the compensation lifts it. tone: exponent
    of the grey map."""

    frequency_mhz: float
    focus_mm: float
    range_db: float
    gain_db: float
    noise_db: float
    tone: float
    slope_db_per_cm: float


def draw_scanner(seed: int, depth_mm: float) -> Scanner:
    """Draw the settings of one examination."""
    rng = stream("breast", seed, "scanner")
    return Scanner(
        frequency_mhz=float(rng.uniform(8.0, 12.0)),
        focus_mm=float(rng.uniform(0.3, 0.6)) * depth_mm,
        range_db=float(rng.uniform(46.0, 56.0)),
        gain_db=float(rng.uniform(13.0, 20.0)),
        noise_db=float(rng.uniform(-74.0, -64.0)),
        tone=float(rng.uniform(1.05, 1.35)),
        slope_db_per_cm=float(rng.uniform(1.5, 4.5)),
    )


def scatterers(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return complex scatterers of unit power, complex64 (looks, rows, cols)."""
    parts = rng.standard_normal((2, LOOKS, *shape), dtype=np.float32)
    return ((parts[0] + 1j * parts[1]) / np.float32(np.sqrt(2))).astype(np.complex64)


def scan_section(
    echo: np.ndarray,
    attenuation: np.ndarray,
    section: Section,
    scanner: Scanner,
    field: np.ndarray,
    seed: int,
    frame: int = 0,
) -> np.ndarray:
    """Return the picture of a section, float32 (rows / 2, cols) in [0, 1].

    Parameters: echo: dB (rows, cols). attenuation: dB / cm / MHz (rows, cols). field: from ``scatterers``.
    frame: of a sweep; noise differs from frame to frame.
    """
    amplitude = 10 ** (echo / 20)
    signal = np.zeros(section.shape, np.float32)
    for look in field:
        blurred = _beam(amplitude * look, section, scanner)
        signal += blurred.real**2 + blurred.imag**2
    loss = _loss(attenuation, section, scanner, seed)
    level = 10 * np.log10(signal / LOOKS + 1e-12) + loss
    # The compensation lifts noise with depth, until deep black turns to grey haze.
    lifted = scanner.noise_db + 2 * COMPENSATED * scanner.frequency_mhz * section.depth / 10
    noise = stream("breast", seed, f"noise {frame}").standard_exponential(section.shape, np.float32)
    level = 10 * np.log10(10 ** (level / 10) + 10 ** (lifted / 10) * noise)
    grey = np.clip((level + scanner.range_db - scanner.gain_db) / scanner.range_db, 0.0, 1.0)
    rows = grey.shape[0] // 2 * 2
    picture = 0.5 * (grey[0:rows:2] + grey[1:rows:2])
    return (picture**scanner.tone).astype(np.float32)


def _beam(field: np.ndarray, section: Section, scanner: Scanner) -> np.ndarray:
    """Blur by the pulse (along depth) and by the beam (across), which widens away from its focus; unit power is kept."""
    wavelength = SOUND_MM_PER_US / scanner.frequency_mhz
    pulse = 0.55 * wavelength / section.step[0]
    axial = gaussian_filter1d(field, pulse, axis=0, truncate=3.0) * float(np.sqrt(2 * np.sqrt(np.pi) * pulse))
    widths = np.array([1.5, 2.6, 4.2]) * wavelength / section.step[1]
    blurred = [
        gaussian_filter1d(axial, w, axis=1, truncate=3.0) * np.float32(np.sqrt(2 * np.sqrt(np.pi) * w))
        for w in map(float, widths)
    ]
    place = 2 * np.clip(np.abs(section.depth - scanner.focus_mm) / 22.0, 0, 1)
    near, far = np.clip(1 - place, 0, 1), np.clip(place - 1, 0, 1)
    return near * blurred[0] + (1 - near - far) * blurred[1] + far * blurred[2]


def _loss(attenuation: np.ndarray, section: Section, scanner: Scanner, seed: int) -> np.ndarray:
    """Return what the way there and back costs against the compensation, in dB, (rows, cols)."""
    per_mm = 2 * scanner.frequency_mhz * (COMPENSATED - attenuation) / 10
    loss = np.cumsum(per_mm, axis=0) * section.step[0]
    # The aperture looks around small obstacles: a shadow is blurred across, and no darker than side lobes let it be.
    loss = gaussian_filter(loss, (0, 0.7 / section.step[1]))
    loss = np.where(loss > 0, 14 * np.tanh(loss / 14), 32 * np.tanh(loss / 32))
    rng = stream("breast", seed, "contact")
    # Poor contact and the beam's own unevenness darken whole columns.
    contact = smooth_noise((1, section.shape[1]), (1e-3, 2.2 / section.step[1]), rng)
    wide = smooth_noise((1, section.shape[1]), (1e-3, 7.0 / section.step[1]), rng)
    ends = np.abs(section.across) / float(section.across[0, -1])
    dark = 1.8 * contact + 2.4 * wide - 9 * np.clip(ends - float(rng.uniform(0.82, 1.0)), 0, None) / 0.18
    return (loss + dark - scanner.slope_db_per_cm * section.depth / 10).astype(np.float32)
