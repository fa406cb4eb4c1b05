"""A note in a few lines beside the scan: what was read of the patient, and what to consider, severe conditions first."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.viewmodels.note.symptoms import percent
from model_zoo.plain import plain
from model_zoo.symptoms import Differential
from model_zoo.text.extraction import ExtractedItem

MOST_CONDITIONS = 3
_SHOWN_KINDS = ("vital", "laboratory", "heart")


def note_lines(items: Sequence[ExtractedItem], differential: Differential | None) -> tuple[str, ...]:
    """Return lines of Markdown: findings, denied findings, values, medication, conditions to consider."""
    mine = [item for item in items if item.context == "patient"]
    groups = (
        ("Findings", [i.title for i in mine if i.kind == "finding" and not i.negated]),
        ("Denied", [i.title for i in mine if i.negated]),
        ("Values", [f"{i.title} {i.value:.4g} {i.unit}".strip() for i in mine
                    if i.kind in _SHOWN_KINDS and isinstance(i.value, (int, float)) and not i.derived]),
        ("Medication", [i.title for i in mine if i.kind == "medication" and not i.negated]),
    )  # fmt: skip
    lines = [f":gray[{plain(title)}] {plain(', '.join(_once(said)))}" for title, said in groups if said]
    if differential is not None and differential.word_flags:
        flags = plain(", ".join(flag.name for flag in differential.word_flags))
        lines.insert(0, f":material/flag: **Red flags in the words** {flags}")
    if not lines:
        lines = ["Nothing was read of it."]
    return (*lines, _considered(differential))


def _once(titles: Sequence[str]) -> list[str]:
    """Return each title once, whatever its capitals."""
    return list({title.casefold(): title for title in reversed(titles)}.values())[::-1]


def _considered(differential: Differential | None) -> str:
    if differential is None or differential.cannot_tell is not None:
        return f":gray[To consider] {'not asked' if differential is None else plain(differential.cannot_tell)}"
    shown = differential.displayed[:MOST_CONDITIONS]
    return ":gray[To consider, learned from synthetic patients] " + ", ".join(
        f"{':material/flag: ' if c.red_flag else ''}{plain(c.name)} {plain(percent(c.probability))}" for c in shown
    )
