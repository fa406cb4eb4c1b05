"""The whole case as it is kept: note, hour, agreement and alerts; what does not count says why; there and back through JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from model_zoo.alerts import load_rules
from model_zoo.case import CaseReview, case_from_json, case_to_json
from model_zoo.case.assembly import assess_case, parts_of
from model_zoo.case.assessment import CaseAssessment
from model_zoo.case.note_and_stay import NO_NOTE, NO_STAY, HourRead, NoteRead, read_hour
from model_zoo.engine import InferenceEngine
from model_zoo.text.extraction import extract_note
from model_zoo.vital_signs.example_stays import example_stay
from tests.tiny_zoo import example_review

NOTE = "63-year-old man called Karl Xavier. Fever, no haemoptysis. HR 118/min. Father had cancer."


@pytest.fixture(scope="module")
def review(engine: InferenceEngine) -> CaseReview:
    return example_review(engine)


def differential(**probabilities: float) -> Any:
    ranked = tuple(
        SimpleNamespace(name=name, rank=i, probability=p, severity=2, icd10="A00", red_flag=i == 1)
        for i, (name, p) in enumerate(probabilities.items(), start=1)
    )
    return SimpleNamespace(
        ranked=ranked, displayed=ranked, cannot_tell=None, model="made", caution="Made.", word_flags=()
    )


def note(**probabilities: float) -> NoteRead:
    return NoteRead(tuple(extract_note(NOTE)), differential(**probabilities), None)


def stay(hour: float | None, age_years: float | None = 63) -> HourRead:
    return read_hour(example_stay("pneumonia-sepsis").read(), 1, hour, (age_years,))


def kept(review: CaseReview, note_read: NoteRead = NO_NOTE, hour: HourRead = NO_STAY) -> CaseAssessment:
    return assess_case(review, None, load_rules(), note_read, hour)


def test_an_hour_knows_nothing_of_what_came_later() -> None:
    early, late = stay(4), stay(None)
    assert (early.hour, late.hour, late.last_hour) == (4, 30, 30)
    assert not [alert for alert in early.alerts if alert.rule.id.startswith("news2")]
    assert {alert.rule.id for alert in late.alerts} >= {"news2-urgent", "news2-emergency"}
    assert early.score is not None
    assert late.score is not None
    assert early.score.aggregate < stay(18).score.aggregate


def test_a_child_gets_no_score_and_no_alert_of_it() -> None:
    child = stay(18, 3)
    assert child.score is None
    assert "16 years" in str(child.refused)
    assert not [alert for alert in child.alerts if alert.rule.id.startswith("news2")]


def test_agreement_follows_the_hour(review: CaseReview) -> None:
    def raised(hour: float) -> bool | None:
        parts = parts_of(review, None, NO_NOTE, stay(hour))
        return next(part.raised for part in parts if part.modality == "monitoring")

    assert (raised(0), raised(18)) == (False, True)


def test_what_does_not_count_says_why(review: CaseReview) -> None:
    other = NoteRead(absent="The note was brought for another scan.")
    parts = parts_of(review, None, other, replace(stay(18), absent="The stay was brought for another scan."))
    assert {p.absent for p in parts if p.modality in ("symptoms", "monitoring")} == {
        "The note was brought for another scan.",
        "The stay was brought for another scan.",
    }
    whole = kept(review, other, replace(stay(18), absent="Another patient."))
    assert whole.note is None
    assert whole.vital_signs is None
    assert not [alert for alert in whole.alerts if alert.hour is not None]


def test_the_kept_case_holds_the_numbers_and_no_word_of_the_note(review: CaseReview) -> None:
    whole = kept(review, note(Pneumonia=0.8, Bronchitis=0.1), stay(15))
    assert whole.note is not None
    facts = {fact.name: fact for fact in whole.note.facts}
    assert facts["heart_rate_per_min"].value == 118
    assert facts["haemoptysis"].negated
    assert facts["cancer"].context == "family"
    assert [c.name for c in whole.note.conditions] == ["Pneumonia", "Bronchitis"]
    assert whole.vital_signs is not None
    assert whole.vital_signs.aggregate == 17
    assert sum(c.points or 0 for c in whole.vital_signs.components) == 17
    assert 13.0 in {alert.hour for alert in whole.alerts}
    assert "Xavier" not in json.dumps(whole.to_json())


def test_there_and_back_through_the_form_of_the_case(review: CaseReview) -> None:
    whole = kept(review, note(Pneumonia=0.8), stay(0))
    assert "heart_rate_per_min" in {found.name for found in whole.differing_values}  # 118 in the note, 88 measured
    held = replace(review, whole=whole)
    back = case_from_json(json.loads(json.dumps(case_to_json(held))))
    assert back.whole == whole
    raw = json.loads(json.dumps(case_to_json(held)))
    del raw["whole"]["differing_values"]  # as cases were kept before values were compared
    assert case_from_json(raw).whole is not None
    older = {name: value for name, value in case_to_json(review).items() if name != "whole"}
    assert case_from_json(json.loads(json.dumps(older))).whole is None
