"""A note in a few lines beside the scan: what was read of the patient, and what to consider, severe conditions first."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.catalogue import text
from dashboard.viewmodels.note.facts import fact_words, valued_words
from dashboard.viewmodels.note.symptoms import percent
from model_zoo.case.assessment import NoteSummary
from model_zoo.plain import plain


def note_lines(note: NoteSummary) -> tuple[str, ...]:
    """Return lines of Markdown: findings, denied findings, values, medication, what is of others, conditions to consider."""
    mine = [fact for fact in note.facts if fact.context == "patient"]
    said = [fact for fact in mine if not fact.negated]
    groups = (
        ("findings", [valued_words(fact) for fact in said if fact.kind == "finding"]),
        ("denied", [fact.title for fact in mine if fact.negated]),
        ("values", [valued_words(fact) for fact in said if fact.kind not in ("finding", "medication")]),
        ("medication", [valued_words(fact) for fact in said if fact.kind == "medication"]),
        ("others", [fact_words(fact) for fact in note.facts if fact.context != "patient"]),
    )
    lines = [text(f"together.note.{kind}", listed=plain(", ".join(_once(found)))) for kind, found in groups if found]
    if note.word_flags:
        lines.insert(0, text("together.note.red_flags", listed=plain(", ".join(note.word_flags))))
    if not lines:
        lines = [text("together.note.nothing")]
    return (*lines, _considered(note))


def _once(titles: Sequence[str]) -> list[str]:
    """Return each title once, whatever its capitals."""
    return list({title.casefold(): title for title in reversed(titles)}.values())[::-1]


def _considered(note: NoteSummary) -> str:
    if note.cannot_tell is not None:
        return text("together.note.cannot_tell", reason=plain(note.cannot_tell))
    listed = ", ".join(
        f"{':material/flag: ' if c.red_flag else ''}{plain(c.name)} {plain(percent(c.probability))}"
        for c in note.conditions
    )
    return text("together.note.to_consider", listed=listed)
