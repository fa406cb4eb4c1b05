"""What is said of the case as it comes in: the finding with its number, the map and its judgement, the risk, a refusal."""

from __future__ import annotations

from dashboard.catalogue import text
from dashboard.components.page.announcer import Announcement
from dashboard.screens.reading.map_card import judgement_words
from dashboard.screens.reading.refusal import lacks_age_alone
from dashboard.screens.reading.risk_card import risk_title
from dashboard.viewmodels.case.cards import FindingCard, MapCard, RiskCard
from dashboard.viewmodels.case.state import state_word
from model_zoo.errors import ZooError
from model_zoo.trust.state import State
from model_zoo.trust.verdict import PENDING


def announce_finding(card: FindingCard) -> list[Announcement]:
    """Say the finding that is looked at, with its number and state."""
    line = card.line
    state = state_word(line.state, line.known_wrong)
    words = text("said.finding", title=line.title, value=line.value_words, state=state)
    return [Announcement(f"finding {line.output}", words)]


def announce_map(card: MapCard, target: str) -> list[Announcement]:
    """Say that a map is there and where it points, and what came of its checks once they are done."""
    if card.verdict == PENDING:
        place = text("map.no_place") if card.place is None else text(f"place.{card.place.key}")
        return [Announcement(f"map {card.method} {target}", text("said.map", method=card.title, place=place))]
    return [
        Announcement(
            f"judged {card.method} {target}", text("said.judged", method=card.title, verdict=judgement_words(card))
        )
    ]


def announce_risk(card: RiskCard) -> list[Announcement]:
    """Say the risk with its state."""
    state = state_word(State.FLAGGED if card.flagged else State.NOT_FLAGGED)
    return [Announcement("risk", text("said.risk", title=risk_title(card), percent=card.percent, state=state))]


def announce_wrong_patient() -> list[Announcement]:
    """Say at once that the risk is held back."""
    return [Announcement("wrong-patient", f"{text('risk.title')}: {text('risk.wrong_patient')}", alert=True)]


def announce_saving() -> list[Announcement]:
    """Say that the case is saved."""
    return [Announcement("saved", text("header.saved"))]


def announce_refusal(error: ZooError) -> list[Announcement]:
    """Say at once why nothing was read."""
    asked = text("refusal.age_missing")
    words = asked if lacks_age_alone(error) else text("said.refusal", message=error.message, hint=error.hint)
    return [Announcement("refusal", words, alert=True)]
