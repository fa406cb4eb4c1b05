"""Do scan and patient model of one protocol point the same way? Said in words, never as one number.

Only pairs that are made to be compared are compared: for a breast lump the picture and the cytology, two legs of the
triple assessment (the third is the examining hand). Legs that contradict each other are the finding: guidelines ask
for tissue then.

Reference: Willett, Michell, Lee 2010, Best practice diagnostic guidelines for patients presenting with breast symptoms.
"""

from __future__ import annotations

from dataclasses import dataclass

from model_zoo.review.case import CaseReview

CONCORDANT, DISCORDANT, INCOMPLETE = "concordant", "discordant", "incomplete"


@dataclass(frozen=True)
class LegPair:
    """A scan model's output and a risk model's outcome that answer the same question. question: in words."""

    image_model: str
    output: str
    risk_model: str
    outcome: str
    question: str
    same_thing: str
    missing_leg: str
    if_discordant: str


PAIRS = (
    LegPair(
        image_model="breast-ultrasound",
        output="malignant",
        risk_model="breast-cytology",
        outcome="malignant",
        question="malignant",
        same_thing="It holds only if the aspirate is of the lump in this picture.",
        missing_leg="The third leg of the triple assessment, the clinical examination, is not here.",
        if_discordant=(
            "In a triple assessment legs that contradict each other are commonly followed by tissue sampling (guideline of 2010); "
            "consider it with whoever examined the patient."
        ),
    ),
)


@dataclass(frozen=True)
class Concordance:
    """state: concordant, discordant or incomplete. legs: one sentence per leg. sentence: what follows from them."""

    state: str
    legs: tuple[str, ...]
    sentence: str


def assess_concordance(review: CaseReview) -> Concordance | None:
    """Return how the two legs of a reading agree, ``None`` where the models are not made to be compared."""
    pair = next((p for p in PAIRS if p.image_model == review.prediction.model), None)
    if pair is None:
        return None
    finding = review.prediction.finding(pair.output)
    if not review.prediction.covered:
        return Concordance(
            INCOMPLETE,
            (),
            "The scan was read outside the intended use of its model: it is no leg that could be compared.",
        )
    side = "above" if finding.above_threshold else "below"
    value = f"score {finding.score:.0f} of 100" if finding.probability is None else f"{finding.probability:.2f}"
    legs = [f"Scan: {finding.title.lower()} {value}, {side} its threshold."]
    if review.risk is None or review.risk.model != pair.risk_model:
        return Concordance(
            INCOMPLETE,
            tuple(legs),
            f"One leg alone: no {pair.risk_model.replace('-', ' ')} result stands beside it. {pair.missing_leg}",
        )
    risk = next(o for o in review.risk.outcomes if o.name == pair.outcome)
    side = "above" if risk.above_threshold else "below"
    legs.append(f"{review.risk.title}: {risk.title.lower()} {_percent(risk.probability)}, {side} its threshold.")
    if finding.above_threshold != risk.above_threshold:
        return Concordance(
            DISCORDANT,
            tuple(legs),
            f"The legs contradict each other. {pair.same_thing} {pair.if_discordant} {pair.missing_leg}",
        )
    words = f"Both legs lie above their thresholds for {pair.question}."
    if not finding.above_threshold:
        words = f"Both legs lie below their thresholds for {pair.question}; that rules nothing out."
    return Concordance(
        CONCORDANT,
        tuple(legs),
        f"{words} {pair.same_thing} The two models come from different patients. {pair.missing_leg}",
    )


def _percent(probability: float) -> str:
    """Return a risk in per cent; never none and never all, which no estimated risk is."""
    if probability < 0.005:
        return "less than 1 %"
    return "more than 99 %" if probability > 0.995 else f"{100 * probability:.0f} %"
