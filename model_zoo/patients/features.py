"""What one field of a patient record is: its units, its ranges, its choices. The form and the validation are built from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Value = float | str | None  # None: not measured
Kind = Literal["numeric", "choice", "flag"]
Units = Literal["SI", "US"]
UNIT_SYSTEMS: tuple[Units, ...] = ("SI", "US")


@dataclass(frozen=True)
class FeatureSpec:
    """One quantity of a patient record.

    Values of numeric features are kept in the SI unit, which is part of ``name``; all ranges are in that unit too.
    A flag holds 1.0 (yes) or 0.0 (no), a choice holds one of ``choices``.

    name: stored name with its unit, e.g. "creatinine_umol_l". us_name: the same quantity named with the US unit.
    key: the bare quantity, e.g. "creatinine"; a value under it is read in the unit system that the caller states.
    us_factor, us_offset: US value = SI value * us_factor + us_offset.
    normal: usual reference interval of adults, for orientation; laboratories differ.
    plausible: outside is an error. training: the range the model saw, outside is flagged; set by a risk model.
    choices: (value, title) pairs. step: decimals worth showing in (SI, US).
    """

    name: str
    key: str
    title: str
    kind: Kind
    group: str
    help: str
    si_unit: str = ""
    us_unit: str = ""
    us_name: str = ""
    us_factor: float = 1.0
    us_offset: float = 0.0
    normal: tuple[float, float] | None = None
    plausible: tuple[float, float] | None = None
    training: tuple[float, float] | None = None
    choices: tuple[tuple[str, str], ...] = ()
    whole: bool = False
    decimals: tuple[int, int] = (1, 1)

    def unit(self, units: Units = "SI") -> str:
        return self.us_unit if units == "US" else self.si_unit

    def from_units(self, value: float, units: Units) -> float:
        """Return a value that is given in ``units`` in the SI unit."""
        return (value - self.us_offset) / self.us_factor if units == "US" else value

    def to_units(self, value: float, units: Units) -> float:
        """Return a value in the SI unit in ``units``."""
        return value * self.us_factor + self.us_offset if units == "US" else value

    @property
    def differs_by_unit(self) -> bool:
        """The number changes between SI and US units."""
        return self.us_factor != 1.0 or self.us_offset != 0.0

    def show(self, value: Value, units: Units = "SI") -> str:
        """Return a value as text with its unit; "not measured" for None."""
        if value is None:
            return "not measured"
        if self.kind == "choice":
            return dict(self.choices).get(str(value), str(value))
        if self.kind == "flag":
            return "yes" if value else "no"
        shown = self.to_units(float(value), units)
        decimals = self.decimals[1 if units == "US" else 0]
        return f"{shown:.{decimals}f} {self.unit(units)}".strip()
