"""The last card: what contradicts is said before what agrees, and no alert in force is hidden behind another rule's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dashboard.viewmodels.together.card import build_together, in_force
from model_zoo.alerts import Alert, acknowledge, load_rules, raise_alert
from model_zoo.fusion import CasePart
from model_zoo.fusion.agreement import AGREE, ALONE, CONFLICT

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
RULES = {rule.id: rule for rule in load_rules()}
# All of one stay and all in force: none of these rules speaks for another.
SEPSIS = Alert(RULES["icu-sepsis-hourly"], "0.31", 6.0)
POTASSIUM = Alert(RULES["potassium-high"], "6.4 mmol/l", 1.0)
NEWS2 = Alert(RULES["news2-emergency"], "NEWS2 9", 4.0)
OF_SCAN = Alert(RULES["fundus-referable"], "0.8")


def done(alert: Alert) -> object:
    return acknowledge(raise_alert("case-1", alert, START), "AB", "known", START)


def test_sepsis_potassium_and_news2_stay_in_force_together() -> None:
    found = in_force([POTASSIUM, NEWS2, SEPSIS])
    assert found[0] == NEWS2, "the most pressing one first, though another is newer"
    assert set(found) == {POTASSIUM, NEWS2, SEPSIS}
    card = build_together((), [POTASSIUM, NEWS2, SEPSIS])
    assert card.alert is not None
    assert (card.alert.level, card.alert.title, card.alert.hour) == ("emergency", NEWS2.rule.title, 4.0)
    assert sum(count for _, count in card.others) == 2


def test_an_alert_folds_into_the_newer_one_of_its_own_rule_alone() -> None:
    worse = Alert(NEWS2.rule, "NEWS2 12", 7.0)
    for given in ([NEWS2, worse, POTASSIUM], [worse, POTASSIUM, NEWS2]):
        assert in_force(given) == (worse, POTASSIUM)


def test_alerts_of_the_scan_and_of_the_stay_stand_side_by_side() -> None:
    assert in_force([OF_SCAN, NEWS2]) == (NEWS2, OF_SCAN)
    card = build_together((), [OF_SCAN])
    assert card.alert is not None
    assert card.alert.hour is None


def test_what_is_acknowledged_makes_room_for_the_next() -> None:
    card = build_together((), [POTASSIUM, NEWS2], [done(NEWS2)])
    assert card.alert is not None
    assert (card.alert.title, card.others, card.acknowledged) == (POTASSIUM.rule.title, (), 1)
    card = build_together((), [POTASSIUM, NEWS2], [done(NEWS2), done(POTASSIUM)])
    assert (card.alert, card.others, card.acknowledged) == (None, (), 2)


def test_a_newer_alert_of_a_rule_is_not_acknowledged_with_the_older() -> None:
    worse = Alert(NEWS2.rule, "NEWS2 12", 7.0)
    card = build_together((), [NEWS2, worse], [done(NEWS2)])
    assert card.alert is not None
    assert card.alert.hour == 7.0


def part(source: str, question: str, raised: bool | None) -> CasePart:
    return CasePart(source, f"The {source}", "", question=question, raised=raised)


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ((), ""),
        ((part("scan", "lung infection", True), part("symptoms", "lung infection", True)), AGREE),
        ((part("scan", "lung infection", True), part("symptoms", "lung infection", False)), CONFLICT),
        ((part("scan", "lung infection", True), part("patient values", "severity", True)), ALONE),
        (
            (
                part("patient values", "severity", True),
                part("scan", "lung infection", True),
                part("symptoms", "lung infection", False),
            ),
            CONFLICT,
        ),
    ],
)
def test_what_contradicts_is_said_first(parts: tuple[CasePart, ...], state: str) -> None:
    card = build_together(parts, ())
    assert card.state == state
    assert bool(card.sentence) == bool(state)
