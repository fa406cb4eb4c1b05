"""Parts agree, conflict, stand alone or cannot tell, by question; what is missing is named."""

from __future__ import annotations

from dataclasses import replace

from model_zoo.fusion import CasePart, agreement_of_parts
from model_zoo.fusion.agreement import AGREE, ALONE, CONFLICT, UNDECIDED

FILM = CasePart("scan", "The film", "", question="lung infection", raised=True)
TEXT = CasePart("symptoms", "The history", "", question="lung infection", raised=True)
DEATH = CasePart("patient values", "Risk of death", "", outcome="death in hospital", question="severity", raised=False)


def test_parts_on_the_same_side_agree() -> None:
    found = agreement_of_parts([FILM, TEXT])
    assert [a.state for a in found] == [AGREE]
    assert found[0].sentence.startswith("The film and The history are both raised.")


def test_both_below_rules_nothing_out() -> None:
    low = [replace(part, raised=False) for part in (FILM, TEXT)]
    assert "rules nothing out" in agreement_of_parts(low)[0].sentence


def test_parts_on_both_sides_conflict() -> None:
    (found,) = agreement_of_parts([FILM, replace(TEXT, raised=False)])
    assert found.state == CONFLICT
    assert found.raised == ("The film",)
    assert found.lowered == ("The history",)


def test_a_death_risk_never_meets_a_finding() -> None:
    questions = {a.question: a for a in agreement_of_parts([FILM, DEATH])}
    assert questions["lung infection"].state == questions["severity"].state == ALONE
    assert "patient values: speaks to another question" in questions["lung infection"].missing


def test_what_cannot_tell_leaves_the_question_open() -> None:
    assert agreement_of_parts([FILM, replace(TEXT, raised=None)])[0].state == UNDECIDED


def test_a_missing_modality_is_named_with_its_reason() -> None:
    gone = replace(TEXT, absent="No note was given.")
    (found,) = agreement_of_parts([FILM, gone])
    assert "symptoms: No note was given" in found.missing
    assert "monitoring: not given" in found.missing
