"""Prediction sets of one binary output: which answers, with or without the finding, a logit leaves standing at a coverage.

Label-conditional (Mondrian) split conformal prediction: one threshold for films with the finding and one for films
without it, each an order statistic of the calibration logits. If films were exchangeable, the set would hold the truth
in at least the chosen share of the films *of either kind*, whatever the share of ill patients. Several films of one
patient resemble each other, so they are not quite exchangeable: the coverage is therefore measured on other patients
and stated beside the set. Only the thresholds are kept, never the scores of films.

References: Vovk 2012, "Conditional validity of inductive conformal predictors" (ACML); Angelopoulos and Bates 2021,
arXiv:2107.07511, sections 1 and 4.2.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from model_zoo.errors import UnknownName
from model_zoo.evaluation.metrics import Metric

WITH, WITHOUT = "with the finding", "without the finding"
# One reader in five, ten or twenty is told wrong: coarse steps that a person can choose between.
COVERAGES = (0.80, 0.90, 0.95)
DEFAULT_COVERAGE = 0.90


@dataclass(frozen=True)
class LabelThresholds:
    """Between which logits each answer stays in the set, ends included.

    present_from: lowest logit that keeps ``WITH``. absent_up_to: highest logit that keeps ``WITHOUT``. ``None``: too few
    calibration films for this coverage, so the answer is always kept.
    """

    present_from: float | None
    absent_up_to: float | None

    def keeps_present(self, logits: np.ndarray) -> np.ndarray:
        """Return where ``WITH`` is in the set, bool of the shape of ``logits``."""
        return np.full(np.shape(logits), True) if self.present_from is None else logits >= self.present_from

    def keeps_absent(self, logits: np.ndarray) -> np.ndarray:
        """Return where ``WITHOUT`` is in the set, bool of the shape of ``logits``."""
        return np.full(np.shape(logits), True) if self.absent_up_to is None else logits <= self.absent_up_to


@dataclass(frozen=True)
class ConformalSets:
    """The thresholds of one output at each coverage, and the calibration films of either label they rest on."""

    thresholds: Mapping[float, LabelThresholds]
    n_present_films: int
    n_absent_films: int

    def at(self, coverage: float) -> LabelThresholds:
        """Return the thresholds of one coverage, or raise UnknownName."""
        for known, thresholds in self.thresholds.items():
            if math.isclose(known, coverage, abs_tol=1e-9):
                return thresholds
        raise UnknownName("coverage", f"{100 * coverage:g} %", (f"{100 * known:g} %" for known in self.thresholds))

    def prediction_set(self, logit: float, coverage: float) -> frozenset[str]:
        """Return the answers that the logit leaves standing: one, both, or none."""
        thresholds, value = self.at(coverage), np.asarray(logit)
        kept = {WITH: thresholds.keeps_present(value), WITHOUT: thresholds.keeps_absent(value)}
        return frozenset(answer for answer, keep in kept.items() if keep)

    def to_json(self) -> dict[str, Any]:
        """Return plain values; a threshold that keeps every film is null."""
        return {
            "n_present_films": self.n_present_films,
            "n_absent_films": self.n_absent_films,
            "thresholds": {
                coverage_key(coverage): {"present_from": t.present_from, "absent_up_to": t.absent_up_to}
                for coverage, t in self.thresholds.items()
            },
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> ConformalSets:
        """Rebuild from ``to_json``; raises LookupError, TypeError or ValueError for anything else."""
        thresholds = {
            float(key): LabelThresholds(_finite(t["present_from"]), _finite(t["absent_up_to"]))
            for key, t in raw["thresholds"].items()
        }
        return cls(thresholds, int(raw["n_present_films"]), int(raw["n_absent_films"]))


def fit_conformal(logits: np.ndarray, y: np.ndarray, coverages: Sequence[float] = COVERAGES) -> ConformalSets:
    """Take the thresholds from calibration films.

    Parameters
    ----------
    logits
        (n,) finite.
    y
        (n,) of 0 and 1.
    coverages
        Shares between 0 and 1.
    """
    present, absent = logits[y == 1], logits[y == 0]
    thresholds = {}
    for coverage in coverages:
        lowest, highest = _order_statistic(-present, coverage), _order_statistic(absent, coverage)
        thresholds[coverage] = LabelThresholds(None if lowest is None else -lowest, highest)
    return ConformalSets(thresholds, len(present), len(absent))


def set_words(answers: Collection[str], coverage: float) -> str:
    """Return what a set leaves standing, as a sentence."""
    if len(answers) == 2:
        kept = "keeps both answers, with and without the finding"
    elif answers:
        kept = f"keeps one answer, {next(iter(answers))}"
    else:
        kept = "keeps neither answer: the score lies between films with and films without"
    return f"At {100 * coverage:.0f} % coverage the set {kept}."


def coverage_key(coverage: float) -> str:
    """Return the coverage as the files write it, such as "0.90"."""
    return f"{coverage:.2f}"


def set_coverage(thresholds: LabelThresholds, label: int | None = None) -> Metric:
    """Share of films whose truth is in the set; with ``label`` 1 or 0 of the films of that label alone."""

    def weighted(y: np.ndarray, logits: np.ndarray, weights: np.ndarray) -> np.ndarray:
        held = np.where(y == 1, thresholds.keeps_present(logits), thresholds.keeps_absent(logits))
        counted = np.ones_like(y) if label is None else (y == label).astype(float)
        return _share(weights @ (held * counted), weights @ counted)

    return Metric("set_coverage", weighted)


def set_size(thresholds: LabelThresholds, size: int) -> Metric:
    """Share of films whose set has ``size`` answers: 1 decides, 2 and 0 abstain."""

    def weighted(y: np.ndarray, logits: np.ndarray, weights: np.ndarray) -> np.ndarray:
        sizes = thresholds.keeps_present(logits).astype(int) + thresholds.keeps_absent(logits)
        return _share(weights @ (sizes == size).astype(float), weights.sum(axis=1))

    return Metric("set_size", weighted)


def always_naming(label: int) -> Metric:
    """Share of films that always answering with one label gets right: what a set has to be compared with."""
    return Metric("always_naming", lambda y, s, w: _share(w @ (y == label).astype(float), w.sum(axis=1)))


def _order_statistic(strangeness: np.ndarray, coverage: float) -> float | None:
    """Return the value at rank ceil((n + 1) * coverage), or ``None`` where there are too few films for that rank."""
    # Rounded before the ceiling: (19 + 1) x 0.95 must be 19 whatever the last bit of the product.
    rank = math.ceil(round((strangeness.size + 1) * coverage, 9))
    return float(np.sort(strangeness)[rank - 1]) if rank <= strangeness.size else None


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)


def _finite(value: Any) -> float | None:
    if value is not None and not math.isfinite(value):
        raise ValueError("a threshold that is not finite")
    return None if value is None else float(value)
