"""The wrong-reason alarm of a map: it lies where no lung finding can lie, said aloud with the measured share.

The alarm of the finding itself, the effect of taking such a region away, is in ``shortcuts``; both stand on the page
together, and either is an alarm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from model_zoo.trust.check import CheckResult
from model_zoo.trust.masking import MaskingEffect

# Stands in where no limit was fitted on genuine films: a third of the map.
OTHERWISE = 1 / 3
# The fitted limit of the share of a map on the border, in the corners and outside the body.
LIMIT_NAME = "elsewhere"
_PLACES = {"border": "the border", "corners": "a corner", "outside_body": "the area outside the body"}


def map_alarms(
    results: Sequence[CheckResult], limits: Mapping[str, float | None], effect: MaskingEffect
) -> tuple[str, ...]:
    """Return what is alarming about where a map lies; empty for most maps.

    Parameters
    ----------
    results
        Checks of the map, of which "anatomy" holds the shares.
    limits
        Fitted ones of the method.
    effect
        What covering the marked region did.
    """
    anatomy = next((r for r in results if r.name == "anatomy"), None)
    if anatomy is None or "elsewhere" not in anatomy.figures:
        return ()
    share = float(anatomy.figures["elsewhere"])
    limit = limits.get(LIMIT_NAME)
    if share <= (OTHERWISE if limit is None else limit):
        return ()
    place = max(_PLACES, key=lambda name: float(anatomy.figures.get(name, 0.0)))
    return (
        f"Reading for the wrong reason? {100 * share:.0f} % of what this map marks lies where no finding of the lungs can lie, "
        f"most of it in {_PLACES[place]}. {effect.sentence}",
    )
