"""What leaves the program: text for people, JSON for programs, errors for both.

Text may hold what a file, a card or a store says: whatever is printed passes ``visible``, so that no escape sequence of theirs
reaches the terminal.
"""

from __future__ import annotations

import json
import math
import sys
import textwrap
import traceback
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from model_zoo.errors import ZooError
from model_zoo.plain import visible

WIDTH = 110  # columns: prose wraps here, as wide as a terminal beside a page


def print_json(answer: Mapping[str, Any]) -> None:
    """Print one JSON object. ASCII only: it then survives every terminal encoding."""
    print(json.dumps(json_value(answer), indent=1, allow_nan=False))


def json_value(value: Any) -> Any:
    """Return a value of what JSON knows; a number that is not finite becomes null, because JSON has no word for it."""
    if isinstance(value, Mapping):
        return {str(key): json_value(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_value(entry) for entry in value]
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if hasattr(value, "tolist"):  # numbers and arrays of NumPy
        return json_value(value.tolist())
    number = float(value)
    return number if math.isfinite(number) else None


def print_error(message: str, hint: str, as_json: bool, extra: Mapping[str, str] | None = None) -> None:
    """Print an error on stderr and, where the answer was to be JSON, as JSON on stdout."""
    _print(*filter(None, (message, hint)), stream=sys.stderr)
    if as_json:
        print_json({"error": {"message": message, "hint": hint, **(extra or {})}})


def print_zoo_error(error: ZooError, as_json: bool) -> None:
    """Print an error that the reader can do something about."""
    print_error(error.message, error.hint, as_json)


def say(text: str = "", indent: int = 0) -> None:
    """Print one paragraph, wrapped."""
    lead = " " * indent
    _print(*textwrap.wrap(visible(text), WIDTH, initial_indent=lead, subsequent_indent=lead + "  ") if text else ("",))


def say_table(rows: Sequence[Sequence[str]], indent: int = 2) -> None:
    """Print rows of cells in columns; the last column is not padded."""
    if not rows:
        return
    shown = [[visible(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in shown) for i in range(len(shown[0]))]
    for row in shown:
        _print((" " * indent + "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True))).rstrip())


def say_page(text: str) -> None:
    """Print a page of several lines as it stands."""
    _print(*text.rstrip().split("\n"))


def print_traceback() -> None:
    """Print the traceback of the error that is being handled on stderr; its message may repeat a file."""
    _print(*traceback.format_exc().rstrip().split("\n"), stream=sys.stderr)


def _print(*lines: str, stream: TextIO | None = None) -> None:
    for line in lines:
        print(visible(line), file=stream)


def warn(text: str) -> None:
    """Say what casts doubt on an answer, beside it: the answer itself goes to stdout."""
    _print(*textwrap.wrap(visible(f"Warning: {text}"), WIDTH), stream=sys.stderr)


def step(text: str) -> None:
    """Tell a person who waits what is being done; silent where nobody watches."""
    if sys.stderr.isatty():
        _print(f"{text} ...", stream=sys.stderr)
