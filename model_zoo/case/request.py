"""What a reader asks of a reading. Needs no network, so that a page can hold it before any is loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from model_zoo.trust.conformal import DEFAULT_COVERAGE

DEFAULT_METHODS = ("grad-cam", "integrated-gradients")
NO_PATIENT_MODEL = "This protocol has no patient model."
NO_RECORD = "No patient record was given."


@dataclass(frozen=True)
class ReadRequest:
    """What the reader asks for.

    age_years, sex, view: stated by the reader; the file's own values stand in where they are ``None``.
    insist: read although the card does not cover the scan. population: which outputs to read then, when the age names
    none. target: output to explain, by default the strongest finding. parameters: per method, by name. coverage: of the
    prediction sets. prevalence: local share of ill patients by output, above 0 and below 1; none is assumed. checks: whether
    ``read_case`` examines the maps. patient_model: risk model beside the scan, by default the first of the protocol.
    """

    age_years: float | None = None
    sex: str | None = None
    view: str | None = None
    frame: int = 0
    insist: bool = False
    population: str | None = None
    target: str | None = None
    methods: Sequence[str] = DEFAULT_METHODS
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    coverage: float = DEFAULT_COVERAGE
    prevalence: Mapping[str, float] = field(default_factory=dict)
    checks: bool = True
    patient_model: str | None = None
