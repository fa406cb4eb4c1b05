"""A file with a number that can be read in two ways: one answer settles all of them, and can be changed."""

from __future__ import annotations

from dataclasses import dataclass

from model_zoo.quantities.numbers import Decimal, TwoReadings


@dataclass(frozen=True)
class AskedFile:
    """content: of the file, or the rows that were pasted. readings: the first such number. answer: how all of them are read."""

    content: bytes | str
    name: str
    readings: TwoReadings
    answer: Decimal | None = None
