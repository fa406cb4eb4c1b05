"""The same quantity in form, note and stay: where the parts of one case state it too far apart to be one measurement.

It says nothing of who is right. A value of another day, a slip of the keyboard and another patient's sheet look the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from model_zoo.fusion.given import HourRead, NoteRead
from model_zoo.monitoring.variables import MONITORED
from model_zoo.patients.catalogue import CATALOGUE
from model_zoo.patients.features import FeatureSpec
from model_zoo.patients.record import PatientRecord
from model_zoo.review.whole import ValueDifference

FORM, NOTE, STAY = "the form", "the note", "the vital signs"
# Values of one state of one patient lie no further apart than the larger of these; both are our choice.
NORMAL_SHARE = 0.5  # of the width of the normal range
BEYOND_SHARE = 0.25  # of how far the more abnormal of both lies beyond the normal range
_SPECS: dict[str, FeatureSpec] = {
    spec.name: spec for spec in (*CATALOGUE, *MONITORED) if spec.kind == "numeric" and spec.normal is not None
}


def differing_values(record: PatientRecord | None, note: NoteRead, stay: HourRead) -> tuple[ValueDifference, ...]:
    """Return each quantity that two parts of the case state further apart than NORMAL_SHARE and BEYOND_SHARE, in words.

    Of a note every value of the patient, now, counts, of a stay every measurement up to its hour: parts differ only where
    none of theirs comes close. A part that does not count for the case is left out.
    """
    given: dict[str, dict[str, list[float]]] = {FORM: {}, NOTE: {}, STAY: {}}
    for name, value in (record.values if record is not None else {}).items():
        _add(given[FORM], name, value)
    for item in note.items if note.absent is None else ():
        if item.usable:
            _add(given[NOTE], item.name, item.value)
    for name, values in (stay.measured if stay.absent is None else {}).items():
        for value in values:
            _add(given[STAY], name, value)
    found = []
    for name, spec in _SPECS.items():
        stated = {where: values[name] for where, values in given.items() if name in values}
        apart = [pair for pair in combinations(stated, 2) if _apart(spec, stated[pair[0]], stated[pair[1]])]
        if apart:
            places = [where for where in stated if any(where in pair for pair in apart)]
            words = ", ".join(f"{_shown(spec, stated[where])} in {_place(where, stay)}" for where in places)
            found.append(ValueDifference(name, spec.title, f"{spec.title}: {words}."))
    return tuple(found)


def _add(values: dict[str, list[float]], name: str, value: object) -> None:
    if name in _SPECS and isinstance(value, int | float) and not isinstance(value, bool):
        values.setdefault(name, []).append(float(value))


def _apart(spec: FeatureSpec, ours: Sequence[float], theirs: Sequence[float]) -> bool:
    low, high = spec.normal or (0.0, 0.0)

    def allowed(*values: float) -> float:
        beyond = max(max(low - value, value - high, 0.0) for value in values)
        return max(NORMAL_SHARE * (high - low), BEYOND_SHARE * beyond)

    return all(abs(mine - other) > allowed(mine, other) for mine in ours for other in theirs)


def _shown(spec: FeatureSpec, values: Iterable[float]) -> str:
    low, high = min(values), max(values)
    return spec.show(low) if spec.show(low) == spec.show(high) else f"{spec.show(low)} to {spec.show(high)}"


def _place(where: str, stay: HourRead) -> str:
    return f"{where} up to hour {stay.hour:g}" if where == STAY else where
