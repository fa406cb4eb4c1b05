"""The block of one finding: what it says aloud, for whom it is silent, and that it survives JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from model_zoo.errors import UnknownName, ZooError
from model_zoo.results import Finding, Prediction
from model_zoo.scans.coverage import StatedFacts
from model_zoo.stored import rebuild
from model_zoo.trust.conformal import WITH, WITHOUT, set_words
from model_zoo.trust.number import build_number_block, number_blocks, number_entry
from model_zoo.trust.number_block import NumberBlock
from model_zoo.trust.predictive import NOT_OFFERED
from model_zoo.trust.state import OUTSIDE, SENTENCES, State
from tests.number_sections import COVERAGES, a_number_entry, a_rate

FINDING = Finding("lung_opacity", "Lung opacity", "probability", 2.0, 60, 50, True, 0.5, (0.4, 0.6), 0.2)
LABEL = Finding("report_effusion", "Pleural effusion", "report_score", 2.0, 60, 50, True)
FACTS = StatedFacts(55.0, "F", "pa")


def test_the_set_is_said_with_its_measured_coverage_beside_it() -> None:
    block = build_number_block(FINDING, a_number_entry(), FACTS)
    assert block.sentence == (
        f"{block.statement} Measured on 1,030 held-out films of 400 patients, 120 with the finding: the set held "
        "the truth in 91 % [88, 94]; with the finding 88 % [81, 94], without 92 % [89, 95]. A single answer was given in "
        "64 % [59, 70]."
    )
    assert (block.prediction_set, block.state) == ((WITH,), State.FLAGGED)
    assert block.statement == f"{SENTENCES[State.FLAGGED]} {set_words([WITH], 0.9)}"
    assert block.warnings == ()
    assert block.predictive is None
    assert block.predictive_absent is None
    assert any("always answering 'without the finding' is right in 70 % [66, 74]" in note for note in block.notes)


def test_the_groups_are_this_patients() -> None:
    block = build_number_block(FINDING, a_number_entry(), FACTS)
    assert [group.sentence for group in block.groups] == [
        "Age 40-59: too few (21 positive patients).",
        "Sex female: too few (1 positive patient).",
        "View PA: not measured; none of the held-out films is known to be of this group.",
    ]
    (older,) = build_number_block(FINDING, a_number_entry(), StatedFacts(70.0)).groups
    assert older.sentence == "Age 60+: 87 % [80, 93] (60 positive patients)."
    assert build_number_block(FINDING, a_number_entry(), StatedFacts()).groups == ()


def test_the_set_is_said_beside_the_state_and_never_lowers_a_flag() -> None:
    both = {WITH, WITHOUT}
    for above, state in ((True, State.FLAGGED), (False, State.UNDECIDED)):
        block = build_number_block(replace(FINDING, logit=0.0, above_threshold=above), a_number_entry(), FACTS)
        assert (block.prediction_set, block.state) == ((WITH, WITHOUT), state)
        assert block.statement == f"{SENTENCES[state]} {set_words(both, 0.9)}"
    entry = a_number_entry()
    entry["sets"]["thresholds"]["0.80"] = {"present_from": 1.0, "absent_up_to": -1.0}
    empty = build_number_block(replace(FINDING, logit=0.0), entry, FACTS, 0.80)
    assert (empty.prediction_set, empty.keeps_finding, empty.state) == ((), False, State.FLAGGED)
    assert empty.statement.endswith(set_words((), 0.8))


def test_coverage_that_falls_short_is_a_warning() -> None:
    short = {"overall": a_rate(0.9, 0.87, 0.93), "present": a_rate(0.95), "absent": a_rate(0.861, 0.822, 0.896)}
    entry = a_number_entry(coverage={key: {**short, "one_answer": None} for key in COVERAGES})
    assert build_number_block(FINDING, entry, FACTS).warnings == (
        "Falls short among films without the finding: 90 % was asked for, 86.1 % [82.2, 89.6] measured.",
    )


def test_too_few_calibration_films_and_few_patients_are_said() -> None:
    entry = a_number_entry(n_positive_patients=12)
    entry["sets"]["thresholds"]["0.95"]["present_from"] = None
    notes = build_number_block(FINDING, entry, FACTS, 0.95).notes
    assert "'with the finding' is always kept: 50 calibration films are too few for 95 %." in notes
    assert "Fewer than 50 positive patients: the intervals are wide." in notes


def test_a_set_that_contradicts_the_threshold_says_why() -> None:
    flagged = build_number_block(replace(FINDING, logit=-2.0, above_threshold=True), a_number_entry(), FACTS)
    assert (flagged.state, flagged.prediction_set) == (State.FLAGGED, (WITHOUT,))
    lower = build_number_block(replace(FINDING, logit=2.0, above_threshold=False), a_number_entry(), FACTS)
    assert (lower.state, lower.prediction_set) == (State.UNDECIDED, (WITH,))
    agreeing = build_number_block(FINDING, a_number_entry(), FACTS)
    assert len(flagged.notes) == len(lower.notes) == len(agreeing.notes) + 1


def test_a_report_label_is_spoken_of_as_a_label_and_has_no_predictive_value() -> None:
    block = build_number_block(LABEL, a_number_entry("report_score"), FACTS, prevalence=0.1)
    assert block.statement == f"For the label in the report: flagged. {set_words([WITH], 0.9)}"
    assert "with the label 88 %" in block.sentence
    assert "not of the disease" in " ".join(block.notes)
    assert block.predictive is None
    assert "no prevalence of disease" in str(block.predictive_absent)


def test_a_condition_opens_the_sentence() -> None:
    conditional = replace(FINDING, condition="if there is pneumonia")
    block = build_number_block(conditional, a_number_entry(), FACTS)
    assert block.statement == f"If there is pneumonia: flagged. {set_words([WITH], 0.9)}"


def test_what_is_not_offered_has_no_set_and_the_reason() -> None:
    scores_only = replace(FINDING, probability=None, probability_interval=None, threshold_probability=None)
    block = build_number_block(scores_only, a_number_entry(), FACTS, prevalence=0.1, refused=OUTSIDE)
    assert (block.prediction_set, block.keeps_finding, block.state) == (None, None, State.NOT_OFFERED)
    assert block.set_absent == OUTSIDE
    assert OUTSIDE in block.statement
    assert (block.measured, block.groups, block.predictive) == (None, (), None)
    assert block.predictive_absent == NOT_OFFERED


def test_a_stated_prevalence_moves_the_numbers_and_leaves_the_set() -> None:
    plain, local = (build_number_block(FINDING, a_number_entry(), FACTS, prevalence=p) for p in (None, 0.1))
    assert local.sentence == plain.sentence
    assert local.predictive is not None
    assert local.predictive.odds.startswith("Of 100 patients like this flagged here, 50 have it")


@pytest.mark.parametrize("refused", [None, OUTSIDE])
def test_impossible_wishes_are_refused(refused: str | None) -> None:
    with pytest.raises(ZooError, match="between 0 and 100"):
        build_number_block(FINDING, a_number_entry(), FACTS, prevalence=1.0, refused=refused)
    with pytest.raises(UnknownName, match="85 %"):
        build_number_block(FINDING, a_number_entry(), FACTS, 0.85, refused=refused)


def test_blocks_of_a_prediction_and_their_json_form() -> None:
    prediction = Prediction("toy", "1", "c" * 64, "a" * 64, 0, "adult", (FINDING, LABEL), True)
    trust = {
        "number": {"outputs": {"lung_opacity": a_number_entry(), "report_effusion": a_number_entry("report_score")}}
    }
    blocks = number_blocks(prediction, trust, FACTS, 0.95, {"lung_opacity": 0.05})
    assert [block.output for block in blocks] == ["lung_opacity", "report_effusion"]
    for block in blocks:
        assert rebuild(NumberBlock, json.loads(json.dumps(asdict(block), allow_nan=False))) == block
    assert number_blocks(prediction, None, FACTS) == ()
    assert number_entry({"gate": {}}, "lung_opacity") is None
    unmeasured = {key: value for key, value in a_number_entry().items() if key != "measured"}
    assert "not measured" in build_number_block(FINDING, unmeasured, FACTS).sentence
