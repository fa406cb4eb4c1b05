"""The honest number block as the page says it: a block flows in, a badge, lines and rows come out."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.viewmodels.case.state import BadgeColour, build_state
from model_zoo.trust.number_block import NumberBlock
from model_zoo.trust.rates import Rate, chance_words

NO_COVERAGE = "No measured coverage is installed with this model: the number stands without a prediction set."
ASK_PREVALENCE = (
    "State the local prevalence to see what this finding means where you work. Nothing is assumed: the share of ill "
    "patients among those it was calibrated on is not yours."
)


@dataclass(frozen=True)
class NumberView:
    """One block.

    badge: the state in a word. statement: state and set in words. measured: how often such sets
    held, and the groups of this patient. warnings: where that falls short. rows: name and value of what the local
    prevalence changes. odds: predictive values counted out. asks_prevalence: whether one can be stated at all.
    """

    badge: str
    badge_colour: BadgeColour
    badge_icon: str
    statement: str
    measured: str
    groups: tuple[str, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    odds: str
    caveat: str
    asks_prevalence: bool
    predictive_words: str


def build_number(block: NumberBlock) -> NumberView:
    """Turn a block into what is drawn."""
    state = build_state(block.state)
    local = block.predictive
    rows: tuple[tuple[str, str], ...] = ()
    if local is not None:
        low, high = local.probability_interval
        rows = (
            ("Probability", f"{chance_words(local.probability)} ({chance_words(low)} to {chance_words(high)})"),
            ("Operating threshold", chance_words(local.threshold_probability)),
            ("Positive predictive value", _share(local.ppv)),
            ("Negative predictive value", _share(local.npv)),
        )
    return NumberView(
        badge=state.word,
        badge_colour=state.colour,
        badge_icon=state.icon,
        statement=block.statement,
        measured="" if block.measured is None else block.measured.sentence,
        groups=tuple(group.sentence for group in block.groups),
        warnings=block.warnings,
        notes=block.notes,
        rows=rows,
        odds="" if local is None else local.odds,
        caveat="" if local is None else f"{local.caveat} {_calibrated_at(local.calibration_prevalence)}",
        asks_prevalence=block.predictive_absent is None,
        predictive_words=block.predictive_absent or (ASK_PREVALENCE if local is None else ""),
    )


def _share(rate: Rate | None) -> str:
    if rate is None:
        return "not defined on the held-out films"
    if rate.low is None or rate.high is None:
        return chance_words(rate.value)
    return f"{chance_words(rate.value)} ({chance_words(rate.low)} to {chance_words(rate.high)})"


def _calibrated_at(prevalence: float) -> str:
    return f"The probability among the findings was calibrated where {100 * prevalence:.0f} % had it."
