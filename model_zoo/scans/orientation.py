"""Where the patient lies in a picture, as its tags say: which side is at its left edge, and whether a film hangs as it should.

Nothing is ever flipped. What the tags say decides which letter stands at the edge, which lung is the right one, and whether
a film is read at all: a network that learned from upright, unmirrored films gives another number for any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

Direction = Annotated[str, Field(pattern="^[LRAPHF]$")]
_AXES = {"L": "x", "R": "x", "A": "y", "P": "y", "H": "z", "F": "z"}
_OPPOSITE = {"L": "R", "R": "L"}
_UPWARD = (("L", "R"), ("P", "A"), ("H", "F"))  # where the positive and the negative end of each patient axis point


@dataclass(frozen=True)
class Orientation:
    """Direction in the patient in which the rows run (``across``, to the right) and the columns (``down``).

    Letters of PS3.3 C.7.6.1.1.1: L, R, A (anterior), P, H (head), F (foot), of an oblique direction the nearest one.
    ``across`` and ``down`` never lie on one axis.
    """

    across: Direction
    down: Direction

    @property
    def side_at_left(self) -> str | None:
        """Return the side of the patient at the left edge of the picture, "L" or "R"; ``None`` where neither is there."""
        return _OPPOSITE.get(self.across)

    @property
    def sound(self) -> bool:
        """Tell whether the two directions lie on two axes, as in every picture there is."""
        return _AXES[self.across] != _AXES[self.down]

    @property
    def lateral(self) -> bool:
        """Tell whether this is a view from the side: the rows run to the front or the back."""
        return self.across in "AP" and self.down in "HF"

    def contradicts(self, other: Orientation) -> bool:
        """Tell whether a direction of one is the opposite of the other's; oblique ones may differ by an axis."""
        pairs = ((self.across, other.across), (self.down, other.down))
        return any(a != b and _AXES[a] == _AXES[b] for a, b in pairs)

    def fault(self) -> str | None:
        """Return why this is not a frontal film as films are hung (L\\F), in words without a full stop."""
        named = f"PatientOrientation is {self.across}\\{self.down}"
        if (self.across, self.down) == ("L", "F"):
            return None
        if self.lateral:
            return f"The film was taken from the side: {named}"
        words = {("R", "F"): "mirrored", ("R", "H"): "upside down", ("L", "H"): "upside down and mirrored"}
        how = words.get((self.across, self.down), "turned" if self.across in "HF" else "no upright film")
        return f"The film is {how}: {named}"


def orientation_of_letters(values: Sequence[str]) -> Orientation | None:
    """Read PatientOrientation, such as ("L", "F") or ("LA", "F"); ``None`` where it names no two directions."""
    if len(values) != 2:
        return None
    words = [value.strip().upper() for value in values]
    for word in words:
        axes = [_AXES.get(letter) for letter in word]
        if not 1 <= len(word) <= 3 or None in axes or len(set(axes)) < len(axes):
            return None
    return _from(words[0][0], words[1][0])


def orientation_of_cosines(values: Sequence[float]) -> Orientation | None:
    """Read ImageOrientationPatient, six direction cosines (PS3.3 C.7.6.2.1.1); ``None`` where they are none."""
    if len(values) != 6:
        return None
    letters = []
    for vector in (values[:3], values[3:]):
        sizes = [abs(part) for part in vector]
        axis = sizes.index(max(sizes))
        if not 0.5 < sizes[axis] < 1.5:  # a unit vector has a part of at least 0.57, and none above 1
            return None
        letters.append(_UPWARD[axis][vector[axis] < 0])
    return _from(*letters)


def _from(across: str, down: str) -> Orientation | None:
    found = Orientation(across, down)
    return found if found.sound else None
