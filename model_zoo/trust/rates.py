"""A measured share or ratio with its interval, and how shares, chances and natural frequencies are said in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator

from model_zoo.stored import Amount

# Groups of patients in which a chance is counted out: the smallest in which it is neither nobody nor everybody.
_GROUPS = (100, 1_000, 10_000)


@dataclass(frozen=True)
class Rate:
    """A measured number with its 95 % interval by patient; low and high ``None`` where too few resamples define it."""

    value: Amount
    low: Amount | None = None
    high: Amount | None = None

    @classmethod
    def from_json(cls, raw: Mapping[str, Any] | None) -> Rate | None:
        """Return the rate, or ``None`` for a missing one or one that the films do not define."""
        if raw is None or raw["value"] is None:
            return None
        return cls(float(raw["value"]), raw["low"], raw["high"])

    def complement(self) -> Rate:
        """Return 1 - rate."""
        return Rate(
            1 - self.value, None if self.high is None else 1 - self.high, None if self.low is None else 1 - self.low
        )

    def percent_words(self, decimals: int = 0) -> str:
        """Return a share as "88 % [81, 94]"; no share short of all or above none is rounded to it."""
        text = f"{_percent(self.value, decimals)} %"
        if self.low is None or self.high is None:
            return text
        return f"{text} [{_percent(self.low, decimals)}, {_percent(self.high, decimals)}]"


def _no_more_than_all(rate: Rate) -> Rate:
    if max(rate.value, rate.low or 0, rate.high or 0) > 1:
        raise ValueError("a share above 1")
    return rate


ShareRate = Annotated[Rate, AfterValidator(_no_more_than_all)]  # a rate that is no ratio


def chance_words(p: float) -> str:
    """Return a probability with two decimals, with up to four near 0 and 1; never 0 or 1."""
    for decimals in (2, 3, 4):
        if min(p, 1 - p) >= 10.0**-decimals:
            return f"{p:.{decimals}f}"
    return "less than 0.0001" if p < 0.5 else "more than 0.9999"


def of_patients(rate: Rate, who: str) -> str:
    """Return a chance counted out: "100 patients ..., 23 have it (17 to 31)"."""
    group = next((n for n in _GROUPS if 0 < round(rate.value * n) < n), _GROUPS[-1])
    count = round(rate.value * group)
    said = "fewer than 1 has" if count == 0 else f"{count:,} has" if count == 1 else f"{count:,} have"
    ends = "" if rate.low is None or rate.high is None else f" ({rate.low * group:,.0f} to {rate.high * group:,.0f})"
    return f"{group:,} {who}, {said} it{ends}"


def _percent(share: float, decimals: int) -> str:
    percent = 100 * share
    return f"{percent:.{max(decimals, int(0 < percent < 0.5 or 99.5 <= percent < 100))}f}"
