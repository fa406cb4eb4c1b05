"""FIGURES.md beside what it measures, and the one table of the README: every number comes from a card."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from model_zoo.figures.chest import chest_table, lungs_table, support_table, trust_tables
from model_zoo.figures.patients import patient_tables
from model_zoo.figures.series import series_tables
from model_zoo.figures.text import text_tables
from model_zoo.figures.zoo import zoo_tables
from model_zoo.upkeep.known_models import find_model

COMMAND = "python -m model_zoo figures --write README.md"
_HELD_OUT = (
    "Patients held out of training, selection and calibration (fold 4, where nothing else is said); in brackets 95 % intervals "
    "over resampled patients. The full cards are in `model_zoo/weights/*/CARD.md`."
)


def figures_pages() -> dict[str, str]:
    """Return the pages by their place in the project."""
    pages = {
        "classifiers": ("How well the scan models read", _scans),
        "trust": ("How far numbers, pictures and maps of the chest model can be believed", trust_tables),
        "patients": ("How well the patient models estimate", _patients),
        "icu": ("How well hourly risk and beats are read", series_tables),
        "symptoms": ("How well complaints and notes are read", text_tables),
    }
    return {
        f"model_zoo/{room}/FIGURES.md": "\n".join(
            [f"# {title}: figures", "", f"Written by `{COMMAND}`. {_HELD_OUT}", "", *lines()]
        ).rstrip("\n")
        + "\n"
        for room, (title, lines) in pages.items()
    }


def write_pages(root: Path) -> None:
    """Write the pages below a folder, each where it belongs."""
    for place, text in figures_pages().items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _scans() -> Iterator[str]:
    yield from chest_table(find_model("chest-xray").raw_card())
    yield from lungs_table(find_model("lungs").raw_card())
    yield from zoo_tables()


def _patients() -> Iterator[str]:
    yield from support_table(find_model("support-respiratory").raw_card())
    yield from patient_tables()
