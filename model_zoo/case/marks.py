"""What a reader marked on a scan: lengths, angles, boxes and points, each with a word if wanted, kept with the case.

Points are (row, col) in pixels of the scan, where pixel i covers [i, i + 1); a mark belongs to one frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from model_zoo.stored import Amount, Count, rebuild

RULER, ANGLE, BOX, POINT = "ruler", "angle", "box", "point"
# The ends of a length; of an angle one leg, its apex, the other leg; two opposite corners of a box.
POINTS = {RULER: 2, ANGLE: 3, BOX: 2, POINT: 1}
MOST_MARKS = 100  # a page of them: more than a reader leaves on a film
LONGEST_WORD = 80


@dataclass(frozen=True)
class Mark:
    """One mark. kind: "ruler", "angle", "box" or "point". points: as many as ``POINTS`` says. word: the reader's own, may be ""."""

    kind: Annotated[str, Field(pattern=f"^({'|'.join(POINTS)})$")]
    points: tuple[tuple[Amount, Amount], ...]
    frame: Count
    word: Annotated[str, Field(max_length=LONGEST_WORD, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


@dataclass(frozen=True)
class _Sent:
    marks: Annotated[tuple[Mark, ...], Field(max_length=MOST_MARKS)]


def marks_from_json(raw: Any, shape: tuple[int, int], frames: int) -> tuple[Mark, ...]:
    """Return marks of their JSON form, for a scan of ``shape`` (rows, cols) with so many frames.

    Parameters
    ----------
    raw
        Plain values, as JSON gives them.
    shape
        Rows and columns of the scan.
    frames
        How many the scan has.

    Raises
    ------
    ValueError
        For anything else: an unknown kind, another number of points, a point that is no number or lies outside of the scan,
        another frame, a word that is too long. Its message is for no reader.
    """
    marks = rebuild(_Sent, {"marks": raw}).marks
    check_marks(marks, shape, frames)
    return marks


def check_marks(marks: tuple[Mark, ...], shape: tuple[int, int], frames: int) -> None:
    """Raise ValueError for a mark that does not lie on a scan of ``shape`` (rows, cols) with so many frames."""
    rows, cols = shape
    for mark in marks:
        if len(mark.points) != POINTS[mark.kind]:
            raise ValueError(f"a {mark.kind} of {len(mark.points)} points")
        if mark.frame >= frames or any(row > rows or col > cols for row, col in mark.points):
            raise ValueError("a mark outside of the scan")


def value_words(mark: Mark, spacing_mm: tuple[float, float] | None) -> str:
    """Return what a mark measures: "34.2 mm", "42°", "12.0 × 8.5 mm"; pixels where no spacing is stated, "" for a point.

    An angle is taken between the legs as they lie in the patient: pixels that are higher than wide do not bend it.
    """
    if mark.kind == POINT:
        return ""
    row_mm, col_mm = spacing_mm or (1.0, 1.0)
    points = [(row * row_mm, col * col_mm) for row, col in mark.points]
    digits, unit = (1, "mm") if spacing_mm else (0, "px")
    if mark.kind == ANGLE:
        return f"{_rounded(_angle(*points), 0)}°"
    if mark.kind == RULER:
        return f"{_rounded(math.dist(*points), digits)} {unit}"
    (top, left), (bottom, right) = points
    height, width = abs(bottom - top), abs(right - left)
    return f"{_rounded(width, digits)} × {_rounded(height, digits)} {unit}"


def _angle(one: tuple[float, float], apex: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the angle at the apex in degrees, 0 to 180; 0 where a leg has no length."""
    a, b = (one[0] - apex[0], one[1] - apex[1]), (other[0] - apex[0], other[1] - apex[1])
    return math.degrees(math.atan2(abs(a[0] * b[1] - a[1] * b[0]), a[0] * b[0] + a[1] * b[1]))


def _rounded(value: float, digits: int) -> str:
    """Return a number rounded half up, as the browser rounds it: the picture and the report say the same."""
    return f"{math.floor(value * 10**digits + 0.5) / 10**digits:.{digits}f}"
