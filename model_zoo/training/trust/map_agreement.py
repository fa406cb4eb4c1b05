"""Measure how far maps agree by nature: ``python -m model_zoo.training.trust.map_agreement``.

Films of fold 3 flow in (held out of training), two medians per pair of methods come out: for the two maps of one film, and for
maps of two patients' films. The words of ``trust.agreement`` were set by them. Needs DIAPHANE_DATA and some minutes.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from model_zoo.engine import InferenceEngine
from model_zoo.engine.scoring import load_film
from model_zoo.training.chest.recipe import given_table
from model_zoo.training.trust.colour_floors import FOLD, POPULATION, TARGET, films_of
from model_zoo.trust.map_agreement import compare_maps

log = logging.getLogger(__name__)

METHODS = ("grad-cam", "layer-cam", "integrated-gradients", "gradient-shap", "region-masking")
FILMS = 8
# Each film is compared with the next three: 24 pairs of patients are enough for a median.
OTHERS = 3
PARAMETERS: Mapping[str, Mapping[str, int]] = {"integrated-gradients": {"steps": 16}}


@dataclass(frozen=True)
class PairMeasurement:
    """Medians of (rank correlation, overlap) for two methods: maps of one film, and of films of two patients."""

    first: str
    second: str
    same_film: tuple[float, float]
    other_patient: tuple[float, float]


def measure_agreement(maps: Mapping[str, Sequence[np.ndarray]], shape: tuple[int, int]) -> list[PairMeasurement]:
    """Compare every pair of methods, given the maps of each on the same films, one per patient."""
    found = []
    for first, second in combinations(maps, 2):
        count = len(maps[first])
        same = [(i, i) for i in range(count)]
        other = [(i, (i + k) % count) for i in range(count) for k in range(1, OTHERS + 1)]
        medians = [_medians(maps[first], maps[second], pairs, shape) for pairs in (same, other)]
        found.append(PairMeasurement(first, second, *medians))
        log.info("%s and %s: one film %.2f, %.2f; two patients %.2f, %.2f", first, second, *medians[0], *medians[1])
    return found


def _medians(
    first: Sequence[np.ndarray],
    second: Sequence[np.ndarray],
    pairs: Sequence[tuple[int, int]],
    shape: tuple[int, int],
) -> tuple[float, float]:
    compared = [compare_maps([("first", first[i]), ("second", second[j])], shape).pairs[0] for i, j in pairs]
    known = [(p.rank_correlation, p.overlap) for p in compared if p.rank_correlation is not None]
    correlation, overlap = np.median(np.array(known, dtype=np.float64), axis=0)
    return float(correlation), float(overlap)


def main() -> None:
    """Measure on fold 3 and log one line per pair of methods."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    engine = InferenceEngine()
    table = given_table(POPULATION).in_folds(FOLD)
    films = [engine.prepare(load_film(table, line), POPULATION) for line in films_of(table, TARGET, FILMS)]
    maps = {
        method: [engine.explain(film, method, TARGET, PARAMETERS.get(method)).values for film in films]
        for method in METHODS
    }
    measure_agreement(maps, films[0].geometry.model_shape)


if __name__ == "__main__":
    main()
