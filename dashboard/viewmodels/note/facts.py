"""One statement of a note in words: its value as the quantity words it, what denies it, and of whom it is."""

from __future__ import annotations

from functools import cache

from dashboard.catalogue import text
from model_zoo.case.assessment import NoteFact
from model_zoo.patients import CATALOGUE
from model_zoo.patients.features import FeatureSpec


def fact_words(fact: NoteFact) -> str:
    """Return a statement with its value; one that is not of the patient now says so."""
    words = text("report.note.denied", fact=fact.title) if fact.negated else valued_words(fact)
    return words if fact.context == "patient" else text("report.note.other", fact=words, context=fact.context)


def valued_words(fact: NoteFact) -> str:
    """Return title and value of a statement: "Sodium 132 mmol/L", "Smoking: yes", "Sex: male"."""
    if fact.value is None:
        return fact.title
    spec = _specs().get(fact.name)
    if spec is None:
        value = f"{fact.value:.4g}" if isinstance(fact.value, float) else fact.value
        return f"{fact.title} {value} {fact.unit}".strip()
    if spec.kind == "numeric":
        return f"{fact.title} {spec.show(fact.value)}"
    return text("report.note.value", fact=fact.title, value=spec.show(fact.value))


@cache
def _specs() -> dict[str, FeatureSpec]:
    return {spec.name: spec for spec in CATALOGUE}
