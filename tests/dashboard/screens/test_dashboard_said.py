"""What is said of a case: each thing under a key of its own, with the number and state that stand on its card."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.catalogue import text
from dashboard.screens.reading.announcements import announce_finding, announce_map, announce_refusal, announce_risk
from dashboard.viewmodels.case.cards import FindingCard, FindingLine, MapCard, RiskCard
from dashboard.viewmodels.case.state import state_word
from model_zoo.errors import ScanNotCovered
from model_zoo.places import PLACES, Place
from model_zoo.trust.state import State
from model_zoo.trust.verdict import BELIEVED, PENDING

LINE = FindingLine("opacity", "Lung opacity", "0.34", State.FLAGGED)
PLACE = Place(next(iter(PLACES)))
MAP = MapCard("grad-cam", "Grad-CAM", PENDING, "", "gray", True, "", 2, 6, True, (), PLACE)
RISK = RiskCard("Death in hospital", 30, "44", "32", "52", "23", True, (), 0, False)


def test_a_finding_with_its_number_and_state() -> None:
    card = FindingCard(LINE, (LINE,), "0.25", "0.44", "0.11", False, "", None, (), ())
    (one,) = announce_finding(card)
    assert all(part in one.words for part in (LINE.title, LINE.value_words, state_word(State.FLAGGED)))
    assert not one.alert
    other = replace(LINE, output="effusion")
    assert announce_finding(replace(card, line=other))[0].key != one.key


def test_a_map_is_said_when_it_is_there_and_when_it_is_judged_not_at_every_check() -> None:
    waiting = [announce_map(replace(MAP, done=done), "opacity")[0] for done in (0, 3)]
    assert waiting[0] == waiting[1]
    (judged,) = announce_map(replace(MAP, verdict=BELIEVED, done=6), "opacity")
    assert judged.key != waiting[0].key
    assert BELIEVED in judged.words
    assert announce_map(replace(MAP, place=None), "opacity")[0].words != waiting[0].words


@pytest.mark.parametrize(("flagged", "state"), [(True, State.FLAGGED), (False, State.NOT_FLAGGED)])
def test_a_risk_with_its_state(flagged: bool, state: State) -> None:
    (one,) = announce_risk(replace(RISK, flagged=flagged))
    assert RISK.percent in one.words
    assert one.words.endswith(state_word(state))


def test_a_refusal_is_said_at_once() -> None:
    error = ScanNotCovered(("A lateral view", "No age"), "Choose another file.", missing=("age",))
    (one,) = announce_refusal(error)
    assert one.alert
    assert error.message in one.words
    assert error.hint in one.words
    age = ScanNotCovered(("No age",), "State the age.", missing=("age",))
    assert announce_refusal(age)[0].words == text("refusal.age_missing")  # as the card asks for it
