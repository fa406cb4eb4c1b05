"""What a review calls the pictures it counts and what stands for a patient in it: the words of its model's own data."""

from __future__ import annotations

import re
from dataclasses import dataclass

from model_zoo.card import ModelCard

_PICTURES = ("film", "picture", "slice", "photograph")
_WORDS = re.compile(r"\b([Ff]ilm|[Pp]atient)(s?)\b")


@dataclass(frozen=True)
class Nouns:
    """picture: one of what is read. unit: one of what was sampled and resampled. sampled: what a unit is, in full."""

    picture: str = "film"
    unit: str = "patient"
    sampled: str = "patients"

    @property
    def pictures(self) -> str:
        return f"{self.picture}s"

    @property
    def units(self) -> str:
        return f"{self.unit}s"

    def worded(self, text: str) -> str:
        """Return a sentence that speaks of films and patients with the words of this review."""

        def own(found: re.Match[str]) -> str:
            word = self.picture if found[1].lower() == "film" else self.unit
            return (word.capitalize() if found[1][0].isupper() else word) + found[2]

        return _WORDS.sub(own, text)

    @property
    def units_said(self) -> str:
        """What a group is, as a sentence; "" where patients, or phantoms, are known one by one."""
        return f"A group stands for a patient: {self.sampled}." if self.unit == "group" else ""


def nouns_of(card: ModelCard, own_data: bool = False, synthetic: bool = False) -> Nouns:
    """Return the words for a review of a model.

    Parameters
    ----------
    card
        Of the model.
    own_data
        The pictures are of the set that the card describes, where groups may stand for patients; of any other folder its
        own table says who a patient is.
    synthetic
        The pictures are computed.
    """
    scan = str(card.raw["input"].get("scan", "")).split()
    chest = any(part in ("CHEST", "THORAX") for part in card.body_parts)
    picture = scan[-1] if scan and scan[-1] in _PICTURES else "film" if chest else "picture"
    if synthetic:
        return Nouns(picture, "phantom", "computed phantoms")
    if own_data and card.sampled != "patients":
        return Nouns(picture, "group", str(card.raw["groups"]))
    return Nouns(picture)
