"""model_zoo/text/FIGURES.md: how rightly a note fills the form, per kind of difficulty, and beside public assertion tools."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from model_zoo.words import bracketed, head, table_row

FIGURES_FILE = Path(__file__).parents[1] / "text" / "FIGURES.md"
_TITLES = {
    "sixty_open": "30 notes, open: the rules were made with these in sight",
    "sixty_sealed": "30 notes, sealed, scored once (below), then used to mend the rules",
    "thirty_sealed": "30 further notes, scored once (below), then used to mend them again",
}
# As the rules met notes that they had not been made with, each set once: the estimate of what new notes would give.
FIRST_FILE = Path(__file__).parents[1] / "weights" / "notes-first-scorings.json"
_FIRST_TITLES = {
    "sixty_sealed": "30 notes, sealed, by rules made with the open half",
    "thirty_sealed": "30 further notes, by rules mended with both halves",
}
# Before the change: over the same frozen notes, as its release printed them.
FORMER_FROZEN = (
    "0.964 (189 of 196) and 0.909 (189 of 208), with a denied chest pain taken for a value twice "
    "and a stopped drug for a taken one"
)


def write(answer: Mapping[str, Any]) -> None:
    """Write the file from the answer of ``evaluate notes``; without ``peers`` the comparison of the file is kept."""
    earlier = FIGURES_FILE.read_text(encoding="utf-8") if FIGURES_FILE.is_file() else ""
    kept = earlier.partition("## Other assertions")[2]
    peers = (
        "\n".join(_peers(answer["peers"]))
        if "peers" in answer
        else f"## Other assertions{kept}".rstrip()
        if kept
        else ""
    )
    FIGURES_FILE.write_text("\n".join(_lines(answer)) + (f"\n{peers}\n" if peers else ""), encoding="utf-8")


def _lines(answer: Mapping[str, Any]) -> Iterator[str]:
    yield "# Notes: what would be filled into the form"
    yield ""
    yield (
        "Written by `python -m model_zoo evaluate notes --record --peers`. A fact is one field with the value that the form "
        "would get; it "
        "is right when the note's key allows it (within 1 %). The notes are invented, in as many styles, with a key that a "
        "second reader "
        "checked. In brackets: exact binomial 95 % interval."
    )
    yield ""
    sets = answer["filled"]
    yield from _table(sets, _TITLES)
    yield "What new notes give: each set as it was scored once, when the rules had not been made with it."
    yield ""
    yield from _table(json.loads(FIRST_FILE.read_text(encoding="utf-8"))["sets"], _FIRST_TITLES)
    frozen = next(found for found in answer["sets"] if found["set"] == "frozen")["all"]
    yield (
        f"Of the {frozen['expected']} items of the 22 earlier frozen notes, every item with its place counted: precision "
        f"{bracketed(frozen['precision'])}, recall {bracketed(frozen['recall'])}. Before: {FORMER_FROZEN}; "
        "these three are corrected in the key. "
        "Bare values that fit two units (urea, bilirubin, a low CRP) are filled no more, and count as misses there."
    )
    yield ""


def _table(sets: Sequence[Mapping[str, Any]], titles: Mapping[str, str]) -> Iterator[str]:
    yield from head(f"| {' | '.join(titles.get(found['set'], found['set']) for found in sets)}")
    yield table_row(("filled facts, right", *(f"{f['right']} of {f['filled']}" for f in sets)))
    yield table_row(("precision", *(bracketed(f["precision"]) for f in sets)))
    yield table_row(("recall over what may be filled", *(bracketed(f["recall"]) for f in sets)))
    for kind in sets[0]["kinds"] if sets else ():
        yield table_row((f"{kind}, wrong of items", *(_wrong(f["kinds"].get(kind)) for f in sets)))
    yield ""


def _wrong(row: Mapping[str, int] | None) -> str:
    return "-" if row is None else f"{row['wrong']} of {row['items']}"


def _peers(sets: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield "## Other assertions"
    yield "The same extraction, only the assertion exchanged (`model_zoo/text/scoring/peers.py`)."
    yield ""
    yield from head("set | assertion | right of filled | precision | recall")
    for which, rows in sets.items():
        for name, row in rows.items():
            shares = bracketed(row["precision"]), bracketed(row["recall"])
            yield table_row((which, name, f"{row['right']} of {row['filled']}", *shares))
    yield ""
    yield (
        "Ours is shipped. On Python 3.11 medspaCy asks for spaCy below 3.8 and with it for NumPy below 2, which everything "
        "else here needs; "
        "both know neither specimens nor signs behind a word. These sets favour ours, which was made and mended with them in sight."
    )
