"""One record for several patient models: what a form asks for is replaced, what only other models read is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from model_zoo.patients.coma import GCS_NOTE
from model_zoo.patients.features import FeatureSpec
from model_zoo.patients.record import PatientRecord

_COMA_SCORE = "coma_score"


def merge_form(earlier: PatientRecord | None, entered: PatientRecord, specs: Iterable[FeatureSpec]) -> PatientRecord:
    """Return what a form gave, with everything of the earlier record that the form did not ask for.

    Parameters
    ----------
    earlier
        The record before, if any.
    entered
        What the form holds.
    specs
        The quantities that the form asked for; one of them that was emptied stays empty. Age and sex of the earlier record
        are kept where the form asks for neither.
    """
    if earlier is None:
        return entered
    asked = {spec.name for spec in specs}
    kept = {name: value for name, value in earlier.values.items() if name not in asked}
    notes = entered.notes
    # The remark on an approximate coma score holds as long as the score does.
    if earlier.value(_COMA_SCORE) is not None and earlier.value(_COMA_SCORE) == {**kept, **entered.values}.get(
        _COMA_SCORE
    ):
        notes = tuple(dict.fromkeys((*notes, *(note for note in earlier.notes if note == GCS_NOTE))))
    return replace(
        entered,
        age_years=entered.age_years if "age_years" in asked else earlier.age_years,
        sex=entered.sex if "sex" in asked else earlier.sex,
        values={**kept, **entered.values},
        notes=notes,
        synthetic=entered.synthetic or earlier.synthetic,
    )
