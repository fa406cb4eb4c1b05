"""Measure where the colour range of each attribution method starts: ``python -m model_zoo.training.trust.colour_floors``.

Films of fold 3 flow in (held out of training, used to calibrate), one floor per method comes out, for
its explainer to declare. Needs DIAPHANE_DATA and some minutes. The page and its pictures use the committed
numbers: nothing is measured while a film is read. Add methods by name to measure those alone.
"""

from __future__ import annotations

import logging
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model_zoo.engine import InferenceEngine
from model_zoo.engine.scoring import load_film
from model_zoo.evaluation.labels import LabelTable
from model_zoo.explainers import EXPLAINERS, read_parameters
from model_zoo.explainers.palette import RANGE_QUANTILE
from model_zoo.results import Attribution, ModelInput
from model_zoo.training.chest.recipe import given_table

log = logging.getLogger(__name__)

POPULATION, TARGET, CLEAR = "adult", "lung_opacity", "read_as_normal"
FOLD = 3
SEED = 7
# Twenty films of each kind; eight where a map takes more than ``COSTLY_PASSES``, so that all of it stays in minutes.
FILMS_EACH, COSTLY_FILMS_EACH, COSTLY_PASSES = 20, 8, 29
# With a third, the rule gives 0.028 for Integrated Gradients, whose floor of 0.030 was set by eye before.
SIGNED_SHARE = 3


@dataclass(frozen=True)
class FloorMeasurement:
    """Upper ends of the maps of one method at its defaults, in its unit: (films,) each."""

    method: str
    signed: bool
    with_opacity: np.ndarray
    read_as_normal: np.ndarray

    @property
    def floor(self) -> float:
        """Return the median over the films with opacity, for signed maps a third of it, to two significant digits.

        Maps that show only what speaks for opacity are nearly empty on a clear film, so a typical lesion sets their range.
        Signed ones are as strong there, against opacity: their floor only keeps an empty map looking empty.
        """
        return two_digits(float(np.median(self.with_opacity)) / (SIGNED_SHARE if self.signed else 1))


def measure_floors(
    engine: InferenceEngine,
    with_opacity: Sequence[ModelInput],
    clear: Sequence[ModelInput],
    methods: Sequence[str] = (),
) -> list[FloorMeasurement]:
    """Explain the opacity logit of every film by every method, at its defaults, and keep the upper end of each map."""
    found = []
    for method in methods or EXPLAINERS.names():
        explainer = EXPLAINERS.get(method)
        defaults = read_parameters(explainer, {})
        costly = explainer.passes(defaults) > COSTLY_PASSES
        count = COSTLY_FILMS_EACH if costly else None
        ends = [
            np.array([upper_end(engine.explain(film, method, TARGET)) for film in films[:count]])
            for films in (with_opacity, clear)
        ]
        found.append(FloorMeasurement(method, explainer.is_signed(defaults), *ends))
        log.info(
            "%s: opacity median %.3g, normal median %.3g, normal 95 %% %.3g, floor %.2g",
            method,
            np.median(ends[0]),
            np.median(ends[1]),
            np.quantile(ends[1], 0.95),
            found[-1].floor,
        )
    return found


def upper_end(attribution: Attribution) -> float:
    """Return where the colours of a map would end without a floor: the 99.9 % quantile of |value|."""
    return float(np.quantile(np.abs(attribution.values), RANGE_QUANTILE))


def films_of(table: LabelTable, label: str, count: int = FILMS_EACH) -> list[int]:
    """Return the lines of films with that label, one per patient, in a random order that stays the same."""
    chosen: dict[str, int] = {}
    for line in np.random.default_rng(SEED).permutation(len(table)):
        row = table.rows[int(line)]
        if row.labels.get(label) == 1:
            chosen.setdefault(row.patient_id, int(line))
    return list(chosen.values())[:count]


def two_digits(value: float) -> float:
    """Round to two significant digits."""
    return 0.0 if value == 0 else round(value, 1 - math.floor(math.log10(abs(value))))


def main(methods: Sequence[str]) -> None:
    """Measure on fold 3 and log one line per method."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    engine = InferenceEngine()
    table = given_table(POPULATION).in_folds(FOLD)
    films = [
        [engine.prepare(load_film(table, line), POPULATION) for line in films_of(table, label)]
        for label in (TARGET, CLEAR)
    ]
    measure_floors(engine, films[0], films[1], methods)


if __name__ == "__main__":
    main(sys.argv[1:])
