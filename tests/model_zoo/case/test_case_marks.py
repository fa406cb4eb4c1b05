"""Marks of a reader: what is measured by hand, what a browser may send, and what it may not."""

from __future__ import annotations

from typing import Any

import pytest

from model_zoo.case.marks import Mark, marks_from_json, value_words

SHAPE, FRAMES = (600, 500), 2


def sent(kind: str = "ruler", points: Any = ((0, 0), (30, 40)), frame: Any = 0, word: Any = "") -> dict[str, Any]:
    return {"kind": kind, "points": [list(point) for point in points], "frame": frame, "word": word}


@pytest.mark.parametrize(
    ("mark", "spacing", "words"),
    [
        (Mark("ruler", ((0, 0), (30, 40)), 0), None, "50 px"),
        (Mark("ruler", ((0, 0), (30, 40)), 0), (0.5, 0.5), "25.0 mm"),
        # 3 rows of 4 mm and 4 columns of 4 mm are no longer 3 : 4 : 5 where a row is twice as high.
        (Mark("ruler", ((0, 0), (3, 8)), 0), (2.0, 1.0), "10.0 mm"),
        (Mark("angle", ((0, 10), (0, 0), (10, 0)), 0), None, "90°"),
        (Mark("angle", ((0, 10), (0, 0), (10, 10)), 0), (1.0, 1.0), "45°"),
        (Mark("angle", ((0, 10), (0, 0), (10, 10)), 0), (2.0, 1.0), "63°"),
        (Mark("angle", ((0, 10), (0, 0), (0, 0)), 0), None, "0°"),
        (Mark("box", ((40, 60), (10, 20)), 0), (0.5, 0.25), "10.0 × 15.0 mm"),
        (Mark("point", ((1, 1),), 0), (0.5, 0.5), ""),
    ],
)
def test_what_a_mark_measures(mark: Mark, spacing: tuple[float, float] | None, words: str) -> None:
    assert value_words(mark, spacing) == words


def test_marks_come_as_they_were_sent() -> None:
    raw = [sent(word="heart"), sent("point", [(600.0, 500.0)], 1)]
    assert marks_from_json(raw, SHAPE, FRAMES) == (
        Mark("ruler", ((0.0, 0.0), (30.0, 40.0)), 0, "heart"),
        Mark("point", ((600.0, 500.0),), 1, ""),
    )
    assert marks_from_json([], SHAPE, FRAMES) == ()


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "marks",
        [None],
        [{}],
        [sent() | {"extra": 1}],
        [sent("circle")],
        [sent(points=[(0, 0)])],
        [sent(points=[(0, 0), (1, 1), (2, 2)])],
        [sent(points=[(0, 0), (-0.5, 1)])],
        [sent(points=[(0, 0), (600.5, 1)])],
        [sent(points=[(0, 0), (1, 501)])],
        [sent(points=[(0, 0), (float("inf"), 1)])],
        [sent(points=[(0, 0), (float("nan"), 1)])],
        [sent(points=[(0, 0), ("1", 1)])],
        [sent(points=[(0, 0), (1, 1, 1)])],
        [sent(frame=2)],
        [sent(frame=-1)],
        [sent(frame=0.5)],
        [sent(word="x" * 81)],
        [sent(word="a\nb")],
        [sent(word=3)],
        [sent()] * 101,
    ],
)
def test_anything_else_is_refused(raw: Any) -> None:
    with pytest.raises(ValueError, match=r"validation error|points|outside|no plain values|JSON compliant"):
        marks_from_json(raw, SHAPE, FRAMES)
