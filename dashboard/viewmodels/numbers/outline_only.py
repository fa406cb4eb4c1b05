"""A reading without findings, as the page says it: outlines, areas of both sides, and the figures of the card."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.catalogue import text
from dashboard.viewmodels.explain.trust import build_finding_trust
from model_zoo.card import ModelCard
from model_zoo.case.case_review import CaseReview
from model_zoo.case.outlines.regions import side_shares
from model_zoo.engine.outlines import OUTLINES_ONLY
from model_zoo.segmenters.figures import held_out_sentences


@dataclass(frozen=True)
class OutlineOnlyView:
    """sides: how the outlined area is shared between left and right, "" where they are not told apart."""

    headline: str
    population_note: str
    sides: str
    figures: tuple[str, ...]
    intended_use: str
    not_for: str
    remarks: tuple[str, ...]


def build_outline_only(review: CaseReview, card: ModelCard) -> OutlineOnlyView:
    """Put a reading of a model that names no finding into words."""
    gate = build_finding_trust(review, "").gate_words
    return OutlineOnlyView(
        headline=OUTLINES_ONLY,
        population_note=card.population(review.prediction.population).note,
        sides=side_shares(review.regions),
        figures=held_out_sentences(card.raw),
        intended_use=card.intended_use,
        not_for="; ".join(card.not_for),
        remarks=() if gate is None else (text("outlines.gate", gate=gate),),
    )
