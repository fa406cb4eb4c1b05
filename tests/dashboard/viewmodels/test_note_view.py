"""A note as the page shows it: every statement is a row with its doubts, and the text is whole."""

from __future__ import annotations

from html import unescape

from dashboard.catalogue import text
from dashboard.viewmodels.note.reading import note_view
from model_zoo.patients.catalogue import CATALOGUE
from model_zoo.text.extraction import extract_note, form_values

TEXT = "64-year-old woman <b>. Creatinine 1.8 mg/dl, Na 110-120. No fever. Mother had diabetes. Metformin 500 mg bid. SpO2 92 %."


def view(units="SI"):
    items = extract_note(TEXT)
    return note_view(TEXT, items, form_values(items, CATALOGUE), CATALOGUE, units)


def test_rows_say_what_fills_the_form_and_why_the_rest_does_not():
    rows = {row.words: row for row in view().rows}
    assert rows["Creatinine 1.8 mg/dl"].fills
    assert rows["Creatinine 1.8 mg/dl"].value == "159 µmol/L"
    assert "range" in rows["Na 110-120"].doubts
    assert not rows["Na 110-120"].fills
    assert rows["fever"].doubts == text("notes.items.denied")
    assert "relative" in rows["diabetes"].doubts
    assert rows["Metformin 500 mg bid"].value == "500 bid mg"
    assert "not used by the chosen patient model" in rows["SpO2 92 %"].doubts


def test_values_are_shown_in_the_units_of_the_page():
    assert {row.words: row.value for row in view("US").rows}["Creatinine 1.8 mg/dl"] == "1.80 mg/dL"


def test_the_note_is_whole_and_escaped():
    found = view()
    assert unescape("".join(s.html for s in found.segments)) == TEXT
    assert "<b>" not in "".join(s.html for s in found.segments)
    kinds = {unescape(s.html): s.kind for s in found.segments}
    assert kinds["fever"] == "denied"
    assert kinds["diabetes"] == "left-out"
    assert kinds["Creatinine 1.8 mg/dl"] == "laboratory"
    left_out = len(form_values(extract_note(TEXT), CATALOGUE).left_out)
    assert found.summary == text("notes.items.summary", statements=len(found.rows), values=3, left_out=left_out)
