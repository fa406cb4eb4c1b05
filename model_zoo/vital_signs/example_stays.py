"""Written stays to try the page with. Synthetic: no line of them comes from a patient."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from model_zoo.errors import UnknownName
from model_zoo.vital_signs.series import VitalSeries
from model_zoo.vital_signs.table import read_table

_FOLDER = Path(__file__).parent / "examples"
_PROVENANCE = "Synthetic: written by hand for demonstration, no real patient"


@dataclass(frozen=True)
class ExampleStay:
    """A stay in a file. scale: of SpO2, for which it was written. description: one sentence."""

    name: str
    title: str
    description: str
    file_name: str
    scale: int = 1

    def read(self) -> VitalSeries:
        """Return the series, marked as synthetic."""
        return replace(read_table((_FOLDER / self.file_name).read_bytes(), _PROVENANCE), synthetic=True)


EXAMPLE_STAYS: tuple[ExampleStay, ...] = (
    ExampleStay(
        "pneumonia-sepsis",
        "Pneumonia that turns into sepsis",
        "Thirty hours on a ward: slow worsening, sepsis from hour 13 on, recovery after treatment; laboratory in between.",
        "synthetic_pneumonia_sepsis.csv",
    ),
    ExampleStay(
        "copd-scale-2",
        "COPD with too much oxygen",
        "Twelve hours with a target saturation of 88 to 92 %: between hour 4 and 5 the saturation lies above it on oxygen.",
        "synthetic_copd_scale_2.csv",
        scale=2,
    ),
    ExampleStay(
        "rising-pressure",
        "Rising pressure in the head",
        "Twelve hours with a mass in the brain: the pulse falls and the pressure rises from hour 3 on, less awake from hour 4, "
        "better after treatment at hour 7.",
        "synthetic_rising_pressure.csv",
    ),
)


def example_stay(name: str) -> ExampleStay:
    """Return a written stay by its name. Raises UnknownName."""
    for stay in EXAMPLE_STAYS:
        if stay.name == name:
            return stay
    raise UnknownName("written stay", name, (stay.name for stay in EXAMPLE_STAYS))
