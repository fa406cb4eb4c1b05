"""A synthetic ECG strip, made by code: every wave is a Gaussian in time, after McSharry; no patient's recording.

Normal beats have P, Q, R, S and T. A ventricular beat comes early, has no P, a wide and tall QRS and a T against it, and a
full pause behind. The rate sways with breathing.

References: McSharry et al. 2003, IEEE Trans Biomed Eng 50:289-294, doi:10.1109/TBME.2003.808805. Here the Gaussians are
summed in time instead of integrated as a dynamical system, so that a beat of another shape can be put between.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SYNTHETIC = "Synthetic ECG, made by code; not a patient."
RATE_HZ = 360.0
SECONDS = 30.0
SEED = 104
VENTRICULAR = (7, 15, 16, 26)  # which beats, counted from 0
# (millivolts, centre in s from R, width in s): amplitudes and widths near those of the paper's table, seen from lead II.
_NORMAL = (
    (0.12, -0.18, 0.022),
    (-0.10, -0.030, 0.009),
    (1.15, 0.0, 0.011),
    (-0.22, 0.028, 0.010),
    (0.28, 0.26, 0.045),
)
_VENTRICULAR = ((-0.25, -0.065, 0.022), (1.65, 0.0, 0.034), (-0.75, 0.085, 0.034), (-0.42, 0.29, 0.060))
_INTERVAL_S, _EARLY, _SWAY = 0.82, 0.60, 0.03
_NOISE_MV, _WANDER_MV = 0.012, 0.05


@dataclass(frozen=True, eq=False)
class SyntheticStrip:
    """microvolts: (n,) at rate_hz. r_seconds: (beats,) of the R peaks; labels: "N" or "V" of each. words: marked synthetic."""

    microvolts: np.ndarray
    rate_hz: float
    r_seconds: np.ndarray
    labels: tuple[str, ...]
    words: str


def synthetic_strip(
    seconds: float = SECONDS, ventricular: tuple[int, ...] = VENTRICULAR, seed: int = SEED
) -> SyntheticStrip:
    """Return the strip.

    Parameters
    ----------
    seconds
        Length of the strip.
    ventricular
        Numbers of the ventricular beats.
    seed
        Of every draw; the same seed gives the same answer.
    """
    rng = np.random.default_rng(seed)
    times: list[float] = []
    labels: list[str] = []
    now = 0.6
    while now < seconds - 0.5:
        early = len(times) in ventricular
        labels.append("V" if early else "N")
        times.append(now)
        own = _INTERVAL_S * (1 + _SWAY * np.sin(2 * np.pi * 0.25 * now) + 0.01 * rng.standard_normal())
        following = len(times) in ventricular
        # The beat after an early one comes where it would have come: early and late interval make two whole ones.
        now += own * (_EARLY if following else 2 - _EARLY if early else 1.0)
    clock = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    signal = _WANDER_MV * np.sin(2 * np.pi * 0.25 * clock) + _NOISE_MV * rng.standard_normal(len(clock))
    for centre, label in zip(times, labels, strict=True):
        for height, shift, width in _VENTRICULAR if label == "V" else _NORMAL:
            signal += height * np.exp(-0.5 * ((clock - centre - shift) / width) ** 2)
    return SyntheticStrip(np.round(signal * 1000, 1), RATE_HZ, np.array(times), tuple(labels), SYNTHETIC)
