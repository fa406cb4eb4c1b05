"""Short forms in which the quantities of the catalogue are declared, and the groups under which the form shows them."""

from __future__ import annotations

from typing import Any

from model_zoo.patients.features import FeatureSpec

PERSON, ILLNESS, VITALS, LABORATORY = "Person", "Illness", "Circulation and breathing", "Laboratory"
HEART, CYTOLOGY, GENES = "Heart", "Cytology of the aspirate", "Gene expression"


def number(name: str, key: str, title: str, group: str, unit: str, **more: Any) -> FeatureSpec:
    """Return a numeric quantity; its US unit is the same unless told otherwise.

    Parameters
    ----------
    name
        Stored name, with its SI unit.
    key
        Name without a unit.
    title
        For the reader.
    group
        Under which the form shows it.
    unit
        SI unit.
    **more
        Further fields of ``FeatureSpec``.
    """
    filled = {"help": "", "us_unit": unit, "us_name": name} | more
    return FeatureSpec(name=name, key=key, title=title, kind="numeric", group=group, si_unit=unit, **filled)


def flag(key: str, title: str, help_text: str, group: str = ILLNESS) -> FeatureSpec:
    """Return a yes-or-no quantity.

    Parameters
    ----------
    key
        Stored name.
    title
        For the reader.
    help_text
        What counts as yes.
    group
        Under which the form shows it.
    """
    return FeatureSpec(name=key, key=key, title=title, kind="flag", group=group, help=help_text)


def choice(key: str, title: str, group: str, help_text: str, choices: tuple[tuple[str, str], ...]) -> FeatureSpec:
    """Return a quantity with named values.

    Parameters
    ----------
    key
        Stored name.
    title
        For the reader.
    group
        Under which the form shows it.
    help_text
        What the values mean.
    choices
        Stored value and title of each.
    """
    return FeatureSpec(name=key, key=key, title=title, kind="choice", group=group, help=help_text, choices=choices)
