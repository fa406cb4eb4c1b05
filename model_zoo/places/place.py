"""A place: its key, the same for every reader of the case, and its words. All places that can be named are in one table."""

from __future__ import annotations

from dataclasses import dataclass

from model_zoo.errors import UnknownName

SEVERAL = "several"
OUTSIDE = "lung.outside"

# Sides of the lungs and of the brain are the patient's; "picture_left" and all of "picture" are as the picture lies.
PLACES: dict[str, str] = {
    SEVERAL: "in several places",
    "lung.right.upper": "right upper zone",
    "lung.right.middle": "right middle zone",
    "lung.right.lower": "right lower zone",
    "lung.left.upper": "left upper zone",
    "lung.left.middle": "left middle zone",
    "lung.left.lower": "left lower zone",
    "lung.right": "right lung, in several places",
    "lung.left": "left lung, in several places",
    "lung.picture_left.upper": "upper zone, lung on the left of the picture",
    "lung.picture_left.middle": "middle zone, lung on the left of the picture",
    "lung.picture_left.lower": "lower zone, lung on the left of the picture",
    "lung.picture_right.upper": "upper zone, lung on the right of the picture",
    "lung.picture_right.middle": "middle zone, lung on the right of the picture",
    "lung.picture_right.lower": "lower zone, lung on the right of the picture",
    "lung.picture_left": "lung on the left of the picture, in several places",
    "lung.picture_right": "lung on the right of the picture, in several places",
    OUTSIDE: "outside the lungs",
    "brain.right.front": "right side, front",
    "brain.right.back": "right side, back",
    "brain.midline.front": "near the midline, front",
    "brain.midline.back": "near the midline, back",
    "brain.left.front": "left side, front",
    "brain.left.back": "left side, back",
    "brain.right.upper": "right side, upper half",
    "brain.right.lower": "right side, lower half",
    "brain.midline.upper": "near the midline, upper half",
    "brain.midline.lower": "near the midline, lower half",
    "brain.left.upper": "left side, upper half",
    "brain.left.lower": "left side, lower half",
    "brain.front.upper": "front, upper half",
    "brain.front.lower": "front, lower half",
    "brain.back.upper": "back, upper half",
    "brain.back.lower": "back, lower half",
    "brain.right": "right side, in several places",
    "brain.left": "left side, in several places",
    "retina.macula": "near the macula",
    "retina.optic_disc": "at the optic disc",
    "retina.superior_temporal": "superior temporal retina",
    "retina.inferior_temporal": "inferior temporal retina",
    "retina.superior_nasal": "superior nasal retina",
    "retina.inferior_nasal": "inferior nasal retina",
    "picture.upper_left": "upper left of the picture",
    "picture.upper": "upper middle of the picture",
    "picture.upper_right": "upper right of the picture",
    "picture.left": "left of the picture",
    "picture.centre": "centre of the picture",
    "picture.right": "right of the picture",
    "picture.lower_left": "lower left of the picture",
    "picture.lower": "lower middle of the picture",
    "picture.lower_right": "lower right of the picture",
}


@dataclass(frozen=True)
class Place:
    """Where the strongest part of a map lies. key: one of ``PLACES``, for programs; the page words it by ``place.<key>``."""

    key: str

    def __post_init__(self) -> None:
        if self.key not in PLACES:
            raise UnknownName("place", self.key, PLACES)

    @property
    def words(self) -> str:
        """The place in English, to stand after a colon or at the end of a sentence."""
        return PLACES[self.key]

    def to_json(self) -> dict[str, str]:
        return {"key": self.key, "words": self.words}
