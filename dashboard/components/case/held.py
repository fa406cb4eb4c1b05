"""The case of one tab, kept in the server's memory as one value that another tab can go on from."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.open_cases import OpenCasesFull, open_cases
from dashboard.services import browser_owner
from dashboard.session import Session, session


@dataclass(frozen=True, eq=False)
class HeldCase:
    """What a tab holds: looked up once, so that it can be kept after a run was broken off.

    owner: of the browser, ``None`` for one that has no cookie: nothing is kept for it.
    """

    owner: str | None
    session: Session

    def n_bytes(self) -> int:
        """Return what the pictures, maps and inputs of the case take in memory."""
        case, reading = self.session.case, self.session.reading
        scans = [scan for scan in (case.current, case.prior) if scan is not None]
        total = sum(one.held_bytes + sum(map(len, one.viewer.frames)) for one in scans)
        if reading.model_input is not None:
            total += reading.model_input.tensor.nbytes
        total += sum(
            len(file.content) for file in (self.session.asked_patient, self.session.stay.asked) if file is not None
        )
        maps = () if reading.review is None else reading.review.maps
        return total + sum(one.attribution.values.nbytes for one in maps)


def held_case(state: Session) -> HeldCase:
    """Return what this tab holds of its case."""
    return HeldCase(browser_owner(), state)


def keep_case(held: HeldCase) -> bool:
    """Put the case as it stands into the store; returns False where it was forgotten in another tab, or over night.

    Called at the start and at the end of every run, by the thread of this tab alone. Raises OpenCasesFull where there is no
    room for it.
    """
    case, owner = held.session.case, held.owner
    if case.current is None or owner is None:
        return True
    if case.kept and case.key is not None:
        return open_cases().keep(case.key, owner, held.session.copied(), held.n_bytes())
    case.key = open_cases().open(owner, held.session.copied(), held.n_bytes(), case.key)
    case.kept = True
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
