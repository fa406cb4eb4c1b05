"""What leaves the program: text for people, JSON for programs, errors for both."""

from __future__ import annotations

import json
import math
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from model_zoo.errors import ZooError

WIDTH = 110  # columns: prose wraps here, as wide as a terminal beside a page


def print_json(answer: Mapping[str, Any]) -> None:
    """Print one JSON object. ASCII only: it then survives every terminal encoding."""
    print(json.dumps(plain(answer), indent=1, allow_nan=False))


def plain(value: Any) -> Any:
    """Return a value of what JSON knows; a number that is not finite becomes null, because JSON has no word for it."""
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if hasattr(value, "tolist"):  # numbers and arrays of NumPy
        return plain(value.tolist())
    number = float(value)
    return number if math.isfinite(number) else None


def print_error(message: str, hint: str, as_json: bool, extra: Mapping[str, str] | None = None) -> None:
    """Print an error on stderr and, where the answer was to be JSON, as JSON on stdout."""
    print("\n".join(filter(None, (message, hint))), file=sys.stderr)
    if as_json:
        print_json({"error": {"message": message, "hint": hint, **(extra or {})}})


def print_zoo_error(error: ZooError, as_json: bool) -> None:
    """Print an error that the reader can do something about."""
    print_error(error.message, error.hint, as_json)


def say(text: str = "", indent: int = 0) -> None:
    """Print one paragraph, wrapped."""
    lead = " " * indent
    print(textwrap.fill(text, WIDTH, initial_indent=lead, subsequent_indent=lead + "  ") if text else "")


def say_table(rows: Sequence[Sequence[str]], indent: int = 2) -> None:
    """Print rows of cells in columns; the last column is not padded."""
    if not rows:
        return
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print((" " * indent + "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True))).rstrip())


def warn(text: str) -> None:
    """Say what casts doubt on an answer, beside it: the answer itself goes to stdout."""
    print(textwrap.fill(f"Warning: {text}", WIDTH), file=sys.stderr)


def step(text: str) -> None:
    """Tell a person who waits what is being done; silent where nobody watches."""
    if sys.stderr.isatty():
        print(f"{text} ...", file=sys.stderr)
