"""Which note and which stay count for the case on the screen: never those of another patient without being asked for."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.catalogue import text
from dashboard.services import engine
from dashboard.session import Session
from dashboard.session.note import NoteSession
from dashboard.session.stay import MonitoringSession
from model_zoo.alerts import load_rules
from model_zoo.case import CaseReview, stated_conflicts
from model_zoo.case.assembly import assess_case
from model_zoo.case.assessment import CaseAssessment
from model_zoo.case.note_and_stay import NO_NOTE, NO_STAY, HourRead, NoteRead, ages_of_case
from model_zoo.scans.coverage import StatedFacts


@dataclass(frozen=True)
class OtherParts:
    """What stands beside the scan. *_conflicts: why it does not count until the reader confirms that it is this patient's."""

    note: NoteRead
    stay: HourRead
    note_conflicts: tuple[str, ...]
    stay_conflicts: tuple[str, ...]


def other_parts_of(state: Session) -> OtherParts:
    """Return note and stay as they count for the case on the screen; the first case that is looked at with them claims them."""
    note, stay = state.note, state.stay
    if state.case.current is None:
        return OtherParts(NO_NOTE, NO_STAY, (), ())
    digest = state.case.current.scan.sha256
    for held, given in ((note, bool(note.text)), (stay, stay.series is not None)):
        if given and held.scan is None:
            held.scan = digest
    note_conflicts = _conflicts(state, "note", note.scan, *_person(state)) if note.text else ()
    note_read = _note_read(state.note, note_conflicts)
    if stay.series is not None and stay.scan == digest:
        facts = None if state.reading.review is None else state.reading.review.stated
        stay.take_ages(ages_of_case(state.case.current.scan, facts, state.record, note_read))
    stated_age = None if stay.age_of_case else stay.age_years
    stay_conflicts = _conflicts(state, "stay", stay.scan, stated_age, None) if stay.series is not None else ()
    return OtherParts(
        note_read,
        _hour_read(state.stay, stay_conflicts),
        note_conflicts,
        stay_conflicts,
    )


def confirm_part(state: Session, what: str) -> None:
    """The reader says that the note or the stay is of the patient on the screen. what: "note" or "stay"."""
    if state.case.current is None:
        return
    digest = state.case.current.scan.sha256
    state.confirmed.add(_pair(state, what, digest))
    if what == "note":
        state.note.scan = digest
    else:
        state.stay.scan = digest


def kept_assessment(state: Session, review: CaseReview) -> CaseAssessment:
    """Return what is kept beside the reading. Raises AlertRulesInvalid for a damaged rules file."""
    others = other_parts_of(state)
    return assess_case(
        review, engine(state.model).trust, load_rules(), others.note, others.stay, state.case.pooled_prevalence
    )


def _conflicts(
    state: Session, what: str, scan: str | None, age_years: float | None, sex: str | None
) -> tuple[str, ...]:
    if state.case.current is None:
        return ()
    digest = state.case.current.scan.sha256
    if _pair(state, what, digest) in state.confirmed:
        return ()
    facts = StatedFacts() if state.reading.review is None else state.reading.review.stated
    found = stated_conflicts(what, state.case.current.scan, facts, state.record, age_years, sex)
    if scan not in (None, digest):
        found = (text(f"together.beside.other_scan.{what}"), *found)
    return found


def _pair(state: Session, what: str, digest: str) -> tuple[str, str, int]:
    return what, digest, state.note.generation if what == "note" else state.stay.generation


def _person(state: Session) -> tuple[float | None, str | None]:
    """Return age and sex as the note states them of the patient."""
    said = {item.name: item.value for item in state.note.items if item.kind == "person" and item.usable}
    age, sex = said.get("age_years"), said.get("sex")
    return (float(age) if isinstance(age, (int, float)) else None), (sex if isinstance(sex, str) else None)


def _note_read(note: NoteSession, conflicts: tuple[str, ...]) -> NoteRead:
    if not note.text:
        return NO_NOTE
    if conflicts:
        return NoteRead(absent=f"{conflicts[0]}.")
    return NoteRead(note.items, note.differential, None)


def _hour_read(stay: MonitoringSession, conflicts: tuple[str, ...]) -> HourRead:
    if stay.assessed is None:
        return NO_STAY
    return HourRead(absent=f"{conflicts[0]}.") if conflicts else stay.assessed.at(stay.now)
