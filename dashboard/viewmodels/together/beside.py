"""A note in a few lines beside the scan: what was read of the patient, and what to consider, severe conditions first."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.catalogue import text
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
        ("findings", [i.title for i in mine if i.kind == "finding" and not i.negated]),
        ("denied", [i.title for i in mine if i.negated]),
        ("values", [f"{i.title} {i.value:.4g} {i.unit}".strip() for i in mine
                    if i.kind in _SHOWN_KINDS and isinstance(i.value, (int, float)) and not i.derived]),
        ("medication", [i.title for i in mine if i.kind == "medication" and not i.negated]),
    )  # fmt: skip
    lines = [text(f"together.note.{kind}", listed=plain(", ".join(_once(said)))) for kind, said in groups if said]
    if differential is not None and differential.word_flags:
        flags = plain(", ".join(flag.name for flag in differential.word_flags))
        lines.insert(0, text("together.note.red_flags", listed=flags))
    if not lines:
        lines = [text("together.note.nothing")]
    return (*lines, _considered(differential))


def _once(titles: Sequence[str]) -> list[str]:
    """Return each title once, whatever its capitals."""
    return list({title.casefold(): title for title in reversed(titles)}.values())[::-1]


def _considered(differential: Differential | None) -> str:
    if differential is None:
        return text("together.note.not_ranked")
    if differential.cannot_tell is not None:
        return text("together.note.cannot_tell", reason=plain(differential.cannot_tell))
    shown = differential.displayed[:MOST_CONDITIONS]
    listed = ", ".join(
        f"{':material/flag: ' if c.red_flag else ''}{plain(c.name)} {plain(percent(c.probability))}" for c in shown
    )
    return text("together.note.to_consider", listed=listed)
