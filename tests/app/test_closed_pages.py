"""A closed page keeps no case in the server's memory; a lost connection loses none."""

from __future__ import annotations

import gc
import weakref

import pytest

from dashboard.components.case.held import HeldCase
from dashboard.components.ecg.state import EcgSession
from dashboard.components.note.state import NoteSession
from dashboard.components.page.closed_pages import ClosedPages
from dashboard.components.stay.state import MonitoringSession
from dashboard.state import OpenScan, Session
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
    held.prevalence["lung_opacity"] = 0.1
    return held


def test_a_page_that_stays_closed_lets_its_case_go(pages: ClosedPages, state: Session) -> None:
    scan = weakref.ref(state.current.scan)  # type: ignore[union-attr]
    pages.watch("one", state)
    assert pages.look(frozenset(), 0, 120) == 0
    assert pages.look(frozenset(), 119, 120) == 0
    assert state.current is not None
    assert pages.look(frozenset(), 121, 120) == 1
    gc.collect()
    assert (state.current, state.prevalence, state.review) == (None, {}, None)
    assert scan() is None
    assert pages.look(frozenset(), 500, 120) == 0


def test_what_is_kept_of_the_case_outlives_its_page(pages: ClosedPages, state: Session) -> None:
    kept = HeldCase("owner", state, NoteSession(text="a note"), MonitoringSession(), EcgSession(), set()).snapshot()
    scan = state.current
    pages.watch("one", state)
    pages.look(frozenset(), 0, 120)
    assert pages.look(frozenset(), 121, 120) == 1
    assert state.current is None
    later = HeldCase("owner", Session(), NoteSession(), MonitoringSession(), EcgSession(), set())
    later.take(kept)
    assert (later.session.current, later.session.prevalence, later.note.text) == (scan, {"lung_opacity": 0.1}, "a note")


def test_a_connection_that_comes_back_in_time_keeps_its_case(pages: ClosedPages, state: Session) -> None:
    pages.watch("one", state)
    pages.look(frozenset(), 0, 120)
    pages.look(frozenset({"one"}), 100, 120)
    assert pages.look(frozenset(), 130, 120) == 0
    assert state.current is not None


def test_an_open_page_keeps_its_case_for_ever(pages: ClosedPages, state: Session) -> None:
    pages.watch("one", state)
    for now in range(0, 10_000, 1000):
        assert pages.look(frozenset({"one"}), now, 120) == 0
    assert state.current is not None


def test_watching_keeps_no_session_alive(pages: ClosedPages) -> None:
    state = Session()
    reference = weakref.ref(state)
    pages.watch("one", state)
    del state
    gc.collect()
    assert reference() is None
    assert pages.look(frozenset(), 0, 120) == 0
