"""From a strip to beats: band-pass, resampling to 120 Hz, R peaks, and the window and rhythm that the beat model reads.

References: Pan and Tompkins 1985, IEEE Trans Biomed Eng 32:230 (slope energy in a moving window); here with one threshold per
strip instead of two that adapt, which suffices for strips of a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.signal import butter, find_peaks, resample_poly, sosfiltfilt

from model_zoo.ecg.network import R_SAMPLE, RATE_HZ, SAMPLES, rhythm_intervals
from model_zoo.errors import InvalidPatientRecord

BAND_HZ = (0.5, 40.0)
_QRS_HZ = (5.0, 15.0)  # where a QRS has most of its energy, and P, T and baseline have little
_WINDOW_S, _REFRACTORY_S, _SEARCH_S = 0.12, 0.25, 0.08
_SHARE_OF_HIGH = 0.25  # of the energy of a clear QRS: a low beat still counts, a T wave does not
# A clear QRS is one in most stretches of two seconds: of a slow heart the QRS fill too little of the strip for a share of it.
_STRETCH_S = 2.0
# So soon after a QRS a burst of less than this share of its energy is its T wave (Pan and Tompkins: 360 ms, half the slope).
_T_WAVE_S, _T_WAVE_SHARE = 0.36, 0.4
_LEAST_SECONDS = 4.0
_FLAT_MICROVOLTS = 100.0  # from trough to crest of the filtered strip: no QRS is that low
# The highest QRS is below 10 mV; above this the numbers are no millivolts (raw samples, or another unit).
_MOST_MICROVOLTS = 20_000.0


@dataclass(frozen=True, eq=False)
class EcgStrip:
    """microvolts: (n,) at 120 Hz, band 0.5 to 40 Hz. peaks: sample of every R peak found (P,).

    beats: places in ``peaks`` of the beats that can be classified (B,): the first two lack the past, the last lacks the
    interval after. windows: (B, 78); rr: (B, 4), as EcgBeatModel.classify takes them.
    """

    microvolts: np.ndarray
    peaks: np.ndarray
    beats: np.ndarray
    windows: np.ndarray
    rr: np.ndarray

    @property
    def seconds(self) -> np.ndarray:
        """Time of every sample."""
        return np.arange(len(self.microvolts)) / RATE_HZ


def read_strip(microvolts: np.ndarray, rate_hz: float) -> EcgStrip:
    """Filter a strip, find its R peaks and cut its beats. microvolts: (n,). Raises InvalidPatientRecord."""
    signal = np.asarray(microvolts, dtype=np.float64)
    problems = []
    if signal.ndim != 1 or not np.isfinite(signal).all():
        problems.append("expected one lead of finite samples")
    if not 2 * BAND_HZ[1] < rate_hz <= 10000:
        problems.append(f"the sampling rate has to lie above {2 * BAND_HZ[1]:g} Hz, got {rate_hz:g}")
    elif signal.size < _LEAST_SECONDS * rate_hz:
        problems.append(f"the strip is shorter than {_LEAST_SECONDS:g} seconds")
    if problems:
        raise InvalidPatientRecord(problems, "Give a longer strip of one lead, with its sampling rate.")
    band = sosfiltfilt(butter(2, BAND_HZ, btype="bandpass", fs=rate_hz, output="sos"), signal)
    span = np.ptp(band)
    if span < _FLAT_MICROVOLTS:
        raise InvalidPatientRecord(["the line is flat"], "Choose another lead, or check the unit: expected millivolts.")
    if span > _MOST_MICROVOLTS:
        raise InvalidPatientRecord(
            [f"the strip swings over {span / 1000:.0f} mV, more than any ECG"],
            "Check the unit: expected mV or µV. Divide raw samples by the gain of the recorder first, or cut out the artefact.",
        )
    ratio = Fraction(RATE_HZ / rate_hz).limit_denominator(1000)
    clean = resample_poly(band, ratio.numerator, ratio.denominator)
    peaks = r_peaks(clean)
    beats, windows, rr = [], [], []
    for place in range(2, len(peaks) - 1):
        start = peaks[place] - R_SAMPLE
        if start < 0 or start + SAMPLES > len(clean):
            continue
        beats.append(place)
        windows.append(clean[start : start + SAMPLES])
        rr.append(rhythm_intervals(peaks / RATE_HZ, place))
    if not beats:
        raise InvalidPatientRecord(["fewer than four heart beats were found"], "Check lead, unit and sampling rate.")
    return EcgStrip(clean, peaks, np.array(beats), np.array(windows), np.array(rr))


def r_peaks(microvolts: np.ndarray) -> np.ndarray:
    """Return the samples of the R peaks of a filtered strip at 120 Hz: the largest deflection near each burst of slope."""
    qrs = sosfiltfilt(butter(2, _QRS_HZ, btype="bandpass", fs=RATE_HZ, output="sos"), microvolts)
    width = int(_WINDOW_S * RATE_HZ)
    energy = np.convolve(np.gradient(qrs) ** 2, np.ones(width) / width, mode="same")
    stretch = int(_STRETCH_S * RATE_HZ)
    whole = energy[: len(energy) // stretch * stretch].reshape(-1, stretch)
    high = max(np.quantile(energy, 0.95), np.median(whole.max(axis=1)) if len(whole) else 0.0)
    found, _ = find_peaks(energy, height=_SHARE_OF_HIGH * high, distance=int(_REFRACTORY_S * RATE_HZ))
    reach = int(_SEARCH_S * RATE_HZ)
    peaks = []
    last: int | None = None
    for middle in found:
        if last is not None and middle - last < _T_WAVE_S * RATE_HZ and energy[middle] < _T_WAVE_SHARE * energy[last]:
            continue
        last = middle
        start = max(0, middle - reach)
        near = microvolts[start : middle + reach + 1]
        up, down = near.max(), -near.min()
        # An R is upright unless the downward deflection is far larger (a negative QRS).
        peaks.append(start + int(near.argmax() if up > 0.6 * down else near.argmin()))
    return np.unique(peaks)
