"""ECG strips whose R peaks are known, for measuring the detector of beats: neurokit2's simulations, and our own with ectopic beats.

neurokit2 (a development dependency) simulates by two methods: "ecgsyn", the dynamical model of McSharry, and "simple", a
wavelet repeated. The truth is read from the same strip without noise, where the R peak is the one high deflection of a beat.
Its package ships no recording of a patient.

References: Makowski et al. 2021, Behav Res Methods 53:1689, doi:10.3758/s13428-020-01516-y; McSharry et al. 2003, IEEE
Trans Biomed Eng 50:289, doi:10.1109/TBME.2003.808805.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import numpy as np
from scipy.signal import find_peaks

from model_zoo.ecg.demo import synthetic_strip
from model_zoo.errors import DataNotFound

SECONDS = 30.0
METHODS, HEART_RATES = ("ecgsyn", "simple"), (40, 60, 80, 100, 130, 160)
RATES_HZ, NOISES = (128, 250, 360, 500, 1000), (0.0, 0.1, 0.25, 0.5)
ECTOPIC = "own, ventricular beats"
ECTOPIC_STRIPS = 20
# Which recordings the detector may be changed on, and which only tell how good it is.
SEEDS = {"development": 1, "held out": 2}
SPAN_MV = 1.6  # of a strip without noise, as ecgsyn has it; the wavelet of "simple" comes at 10 mV, which is no ECG
# The rhythm of the simulations is nearly steady: one beat lies in each interval, and its R is the highest deflection.
_HIGH, _NEAREST = 0.4, 0.7


@dataclass(frozen=True, eq=False)
class Recording:
    """millivolts: (n,) at rate_hz; r_seconds: (beats,) of the R peaks. noise: as a share of the strip's standard deviation."""

    method: str
    heart_rate: int
    noise: float
    rate_hz: int
    millivolts: np.ndarray
    r_seconds: np.ndarray

    @property
    def condition(self) -> dict[str, str]:
        return {
            "method": self.method,
            "heart rate": f"{self.heart_rate} per minute" if self.heart_rate else "varying",
            "noise": f"{self.noise:g}",
            "sampling rate": f"{self.rate_hz} Hz",
        }


def neurokit() -> ModuleType:
    """Return the package. Raises DataNotFound where it is not installed."""
    try:
        return importlib.import_module("neurokit2")
    except ImportError as error:
        raise DataNotFound(
            "The recordings are simulated by neurokit2, which is not installed.",
            "It is a development dependency: see pyproject.toml.",
        ) from error


def recordings(part: str, only: tuple[int, int] | None = None) -> Iterator[Recording]:
    """Yield the strips of a part of SEEDS, each noise of one simulation after the other; then the ectopic ones.

    only: sampling rate and heart rate of the simulations wanted, which are then the same as among all.
    """
    seed = SEEDS[part]
    for number, (method, heart_rate, rate_hz) in enumerate(
        (m, h, r) for m in METHODS for h in HEART_RATES for r in RATES_HZ
    ):
        if only in (None, (rate_hz, heart_rate)):
            yield from _simulated(method, heart_rate, rate_hz, 1000 * seed + number)
    rng = np.random.default_rng(seed)
    for number in range(ECTOPIC_STRIPS):
        places = tuple(sorted(rng.choice(np.arange(2, 34), size=6, replace=False).tolist()))
        strip = synthetic_strip(SECONDS, places, 1000 * seed + number)
        yield Recording(ECTOPIC, 0, 0.0, int(strip.rate_hz), strip.microvolts / 1000, strip.r_seconds)


def _simulated(method: str, heart_rate: int, rate_hz: int, seed: int) -> Iterator[Recording]:
    package = neurokit()
    clean = np.asarray(
        package.ecg_simulate(
            duration=int(SECONDS),
            sampling_rate=rate_hz,
            heart_rate=heart_rate,
            noise=0,
            method=method,
            random_state=seed,
        ),
        dtype=np.float64,
    )
    clean *= SPAN_MV / np.ptp(clean)
    high = clean.min() + _HIGH * SPAN_MV
    peaks, _ = find_peaks(clean, height=high, distance=int(_NEAREST * 60 / heart_rate * rate_hz))
    for noise in NOISES:
        noisy = clean if noise == 0 else package.signal_distort(
            clean, sampling_rate=rate_hz, noise_amplitude=noise, noise_frequency=[5, 10, 100], noise_shape="laplace",
            random_state=seed + 1, silent=True,
        )  # fmt: skip
        yield Recording(method, heart_rate, noise, rate_hz, np.asarray(noisy, np.float64), peaks / rate_hz)
