"""The drawers of a saved case: what the drawers of an open one draw of a review, without their fields and computations."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from dashboard.components.case.study import render_strips
from dashboard.components.explain.maps import render_kept_maps
from dashboard.components.explain.trust import render_finding_trust
from dashboard.components.numbers.findings import render_numbers
from dashboard.components.patient.contributions import render_contributions
from dashboard.components.patient.risks import render_risk
from dashboard.components.together.alerts_panel import render_saved_alerts
from dashboard.components.together.assessment import render_assessment
from dashboard.components.together.concordance import render_concordance
from dashboard.components.together.other_parts import render_hour, render_note, render_other_parts
from dashboard.screens.reading.drawers import BESIDE, EXPLAIN, FRAMES, NOT_ASSESSED, NUMBERS, PATIENT, TOGETHER
from dashboard.screens.reading.drawers.not_assessed import render_not_assessed
from dashboard.viewmodels.case.study import build_study
from dashboard.viewmodels.together.assessment import saved_assessment_view
from model_zoo.card import ModelCard
from model_zoo.case import CaseReview


def saved_drawers(review: CaseReview, card: ModelCard | None, target: str | None) -> dict[str, Callable[[], None]]:
    """Return what draws each drawer. card: ``None`` where the model is not installed here. target: the finding looked at."""
    note, stay = (None, None) if review.whole is None else (review.whole.note, review.whole.vital_signs)
    drawers: dict[str, Callable[[], None]] = {
        EXPLAIN: partial(_explain, review, target),
        PATIENT: partial(_patient, review),
        BESIDE: partial(render_other_parts, partial(render_note, note), partial(render_hour, stay)),
        TOGETHER: partial(_together, review),
    }
    if card is None:
        return drawers
    drawers[NUMBERS] = partial(render_numbers, review, card, target)
    drawers[NOT_ASSESSED] = partial(render_not_assessed, card)
    if review.study is not None:
        study = build_study(review.study, card, review.scan.frame, review.prediction.covered)
        drawers[FRAMES] = partial(render_strips, study, "study-strip")
    return drawers


def _explain(review: CaseReview, target: str | None) -> None:
    if target is not None:
        render_finding_trust(review, target)
    render_kept_maps(review, target)


def _patient(review: CaseReview) -> None:
    render_risk(review)
    render_contributions(review)


def _together(review: CaseReview) -> None:
    render_saved_alerts(review)
    render_concordance(review)
    if review.whole is not None:
        render_assessment(saved_assessment_view(review.whole), review.whole.differing_values)
