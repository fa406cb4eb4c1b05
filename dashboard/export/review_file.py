"""``python -m dashboard.export.review_file REVIEW.json OUT.html``: what ``python -m model_zoo review --html`` asks for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from dashboard.export.review_page import build_review_page
from model_zoo.errors import ZooError
from model_zoo.evaluation.review_json import read_review


def main(words: Sequence[str]) -> int:
    """Write the page of a review in JSON; return 0, or 2 where it could not be read or written."""
    if len(words) != 2:
        return 2
    source, target = (Path(word) for word in words)
    try:
        target.write_text(build_review_page(read_review(source)), encoding="utf-8")
    except (OSError, ZooError):
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
