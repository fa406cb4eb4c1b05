"""Do scan and patient model of one protocol point the same way? Announcement in words, never as one number.

Only pairs that are made to be compared are compared: for a breast lump the picture and the cytology, two legs of the
triple assessment (the third is the examining hand). Legs that contradict each other are the finding: guidelines ask
for tissue then.

Reference: Willett, Michell, Lee 2010, Best practice diagnostic guidelines for patients presenting with breast symptoms.
"""

from __future__ import annotations

from dataclasses import dataclass

from model_zoo.case.case_review import CaseReview
from model_zoo.trust.state import State, state_of

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
    finding, image = review.prediction.finding(pair.output), review.state_of(pair.output)
    if image is State.NOT_OFFERED:
        return Concordance(INCOMPLETE, (), "The scan is not offered here: it is no leg that could be compared.")
    value = f"score {finding.score:.0f} of 100" if finding.probability is None else f"{finding.probability:.2f}"
    legs = [f"Scan: {finding.title.lower()} {value}, {image}."]
    if review.risk is None or review.risk.model != pair.risk_model:
        return Concordance(
            INCOMPLETE,
            tuple(legs),
            f"One leg alone: no {pair.risk_model.replace('-', ' ')} result stands beside it. {pair.missing_leg}",
        )
    risk = next(o for o in review.risk.outcomes if o.name == pair.outcome)
    cells = state_of(True, risk.probability, risk.threshold)
    legs.append(f"{review.risk.title}: {risk.title.lower()} {_percent(risk.probability)}, {cells}.")
    state, words = _compared(pair, image, cells, review.judged(pair.output))
    return Concordance(state, tuple(legs), f"{words} {pair.missing_leg}")


def _compared(pair: LegPair, image: State, cells: State, judged: bool) -> tuple[str, str]:
    """Return how two legs agree. judged: whether it is known if the map of the scan can be believed."""
    if (image is State.FLAGGED) != (cells is State.FLAGGED):
        # An undecided scan beside flagged cells counts too: a set never takes a warning back.
        return (
            DISCORDANT,
            f"The legs contradict each other: one is flagged, the other not. {pair.same_thing} {pair.if_discordant}",
        )
    if image is State.UNDECIDED:
        return INCOMPLETE, "The scan is undecided, so the legs do not agree; this excludes nothing."
    if not judged:
        return INCOMPLETE, "Whether the map of the scan can be believed is not known, so the legs do not agree yet."
    words = f"Both legs are flagged for {pair.question}."
    if image is State.NOT_FLAGGED:
        words = f"Neither leg is flagged for {pair.question}; this excludes nothing."
    return CONCORDANT, f"{words} {pair.same_thing} The two models come from different patients."


def _percent(probability: float) -> str:
    """Return a risk in per cent; never none and never all, which no estimated risk is."""
    if probability < 0.005:
        return "less than 1 %"
    return "more than 99 %" if probability > 0.995 else f"{100 * probability:.0f} %"


def discordance_sentences(concordance: Concordance | None) -> tuple[str, ...]:
    """Return the sentence of a contradiction, if it is one."""
    if concordance is None or concordance.state != DISCORDANT:
        return ()
    return (" ".join((*concordance.legs, concordance.sentence)),)
