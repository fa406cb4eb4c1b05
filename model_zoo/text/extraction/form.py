"""From the items of a note to the fields of the patient form, and to a checked record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model_zoo.patients.coma import SCORE_OF_GCS
from model_zoo.patients.features import FeatureSpec, Value
from model_zoo.patients.parsing import parse_patient
from model_zoo.patients.record import PatientRecord
from model_zoo.text.extraction.findings import is_complaint
from model_zoo.text.extraction.items import CONTEXT_WORDS, ExtractedItem

PROVENANCE = "read from a note"


@dataclass(frozen=True)
class FormValues:
    """values: by stored name ("gcs" beside them), in SI. used: the items behind them. left_out: item and the reason, in words."""

    values: dict[str, Value]
    used: tuple[ExtractedItem, ...]
    left_out: tuple[tuple[ExtractedItem, str], ...]


def form_values(items: Sequence[ExtractedItem], specs: Iterable[FeatureSpec]) -> FormValues:
    """Return what may be filled into the form with one click. No value is clipped; a doubtful one is left out with a reason."""
    names = {spec.name for spec in specs}
    wanted = names | ({"gcs"} if "coma_score" in names else set())
    values: dict[str, Value] = {}
    used: dict[str, ExtractedItem] = {}
    left_out: list[tuple[ExtractedItem, str]] = []
    for item in items:
        if item.name not in wanted:
            if item.kind != "medication" and not is_complaint(item.name):
                left_out.append((item, "; ".join(item.problems) or "not used by the chosen patient model"))
            continue
        reason = _reason(item)
        if reason:
            left_out.append((item, reason))
        elif item.name not in values or item.start >= used[item.name].start:
            values[item.name], used[item.name] = item.value, item
    return FormValues(values, tuple(used.values()), tuple(left_out))


def record_of_note(items: Sequence[ExtractedItem], specs: Iterable[FeatureSpec]) -> PatientRecord:
    """Return the checked record of what the note says. Raises InvalidPatientRecord as a typed form would."""
    table = tuple(specs)
    return parse_patient(form_values(items, table).values, table, "SI", PROVENANCE)


def _reason(item: ExtractedItem) -> str:
    if item.context != "patient":
        return CONTEXT_WORDS[item.context]
    if item.problems:
        return "; ".join(item.problems)
    if item.value is None:
        return "the wording leaves it open"
    if item.name == "gcs" and item.value not in SCORE_OF_GCS:
        return "the Glasgow Coma Scale runs from 3 to 15 in whole points"
    return ""
