"""The same quantity in form, note and stay: where the parts of one case state it too far apart to be one measurement.

It says nothing of who is right. A value of another day, a slip of the keyboard and another patient's sheet look the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from model_zoo.case.assessment import ValueDifference
from model_zoo.case.note_and_stay import HourRead, NoteRead
from model_zoo.patients.catalogue import CATALOGUE
from model_zoo.patients.features import FeatureSpec
from model_zoo.patients.record import PatientRecord
from model_zoo.text.extraction.conflicts import SUPERSEDED
from model_zoo.vital_signs.variables import MONITORED

FORM, NOTE, STAY = "the form", "the note", "the vital signs"
# Values of one state of one patient lie no further apart than the larger of these; both are our choice.
NORMAL_SHARE = 0.5  # of the width of the normal range
BEYOND_SHARE = 0.25  # of how far the more abnormal of both lies beyond the normal range
_SPECS: dict[str, FeatureSpec] = {
    spec.name: spec for spec in (*CATALOGUE, *MONITORED) if spec.kind == "numeric" and spec.normal is not None
}


def differing_values(record: PatientRecord | None, note: NoteRead, stay: HourRead) -> tuple[ValueDifference, ...]:
    """Return each quantity that two parts of the case state further apart than NORMAL_SHARE and BEYOND_SHARE, in words.

    Of a note every value of the patient counts, the superseded ones of this time too, of a stay every measurement up to its
    hour: parts differ only where none of theirs comes close. A part that does not count for the case is left out.

    Parameters
    ----------
    record
        The patient.
    note
        What the note gave.
    stay
        What the stay gave up to its hour.
    """
    given: dict[str, dict[str, list[float]]] = {FORM: {}, NOTE: {}, STAY: {}}
    for name, value in (record.values if record is not None else {}).items():
        _add(given[FORM], name, value)
    for item in note.items if note.absent is None else ():
        if item.usable or (item.context == "patient" and item.problems == (SUPERSEDED,)):
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
            words = ", ".join(f"{_shown(spec, stated, where)} in {_place(where, stay)}" for where in places)
            found.append(ValueDifference(name, spec.title, f"{spec.title}: {words}."))
    names = {difference.name for difference in found}
    # The mean is computed from the other, or measured with it: one sentence says it.
    twice = {"mean_arterial_pressure_mmhg"} if "systolic_pressure_mmhg" in names else set()
    return tuple(difference for difference in found if difference.name not in twice)


def _add(values: dict[str, list[float]], name: str, value: object) -> None:
    if name in _SPECS and isinstance(value, int | float) and not isinstance(value, bool):
        values.setdefault(name, []).append(float(value))


def _apart(spec: FeatureSpec, ours: Sequence[float], theirs: Sequence[float]) -> bool:
    low, high = spec.normal or (0.0, 0.0)

    def allowed(*values: float) -> float:
        beyond = max(max(low - value, value - high, 0.0) for value in values)
        return max(NORMAL_SHARE * (high - low), BEYOND_SHARE * beyond)

    # A millionth more: what a binary fraction makes of 4.8 - 4.0 must not decide.
    return all(abs(mine - other) > allowed(mine, other) + 1e-6 for mine in ours for other in theirs)


def _shown(spec: FeatureSpec, stated: Mapping[str, Sequence[float]], where: str) -> str:
    """Return one value, or the range of several with the one nearest to what the other parts state."""
    values = stated[where]
    low, high = spec.show(min(values)), spec.show(max(values))
    if low == high:
        return low
    others = [value for other, given in stated.items() if other != where for value in given]
    nearest = min(values, key=lambda value: min(abs(value - other) for other in others))
    return f"{low} to {high} (nearest {spec.show(nearest)})"


def _place(where: str, stay: HourRead) -> str:
    return f"{where} up to hour {stay.hour:g}" if where == STAY else where
