"""A note in a few lines, and a saved whole case in lists of sentences."""

from __future__ import annotations

from types import SimpleNamespace

from dashboard.catalogue import text
from dashboard.viewmodels.case.stored_whole import build_stored_whole
from dashboard.viewmodels.together.beside import note_lines
from model_zoo.review.whole import (
    AgreementSummary,
    AlertSummary,
    NoteFact,
    NoteSummary,
    ValueDifference,
    VitalsSummary,
    WholeCase,
)
from model_zoo.text.extraction import extract_note

TEXT = "63-year-old man. Fever, no haemoptysis. HR 118/min. On ramipril. Father had a stroke."


def condition(name: str, probability: float, red_flag: bool) -> SimpleNamespace:
    return SimpleNamespace(name=name, probability=probability, red_flag=red_flag)


def test_a_note_in_lines_keeps_the_patient_apart_from_relatives() -> None:
    shown = (condition("Sepsis", 0.1, True), condition("Influenza", 0.6, False))
    told = SimpleNamespace(cannot_tell=None, word_flags=(SimpleNamespace(name="Stroke"),), displayed=shown)
    lines = note_lines(extract_note(TEXT), told)
    assert lines[:3] == (
        text("together.note.red_flags", listed="Stroke"),
        text("together.note.findings", listed="fever"),
        text("together.note.denied", listed="haemoptysis"),
    )
    assert "118 /min" in lines[3]
    assert lines[4] == text("together.note.medication", listed="ramipril")
    assert not any("stroke" in line for line in lines)
    assert lines[-1] == text("together.note.to_consider", listed=":material/flag: Sepsis 10 %, Influenza 60 %")


def test_why_nothing_is_considered_is_said() -> None:
    silent = SimpleNamespace(cannot_tell="Cannot tell: too little.", displayed=(), word_flags=())
    assert note_lines((), silent) == (
        text("together.note.nothing"),
        text("together.note.cannot_tell", reason="Cannot tell: too little."),
    )
    assert note_lines((), None)[-1] == text("together.note.not_ranked")


def test_a_saved_whole_case_is_said_again() -> None:
    fact = NoteFact("laboratory", "sodium_mmol_l", "Sodium", 132.0, "mmol/L", False, "patient", ())
    whole = WholeCase(
        NoteSummary((fact,), (), "Cannot tell.", None, ""),
        VitalsSummary(15, 30, True, None, "NEWS2 17, clinical risk high", 17, 17, False, (), ()),
        (AgreementSummary("how ill", "conflict", ("A",), ("B",), (), (), "A is raised, B is not."),),
        None,
        "Not one number: no two parts.",
        (AlertSummary("news2-urgent", "urgent", "NEWS2", 13.0, "NEWS2 10.", "Consider.", "", ""),),
        (ValueDifference("sodium_mmol_l", "Sodium", "Sodium: 132 in the note, 140 in the form."),),
    )
    sections = dict(build_stored_whole(whole).sections)
    stated = text("report.note.stated", facts="Sodium 132 mmol/L")
    assert sections[text("report.note.title")] == (stated, "Cannot tell.")
    score = text("report.vitals.hour", hour="15", last="30", words="NEWS2 17, clinical risk high")
    assert sections[text("report.vitals.title")] == (score,)
    assert sections[text("stored.together")] == (
        text("stored.agreement", question="how ill", state="conflict", sentence="A is raised, B is not."),
        text("stored.differing", sentence="Sodium: 132 in the note, 140 in the form."),
        "Not one number: no two parts.",
    )
    alert = text("stored.alert_at", level=text("level.urgent"), hour="13", reason="NEWS2 10.")
    assert sections[text("stored.alerts")] == (alert,)
    empty = WholeCase(None, None, (), None, "Not one number.", ())
    assert [title for title, _ in build_stored_whole(empty).sections] == [text("stored.together")]
