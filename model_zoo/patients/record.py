"""One patient's numbers, immutable, in SI units, with what was not measured kept apart from zero."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from model_zoo.errors import InvalidPatientRecord
from model_zoo.patients.features import Value

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class PatientRecord:
    """What is known about one patient.

    identifier: only for the wrong-patient check of the running session; left out of repr and, unless asked, of JSON.
    age_years: years. sex: "F" or "M". values: by the name of the FeatureSpec, numbers in SI units, flags 1.0 or 0.0;
    None or absent: not measured. Read-only.
    provenance: where the record came from in a few words. notes: remarks for the reader. synthetic: a written example.
    """

    identifier: str | None = field(default=None, repr=False)
    age_years: float | None = None
    sex: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    provenance: str = ""
    notes: tuple[str, ...] = ()
    synthetic: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def __reduce__(self) -> tuple[Any, ...]:
        # A mapping proxy can neither be copied nor pickled; the plain dictionary inside can.
        state = (self.identifier, self.age_years, self.sex, dict(self.values))
        return PatientRecord, (*state, self.provenance, self.notes, self.synthetic)

    def __hash__(self) -> int:
        return hash((self.age_years, self.sex, tuple(sorted(self.values.items(), key=lambda item: item[0]))))

    def value(self, name: str) -> Value:
        """Return a value by the name of its FeatureSpec, age and sex included; None: not measured."""
        if name == "age_years":
            return self.age_years
        if name == "sex":
            return self.sex
        return self.values.get(name)

    def to_json(self, include_identifier: bool = False) -> str:
        """Return the versioned JSON form; without the identifier unless asked, so that a stored case holds none."""
        content: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "age_years": self.age_years,
            "sex": self.sex,
            "values": dict(sorted(self.values.items())),
            "provenance": self.provenance,
            "notes": list(self.notes),
            "synthetic": self.synthetic,
        }
        if include_identifier and self.identifier is not None:
            content["identifier"] = self.identifier
        return json.dumps(content, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> PatientRecord:
        """Return the record of ``to_json``. Names and ranges are checked by ``parse_patient``, the form is checked here.

        Raises InvalidPatientRecord on anything that is not this form, or of a newer version.
        """
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as e:
            raise InvalidPatientRecord(["the text is not valid JSON"], "Export the record again.") from e
        if not isinstance(content, dict) or "schema_version" not in content:
            raise InvalidPatientRecord(
                ["this is not a stored patient record"], "Expected an object with schema_version."
            )
        version = content["schema_version"]
        if version != SCHEMA_VERSION:
            raise InvalidPatientRecord(
                [f"the record has schema version {str(version)[:20]}, this program reads version {SCHEMA_VERSION}"],
                "Open it with the version of the program that wrote it.",
            )
        problems = list(_form_problems(content))
        if problems:
            raise InvalidPatientRecord(problems)
        return cls(
            content.get("identifier"),
            content.get("age_years"),
            content.get("sex"),
            content.get("values", {}),
            content.get("provenance", ""),
            tuple(content.get("notes", ())),
            content.get("synthetic", False),
        )


_TYPES: dict[str, tuple[type, ...]] = {
    "schema_version": (int,),
    "identifier": (str, type(None)),
    "age_years": (int, float, type(None)),
    "sex": (str, type(None)),
    "values": (dict,),
    "provenance": (str,),
    "notes": (list,),
    "synthetic": (bool,),
}


def _form_problems(content: Mapping[str, Any]) -> list[str]:
    problems = [f"unknown entry '{str(key)[:40]}'" for key in content if key not in _TYPES]
    for key, types in _TYPES.items():
        value = content.get(key)
        if key in content and (not isinstance(value, types) or (isinstance(value, bool) and bool not in types)):
            problems.append(f"'{key}' has the wrong type")
    values = content.get("values", {})
    if isinstance(values, dict):
        problems += [
            f"the value of '{str(name)[:40]}' is neither a number nor a text"
            for name, value in values.items()
            if not isinstance(value, (int, float, str, type(None))) or isinstance(value, bool)
        ]
    notes = content.get("notes", [])
    if isinstance(notes, list) and not all(isinstance(note, str) for note in notes):
        problems.append("'notes' must be a list of texts")
    return problems
