"""A note in a few lines, from the page or from a saved case."""

from __future__ import annotations

from dataclasses import replace

from dashboard.catalogue import text
from dashboard.viewmodels.together.other_parts import note_lines
from model_zoo.case.assembly import note_summary
from model_zoo.case.assessment import NoteCondition, NoteFact, NoteSummary
from model_zoo.case.note_and_stay import NoteRead
from model_zoo.plain import plain
from model_zoo.text.extraction import extract_note

TEXT = "63-year-old man. Fever, no haemoptysis. HR 118/min. On ramipril."


def summary(**changed: object) -> NoteSummary:
    kept = note_summary(NoteRead(tuple(extract_note(TEXT)), None, None))
    return replace(kept, **({"cannot_tell": None} | changed))


def test_a_note_in_lines_keeps_the_patient_apart_from_relatives() -> None:
    shown = (NoteCondition("Sepsis", "A41", 1, 0.1, True), NoteCondition("Influenza", "J11", 3, 0.6, False))
    told = summary(conditions=shown, word_flags=("Stroke",))
    of_father = NoteFact("finding", "diabetes", "Diabetes", 1.0, "", False, "family", ())
    lines = note_lines(replace(told, facts=(*told.facts, of_father)))
    assert lines[:3] == (
        text("together.note.red_flags", listed="Stroke"),
        text("together.note.findings", listed="fever"),
        text("together.note.denied", listed="haemoptysis"),
    )
    assert "118 /min" in lines[3]
    assert lines[4] == text("together.note.medication", listed="ramipril")
    yes = text("report.note.value", fact="Diabetes", value="yes")
    named = text("report.note.other", fact=yes, context="family")
    assert lines[5] == text("together.note.others", listed=plain(named))
    assert lines[-1] == text("together.note.to_consider", listed=":material/flag: Sepsis 10 %, Influenza 60 %")


def test_why_nothing_is_considered_is_said() -> None:
    assert note_lines(summary(facts=(), cannot_tell="Cannot tell: too little.")) == (
        text("together.note.nothing"),
        text("together.note.cannot_tell", reason="Cannot tell: too little."),
    )
