"""The ECG beat model and what it says about beats: waveform and rhythm -> class probabilities, and why.

Classes by the AAMI: N normal and bundle branch block, S supraventricular ectopic, V ventricular ectopic, F fusion. The
rhythm of a beat needs the interval after it, so a beat is classified one beat later.

References: ANSI/AAMI EC57; de Chazal et al. 2004, IEEE Trans Biomed Eng 51:1196, doi:10.1109/TBME.2004.827359;
Sundararajan et al. 2017, arXiv:1703.01365.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from model_zoo.artefact import WEIGHTS_FILE, WeightsCard, read_card_json, read_tensors
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.ecg.network import INTERVALS, RHYTHM, SAMPLES, BeatNetwork, rhythm_features
from model_zoo.errors import InvalidPatientRecord, UnknownName
from model_zoo.finite import finite
from model_zoo.stored import Rising, Title

NAME = "ecg-beats"
CLASSES = ("N", "S", "V", "F")
CLASS_TITLES = {
    "N": "normal or bundle branch block",
    "S": "supraventricular ectopic",
    "V": "ventricular ectopic",
    "F": "fusion of ventricular and normal",
}
METHOD = "Integrated Gradients"
QUADRATURE_POINTS = 32


@dataclass(frozen=True)
class _Ranges:
    amplitude_microvolts: Rising
    interval_seconds: Rising


@dataclass(frozen=True)
class _Card(WeightsCard):
    name: Title
    title: Title
    classes: tuple[Mapping[str, str], ...]
    ranges: _Ranges
    reference: str
    metrics: Mapping[str, Any]
    data: Any
    training: Mapping[str, Any]
    split_rule: str


@dataclass(frozen=True, eq=False)
class BeatClasses:
    """probabilities: (B, 4) in the order of CLASSES, at the mix of classes of the training sample; label: per beat.

    flags: sentences; outside: bool (B,), whether amplitude or rhythm of the beat lie outside the training beats.
    unanimous: bool (B,), whether every member of the model, each trained on other records, names the label.
    """

    probabilities: np.ndarray
    label: tuple[str, ...]
    outside: np.ndarray
    flags: tuple[str, ...]
    unanimous: np.ndarray


@dataclass(frozen=True, eq=False)
class BeatAttribution:
    """log_odds = reference_log_odds + values.sum() + rhythm.sum() + completeness_delta, of the target class against the rest.

    values: (78,) per sample of the waveform; rhythm: by name of RHYTHM; reference: what the beat is compared with, in words.
    """

    target: str
    log_odds: float
    reference: str
    reference_log_odds: float
    values: np.ndarray
    rhythm: dict[str, float]
    completeness_delta: float


@dataclass(frozen=True, eq=False)
class EcgBeatModel:
    """Card and checked weights. Holds no state: safe to use from several threads."""

    card: Mapping[str, Any]
    network: BeatNetwork

    def classify(self, microvolts: np.ndarray, rr: np.ndarray) -> BeatClasses:
        """Return the classes of beats.

        Parameters: microvolts: (B, 78) at 120 Hz, R peak at sample 30, band 0.5 to 40 Hz. rr: (B, 4) seconds, as
        ``rhythm_intervals`` gives them.
        Raises: InvalidPatientRecord on other shapes or values that are not finite.
        """
        x, rhythm = self._tensors(microvolts, rr)
        with torch.no_grad():
            members = self.network.member_logits(x, rhythm)
            probabilities = torch.softmax(finite(members, "The beat model").mean(dim=0), dim=1).numpy()
        outside, flags = self._outside(x.numpy(), np.asarray(rr, np.float64))
        largest = probabilities.argmax(axis=1)
        unanimous = (members.argmax(dim=2).numpy() == largest).all(axis=0)
        return BeatClasses(probabilities, tuple(CLASSES[i] for i in largest), outside, flags, unanimous)

    def attribute(self, microvolts: np.ndarray, rr: np.ndarray, target: str) -> BeatAttribution:
        """Share the log-odds of a class out over the samples of one beat and its rhythm. microvolts: (78,); rr: (4,).

        Integrated Gradients on the straight line from the mean normal training beat, in the mean training rhythm.
        """
        if target not in CLASSES:
            raise UnknownName("beat class", target, CLASSES)
        index = CLASSES.index(target)
        x, rhythm = self._tensors(np.asarray(microvolts)[None], np.asarray(rr)[None])
        start, start_rhythm = self.network.reference[None], self.network.reference_rhythm[None]
        nodes, weights = np.polynomial.legendre.leggauss(QUADRATURE_POINTS)
        place, weight = torch.from_numpy((nodes + 1) / 2)[:, None], torch.from_numpy(weights / 2)[:, None]
        path = (start + place * (x - start)).requires_grad_(True)
        rhythm_path = (start_rhythm + place * (rhythm - start_rhythm)).requires_grad_(True)
        gradient, rhythm_gradient = torch.autograd.grad(
            self._log_odds(path, rhythm_path, index).sum(), (path, rhythm_path)
        )
        values = ((x - start)[0] * (weight * gradient).sum(dim=0)).numpy()
        shares = ((rhythm - start_rhythm)[0] * (weight * rhythm_gradient).sum(dim=0)).numpy()
        with torch.no_grad():
            at_reference = float(self._log_odds(start, start_rhythm, index))
            found = float(self._log_odds(x, rhythm, index))
        return BeatAttribution(
            target=target,
            log_odds=found,
            reference=str(self.card["reference"]),
            reference_log_odds=at_reference,
            values=values,
            rhythm=dict(zip(RHYTHM, shares.tolist(), strict=True)),
            completeness_delta=found - at_reference - float(values.sum() + shares.sum()),
        )

    def _log_odds(self, x: torch.Tensor, rhythm: torch.Tensor, index: int) -> torch.Tensor:
        logits = finite(self.network(x, rhythm), "The beat model")
        others = [i for i in range(logits.shape[1]) if i != index]
        return logits[:, index] - torch.logsumexp(logits[:, others], dim=1)

    def _tensors(self, microvolts: np.ndarray, rr: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        x, r = np.asarray(microvolts, np.float64), np.asarray(rr, np.float64)
        problems = []
        if x.ndim != 2 or x.shape[1] != SAMPLES:
            problems.append(f"expected beats of {SAMPLES} samples, got {x.shape}")
        if r.shape != (len(x), INTERVALS):
            problems.append(f"expected {INTERVALS} intervals for each of {len(x)} beats, got {r.shape}")
        if not (np.isfinite(x).all() and np.isfinite(r).all()) or (r <= 0).any():
            problems.append("samples and intervals must be finite, intervals above 0 s")
        if problems:
            raise InvalidPatientRecord(problems, "Cut the beats from the strip again.")
        return torch.from_numpy(x), rhythm_features(torch.from_numpy(r))

    def _outside(self, x: np.ndarray, rr: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
        span = x.max(axis=1) - x.min(axis=1)
        low, high = self.card["ranges"]["amplitude_microvolts"]
        fast, slow = self.card["ranges"]["interval_seconds"]
        of_size, of_rhythm = (span < low) | (span > high), ((rr < fast) | (rr > slow)).any(axis=1)
        flags = []
        if of_size.any():
            flags.append(f"The height of {of_size.sum()} of {len(x)} beats lies outside the training beats.")
        if of_rhythm.any():
            flags.append(f"An interval beside {of_rhythm.sum()} of {len(x)} beats lies outside the training beats.")
        return of_size | of_rhythm, tuple(flags)


@cache
def load_ecg_model(folder: Path | None = None) -> EcgBeatModel:
    """Read card and weights of the beat model. Raises DataNotFound, CardInvalid or WeightsMismatch."""
    folder = folder or WEIGHTS_ROOT / NAME
    card = read_card_json(folder, _Card)
    return EcgBeatModel(card, BeatNetwork.from_state(read_tensors(folder / WEIGHTS_FILE, card["weights_sha256"])))
