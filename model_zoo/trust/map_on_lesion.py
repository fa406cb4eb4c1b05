"""Does the classifier look where the segmenter sees the lesion? A map held against an outline, in measured shares.

This is a comparison, not a check: it takes no part in the verdict on a map, whose rates were measured without it. Where both
come from one network, agreement is no independent evidence, and both may be wrong together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

THERE, PARTLY, ELSEWHERE = "there", "partly", "elsewhere"
WIDE, NOTHING = "outline too wide", "map marks nothing"

# Limits of the words, set and not fitted: most of the map, and twice as much as of a map spread evenly.
MOST_INSIDE = 0.5
DENSE = 2.0
# An outline of half the picture holds half of any map: nothing can be twice as dense in it.
WIDEST = 0.5
# A map spread evenly is no denser inside; sums of its cells differ from that by rounding alone.
EVEN = 1e-6
LIMITS = (
    f"'Looks where the segmenter sees it' is said from {100 * MOST_INSIDE:.0f} % inside and {DENSE:g} times as dense as a map "
    "spread evenly; 'elsewhere' where it is no denser inside than that. These limits are set, not measured."
)


@dataclass(frozen=True)
class MapOnLesion:
    """How a map of one finding lies on an outline.

    share_inside: of the positive attribution. area: share of the region that the network read which the outline takes; what
    a map spread evenly would have inside. peak_inside: the cell of the largest value meets the outline (pointing game, with
    the tolerance of one cell). overlap: intersection over union of the outline and the strongest cells of the same area;
    chance: of random cells instead. Shares are ``None`` where the map marks nothing. verdict: see the limits above.
    """

    verdict: str
    sentence: str
    area: float
    share_inside: float | None = None
    peak_inside: bool | None = None
    overlap: float | None = None
    chance: float | None = None

    @property
    def density(self) -> float | None:
        """Return how much denser the map is inside than spread evenly."""
        return None if self.share_inside is None else self.share_inside / self.area


def map_on_lesion(
    values: np.ndarray, inside: np.ndarray, finding: str, boxed: bool = False, several: bool = False
) -> MapOnLesion:
    """Hold a map against an outline.

    Parameters
    ----------
    values
        (rows, cols), signed or not; only what speaks for the finding counts, and no value (NaN) speaks for nothing.
    inside
        The share of each cell inside the outline, same shape.
    finding
        Its title.
    boxed, several
        What the sentence calls the outline.

    Raises
    ------
    ValueError
        For other shapes, or an outline that is empty.

    References
    ----------
    pointing game: Zhang et al. 2016, arXiv:1608.00507.
    """
    if values.shape != inside.shape or values.ndim != 2:
        raise ValueError(f"Map and outline lie on one grid; got {values.shape} and {inside.shape}.")
    area = float(inside.mean())
    if area <= 0:
        raise ValueError("The outline holds nothing of this map.")
    positive = np.maximum(np.nan_to_num(np.asarray(values, dtype=np.float64)), 0.0)
    total = float(positive.sum())
    one_or_more = "lesions" if several else "lesion"
    lesion = f"the {'boxes' if several else 'box'} around the {one_or_more}" if boxed else f"the outlined {one_or_more}"
    name = finding[:1].lower() + finding[1:] if finding[1:2].islower() else finding
    if total <= 0:
        return MapOnLesion(
            NOTHING, f"The map marks nothing that speaks for {name}, so it cannot be held against {lesion}.", area
        )
    share = float((positive * inside).sum()) / total
    peak = bool(inside.flat[int(np.argmax(positive))] > 0)
    overlap = _overlap(positive, inside)
    verdict = _verdict(share, area)
    ending = {
        THERE: f"the classifier looks where the segmenter sees the {one_or_more}",
        PARTLY: f"the classifier looks there more than elsewhere, but most of what it uses lies outside {lesion}",
        ELSEWHERE: f"the classifier looks elsewhere than where the segmenter sees the {one_or_more}",
        WIDE: "an outline this wide holds much of any map, so this tells little",
    }[verdict]
    takes = f"{'take' if several else 'takes'} {share_words(area)} of the picture"
    place = f"The strongest place lies {'inside' if peak else 'outside'}"
    chance = area / (2 - area)
    sentence = (
        f"{share_words(share)} of what speaks for {name} lies inside {lesion}, which {takes}: {ending}. "
        f"{place}; the strongest {share_words(area)} of the map and the outline overlap by {share_words(overlap)} "
        f"({share_words(chance)} by chance)."
    )
    return MapOnLesion(verdict, sentence, area, share, peak, overlap, chance)


def _verdict(share: float, area: float) -> str:
    if share <= area * (1 + EVEN):
        return ELSEWHERE
    if area >= WIDEST or (share >= MOST_INSIDE and share < DENSE * area):
        return WIDE
    return THERE if share >= MOST_INSIDE else PARTLY


def _overlap(positive: np.ndarray, inside: np.ndarray) -> float:
    """Return intersection over union of the outline and the strongest cells that fill the same area, the last in part."""
    order = np.argsort(-positive, axis=None, kind="stable")
    taken = np.clip(float(inside.sum()) - np.arange(len(order)), 0, 1) * (positive.flat[order] > 0)
    common = float((taken * inside.flat[order]).sum())
    return common / (float(inside.sum()) + float(taken.sum()) - common)


def share_words(share: float) -> str:
    """Return a share in per cent, with a decimal where it would otherwise read as none or all."""
    per_cent = 100 * share
    if 0 < per_cent < 0.95:
        return "less than 0.1 %" if per_cent < 0.1 else f"{per_cent:.1f} %"
    return f"{per_cent:.0f} %"
