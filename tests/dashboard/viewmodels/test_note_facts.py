"""Statements of a note in the words of their quantity: no flag is a number, no choice a code."""

from __future__ import annotations

import pytest

from dashboard.catalogue import text
from dashboard.viewmodels.note.facts import fact_words
from model_zoo.case.assessment import NoteFact
from model_zoo.patients import feature


@pytest.mark.parametrize(
    ("name", "value"), [("smoking", 1.0), ("smoking", 0.0), ("sex", "M"), ("chest_pain", "typical")]
)
def test_flags_and_choices_are_worded(name: str, value: float | str) -> None:
    spec = feature(name)
    fact = NoteFact("finding", name, spec.title, value, "", False, "patient", ())
    assert fact_words(fact) == text("report.note.value", fact=spec.title, value=spec.show(value))
    assert str(value) not in fact_words(fact).replace(spec.show(value), "")


def test_a_number_has_the_decimals_of_its_quantity() -> None:
    name = "mean_arterial_pressure_mmhg"
    fact = NoteFact("vital", name, feature(name).title, 69.333, "mm Hg", False, "patient", ())
    assert fact_words(fact) == f"{feature(name).title} 69 mm Hg"


def test_a_quantity_that_no_form_knows_keeps_its_number_and_unit() -> None:
    fact = NoteFact("vital", "spo2_percent", "Oxygen saturation", 91.0, "%", False, "patient", ())
    assert fact_words(fact) == "Oxygen saturation 91 %"


def test_a_denied_statement_and_one_of_another_person() -> None:
    assert fact_words(NoteFact("finding", "fever", "fever", None, "", True, "patient", ())) == text(
        "report.note.denied", fact="fever"
    )
    told = fact_words(NoteFact("finding", "diabetes", "Diabetes", 1.0, "", False, "family", ()))
    assert told.endswith("(family)")
