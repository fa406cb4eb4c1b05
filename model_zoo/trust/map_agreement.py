"""Do several maps of one finding mark the same places? Maps flow in, pairs of measures, words and a consensus come out.

Methods differ in unit, sign and resolution, so only the order of places is compared, and only of what speaks for the
finding: the mean of the positive part of each map in each of 16 x 16 cells. Agreement is no proof: maps of one network can
agree on the wrong place.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from model_zoo.trust.masking import MARKED_SHARE
from model_zoo.trust.ranks import mean_ranks, spearman

# What the eye compares; the coarsest methods have no more.
CELLS = 16
# The overlap is that of the strongest tenth: as much as is covered to measure what a map marks.
TOP_SHARE = MARKED_SHARE
# Cells are the same when they differ by less than this share of the strongest: a rounding error must not break a tie.
TIE = 1e-9
# The words were set on 8 held-out films with opacity (fold 3) and the 10 pairs of 5 methods, by
# model_zoo.training.trust.map_agreement. Medians by pair of methods: two maps of one film share 0.37 to 0.90 of their
# strongest places (rank correlation 0.24 to 0.78), maps of two patients' films 0.15 to 0.38 (0.14 to 0.56), since all chests
# are alike. Chance is therefore more than the 10 % of places thrown at random: this is the mean of those medians.
OTHER_PATIENT_OVERLAP = 0.25
# For most pairs of methods one pair of two patients' films in twenty passes either limit, and fewer pass both.
NEARLY_CORRELATION, NEARLY_OVERLAP = 0.7, 0.6
# Just above what maps of two patients' films typically have.
CHANCE_CORRELATION, CHANCE_OVERLAP = 0.6, 0.3

NEARLY_THE_SAME, PARTLY, HARDLY, NOT_COMPARED = "nearly the same", "partly", "hardly more than chance", "not compared"
_AGREE = {
    NEARLY_THE_SAME: "are nearly the same",
    PARTLY: "agree in part",
    HARDLY: "agree hardly more than the maps of two patients do",
}


@dataclass(frozen=True)
class PairAgreement:
    """Two maps compared.

    rank_correlation: Spearman's, over the cells. overlap: of the strongest tenth of the cells of each, the cells in common
    as a share of the smaller set. jaccard: the same as a share of all cells in either. chance: the overlap of two sets
    of these sizes thrown at random. All ``None`` where a map is empty or flat, and the sentence says so.
    level: in words, one of the constants of this module.
    """

    first: str
    second: str
    rank_correlation: float | None
    overlap: float | None
    jaccard: float | None
    chance: float | None
    level: str
    sentence: str


@dataclass(frozen=True, eq=False)
class MapAgreement:
    """Two or more maps compared.

    pairs: every pair once. sentence: all of them in words. consensus: float32 on the model grid, 0 to 1 without unit: the mean
    of the ranks of each place among all places, 0 where a map has nothing; ``None`` where fewer than two maps can go into
    it. consensus_of: the maps that did. consensus_words: what it shows, or why there is none.
    """

    maps: tuple[str, ...]
    pairs: tuple[PairAgreement, ...]
    sentence: str
    consensus: np.ndarray | None
    consensus_of: tuple[str, ...]
    consensus_words: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values, without the numbers of the consensus map."""
        return {
            "maps": list(self.maps),
            "cells": [CELLS, CELLS],
            "top_share": TOP_SHARE,
            "pairs": [asdict(pair) for pair in self.pairs],
            "sentence": self.sentence,
            "consensus_of": list(self.consensus_of),
            "consensus_words": self.consensus_words,
        }


def compare_maps(
    maps: Sequence[tuple[str, np.ndarray]], shape: tuple[int, int], left_out: Collection[str] = ()
) -> MapAgreement:
    """Compare maps of one finding on one scan.

    Parameters
    ----------
    maps
        Name for the reader, and values (rows, cols) at any resolution, each covering the model grid of ``shape``; only
        positive values count.
    shape
        Of the model grid.
    left_out
        Names that are compared but kept out of the consensus, as maps not to be used are.

    Raises
    ------
    ValueError
        For fewer than two maps or for two of one name.
    """
    names = tuple(name for name, _ in maps)
    if len(names) < 2 or len(set(names)) < len(names):
        raise ValueError(f"Two or more maps of different names are compared; got {list(names)}.")
    cells = [positive_cells(values) for _, values in maps]
    pairs = tuple(_compare(names[i], cells[i], names[j], cells[j]) for i, j in combinations(range(len(names)), 2))
    used = [i for i, name in enumerate(names) if name not in left_out]
    consensus = None
    if len(used) >= 2:
        ranks = np.mean([rank_cells(cells[i]) for i in used], axis=0)
        consensus = _on_grid(ranks, shape)
    return MapAgreement(
        names,
        pairs,
        _overall(pairs),
        consensus,
        tuple(names[i] for i in used) if consensus is not None else (),
        _consensus_words(names, used, [names[i] for i in used if not cells[i].any()]),
    )


def positive_cells(values: np.ndarray) -> np.ndarray:
    """Return the mean of the positive part in each cell, float64 (16, 16): exact for maps of any resolution."""
    positive = np.maximum(np.nan_to_num(np.asarray(values, dtype=np.float64)), 0.0)
    rows, cols = (_area_weights(size) for size in positive.shape)
    return rows @ positive @ cols.T


def rank_cells(cells: np.ndarray) -> np.ndarray:
    """Return the rank of each cell among all, above 0 and at most 1, ties at their mean; 0 where nothing is marked."""
    ranks = mean_ranks(_levelled(cells)).reshape(cells.shape) / cells.size
    return np.where(cells > 0, ranks, 0.0)


def top_cells(cells: np.ndarray) -> np.ndarray:
    """Return the strongest tenth as a mask: more cells where the last are tied, fewer where fewer are marked at all."""
    levelled = _levelled(cells)
    count = round(TOP_SHARE * cells.size)
    return (levelled >= np.sort(levelled, axis=None)[-count]) & (cells > 0)


def agreement_level(correlation: float, overlap: float) -> str:
    """Return how far two maps agree: both measures must be high for the top word, and both low for the bottom one."""
    if correlation >= NEARLY_CORRELATION and overlap >= NEARLY_OVERLAP:
        return NEARLY_THE_SAME
    if correlation < CHANCE_CORRELATION and overlap <= CHANCE_OVERLAP:
        return HARDLY
    return PARTLY


def _compare(first: str, a: np.ndarray, second: str, b: np.ndarray) -> PairAgreement:
    for name, cells in ((first, a), (second, b)):
        if np.ptp(cells) <= TIE * cells.max():
            what = "marks nothing" if not cells.any() else "is the same everywhere"
            sentence = f"{first} and {second} cannot be compared: {name} {what}."
            return PairAgreement(first, second, None, None, None, None, NOT_COMPARED, sentence)
    correlation = spearman(_levelled(a), _levelled(b))
    top_a, top_b = top_cells(a), top_cells(b)
    common, smaller, larger = int((top_a & top_b).sum()), *sorted((int(top_a.sum()), int(top_b.sum())))
    overlap, chance = common / smaller, larger / a.size
    level = agreement_level(correlation, overlap)
    sentence = (
        f"{first} and {second} {_AGREE[level]}: rank correlation {correlation:.2f}; {100 * overlap:.0f} % of their strongest "
        f"places are the same ({100 * chance:.0f} % if thrown at random, about {100 * OTHER_PATIENT_OVERLAP:.0f} % between films "
        "of two patients)."
    )
    jaccard = common / int((top_a | top_b).sum())
    return PairAgreement(first, second, correlation, overlap, jaccard, chance, level, sentence)


def _overall(pairs: Sequence[PairAgreement]) -> str:
    """Say all pairs at once; where they differ, how many of each."""
    compared = [pair for pair in pairs if pair.level != NOT_COMPARED]
    missing = len(pairs) - len(compared)
    if not compared:
        return "The maps cannot be compared: " + pairs[0].sentence.split(": ", 1)[1]
    tail = "" if not missing else f" {missing} of {len(pairs)} pairs cannot be compared."
    if len(pairs) == 1:
        return {
            NEARLY_THE_SAME: "The two maps are nearly the same.",
            PARTLY: "The two maps agree in part.",
            HARDLY: "The two maps agree hardly more than the maps of two patients do: they mark different places.",
        }[compared[0].level]
    levels = {pair.level for pair in compared}
    if len(levels) == 1:
        return f"The maps {_AGREE[levels.pop()]}, in every pair that was compared.{tail}"
    counts = {level: sum(pair.level == level for pair in compared) for level in _AGREE}
    parts = [f"{n} {'pair' if n == 1 else 'pairs'} {_COUNTED[level][n != 1]}" for level, n in counts.items() if n]
    return f"The maps agree in part: {', '.join(parts)}.{tail}"


_COUNTED = {
    NEARLY_THE_SAME: ("is nearly the same", "are nearly the same"),
    PARTLY: ("agrees in part", "agree in part"),
    HARDLY: ("agrees hardly more than chance", "agree hardly more than chance"),
}


def _consensus_words(names: Sequence[str], used: Sequence[int], empty: Sequence[str]) -> str:
    kept_out = [name for i, name in enumerate(names) if i not in used]
    if len(used) < 2:
        return f"No consensus: fewer than two maps are left without {_listed(kept_out)}, not to be used."
    words = (
        "The consensus shows where the methods agree: the mean rank of each place among all places, from 0 to 1, without a "
        "unit. Methods can agree and be wrong together."
    )
    if kept_out:
        words += f" Left out, because not to be used: {_listed(kept_out)}."
    if empty:
        words += f" Marking nothing, and so lowering it everywhere: {_listed(empty)}."
    return words


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _levelled(cells: np.ndarray) -> np.ndarray:
    """Return the cells relative to the strongest, with rounding errors gone."""
    top = cells.max()
    return np.round(cells / top / TIE) * TIE if top > 0 else np.zeros_like(cells)


def _area_weights(size: int) -> np.ndarray:
    """Return the share of each of ``size`` values in each cell, float64 (16, size); every row sums to 1."""
    edges, starts = np.arange(CELLS + 1) * size / CELLS, np.arange(size)
    shared = np.minimum(edges[1:, None], starts[None] + 1) - np.maximum(edges[:-1, None], starts[None])
    return np.clip(shared, 0, None) * CELLS / size


def _on_grid(cells: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    source = torch.from_numpy(cells.astype(np.float32))[None, None]
    return functional.interpolate(source, size=shape, mode="bilinear", align_corners=False)[0, 0].numpy()
