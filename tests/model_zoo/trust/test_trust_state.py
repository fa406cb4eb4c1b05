"""The four states: a truth table of threshold, set and gate, and one answer wherever a finding is spoken of."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from model_zoo.errors import UnknownName
from model_zoo.results import Finding, Prediction
from model_zoo.scans.coverage import StatedFacts
from model_zoo.trust.number import build_number_block, number_blocks
from model_zoo.trust.state import SENTENCES, State, finding_state, state_of, why_not_offered
from tests.number_sections import a_number_entry

NOT_OFFERED, FLAGGED, UNDECIDED, NOT_FLAGGED = State.NOT_OFFERED, State.FLAGGED, State.UNDECIDED, State.NOT_FLAGGED
T = 0.35
BELOW, ABOVE = math.nextafter(T, 0), math.nextafter(T, 1)

PNEUMONIA = Finding("pneumonia", "Pneumonia", "probability", 2.0, 60, 50, True, 0.5, (0.4, 0.6), 0.2)
BACTERIAL = replace(PNEUMONIA, output="bacterial", title="Bacterial", condition="if there is pneumonia")


def a_prediction(*findings: Finding, covered: bool = True) -> Prediction:
    return Prediction("toy", "1", "c" * 64, "a" * 64, 0, "child", findings, covered)


def trust(*outputs: str) -> dict[str, object]:
    return {"number": {"outputs": {output: a_number_entry() for output in outputs}}}


@pytest.mark.parametrize("set_holds", [True, False, None])
@pytest.mark.parametrize(
    ("value", "threshold", "reached"),
    [
        (ABOVE, T, True),
        (T, T, True),  # at the threshold is flagged
        (BELOW, T, False),
        (1.0, T, True),
        (0.0, T, False),
        (0.0, 0.0, True),
        (-3.5, -3.5, True),  # logits and scores go by the same table
        (49.9, 50.0, False),
        (np.float32(0.5), 0.5, True),
        (math.nan, T, None),
        (T, math.nan, None),
        (math.nan, math.nan, None),
        (math.inf, T, None),
        (-math.inf, T, None),
        (T, math.inf, None),
        (None, T, None),
        (T, None, None),
    ],
)
@pytest.mark.parametrize("offered", [True, False])
def test_the_table_of_threshold_set_and_gate(
    offered: bool, value: float | None, threshold: float | None, reached: bool | None, set_holds: bool | None
) -> None:
    if not offered or reached is None:
        expected = NOT_OFFERED
    elif reached:
        expected = FLAGGED  # whatever the set says
    else:
        expected = {True: UNDECIDED, False: NOT_FLAGGED, None: NOT_FLAGGED}[set_holds]
    assert state_of(offered, value, threshold, set_holds) is expected


def test_the_words_are_those_of_json() -> None:
    assert [str(state) for state in State] == ["not offered here", "flagged", "undecided", "not flagged"]
    assert set(SENTENCES) == set(State)


@pytest.mark.parametrize("covered", [True, False])
@pytest.mark.parametrize("above", [True, False])
# Sets of the entry: with the finding from -1, without it up to 1.
@pytest.mark.parametrize(("logit", "holds"), [(2.0, True), (0.0, True), (-1.0, True), (-2.0, False)])
@pytest.mark.parametrize("installed", [True, False])
def test_finding_and_block_have_one_state(
    covered: bool, above: bool, logit: float, holds: bool, installed: bool
) -> None:
    prediction = a_prediction(replace(PNEUMONIA, logit=logit, above_threshold=above), covered=covered)
    blocks = number_blocks(prediction, trust("pneumonia") if installed else None, StatedFacts())
    state = finding_state(prediction, "pneumonia", blocks)
    if not covered:
        assert state is NOT_OFFERED
    elif above:
        assert state is FLAGGED
    else:
        assert state is (UNDECIDED if holds and installed else NOT_FLAGGED)
    assert [block.state for block in blocks] == ([state] if installed else [])
    assert [block.prediction_set is None for block in blocks] == ([not covered] if installed else [])


def test_a_set_that_keeps_neither_answer_holds_no_finding() -> None:
    entry = a_number_entry()
    entry["sets"]["thresholds"]["0.90"] = {"present_from": 1.0, "absent_up_to": -1.0}
    between = replace(PNEUMONIA, logit=0.0, above_threshold=False)
    assert build_number_block(between, entry, StatedFacts()).state is NOT_FLAGGED


def test_the_set_of_another_finding_changes_nothing() -> None:
    prediction = a_prediction(replace(PNEUMONIA, logit=0.0, above_threshold=False), replace(BACTERIAL, condition=None))
    blocks = number_blocks(prediction, trust("bacterial"), StatedFacts())
    assert finding_state(prediction, "pneumonia", blocks) is NOT_FLAGGED


@pytest.mark.parametrize(("above", "state"), [(True, FLAGGED), (False, NOT_OFFERED)])
def test_a_condition_is_met_where_what_it_names_is_flagged(above: bool, state: State) -> None:
    prediction = a_prediction(replace(PNEUMONIA, above_threshold=above), BACTERIAL)
    blocks = number_blocks(prediction, trust("bacterial"), StatedFacts())
    assert finding_state(prediction, "bacterial", blocks) is blocks[0].state is state
    assert (why_not_offered(prediction, BACTERIAL) is None) is above
    assert (blocks[0].predictive_absent is None) is above


def test_a_condition_that_names_no_finding_is_taken_as_met() -> None:
    alone = replace(PNEUMONIA, condition="if there is a tumour on the slice")
    assert finding_state(a_prediction(alone, BACTERIAL), "pneumonia") is FLAGGED


def test_a_finding_that_is_not_there_has_no_state() -> None:
    with pytest.raises(UnknownName):
        finding_state(a_prediction(PNEUMONIA), "fracture")
