"""What a finding means where another share of patients is ill: probability, threshold and predictive values together.

The calibrated probability holds at the share of ill patients among the calibration films. Elsewhere its log odds move by
the difference of the two prior log odds, and the predictive values follow from the likelihood ratios of the operating
threshold, measured on held-out patients. Both hold if the patients differ in *how many* are ill, not in how the illness
looks. Nothing here runs a network; a prevalence has no default.

References: Saerens, Latinne and Decaestecker 2002, Neural Computation 14:21-41; Deeks and Altman 2004, BMJ 329:168.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from model_zoo.errors import ZooError
from model_zoo.evaluation.metrics import Metric
from model_zoo.finite import probability_of
from model_zoo.results import Finding
from model_zoo.stored import Interval, Share
from model_zoo.trust.rates import Rate, ShareRate, chance_words, of_patients

CAVEAT = (
    "Holds if your patients differ from the held-out ones in how many are ill, not in how the illness looks on a film."
)
REPORT_LABEL = (
    "No predictive values: a label mined from reports has no prevalence of disease, so none could be stated for it."
)
NOT_OFFERED = "No predictive values: the finding is not offered on this scan."
NO_RATIOS = "No predictive values: the likelihood ratios of this finding were not measured."


@dataclass(frozen=True)
class PriorShift:
    """What a shift needs of one output.

    calibration_prevalence: share of positive films among those the probability was calibrated on. plus, minus: the
    likelihood ratios of a flagged and of a not flagged film on held-out patients, ``None`` where a cell is empty.
    pictures: what was read, in the plural.
    """

    calibration_prevalence: float
    plus: Rate | None
    minus: Rate | None
    pictures: str = "films"

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> PriorShift | None:
        """Return what the entry of an output holds; ``None`` without a prevalence or measured ratios."""
        prevalence, ratios = entry.get("prevalence"), entry.get("measured", {}).get("likelihood_ratios")
        if prevalence is None or ratios is None:
            return None
        plus, minus = Rate.from_json(ratios["plus"]), Rate.from_json(ratios["minus"])
        return cls(prevalence, plus, minus, str(entry.get("pictures", "films")))


@dataclass(frozen=True)
class AtPrevalence:
    """One finding at one local prevalence.

    threshold_probability: of the same operating threshold on the logit, so what is flagged stays what it was. ppv, npv:
    ``None`` where the likelihood ratio is not defined. shift, odds: the numbers as sentences.
    """

    prevalence: Share
    calibration_prevalence: Share
    probability: Share
    probability_interval: Interval
    threshold_probability: Share
    ppv: ShareRate | None
    npv: ShareRate | None
    shift: str
    odds: str
    caveat: str = CAVEAT


def at_prevalence(finding: Finding, prior: PriorShift, prevalence: float) -> AtPrevalence:
    """Return a finding as it reads where ``prevalence`` (a share between 0 and 1) of such patients are ill.

    The interval is that of the calibration, shifted; it still holds the uncertainty of the calibration films' own
    prevalence and is therefore a little wide.

    Raises: ZooError for a prevalence of 0, 1 or beyond, and for a finding without a probability.
    """
    check_prevalence(prevalence)
    probability, ends, threshold = finding.probability, finding.probability_interval, finding.threshold_probability
    if probability is None or ends is None or threshold is None:
        raise ZooError(
            f"{finding.title} has no probability that a prevalence could shift.",
            "Leave out its prevalence; it holds only for findings with a calibrated probability.",
        )
    step = _logit(prevalence) - _logit(prior.calibration_prevalence)
    low, high = _shifted(ends[0], step), _shifted(ends[1], step)
    shifted, limit = _shifted(probability, step), _shifted(threshold, step)
    ppv = None if prior.plus is None else _through(prior.plus, lambda ratio: _posterior(prevalence, ratio))
    npv = None if prior.minus is None else _through(prior.minus, lambda ratio: 1 - _posterior(prevalence, ratio))
    return AtPrevalence(
        prevalence=prevalence,
        calibration_prevalence=prior.calibration_prevalence,
        probability=shifted,
        probability_interval=(low, high),
        threshold_probability=limit,
        ppv=ppv,
        npv=npv,
        shift=(
            f"Where {100 * prevalence:.3g} % of such patients have it, the probability is {chance_words(shifted)} "
            f"(95 % interval {chance_words(low)} to {chance_words(high)}) and the operating threshold lies at "
            f"{chance_words(limit)}. The calibration {prior.pictures}: {100 * prior.calibration_prevalence:.0f} %."
        ),
        odds=_odds(ppv, npv, prior.pictures),
    )


def check_prevalence(prevalence: float) -> None:
    """Raise ZooError unless the share lies between 0 and 1, both excluded."""
    if not 0 < prevalence < 1:
        raise ZooError(
            f"A local prevalence lies between 0 and 100 %, both excluded; got {100 * prevalence:g} %.",
            "State how many of 100 patients who get this film where you work have the finding.",
        )


def likelihood_ratio_plus(threshold: float) -> Metric:
    """Sensitivity / (1 - specificity): how much more often a film with the finding is flagged than one without.

    Not defined without a flagged film of each kind: a ratio of 0 or infinity from an empty cell would promise certainty.
    """
    return Metric("likelihood_ratio_plus", lambda y, s, w: _ratio_of_shares(y, (s >= threshold).astype(float), w))


def likelihood_ratio_minus(threshold: float) -> Metric:
    """(1 - sensitivity) / specificity: the same for a film that is not flagged. Needs one such film of each kind."""
    return Metric("likelihood_ratio_minus", lambda y, s, w: _ratio_of_shares(y, (s < threshold).astype(float), w))


def _ratio_of_shares(y: np.ndarray, counted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the share of positives that count over the share of negatives that do, per row of weights."""
    positive, negative = weights @ (y * counted), weights @ ((1 - y) * counted)
    top, bottom = positive * (weights @ (1 - y)), negative * (weights @ y)
    return np.divide(top, bottom, out=np.full(len(weights), np.nan), where=(top > 0) & (bottom > 0))


def _odds(ppv: Rate | None, npv: Rate | None, pictures: str) -> str:
    """Return both predictive values counted out; a value that is not defined is said to be so."""
    said = []
    if ppv is not None:
        said.append(f"of {of_patients(ppv, 'patients like this flagged here')}")
    if npv is not None:
        said.append(f"of {of_patients(npv.complement(), 'not flagged')}")
    if ppv is None:
        said.append(f"how many of those flagged have it cannot be said: no false alarm was seen on held-out {pictures}")
    if npv is None:
        said.append(f"how many of those not flagged have it cannot be said: none was missed on held-out {pictures}")
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def _through(rate: Rate, change: Callable[[float], float]) -> Rate:
    """Return the rate and its ends after a monotone change, the ends in rising order."""
    if rate.low is None or rate.high is None:
        return Rate(change(rate.value))
    return Rate(change(rate.value), *sorted((change(rate.low), change(rate.high))))


def _posterior(prior: float, ratio: float) -> float:
    return prior * ratio / (prior * ratio + 1 - prior)


def _shifted(probability: float, step: float) -> float:
    # A probability that has rounded to 0 or 1 has no logit, and no shift would move it.
    return probability if probability in (0.0, 1.0) else probability_of(_logit(probability) + step)


def _logit(p: float) -> float:
    return math.log(p / (1 - p))
