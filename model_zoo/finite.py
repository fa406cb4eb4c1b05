"""Where a number has to be one: NaN and infinity compare as "not above" with every threshold, and so read as a negative.

What networks answer goes through ``finite`` before anything compares it, what a card says through ``read_json`` and the
checks of single entries, weights through ``finite_weights``. Each raises; none of them replaces a value.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from model_zoo.errors import NoNumber, WeightsMismatch

if TYPE_CHECKING:  # the process that decodes scans imports no torch
    from torch import Tensor

Values = TypeVar("Values", np.ndarray, "Tensor", float)

# The largest file of the zoo holds 15,000; outlines of a case with thousands of specks some 200,000.
MOST_VALUES = 1_000_000
_BROKEN = "Read nothing from it. Check the installed models with: python -m model_zoo verify"


def finite(values: Values, what: str, hint: str = _BROKEN) -> Values:
    """Return ``values`` as they are.

    Parameters
    ----------
    values
        A number, an array or a tensor.
    what
        Subject of the sentence, such as "The network".
    hint
        What to do about it.

    Raises
    ------
    NoNumber
        When a value is NaN or infinite.
    """
    sound = np.isfinite(values).all() if isinstance(values, np.ndarray | float | int) else values.isfinite().all()
    if not bool(sound):
        raise NoNumber(f"{what} gives no number here: nothing can be said of any finding.", hint)
    return values


def finite_weights(state: Mapping[str, Tensor], name: str = "this model") -> Mapping[str, Tensor]:
    """Return the tensors of a network as they are. Raises WeightsMismatch when one holds NaN or infinity."""
    for tensor in state.values():
        if tensor.dtype.is_floating_point and not bool(tensor.isfinite().all()):
            raise WeightsMismatch(
                f"The weights of {name} hold values that are no numbers.",
                "Restore the weights from the repository, or train the model again.",
            )
    return state


def read_json(text: str | bytes) -> Any:
    """Parse JSON of cards, cases and stored measurements.

    Raises ValueError for what is no JSON, for a name that stands twice in one table, for more values than any of those files
    holds, and for every number that is not finite: the constants NaN and Infinity, which Python writes and reads though JSON has
    none, and figures that overflow (1e999).
    """
    comma, bracket, brace = (b",", b"[", b"{") if isinstance(text, bytes) else (",", "[", "{")
    # Counted before anything is built: a list of empty lists takes sixty times the memory of its text.
    if text.count(comma) + text.count(bracket) + text.count(brace) > MOST_VALUES:  # type: ignore[arg-type]
        raise ValueError("more values than are read")
    try:
        return json.loads(
            text, parse_constant=_constant, parse_float=_figure, parse_int=_whole, object_pairs_hook=_unique
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def number(value: Any) -> float:
    """Return an entry of a card that has to be a number. Raises ValueError for anything else, true and false included."""
    # Compared and not converted: a whole number may be larger than any float.
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= sys.float_info.max:
        raise ValueError("a number is expected")
    return float(value)


def share(value: Any) -> float:
    """Return an entry that has to lie between 0 and 1, ends included. Raises ValueError."""
    if not 0 <= number(value) <= 1:
        raise ValueError("a share between 0 and 1 is expected")
    return float(value)


def rising(values: Iterable[Any]) -> tuple[float, ...]:
    """Return entries of which none is smaller than the one before and the last is the largest, such as quantiles.

    Raises ValueError: out of order, ``np.interp`` answers with whatever it meets first.
    """
    found = tuple(number(value) for value in values)
    if len(found) < 2 or any(later < earlier for earlier, later in pairwise(found)) or found[0] == found[-1]:
        raise ValueError("values in rising order are expected")
    return found


def reaches(value: float | None, threshold: float | None) -> bool | None:
    """Tell whether a number is at or above its threshold; ``None`` where either is no finite number."""
    if value is None or threshold is None or not (math.isfinite(value) and math.isfinite(threshold)):
        return None
    return bool(value >= threshold)


def probability_of(log_odds: float) -> float:
    """Return the probability of log odds; for arrays there is ``scipy.special.expit``, which pages are not kept waiting for."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError("a name stands twice")
    return table


def _constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _figure(text: str) -> float:
    return number(float(text))


def _whole(text: str) -> int:
    number(float(text))  # beyond the range of float it could not be computed with
    return int(text)
