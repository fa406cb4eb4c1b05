"""A file with a number that can be read in two ways: it waits for the one answer that settles all of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from model_zoo.quantities.numbers import TwoReadings


@dataclass(frozen=True)
class AskedFile:
    """content: of the file, or the rows that were pasted. name: of the file. readings: the first such number."""

    content: bytes | str
    name: str
    readings: TwoReadings


def digest_of(content: bytes | str) -> str:
    """Return under what the answer for a file is kept."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()
