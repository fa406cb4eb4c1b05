"""Complaints in words -> a ranked list of conditions to consider, with the words that speak for each.

A text or a structured history (``text_of_history``) goes in. What it denies is left out before the network reads it, a
misspelled word is read as the nearest known one, and both are in the result. Severe conditions above a stated probability
come first as red flags. Too little text, or too many unknown words, gives no list but the reason.

Everything was learned from synthetic patients of a rule-based generator (DDXPlus): no number here is evidence about patients.
"""

from model_zoo.symptoms.attribution import TextAttribution, WordAttribution
from model_zoo.symptoms.differential import (
    CAUTION,
    RED_FLAG_PROBABILITY,
    ConsideredCondition,
    Differential,
    TextUnreadable,
    consider,
    explain_condition,
)
from model_zoo.symptoms.history import text_of_history
from model_zoo.symptoms.model import (
    DEFAULT_MODEL,
    SYMPTOM_MODELS,
    SymptomModel,
    installed_symptom_models,
    symptom_model,
)

__all__ = [
    "CAUTION",
    "DEFAULT_MODEL",
    "RED_FLAG_PROBABILITY",
    "SYMPTOM_MODELS",
    "ConsideredCondition",
    "Differential",
    "SymptomModel",
    "TextAttribution",
    "TextUnreadable",
    "WordAttribution",
    "consider",
    "explain_condition",
    "installed_symptom_models",
    "symptom_model",
    "text_of_history",
]
