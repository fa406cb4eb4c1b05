"""All that one tab holds of the case on its screen, as one value that another tab can go on from.

What is large in it (scan, reading, maps) never changes and is shared; what changes is copied, so that each tab goes its own way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import streamlit as st

from dashboard.components.ecg.state import EcgSession, ecg_session
from dashboard.components.note.state import CONFIRMED, NoteSession, note_session
from dashboard.components.stay.state import MonitoringSession, monitoring_session
from dashboard.open_cases import OpenCasesFull, open_cases
from dashboard.services import browser_owner
from dashboard.state import Session, session

# What belongs to a tab and not to a case: on whose behalf a network is asked.
_OF_THE_TAB = {"wanted"}


class CaseSnapshot(NamedTuple):
    """The fields of the four objects of a tab, and which parts its reader confirmed to be of one patient."""

    session: dict[str, Any]
    note: dict[str, Any]
    stay: dict[str, Any]
    ecg: dict[str, Any]
    confirmed: frozenset[tuple[str, str, int]]


@dataclass(frozen=True, eq=False)
class HeldCase:
    """The objects of this tab themselves: looked up once, so that they can be read after a run was broken off.

    owner: of the browser, ``None`` for one that has no cookie: nothing is kept for it.
    """

    owner: str | None
    session: Session
    note: NoteSession
    stay: MonitoringSession
    ecg: EcgSession
    confirmed: set[tuple[str, str, int]]

    def snapshot(self) -> CaseSnapshot:
        """Return the case as it stands; called by the thread of this tab alone, between two changes."""
        session, note, stay, ecg = (_fields(part) for part in (self.session, self.note, self.stay, self.ecg))
        return CaseSnapshot(session, note, stay, ecg, frozenset(self.confirmed))

    def take(self, kept: CaseSnapshot) -> None:
        """Put a case on the screen of this tab, with fresh widgets: none of them shows what it had before."""
        self.session.wanted.drop()
        before = kept.note["generation"], kept.stay["generation"]
        for own, given in zip((self.session, self.note, self.stay, self.ecg), kept[:4], strict=True):
            _put(own, given)
        self.stay.playing = False
        generation = self.stay.generation
        self.stay.risks = {(generation, *key[1:]): value for key, value in self.stay.risks.items()}
        now = {("note", before[0]): self.note.generation, ("stay", before[1]): generation}
        self.confirmed.clear()
        self.confirmed.update((what, scan, now[what, was]) for what, scan, was in kept.confirmed if (what, was) in now)

    def empty(self) -> None:
        """Let go of everything, as for a reader who has just come."""
        self.session.empty()
        _put(self.note, _fields(NoteSession()))
        _put(self.stay, _fields(MonitoringSession()))
        _put(self.ecg, _fields(EcgSession()))
        self.confirmed.clear()

    def n_bytes(self) -> int:
        """Return what the pictures, maps and inputs of the case take in memory."""
        scans = [scan for scan in (self.session.current, self.session.prior) if scan is not None]
        total = sum(one.held_bytes + sum(map(len, one.viewer.frames)) for one in scans)
        if self.session.model_input is not None:
            total += self.session.model_input.tensor.nbytes
        maps = () if self.session.review is None else self.session.review.maps
        return total + sum(one.attribution.values.nbytes for one in maps)


def held_case(state: Session) -> HeldCase:
    """Return what this tab holds of its case."""
    confirmed: set[tuple[str, str, int]] = st.session_state.setdefault(CONFIRMED, set())
    return HeldCase(browser_owner(), state, note_session(), monitoring_session(), ecg_session(), confirmed)


def keep_case(held: HeldCase) -> bool:
    """Put the case as it stands into the store; returns False where it was forgotten in another tab, or over night.

    Called at the start and at the end of every run. Raises OpenCasesFull where there is no room for it.
    """
    state, owner = held.session, held.owner
    if state.current is None or owner is None:
        return True
    if state.kept and state.case_key is not None:
        return open_cases().keep(state.case_key, owner, held.snapshot(), held.n_bytes())
    state.case_key = open_cases().open(owner, held.snapshot(), held.n_bytes(), state.case_key)
    state.kept = True
    return True


def keep_case_quietly(held: HeldCase) -> None:
    """Keep the case at the end of a run, however it ended; what speaks against it is said at the start of the next."""
    try:
        keep_case(held)
    except OpenCasesFull:
        return


def keep_open_case() -> None:
    """Keep the case of this tab as it stands; of a part that is drawn without the page around it."""
    keep_case_quietly(held_case(session()))


def _fields(part: object) -> dict[str, Any]:
    return {name: _copied(value) for name, value in vars(part).items() if name not in _OF_THE_TAB}


def _put(own: Any, given: dict[str, Any]) -> None:
    """Take over all fields; counters that stand in the keys of widgets go on, beyond both."""
    counters = {
        name: max(getattr(own, name), value) + 1
        for name, value in given.items()
        if name == "turn" or name.endswith("generation")
    }
    vars(own).update({name: _copied(value) for name, value in given.items()} | counters)


def _copied(value: Any) -> Any:
    """Return containers as copies of their own; everything else in a case is never changed, only replaced."""
    if isinstance(value, (dict, set, list)):
        return value.copy()
    return tuple(map(_copied, value)) if type(value) is tuple else value
