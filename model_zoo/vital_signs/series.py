"""Measurements of one patient over time: irregular times, one row per time, NaN where nothing was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from model_zoo.errors import ZooError
from model_zoo.patients.features import FeatureSpec
from model_zoo.quantities.numbers import TwoReadings
from model_zoo.vital_signs.variables import variable

MAX_BYTES = (
    16 * 2**20
)  # of any file of a stay, for reader and uploader: a month of FHIR at 500 bytes an observation takes a third
_MOST_PROBLEMS = 12  # in one message; more are counted, since the same slip mostly repeats down a column


class InvalidSeries(ZooError):
    """A series with one or more problems, in order of the rows, all in ``problems``; ``asked``: the first number that can be
    read in two ways, where one is."""

    def __init__(
        self,
        problems: Sequence[str],
        hint: str = "Correct the rows named above and read it again.",
        asked: TwoReadings | None = None,
    ) -> None:
        shown = list(problems[:_MOST_PROBLEMS])
        if len(problems) > _MOST_PROBLEMS:
            shown.append(f"and {len(problems) - _MOST_PROBLEMS} more of this kind")
        super().__init__("; ".join(shown) + ".", hint)
        self.problems = tuple(problems)
        self.asked = asked


@dataclass(frozen=True, eq=False)
class VitalSeries:
    """What was measured when.

    hours: float64 (T,), strictly increasing, from the start of the series. variables: stored names (V), see
    ``variables``. values: float64 (T, V) in the stored unit, flags 1.0 or 0.0, choices by index, NaN: not measured.
    All arrays are read-only. start: the clock at hour 0, for the running session; it is left out of repr and JSON,
    because a date can tell who a patient is. ages_years: every age that the file states.
    notes: what the reader has to know about the reading of the file.

    Raises InvalidSeries where shapes, times or names do not fit. Ranges are checked by whoever reads a file.
    """

    hours: np.ndarray
    variables: tuple[str, ...]
    values: np.ndarray
    provenance: str = ""
    notes: tuple[str, ...] = ()
    synthetic: bool = False
    start: datetime | None = field(default=None, repr=False)
    ages_years: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        hours, values = np.array(self.hours, np.float64), np.array(self.values, np.float64)
        object.__setattr__(self, "variables", tuple(self.variables))
        if hours.ndim != 1 or values.shape != (len(hours), len(self.variables)):
            raise InvalidSeries(
                [f"the values do not form a table of {hours.size} times and {len(self.variables)} columns"]
            )
        if not np.isfinite(hours).all() or (np.diff(hours) <= 0).any():
            raise InvalidSeries(["the times are not in order, or one of them stands twice"])
        if np.isinf(values).any():
            raise InvalidSeries(["a value is infinite"])
        if len(set(self.variables)) != len(self.variables):
            raise InvalidSeries(["a quantity stands in two columns"])
        for name in self.variables:
            variable(name)
        for name, array in (("hours", hours), ("values", values)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, VitalSeries):
            return NotImplemented
        return (
            (self.variables, self.provenance, self.notes, self.synthetic)
            == (other.variables, other.provenance, other.notes, other.synthetic)
            and np.array_equal(self.hours, other.hours)
            and np.array_equal(self.values, other.values, equal_nan=True)
        )

    def __hash__(self) -> int:
        return hash((self.variables, self.hours.tobytes(), self.values.tobytes()))

    @property
    def specs(self) -> tuple[FeatureSpec, ...]:
        return tuple(variable(name) for name in self.variables)

    def column(self, name: str) -> np.ndarray:
        """Return the values (T,) of one quantity, all NaN where the series has none. Raises UnknownName."""
        if name in self.variables:
            return self.values[:, self.variables.index(name)]
        variable(name)
        return np.full(len(self.hours), np.nan)

    def carried(self, name: str, at_hours: np.ndarray, carry_hours: float) -> tuple[np.ndarray, np.ndarray]:
        """Carry the last measurement forward.

        at_hours: (H,). Returns the last value measured at or before each of them and how old it is in hours, both (H,),
        NaN where there is none or it is older than ``carry_hours``. Never looks ahead.
        """
        column = self.column(name)
        seen = ~np.isnan(column)
        found, ages = np.full(len(at_hours), np.nan), np.full(len(at_hours), np.nan)
        if seen.any():
            times, measured = self.hours[seen], column[seen]
            # 1e-9 h: times that were computed from a clock may differ in the last bit.
            last = np.searchsorted(times, np.asarray(at_hours) + 1e-9, side="right") - 1
            age = np.maximum(np.asarray(at_hours) - times[last], 0.0)
            there = (last >= 0) & (age <= carry_hours + 1e-9)
            found[there], ages[there] = measured[last[there]], age[there]
        return found, ages

    def latest(self, name: str, hour: float | None = None, carry_hours: float = np.inf) -> float | None:
        """Return the last value of a quantity at an hour (by default the end), ``None`` where there is none."""
        if not len(self.hours):
            return None
        value = self.carried(name, np.array([self.hours[-1] if hour is None else hour]), carry_hours)[0][0]
        return None if np.isnan(value) else float(value)

    def up_to(self, hour: float) -> VitalSeries:
        """Return what was known at an hour, for the replay of a stay."""
        known = self.hours <= hour + 1e-9
        return replace(self, hours=self.hours[known], values=self.values[known])
