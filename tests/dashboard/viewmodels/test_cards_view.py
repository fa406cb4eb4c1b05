"""The cards: each finding with its state, alarms and remarks where the number stands, and a risk that is never certain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.viewmodels.case.cards import WEIGHTIEST, build_finding_card, build_map_card, build_risk_card
from model_zoo.case import CaseReview
from model_zoo.engine.outlines import reading_card
from model_zoo.patients.attribution import FeatureContribution
from model_zoo.patients.risk_models import risk_model
from model_zoo.trust.check import FATAL, CheckResult
from model_zoo.trust.shortcuts import ShortcutReport
from model_zoo.trust.state import State
from model_zoo.trust.verdict import NOT_TO_BE_USED
from tests.report_case import TARGET, example_case, example_map

OTHER = "report_effusion"


@pytest.fixture
def review() -> CaseReview:
    """Return the example under the names of outputs that the model has."""
    review, _ = example_case()
    first, second = review.prediction.findings
    renamed = replace(review.prediction, findings=(first, replace(second, output=OTHER)))
    return replace(review, prediction=renamed)


def test_a_line_for_each_finding_and_the_chosen_one_with_its_number(review: CaseReview) -> None:
    card = build_finding_card(review, reading_card("chest-xray"), TARGET)
    assert [(line.output, line.state) for line in card.lines] == [(TARGET, State.FLAGGED), (OTHER, State.NOT_FLAGGED)]
    assert (card.line.value_words, card.low, card.high, card.threshold) == ("0.34", "0.25", "0.44", "0.11")
    assert not card.is_score
    other = build_finding_card(review, reading_card("chest-xray"), OTHER)
    assert other.is_score
    assert (other.low, other.high) == ("", "")


@pytest.mark.parametrize(("planted", "wrong"), [(None, False), ((), True), ((TARGET,), False)])
def test_what_was_not_planted_is_known_to_be_wrong(
    review: CaseReview, planted: tuple[str, ...] | None, wrong: bool
) -> None:
    review = replace(review, scan=replace(review.scan, planted=planted))
    card = build_finding_card(review, reading_card("chest-xray"), TARGET)
    assert [line.known_wrong for line in card.lines] == [wrong, False]  # what is not flagged is not wrong


def test_remarks_on_the_scan_stand_on_the_card(review: CaseReview) -> None:
    card = build_finding_card(replace(review, remarks=("It looks mirrored.",)), reading_card("chest-xray"), TARGET)
    assert card.remarks == ("It looks mirrored.",)


def test_an_alarm_of_the_finding_stands_on_the_card_of_that_finding_alone(review: CaseReview) -> None:
    report = ShortcutReport(TARGET, 1.0, 0.0, (), None, None, None, False, ("Read off the border.",), ())
    alarmed = replace(review, shortcuts=(report,))
    card = reading_card("chest-xray")
    assert build_finding_card(alarmed, card, TARGET).alarms == ("Read off the border.",)
    assert build_finding_card(alarmed, card, OTHER).alarms == ()


def test_a_map_that_must_not_be_used_is_not_shown(review: CaseReview) -> None:
    assert build_map_card(review, example_map(), None).usable
    fatal = CheckResult("emptiness", "Is there a map?", FATAL, 0.0, 0.1, "It marks nothing.")
    card = build_map_card(review, replace(example_map(NOT_TO_BE_USED), checks=(fatal,)), None)
    assert (card.usable, card.reason) == (False, "It marks nothing.")


def test_a_risk_is_never_certain_and_names_what_weighs_most(review: CaseReview) -> None:
    assert review.risk is not None
    first = replace(review.risk.outcomes[0], probability=0.999, low=0.002, high=0.9999)
    specs = risk_model(review.risk.model).specs
    names = ("arterial_ph", "heart_rate_per_min", "creatinine_umol_l", "sodium_mmol_l")
    shares = tuple(FeatureContribution(name, name, 1.0, 2.0, 0.1 - 0.03 * i) for i, name in enumerate(names))
    whys = tuple(replace(why, contributions=shares) for why in review.risk_attributions)
    risk = replace(review.risk, outcomes=(first, *review.risk.outcomes[1:]))
    card = build_risk_card(replace(review, risk=risk, risk_attributions=whys), specs)
    assert card is not None
    assert not {"0", "100"} & {card.percent, card.low, card.high}
    assert [reason.title for reason in card.reasons] == list(names[:WEIGHTIEST])
    assert {reason.direction for reason in card.reasons} == {"raises"}
    assert card.others == 1
    assert build_risk_card(replace(review, risk=None), specs) is None
