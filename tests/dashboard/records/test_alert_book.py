"""The book notes once, reads again only after a change, keeps refusals, and goes on without a writable log."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.records.alert_book import AlertBook
from dashboard.records.alert_log import AlertLog
from dashboard.records.alert_names import is_synthetic, logged_name, new_stay_name, without_synthetic
from model_zoo.alerts import AlertInputs, evaluate, load_rules
from model_zoo.errors import CaseUnreadable

ALERT = evaluate(load_rules(), AlertInputs(values={"potassium_mmol_l": 6.6}))[0]


@pytest.fixture
def book(tmp_path: Path) -> AlertBook:
    return AlertBook(AlertLog(tmp_path / "alerts"))


def test_what_is_drawn_again_is_logged_once(book: AlertBook, monkeypatch: pytest.MonkeyPatch):
    book.note("stay-1", [ALERT])
    reads = []
    monkeypatch.setattr(AlertLog, "read", lambda self: reads.append(1))
    book._stamp = book._stat()  # as after a reading
    for _ in range(3):
        book.history()
    assert reads == []
    monkeypatch.undo()
    book._stamp = None
    book.note("stay-1", [ALERT])
    assert len(book.history().raised) == 1
    assert "6.6" not in book.log.path.read_text()


def test_an_acknowledgement_needs_person_and_reason(book: AlertBook):
    book.note("stay-1", [ALERT])
    book.acknowledge("stay-1", ALERT, "", "known")
    assert "person" in book.refusals["stay-1", ALERT.key].message
    book.acknowledge("stay-1", ALERT, "AB", None)
    assert "reason" in book.refusals["stay-1", ALERT.key].message
    book.acknowledge("stay-1", ALERT, "AB", "known")
    assert book.refusals == {}
    assert [(entry.by, entry.reason) for entry in book.history().acknowledged] == [("AB", "known")]


def test_without_a_log_the_alerts_are_shown_all_the_same(book: AlertBook, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise CaseUnreadable("The log of alerts cannot be written.")

    monkeypatch.setattr(AlertLog, "_append", refuse)
    book.note("stay-1", [ALERT])
    assert book.error is not None
    book.acknowledge("stay-1", ALERT, "AB", "known")
    assert ("stay-1", ALERT.key) in book.refusals


def test_synthetic_cases_are_told_apart(book: AlertBook):
    for name in (new_stay_name(True), new_stay_name(False), logged_name("0a1b2c", True), logged_name("0a1b2c", False)):
        book.note(name, [ALERT])
    kept, left_out = without_synthetic(book.history())
    assert (len(kept.raised), left_out) == (2, 2)
    assert not any(is_synthetic(entry.case_id) for entry in kept.raised)
    assert new_stay_name(True) != new_stay_name(True)
