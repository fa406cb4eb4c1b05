"""Several calibrated parts that estimate the same outcome become one probability at a stated prior; others never do.

Each part contributes its log likelihood ratio: the log odds of its probability minus those of the share of positives it was
calibrated on. The stated prevalence is then counted once. That takes the parts to be independent given the outcome, so parts
that share a measurement are refused; with real dependence the pooled number is too sure of itself, and no patients who had all
parts were there to measure it on: both is said. The share of a modality is its Shapley value over all subsets of the parts,
in points of probability.

References: Genest and Zidek 1986, Statistical Science 1:114-148 (pooling); Shapley 1953, A value for n-person games.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from model_zoo.errors import ZooError
from model_zoo.finite import probability_of
from model_zoo.fusion.measured import measured_words
from model_zoo.fusion.parts import CasePart
from model_zoo.trust.rates import chance_words

ASSUMED = (
    "It takes the parts to be independent given the outcome; where they are not, it is too sure of itself. It was measured on "
    "nobody: no patients with all of these parts were there."
)
NOT_ONE_NUMBER = "Not one number:"
# Two-sided 95 % of a normal: intervals are carried as standard errors of the log odds.
_Z = 1.959963984540054


class NotPooled(ZooError):
    """The parts must not become one number; the message says why, the hint what to do instead."""


@dataclass(frozen=True)
class PooledEstimate:
    """One probability from several parts.

    prior: the stated prevalence. probability, low, high: with the 95 % interval that follows from those of the parts.
    evidence: log likelihood ratio of each modality. shares: Shapley value of each in probability; with the prior they add
    up to the probability. sentence: all of it in words.
    """

    outcome: str
    prior: float
    probability: float
    low: float
    high: float
    evidence: dict[str, float]
    shares: dict[str, float]
    sentence: str
    assumed: str = ASSUMED


def pool(parts: Sequence[CasePart], prior: float) -> PooledEstimate:
    """Return the parts as one probability at ``prior``, the share of such patients who have the outcome.

    Raises NotPooled unless at least two parts give a calibrated probability of the same outcome, from different measurements
    and different modalities; ZooError for a prior of 0, 1 or beyond.
    """
    if not 0 < prior < 1:
        raise ZooError(
            f"A prevalence lies between 0 and 100 %, both excluded; got {100 * prior:g} %.",
            "State how many of 100 such patients have it where you work.",
        )
    speaking = [part for part in parts if part.absent is None]
    _check(speaking)
    evidence, spread = {}, 0.0
    for part in speaking:
        probability, base_rate = float(part.probability or 0), float(part.base_rate or 0)
        evidence[part.modality] = _logit(probability) - _logit(base_rate)
        if part.low is not None and part.high is not None:
            spread += ((_logit(part.high) - _logit(part.low)) / (2 * _Z)) ** 2
    centre = _logit(prior) + sum(evidence.values())
    margin = _Z * math.sqrt(spread)
    shares = shapley(evidence, _logit(prior))
    outcome = str(speaking[0].outcome)
    value, low, high = (probability_of(x) for x in (centre, centre - margin, centre + margin))
    said = "; ".join(f"{name} {100 * share:+.1f} points" for name, share in shares.items())
    return PooledEstimate(
        outcome,
        prior,
        value,
        low,
        high,
        evidence,
        shares,
        f"Where {100 * prior:.3g} % of such patients have it, {outcome}: {chance_words(value)} "
        f"({chance_words(low)} to {chance_words(high)}). From {100 * prior:.3g} %: {said}.",
    )


def poolable(parts: Sequence[CasePart]) -> tuple[str | None, str]:
    """Return the outcome that several parts estimate, or ``None`` and why there is none."""
    outcomes = dict.fromkeys(p.outcome for p in parts if p.outcome is not None and p.absent is None)
    reason = "Not one number: no two parts of this case estimate the same outcome."
    for outcome in outcomes:
        same = same_outcome(parts, outcome)
        if len(same) < 2:
            continue
        try:
            pool(same, 0.5)
        except NotPooled as error:
            reason = f"{NOT_ONE_NUMBER} {error.message}"
        else:
            return outcome, ""
    measured = measured_words(parts)
    return None, reason if measured is None else f"{reason} {measured}"


def same_outcome(parts: Sequence[CasePart], outcome: str | None) -> list[CasePart]:
    """Return the parts that estimate an outcome."""
    return [part for part in parts if part.outcome == outcome and part.absent is None]


def shapley(evidence: dict[str, float], prior_log_odds: float) -> dict[str, float]:
    """Return the Shapley value of each modality in probability; they add up to the pooled minus the prior probability."""
    names, n = list(evidence), len(evidence)

    def worth(members: tuple[str, ...]) -> float:
        return probability_of(prior_log_odds + sum(evidence[name] for name in members))

    shares = {}
    for name in names:
        others = [other for other in names if other != name]
        total = 0.0
        for size in range(n):
            weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
            total += weight * sum(worth((*chosen, name)) - worth(chosen) for chosen in combinations(others, size))
        shares[name] = total
    return shares


def _check(parts: Sequence[CasePart]) -> None:
    instead = "Read the parts side by side: agreement and conflict are said in words."
    if len(parts) < 2:
        raise NotPooled("One part alone: there is nothing to put together.", instead)
    outcomes = {part.outcome for part in parts}
    if len(outcomes) > 1 or None in outcomes:
        named = ", ".join(sorted(str(o) for o in outcomes if o is not None)) or "none"
        raise NotPooled(f"The parts do not estimate the same outcome ({named}).", instead)
    if len({part.modality for part in parts}) < len(parts):
        raise NotPooled("Two parts of one modality rest on the same picture or record.", instead)
    for part in parts:
        if part.probability is None or part.base_rate is None:
            raise NotPooled(f"{part.title} gives no calibrated probability.", instead)
        if not 0 < part.probability < 1 or not 0 < part.base_rate < 1:
            raise NotPooled(f"{part.title} gives a probability of 0 or 1, which no evidence can move.", instead)
    for one, other in combinations(parts, 2):
        shared = one.measured_by & other.measured_by
        if shared:
            names = ", ".join(sorted(shared))
            raise NotPooled(
                f"{one.title} and {other.title} share measurements ({names}): they would count twice.", instead
            )


def _logit(p: float) -> float:
    p = min(max(p, 1e-12), 1 - 1e-12)
    return math.log(p / (1 - p))
