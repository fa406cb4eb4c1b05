"""Parsing without repeating: what the reader typed may name a patient, so messages name the option, never its value."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NoReturn

from model_zoo.errors import ZooError
from model_zoo.quantities.numbers import written_number

MAX_AGE_YEARS = 125


class UsageError(ZooError):
    """The command line was not understood."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are ZooErrors."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"The command was not understood: {message}.", f"Run: {self.prog} --help")


def parse(parser: Parser, argv: list[str]) -> argparse.Namespace:
    """Parse a whole command line. Raises UsageError; arguments that are left over are named only when they are options."""
    arguments, left = parser.parse_known_args(argv)
    if left:
        options = [word.split("=")[0] for word in left if word.startswith("--")]
        what = f"unknown option {', '.join(options)}" if options else f"{len(left)} argument(s) too many"
        command = getattr(arguments, "command", None)
        raise UsageError(
            f"The command was not understood: {what}.", f"Run: {' '.join(filter(None, (parser.prog, command)))} --help"
        )
    return arguments


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """Return a converter of words to whole numbers from ``low`` to ``high``."""

    def convert(text: str) -> int:
        try:
            value = int(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"expected a whole number from {low} to {high}") from error
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"expected a whole number from {low} to {high}")
        return value

    return convert


def real_number(low: float, high: float) -> Callable[[str], float]:
    """Return a converter of words to numbers from ``low`` to ``high``."""

    def convert(text: str) -> float:
        try:
            value = written_number(text).value
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"expected a number from {low:g} to {high:g}") from error
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"expected a number from {low:g} to {high:g}")
        return value

    return convert


def add_decimal_argument(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Let the reader answer what is asked about a number such as 1,234."""
    parser.add_argument(
        "--decimal",
        metavar="comma|point",
        type=one_of("comma", "point"),
        help="the mark before decimals in the files, where they do not tell",
    )


def age_years(text: str) -> float:
    """Convert an age in years."""
    try:
        value = written_number(text).value
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"expected a number of years from 0 to {MAX_AGE_YEARS}") from error
    if not 0 <= value <= MAX_AGE_YEARS:
        raise argparse.ArgumentTypeError(f"expected a number of years from 0 to {MAX_AGE_YEARS}")
    return value


def one_of(*words: str) -> Callable[[str], str]:
    """Return a converter that accepts these words in any case."""

    def convert(text: str) -> str:
        for word in words:
            if text.strip().casefold() == word.casefold():
                return word
        raise argparse.ArgumentTypeError(f"expected one of {', '.join(words)}")

    return convert


def word_list(text: str) -> tuple[str, ...]:
    """Convert "a,b" to ("a", "b"); an empty text is an empty list."""
    return tuple(word.strip() for word in text.split(",") if word.strip())
