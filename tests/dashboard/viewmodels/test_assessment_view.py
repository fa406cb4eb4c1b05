"""The panel of the whole case: one number only where it may be, the reason elsewhere."""

from __future__ import annotations

from dataclasses import asdict, replace

from dashboard.catalogue import text
from dashboard.viewmodels.together.assessment import build_assessment_view, saved_assessment_view
from model_zoo.case.assessment import AgreementSummary, CaseAssessment, PooledSummary
from model_zoo.fusion import CasePart, agreement_of_parts

SCAN = CasePart(
    "scan", "Scan", "Scan says.", "malignant lump", "a lump", 0.8, 0.7, 0.9, 0.3, True, frozenset({"picture"})
)
CELLS = CasePart(
    "patient values",
    "Cytology",
    "Cells say.",
    "malignant lump",
    "a lump",
    0.6,
    0.4,
    0.8,
    0.4,
    True,
    frozenset({"cells"}),
)
DEATH = CasePart("patient values", "Death", "Risk says.", "death in hospital", "severity", 0.2, 0.1, 0.3, 0.25, False)


def test_nothing_is_pooled_before_a_prevalence_is_stated() -> None:
    view = build_assessment_view([SCAN, CELLS])
    assert view.poolable == "malignant lump"
    assert view.pooled is None
    assert view.pooled_words == text("together.ask_prior", outcome="malignant lump")


def test_at_a_stated_prevalence_shares_are_said() -> None:
    view = build_assessment_view([SCAN, CELLS], 0.1)
    assert view.pooled is not None
    assert "points" in view.pooled_words
    assert "measured on nobody" in view.pooled_words
    assert view.parts == ("Scan says.", "Cells say.")


def test_a_finding_and_a_death_risk_stay_apart() -> None:
    view = build_assessment_view([SCAN, DEATH], 0.1)
    assert view.poolable is None
    assert view.pooled_words.startswith("Not one number")
    alone = text("together.state.alone")
    assert [row.badge for row in view.agreements] == [
        text("together.question", question=question, state=alone) for question in ("a lump", "severity")
    ]


def test_a_prevalence_of_nobody_says_what_to_do() -> None:
    assert "between 0 and 100 %" in build_assessment_view([SCAN, CELLS], 0.0).pooled_words


def test_conflict_stands_out() -> None:
    (row,) = build_assessment_view([SCAN, replace(CELLS, raised=False)]).agreements
    badge = text("together.question", question="a lump", state=text("together.state.conflict"))
    assert (row.colour, row.badge) == ("orange", badge)


def test_a_saved_case_is_drawn_as_the_same_panel() -> None:
    parts = [SCAN, replace(CELLS, raised=False)]
    live = build_assessment_view(parts)
    agreements = tuple(AgreementSummary(**asdict(found)) for found in agreement_of_parts(parts))
    kept = saved_assessment_view(CaseAssessment(None, None, agreements, None, "Not one number.", ()))
    assert (kept.agreements, kept.pooled_words, kept.poolable) == (live.agreements, "Not one number.", None)
    pooled = PooledSummary("malignant lump", 0.1, 0.4, 0.2, 0.6, {"scan": 0.3}, "Assumed.")
    words = saved_assessment_view(CaseAssessment(None, None, (), pooled, None, ())).pooled_words
    assert text("together.pooled.share", name="scan", points="+30.0") in words
    assert words.endswith("Assumed.")
