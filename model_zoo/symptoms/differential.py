"""From a text to conditions to consider: red flags first, then by likelihood, or the sentence that says why nothing can be told.

The ranking is of 49 conditions of a synthetic, rule-based generator. It is a list to think with, never a diagnosis: whatever
the patient has outside the 49 gets no place in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from model_zoo.errors import ZooError
from model_zoo.symptoms.attribution import TextAttribution, attribute_text
from model_zoo.symptoms.mapped_reading import MappedNote
from model_zoo.symptoms.model import SymptomModel
from model_zoo.symptoms.reading import ReadText
from model_zoo.symptoms.red_flags import WordFlag

LONGEST_TEXT = 20_000  # characters; the encoder reads about 300 words of it
WORST_SEVERITIES = (1, 2)  # of DDXPlus, where 1 is the worst of 5
# Below one in twenty a list of 49 always holds something severe, and a flag that is always raised is not read.
RED_FLAG_PROBABILITY = 0.05
SHOWN = 5  # conditions in the likelihood ranking
HEADING = "Conditions to consider"
RED_FLAG_HEADING = "Red flags to consider"
CAUTION = (
    "Learned from synthetic patients of a rule-based generator with 49 conditions; not evidence about patients. What the patient "
    "may have outside these 49 is not in the list."
)


class TextUnreadable(ZooError):
    """The text is empty or too long."""


@dataclass(frozen=True)
class ConsideredCondition:
    """rank: by probability, from 1. probability: calibrated on synthetic patients. red_flag: severe, and at least as likely as
    RED_FLAG_PROBABILITY."""

    name: str
    rank: int
    probability: float
    severity: int
    icd10: str
    red_flag: bool


@dataclass(frozen=True, eq=False)
class Differential:
    """red_flags: severe conditions above the stated probability, the likeliest first. ranked: all 49 by probability.

    cannot_tell: None, or why no ranking should be read from this text; then both lists are empty.
    read: words read, denied and taken for misspelled, with their places. mapped: the evidences that were found in a note and
    what of it none was found for; None where the text was read as it stands.
    """

    model: str
    weights_sha256: str
    red_flags: tuple[ConsideredCondition, ...]
    ranked: tuple[ConsideredCondition, ...]
    cannot_tell: str | None
    read: ReadText
    caution: str = CAUTION
    mapped: MappedNote | None = None
    word_flags: tuple[WordFlag, ...] = ()

    @property
    def displayed(self) -> tuple[ConsideredCondition, ...]:
        """Red flags first, then the likeliest others, SHOWN of them."""
        others = [condition for condition in self.ranked if not condition.red_flag]
        return (*self.red_flags, *others[:SHOWN])


def consider(model: SymptomModel, text: str) -> Differential:
    """Return the conditions to consider for a text. Raises TextUnreadable."""
    check_text(text)
    read = model.read(text)
    return considered(model, read, why_not(read, model.card["cannot_tell"]))


def check_text(text: str) -> None:
    """Raise TextUnreadable for a text that is empty or too long."""
    if not text.strip():
        raise TextUnreadable("There is no text.", "Describe the complaints in a few sentences.")
    if len(text) > LONGEST_TEXT:
        raise TextUnreadable(
            f"The text is longer than {LONGEST_TEXT} characters.", "Keep to the complaints and the history."
        )


def considered(
    model: SymptomModel, read: ReadText, reason: str | None, mapped: MappedNote | None = None
) -> Differential:
    """Return the conditions to consider for what was read. reason: why there is no ranking, where that is known already."""
    ranked: tuple[ConsideredCondition, ...] = ()
    if reason is None:
        probabilities = model.probabilities([read])[0]
        least = float(model.card["cannot_tell"]["least_top_probability"])
        if probabilities.max() < least:
            reason = "Cannot tell: the text fits no condition better than others."
        ranked = () if reason else rank(model, probabilities)
    flags = tuple(condition for condition in ranked if condition.red_flag)
    return Differential(model.name, str(model.card["weights_sha256"]), flags, ranked, reason, read, mapped=mapped)


def explain_condition(model: SymptomModel, differential: Differential, condition: str) -> TextAttribution:
    """Return which words speak for and against one condition. Raises ValueError for a condition the model does not know."""
    names = [entry.name for entry in model.conditions]
    if condition not in names:
        raise ValueError(f"'{condition}' is none of the {len(names)} conditions")
    return attribute_text(model, differential.read, names.index(condition))


def why_not(read: ReadText, rule: Mapping[str, Any]) -> str | None:
    """Return why a text is too little to rank by, or None. rule: measured by the recipe, on the card."""
    content = read.content
    known = [word for word in content if word.known]
    if not content:
        denied = " Everything in it is denied." if read.negations else ""
        return f"Cannot tell: the text states no complaint.{denied}"
    if len(known) < int(rule["least_known_words"]):
        least = rule["least_known_words"]
        return f"Cannot tell: the text is too short (the model knows {len(known)} words of it, at least {least} are needed)."
    if len(known) / len(content) < float(rule["least_known_share"]):
        return f"Cannot tell: the model does not know {len(content) - len(known)} of {len(content)} words that carry meaning."
    return None


def rank(model: SymptomModel, probabilities: np.ndarray) -> tuple[ConsideredCondition, ...]:
    """Return all conditions by probability. probabilities: (conditions,)."""
    order = np.argsort(-probabilities, kind="stable")
    found = []
    for place, i in enumerate(order, start=1):
        condition, probability = model.conditions[int(i)], float(probabilities[i])
        flag = condition.severity in WORST_SEVERITIES and probability >= RED_FLAG_PROBABILITY
        found.append(ConsideredCondition(condition.name, place, probability, condition.severity, condition.icd10, flag))
    return tuple(found)
