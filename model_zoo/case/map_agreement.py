"""How far the maps of one case agree: the maps of one finding, named as the reader knows them, into one comparison."""

from __future__ import annotations

from collections.abc import Sequence

from model_zoo.case.case_review import CaseReview, ExplainedMap
from model_zoo.trust.map_agreement import MapAgreement, compare_maps
from model_zoo.trust.verdict import NOT_TO_BE_USED


def agreement_of(
    review: CaseReview, target: str | None = None, methods: Sequence[str] | None = None
) -> MapAgreement | None:
    """Compare the maps of one finding; ``None`` where there are fewer than two.

    Parameters
    ----------
    review
        The case.
    target
        By default the finding of the first map.
    methods
        Which to compare, by default all. Maps not to be used are compared and kept out of the consensus.
    """
    maps = maps_of(review, target, methods)
    if len(maps) < 2:
        return None
    unusable = [m.attribution.title for m in maps if m.verdict is not None and m.verdict.verdict == NOT_TO_BE_USED]
    named = [(m.attribution.title, m.attribution.values) for m in maps]
    return compare_maps(named, review.geometry.model_shape, unusable)


def maps_of(
    review: CaseReview, target: str | None = None, methods: Sequence[str] | None = None
) -> tuple[ExplainedMap, ...]:
    """Return the maps of one finding, by default that of the first map, in the order of ``methods``, by default all.

    Parameters
    ----------
    review
        The case.
    target
        Name of the finding; by default that of the first map.
    methods
        Names, in the wanted order; by default all that there are.
    """
    if target is None and review.maps:
        target = review.maps[0].attribution.target
    by_method = {m.attribution.method: m for m in review.maps if m.attribution.target == target}
    return tuple(by_method[method] for method in (by_method if methods is None else methods) if method in by_method)
