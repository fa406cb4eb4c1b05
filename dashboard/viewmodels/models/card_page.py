"""The written card of a model as part of a page that has its own title."""

from __future__ import annotations

import re

_HEADING = re.compile(r"^(#{1,4}) ", re.MULTILINE)
_NAMELESS = re.compile(r"^\| *(?=\|.*\n\|[ :-]*-)", re.MULTILINE)


def below(page: str, levels: int, column: str) -> str:
    """Return a page of Markdown with its headings so many levels lower; a first column without a name is called ``column``."""
    lower = _HEADING.sub(lambda found: "#" * min(len(found[1]) + levels, 6) + " ", page)
    return _NAMELESS.sub(f"| {column} ", lower)
