"""One patient's numbers, immutable, in SI units, with what was not measured kept apart from zero."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field, ValidationError

from model_zoo.errors import InvalidPatientRecord
from model_zoo.patients.features import Value
from model_zoo.stored import Age, rebuild

SCHEMA_VERSION = 1
# Where a record came from that a reader typed; any other was brought as a file or written for a sample.
TYPED = "entered in the form"


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
        try:
            stored = rebuild(_StoredRecord, content)
        except ValidationError as e:
            raise InvalidPatientRecord(_problems(e)) from e
        except ValueError as e:
            raise InvalidPatientRecord(["the record holds what is no plain value"]) from e
        return cls(
            stored.identifier,
            stored.age_years,
            stored.sex,
            stored.values,
            stored.provenance,
            stored.notes,
            stored.synthetic,
        )


@dataclass(frozen=True)
class _StoredRecord:
    schema_version: int
    identifier: str | None = None
    age_years: Age | None = None
    sex: Annotated[str, Field(pattern="^[FM]$")] | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    provenance: str = ""
    notes: tuple[str, ...] = ()
    synthetic: bool = False


def _problems(error: ValidationError) -> list[str]:
    """Return each entry that is wrong once, by its name; no value is repeated."""
    found = {}
    for entry in error.errors(include_url=False, include_context=False, include_input=False):
        place = [str(part)[:40] for part in entry["loc"][1:3]]
        unknown = entry["type"] == "unexpected_keyword_argument"
        found[tuple(place)] = (
            f"unknown entry '{place[0]}'"
            if unknown
            else f"'{' '.join(place)}' has the wrong type, or lies out of range"
        )
    return list(found.values())
