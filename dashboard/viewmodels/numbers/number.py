"""The honest number block as the page says it: a block flows in, a badge, lines and rows come out."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.catalogue import text
from dashboard.viewmodels.case.state import BadgeColour, build_state
from model_zoo.trust.number_block import NumberBlock
from model_zoo.trust.rates import Rate, chance_words


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
            (text("numbers.local.probability"), _with_ends(local.probability, low, high)),
            (text("numbers.local.threshold"), chance_words(local.threshold_probability)),
            (text("numbers.local.ppv"), _share(local.ppv)),
            (text("numbers.local.npv"), _share(local.npv)),
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
        predictive_words=block.predictive_absent or (text("numbers.ask_prevalence") if local is None else ""),
    )


def _share(rate: Rate | None) -> str:
    if rate is None:
        return text("numbers.local.not_defined")
    if rate.low is None or rate.high is None:
        return chance_words(rate.value)
    return _with_ends(rate.value, rate.low, rate.high)


def _with_ends(value: float, low: float, high: float) -> str:
    ends = {"low": chance_words(low), "high": chance_words(high)}
    return text("numbers.local.interval", value=chance_words(value), **ends)


def _calibrated_at(prevalence: float) -> str:
    return text("numbers.local.calibrated", prevalence=f"{100 * prevalence:.0f}")
