"""Parts agree, conflict, stand alone or are undecided, by question; what is missing is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model_zoo.fusion import CasePart, agreement_of_parts
from model_zoo.fusion.agreement import AGREE, ALONE, CONFLICT, UNDECIDED

FILM = CasePart("scan", "The film", "", question="lung infection", raised=True)
TEXT = CasePart("symptoms", "The history", "", question="lung infection", raised=True)
DEATH = CasePart("patient values", "Risk of death", "", outcome="death in hospital", question="severity", raised=False)


def test_parts_on_the_same_side_agree() -> None:
    found = agreement_of_parts([FILM, TEXT])
    assert [a.state for a in found] == [AGREE]
    assert found[0].sentence.startswith("The film and The history are both flagged.")


def test_both_not_flagged_excludes_nothing() -> None:
    (found,) = agreement_of_parts([replace(part, raised=False) for part in (FILM, TEXT)])
    assert found.state == AGREE
    assert "excludes nothing" in found.sentence


def test_parts_on_both_sides_conflict() -> None:
    (found,) = agreement_of_parts([FILM, replace(TEXT, raised=False)])
    assert found.state == CONFLICT
    assert found.raised == ("The film",)
    assert found.lowered == ("The history",)


def test_a_death_risk_never_meets_a_finding() -> None:
    questions = {a.question: a for a in agreement_of_parts([FILM, DEATH])}
    assert questions["lung infection"].state == questions["severity"].state == ALONE
    assert "patient values: speaks to another question" in questions["lung infection"].missing


@pytest.mark.parametrize("raised", [True, False])
def test_nothing_agrees_with_a_finding_whose_map_is_not_judged(raised: bool) -> None:
    (found,) = agreement_of_parts([replace(FILM, raised=raised, judged=False), replace(TEXT, raised=raised)])
    assert found.state == UNDECIDED
    (found,) = agreement_of_parts([replace(FILM, raised=raised, judged=False), replace(TEXT, raised=not raised)])
    assert found.state == CONFLICT


def test_nothing_agrees_where_one_side_is_not_offered() -> None:
    refused = replace(FILM, raised=None, absent="Outside the intended use.")
    assert [a.state for a in agreement_of_parts([refused, TEXT])] == [ALONE]
    more = replace(TEXT, modality="monitoring", title="The ward")
    assert [a.state for a in agreement_of_parts([refused, TEXT, more])] == [UNDECIDED]
    assert [a.state for a in agreement_of_parts([refused, TEXT, replace(more, raised=False)])] == [CONFLICT]


def test_what_is_undecided_leaves_the_question_open() -> None:
    assert agreement_of_parts([FILM, replace(TEXT, raised=None)])[0].state == UNDECIDED


def test_a_missing_modality_is_named_with_its_reason() -> None:
    gone = replace(TEXT, absent="No note was given.")
    (found,) = agreement_of_parts([FILM, gone])
    assert "symptoms: No note was given" in found.missing
    assert "monitoring: not given" in found.missing
