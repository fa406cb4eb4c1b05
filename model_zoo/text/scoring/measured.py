"""How well notes are read: the written notes with their expected items, and precision and recall per kind."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scipy.stats import beta

from model_zoo.errors import DataNotFound
from model_zoo.text.extraction.items import ExtractedItem
from model_zoo.text.extraction.note import extract_note

NOTES_FOLDER = Path(__file__).parent / "notes"
SETS = ("development", "repaired", "frozen")
MEDICATION = "med:"
TOLERANCE = 0.01  # relative; the expected values are written with three or four digits
LEVEL = 0.95


@dataclass(frozen=True)
class Expected:
    """words: of the note, within the item or around it. flag: "", negated, family, history, plan, blocked, or "negated blocked"."""

    words: str
    name: str
    value: float | str | None
    flag: str


@dataclass(frozen=True)
class WrittenNote:
    text: str
    items: tuple[Expected, ...]


def written_notes(which: str) -> tuple[WrittenNote, ...]:
    """Return the notes of one set. Raises DataNotFound."""
    try:
        content = tomllib.loads((NOTES_FOLDER / f"synthetic_{which}.toml").read_text(encoding="utf-8"))
    except OSError as error:
        raise DataNotFound("The written notes are not there.", f"Known sets: {', '.join(SETS)}.") from error
    return tuple(
        WrittenNote(note["text"], tuple(_expected(line) for line in note["items"])) for note in content["notes"]
    )


def measure_notes(which: str) -> dict[str, Any]:
    """Return precision and recall per kind and in all, each with its exact binomial interval.

    An item is right when name, value (within 1 %), negation, context, and whether it may be filled in are all as expected,
    and its place holds the expected words. Derived items (the mean pressure of a written one) are not counted.
    """
    counts: dict[str, list[int]] = {}
    errors: list[dict[str, str]] = []
    for place, note in enumerate(written_notes(which), start=1):
        items = [item for item in extract_note(note.text) if not item.derived]
        left = list(items)
        for expected in note.items:
            match = next((item for item in left if fits(note.text, expected, item)), None)
            kind = _kind(expected, items)
            row = counts.setdefault(kind, [0, 0, 0])
            row[1] += 1
            if match is not None:
                left.remove(match)
                row[0] += 1
                counts.setdefault(match.kind, [0, 0, 0])
            else:
                errors.append({"note": str(place), "error": "missed", "item": f"{expected.name}: {expected.words}"})
        for item in items:
            counts.setdefault(item.kind, [0, 0, 0])[2] += 1
        errors += [{"note": str(place), "error": "wrong", "item": f"{item.name}: {item.text}"} for item in left]
    total = [sum(row[i] for row in counts.values()) for i in range(3)]
    return {
        "set": which,
        "notes": len(written_notes(which)),
        "kinds": {kind: _figures(*row) for kind, row in sorted(counts.items())},
        "all": _figures(*total),
        "errors": errors,
    }


def fits(text: str, expected: Expected, item: ExtractedItem) -> bool:
    """Whether an item is what is expected."""
    name = item.name if item.kind != "medication" else MEDICATION + item.name
    if name != expected.name or not same_value(expected.value, item.value):
        return False
    starts = [i for i in range(len(text)) if text.startswith(expected.words, i)]
    if not any(start < item.end and item.start < start + len(expected.words) for start in starts):
        return False
    flags = {"negated": item.negated, "blocked": bool(item.problems)}
    context = item.context if item.context != "patient" else ""
    if expected.flag in ("family", "history", "plan"):
        return context == expected.flag
    return not context and all(held == (flag in expected.flag.split()) for flag, held in flags.items())


def exact_interval(hits: int, trials: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a share (Clopper and Pearson 1934, Biometrika 26:404-413)."""
    tail = (1 - LEVEL) / 2
    low = 0.0 if hits == 0 else float(beta.ppf(tail, hits, trials - hits + 1))
    high = 1.0 if hits == trials else float(beta.ppf(1 - tail, hits + 1, trials - hits))
    return low, high


def _figures(right: int, expected: int, found: int) -> dict[str, Any]:
    return {
        "right": right,
        "expected": expected,
        "found": found,
        "precision": share(right, found),
        "recall": share(right, expected),
    }


def share(hits: int, trials: int) -> dict[str, float | None]:
    if not trials:
        return {"value": None, "low": None, "high": None}
    low, high = exact_interval(hits, trials)
    return {"value": hits / trials, "low": low, "high": high}


def same_value(expected: float | str | None, found: float | str | None) -> bool:
    if isinstance(expected, float) and isinstance(found, (int, float)):
        return abs(expected - found) <= TOLERANCE * max(abs(expected), 1e-9)
    return expected == found


def _expected(line: str) -> Expected:
    words, name, value, *flag = (part.strip() for part in line.split("|"))
    try:
        read: float | str | None = float(value) if value else None
    except ValueError:
        read = value
    return Expected(words, name, read, flag[0] if flag else "")


def _kind(expected: Expected, items: Sequence[ExtractedItem]) -> str:
    """Return under which kind an expected item counts: by its name, as the rules would file it."""
    from model_zoo.patients.catalogue import CATALOGUE
    from model_zoo.text.extraction.lexicon import quantities

    if expected.name.startswith(MEDICATION):
        return "medication"
    if expected.name in ("age_years", "sex"):
        return "person"
    return next((q.kind for q in quantities(CATALOGUE) if q.spec.name == expected.name), "finding")
