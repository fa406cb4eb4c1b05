"""A structured history as text: codes of DDXPlus with their values, in the words of phrases.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from model_zoo.errors import UnknownName

PHRASES_FILE = Path(__file__).parent / "phrases.toml"
CLINICAL, PLAIN, COLLOQUIAL = 0, 1, 2


@cache
def phrases() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the wordings by section (symptoms, history, values) and code."""
    content = tomllib.loads(PHRASES_FILE.read_text(encoding="utf-8"))
    return {section: {code: tuple(rows) for code, rows in entries.items()} for section, entries in content.items()}


def phrase(code: str, values: Sequence[str] = (), wording: int = CLINICAL) -> str:
    """Return one evidence in words.

    Parameters
    ----------
    code
        Of the evidence.
    values
        What it was answered with.
    wording
        CLINICAL, PLAIN or COLLOQUIAL; PLAIN where the third does not exist.
    """
    return template(code, wording).replace("{}", " and ".join(values) if values else "")


def template(code: str, wording: int = CLINICAL) -> str:
    """Return the words of one evidence with {} in place of its values. Raises UnknownName."""
    for section in phrases().values():
        if code in section:
            rows = section[code]
            return rows[min(wording, len(rows) - 1)]
    raise UnknownName("evidence", code, (name for section in phrases().values() for name in section))


def text_of_history(
    age_years: float | None, sex: str | None, evidences: Mapping[str, Sequence[str]], wording: int = CLINICAL
) -> str:
    """Return a structured history as a text that ``consider`` reads.

    sex: "F" or "M". evidences: DDXPlus code to its values in words, empty for yes-or-no evidences that are present.
    Raises UnknownName.
    """
    person = " ".join(
        part
        for part in (
            f"{age_years:.0f} year old" if age_years is not None else "",
            {"F": "female", "M": "male"}.get(sex or "", ""),
        )
        if part
    )
    statements = [phrase(code, values, wording) for code, values in evidences.items()]
    return ". ".join(filter(None, [person, *statements])) + "."
