"""What is drawn over the pixels of a report's picture: sides, scale bar, outlines and the reader's marks.

Drawn at three times the size and reduced, so that thin lines are smooth on paper; white or yellow with a dark edge, so that they
are seen on lung and on bone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import reportlab
from PIL import Image, ImageDraw, ImageFont

from dashboard.export.report.parts import Mark

Point = tuple[float, float]  # (x, y) in pixels of the picture
_FINER = 3
_WHITE, _YELLOW, _DARK = (255, 255, 255, 255), (255, 214, 64, 255), (0, 0, 0, 200)
_LINE, _EDGE, _LETTER = 2.2, 2.0, 30
_BARS_MM = (500, 200, 100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1)
# A bar of at most this share of the width is long enough to measure by, and leaves the film alone.
_LONGEST_BAR = 0.3
_MARGIN = 18


class Overlay:
    """A sheet over a picture of (rows, cols); ``on`` lays it upon the pixels."""

    def __init__(self, rows: int, cols: int) -> None:
        self.rows, self.cols = rows, cols
        self._sheet = Image.new("RGBA", (cols * _FINER, rows * _FINER), (0, 0, 0, 0))
        self._pen = ImageDraw.Draw(self._sheet)

    def sides(self, left: str, right: str) -> None:
        """Write the sides of the patient at the upper corners."""
        self._text((_MARGIN, _MARGIN), left, "la")
        self._text((self.cols - _MARGIN, _MARGIN), right, "ra")

    def bar(self, length_mm: float, pixel_mm: float) -> None:
        """Draw a scale bar at the lower right, where marks burned into films are rare."""
        end, y = self.cols - _MARGIN, self.rows - _MARGIN
        start = end - length_mm / pixel_mm
        self._line([(start, y), (end, y)], _WHITE, 1.6)
        for x in (start, end):
            self._line([(x, y - 7), (x, y + 7)], _WHITE, 1.2)
        self._text((end, y - 14), f"{length_mm:g} mm", "rd", 22)

    def outline(self, points: Sequence[Point]) -> None:
        """Draw a closed line."""
        if len(points) > 1:
            self._line([*points, points[0]], _WHITE, 0.9)

    def mark(self, number: int, kind: str, points: Sequence[Point]) -> None:
        """Draw what the reader left, with its number beside it."""
        if kind == "box" and len(points) > 1:
            (x0, y0), (x1, y1) = points[:2]
            self._line([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], _YELLOW)
        elif kind == "point" and points:
            x, y = points[0]
            self._line([(x - 12, y), (x + 12, y)], _YELLOW)
            self._line([(x, y - 12), (x, y + 12)], _YELLOW)
        else:
            self._line(points, _YELLOW)
        if points:
            x, y = max(points)
            self._text(
                (min(x + 10, self.cols - 30), min(max(y - 10, 24), self.rows - 8)), str(number), "ld", 24, _YELLOW
            )

    def on(self, picture: np.ndarray) -> np.ndarray:
        """Return float32 (rows, cols, 3) in [0, 1] with everything drawn upon it."""
        sheet = np.asarray(self._sheet.reduce(_FINER), dtype=np.float32) / 255
        return picture * (1 - sheet[..., 3:]) + sheet[..., :3] * sheet[..., 3:]

    def _line(self, points: Sequence[Point], colour: tuple[int, ...], width: float = 1.0) -> None:
        way = [(x * _FINER, y * _FINER) for x, y in points]
        for shade, wide in ((_DARK, width * _LINE + 2 * _EDGE), (colour, width * _LINE)):
            self._pen.line(way, fill=shade, width=max(1, round(wide * _FINER)), joint="curve")

    def _text(self, at: Point, words: str, anchor: str, size: int = _LETTER, colour: tuple[int, ...] = _WHITE) -> None:
        place = (at[0] * _FINER, at[1] * _FINER)
        edge = round(_EDGE * _FINER)
        self._pen.text(place, words, colour, _font(size * _FINER), anchor, stroke_width=edge, stroke_fill=_DARK)


def bar_length_mm(width_mm: float) -> float | None:
    """Return the longest round length that has room on a picture of that width; ``None`` where it is finer than any."""
    return next((bar for bar in _BARS_MM if bar <= _LONGEST_BAR * width_mm), None)


def drawn_points(mark: Mark, across: float, down: float) -> list[Point]:
    """Return the points of a mark in pixels of the picture; a point that is no number is left out."""
    return [(col * across, row * down) for row, col in mark.points if math.isfinite(row) and math.isfinite(col)]


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(Path(reportlab.__file__).parent / "fonts" / "VeraBd.ttf"), size)
