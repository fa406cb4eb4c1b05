"""A closed page keeps no case in the server's memory; a lost connection loses none."""

from __future__ import annotations

import gc
import weakref

import pytest

from dashboard.components.page.closed_pages import ClosedPages
from dashboard.session import OpenScan, Session
from tests.tiny_zoo import made_scan


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> ClosedPages:
    """Return the watch without its thread: the tests look themselves."""
    monkeypatch.setattr(ClosedPages, "_look_on", lambda self: None)
    return ClosedPages()


@pytest.fixture
def state() -> Session:
    held = Session()
    held.open_scan(OpenScan(made_scan(), None, "a scan"))  # type: ignore[arg-type]
    held.case.prevalence["lung_opacity"] = 0.1
    return held


def test_a_page_that_stays_closed_lets_its_case_go(pages: ClosedPages, state: Session) -> None:
    scan = weakref.ref(state.case.current.scan)  # type: ignore[union-attr]
    pages.watch("one", state)
    assert pages.look(frozenset(), 0, 120) == 0
    assert pages.look(frozenset(), 119, 120) == 0
    assert state.case.current is not None
    assert pages.look(frozenset(), 121, 120) == 1
    gc.collect()
    assert (state.case.current, state.case.prevalence, state.reading.review) == (None, {}, None)
    assert scan() is None
    assert pages.look(frozenset(), 500, 120) == 0


def test_what_is_kept_of_the_case_outlives_its_page(pages: ClosedPages, state: Session) -> None:
    state.note.text = "a note"
    kept = state.copied()
    scan = state.case.current
    pages.watch("one", state)
    pages.look(frozenset(), 0, 120)
    assert pages.look(frozenset(), 121, 120) == 1
    assert state.case.current is None
    later = Session()
    later.take(kept)
    assert (later.case.current, later.case.prevalence, later.note.text) == (scan, {"lung_opacity": 0.1}, "a note")


def test_a_connection_that_comes_back_in_time_keeps_its_case(pages: ClosedPages, state: Session) -> None:
    pages.watch("one", state)
    pages.look(frozenset(), 0, 120)
    pages.look(frozenset({"one"}), 100, 120)
    assert pages.look(frozenset(), 130, 120) == 0
    assert state.case.current is not None


def test_an_open_page_keeps_its_case_for_ever(pages: ClosedPages, state: Session) -> None:
    pages.watch("one", state)
    for now in range(0, 10_000, 1000):
        assert pages.look(frozenset({"one"}), now, 120) == 0
    assert state.case.current is not None


def test_watching_keeps_no_session_alive(pages: ClosedPages) -> None:
    state = Session()
    reference = weakref.ref(state)
    pages.watch("one", state)
    del state
    gc.collect()
    assert reference() is None
    assert pages.look(frozenset(), 0, 120) == 0
