"""What the form would be filled with, held against notes with a complete key: precision, recall, and wrong fills per difficulty.

A filled fact is one field of CATALOGUE or BEYOND with the value that ``form_values`` would put there; derived values
are not counted.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from model_zoo.errors import DataNotFound
from model_zoo.patients.catalogue import CATALOGUE
from model_zoo.patients.features import Value
from model_zoo.text.extraction.form import form_values
from model_zoo.text.extraction.items import ExtractedItem
from model_zoo.text.extraction.lexicon import BEYOND
from model_zoo.text.extraction.note import extract_note
from model_zoo.text.scoring.measured import NOTES_FOLDER, same_value, share

FILLED_SETS = ("sixty_open", "sixty_sealed", "thirty_sealed")
DIFFICULTIES = (
    "direction", "list", "uncertain", "other-person", "other-disease", "other-specimen", "abbreviation", "letter", "unchanging",
    "time", "unit",
)  # fmt: skip
SPECS = (*CATALOGUE, *BEYOND)
MEAN = "mean_arterial_pressure_mmhg"  # written beside a pressure it was often computed from it; the keys do not hold it
Extract = Callable[[str], Sequence[ExtractedItem]]


@dataclass(frozen=True)
class KeyLine:
    """quote: words of the note. name: stored name of the field. value: of ``fill`` lines. kind: of difficulty, or ""."""

    quote: str
    name: str
    value: Value = None
    kind: str = ""


@dataclass(frozen=True)
class KeyedNote:
    """fill: all that may be filled. leave: what must not fill its field. either: not counted."""

    text: str
    style: str
    fill: tuple[KeyLine, ...]
    leave: tuple[KeyLine, ...]
    either: tuple[KeyLine, ...]


@dataclass
class _Tally:
    right: int = 0
    wrong: int = 0
    missed: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    wrong_kinds: Counter[str] = field(default_factory=Counter)
    errors: list[dict[str, str]] = field(default_factory=list)


def keyed_notes(which: str) -> tuple[KeyedNote, ...]:
    """Return the notes of one set of FILLED_SETS. Raises DataNotFound."""
    try:
        content = tomllib.loads((NOTES_FOLDER / f"synthetic_{which}.toml").read_text(encoding="utf-8"))
    except OSError as error:
        raise DataNotFound("The written notes are not there.", f"Known sets: {', '.join(FILLED_SETS)}.") from error
    return tuple(
        KeyedNote(
            note["text"],
            note.get("style", ""),
            tuple(_fill_line(line) for line in note.get("fill", ())),
            tuple(_left_line(line) for line in note.get("leave", ())),
            tuple(_left_line(line) for line in note.get("either", ())),
        )
        for note in content["notes"]
    )


def present_sets() -> tuple[str, ...]:
    """Return those of FILLED_SETS whose file is there."""
    return tuple(which for which in FILLED_SETS if (NOTES_FOLDER / f"synthetic_{which}.toml").is_file())


def measure_filled(which: str, extract: Extract = extract_note) -> dict[str, Any]:
    """Return the figures of one set: see ``measure_keyed``."""
    return {"set": which, **measure_keyed(keyed_notes(which), extract)}


def measure_keyed(notes: Sequence[KeyedNote], extract: Extract = extract_note) -> dict[str, Any]:
    """Return precision and recall of the filled facts with exact intervals, and wrong fills per kind of difficulty.

    An item of a kind is a left place, or a fact that is marked with the kind. It is wrong when its field is filled with what the
    key does not hold: from that place, or, where no left place of the field was read, from anywhere.
    """
    tally = _Tally()
    for place, note in enumerate(notes, start=1):
        _count(tally, place, note, extract)
    filled = tally.right + tally.wrong
    return {
        "notes": len(notes),
        "filled": filled,
        "right": tally.right,
        "allowed": tally.right + tally.missed,
        "precision": share(tally.right, filled),
        "recall": share(tally.right, tally.right + tally.missed),
        "kinds": {
            kind: {"items": tally.kinds[kind], "wrong": tally.wrong_kinds[kind]}
            for kind in dict.fromkeys((*DIFFICULTIES, *tally.kinds))
        },
        "errors": tally.errors,
    }


def _count(tally: _Tally, place: int, note: KeyedNote, extract: Extract) -> None:
    keyed = {line.name for line in (*note.fill, *note.leave, *note.either)}
    used = [
        i for i in form_values(extract(note.text), SPECS).used if not i.derived and (i.name in keyed or i.name != MEAN)
    ]
    allowed: dict[str, list[KeyLine]] = {}
    for line in note.fill:
        allowed.setdefault(line.name, []).append(line)
    tally.kinds.update(line.kind for line in (*note.fill, *note.leave) if line.kind)
    found = set()
    for item in used:
        if any(same_value(line.value, item.value) for line in allowed.get(item.name, ())):
            found.add(item.name)
            tally.right += 1
        elif not any(line.name == item.name and _overlaps(note.text, line.quote, item) for line in note.either):
            tally.wrong += 1
            kinds = _blamed(note, item)
            tally.wrong_kinds.update(kinds)
            tally.errors.append(_error(place, "wrong", item.name, item.value, item.text, ", ".join(kinds)))
    for name in sorted(allowed.keys() - found):
        tally.missed += 1
        line = allowed[name][-1]
        tally.errors.append(_error(place, "missed", name, line.value, line.quote, line.kind))


def _error(place: int, error: str, name: str, value: Value, words: str, kind: str) -> dict[str, str]:
    return {"note": str(place), "error": error, "item": f"{name} {value}: {words}", "kind": kind}


def _blamed(note: KeyedNote, item: ExtractedItem) -> list[str]:
    """Return the kinds of the key's items that a wrong fill makes wrong."""
    left = [line for line in note.leave if line.name == item.name]
    here = [line for line in left if _overlaps(note.text, line.quote, item)]
    return [
        *(line.kind for line in here or left),
        *(line.kind for line in note.fill if line.name == item.name and line.kind),
    ]


def _overlaps(text: str, quote: str, item: ExtractedItem) -> bool:
    starts = (i for i in range(len(text)) if text.startswith(quote, i))
    return any(start < item.end and item.start < start + len(quote) for start in starts)


def _fill_line(line: str) -> KeyLine:
    quote, name, value, *kind = (part.strip() for part in line.split(" | "))
    try:
        return KeyLine(quote, name, float(value), kind[0] if kind else "")
    except ValueError:
        return KeyLine(quote, name, value, kind[0] if kind else "")


def _left_line(line: str) -> KeyLine:
    quote, name, *kind = (part.strip() for part in line.split(" | "))
    return KeyLine(quote, name, None, kind[0] if kind else "")
