"""For whom a patient model speaks: ages, sexes, what has to be given, how much has to be known, as one callable value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from model_zoo.patients.features import FeatureSpec
from model_zoo.patients.record import PatientRecord

STATE_AGE = "State the patient's age."
AGE_NOTE = "The record holds no age; the one stated by the reader is used."
_AGE_OF_ALL = 50.0  # years: every model speaks for patients of this age
_SEX_WORDS = {"F": "women", "M": "men"}


@dataclass(frozen=True)
class Applicability:
    """Call it with a record: None, or the sentence that says why the model has no risk for it.

    specs: the features of the model. min_measured: how many of them have to be known.
    ages: lowest and highest age in years that the model speaks for, both included. age_needed: False where the age is no
    feature, so that a record without it is not refused. sexes: the sexes it was trained on; an unknown sex is accepted.
    needed: names of features without which there is no risk.
    """

    specs: tuple[FeatureSpec, ...]
    min_measured: int
    ages: tuple[int, int] = (18, 125)
    age_needed: bool = True
    sexes: tuple[str, ...] = ("F", "M")
    needed: tuple[str, ...] = ()

    def __call__(self, record: PatientRecord) -> str | None:
        known = sum(record.value(spec.name) is not None for spec in self.specs)
        if known == 0:
            return f"No risk is shown: none of the {len(self.specs)} quantities that the model reads is known."
        low, high = self.ages
        age = record.age_years
        made_for = f"the model was made for patients of {low} to {high} years"
        if age is not None and not low <= age < high + 1:
            return f"No risk is shown: {made_for}."
        if record.sex is not None and record.sex not in self.sexes:
            return (
                f"No risk is shown: the model was made for {' and '.join(_SEX_WORDS[sex] for sex in self.sexes)} only."
            )
        enough = known + (age is None and self.age_needed) >= self.min_measured
        if age is None and self.age_needed:
            few = "" if enough else f" {self._too_few(known)}"
            return f"No risk is shown: the age is not known, and {made_for}. {STATE_AGE}{few}"
        absent = [spec.title for spec in self.specs if spec.name in self.needed and record.value(spec.name) is None]
        if absent:
            return f"No risk is shown: {', '.join(absent)} must be known."
        return None if enough else f"No risk is shown: {self._too_few(known)}"

    def _too_few(self, known: int) -> str:
        return f"{known} of {len(self.specs)} quantities are known, at least {self.min_measured} are needed."


def lacks_age(specs: Iterable[FeatureSpec], record: PatientRecord) -> bool:
    """Tell whether a record lacks the age that a model reads, so that the reader is to be asked for it."""
    return record.age_years is None and any(spec.name == "age_years" for spec in specs)


def refusal_by_age(speaks: Callable[[PatientRecord], str | None], age_years: float | None) -> str | None:
    """Return why a model speaks for nobody of an age in years, or ``None``: then the patient's values are worth giving."""
    if age_years is None:
        return None
    reason = speaks(PatientRecord(age_years=age_years))
    return None if reason == speaks(PatientRecord(age_years=_AGE_OF_ALL)) else reason


def with_stated_age(record: PatientRecord, age_years: float | None) -> PatientRecord:
    """Return a record that holds no age with the one that the reader stated for the patient; any other as it is."""
    if record.age_years is not None or age_years is None:
        return record
    return replace(record, age_years=age_years, notes=(*record.notes, AGE_NOTE))
