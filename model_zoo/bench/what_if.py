"""The part of ``bench`` on What if: one changed value, with its contributions, in every installed patient model."""

from __future__ import annotations

from typing import Any

import torch

from model_zoo.bench.timing import timed_in_turns
from model_zoo.patients.counterfactuals import find_counterfactuals
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.reference_groups import load_reference
from model_zoo.patients.risk import RiskModel
from model_zoo.patients.risk_models import definitions, risk_model
from model_zoo.patients.what_if import risk_path, what_if

LIMIT_SECONDS = 0.1  # a change answered within a tenth of a second feels immediate


def measure_what_if(repeats: int) -> dict[str, Any]:
    """Return per patient model the times of a change, of a path and of a search, on one thread, and the largest residual.

    The patient is the model's reference patient; the value that changes is its first number beside the age.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return {
            "threads": 1,
            "limit_seconds": LIMIT_SECONDS,
            "models": {name: _measure(risk_model(name), repeats) for name in definitions()},
        }
    finally:
        torch.set_num_threads(threads)


def reference_record(model: RiskModel) -> PatientRecord:
    """Return the reference patient of a card as a record, at an age that the model speaks for."""
    values = dict(model.card["reference_patient"]["values"])
    age, sex = values.pop("age_years", None), values.pop("sex", None)
    return PatientRecord(None, None if age is None else float(age), sex, values)


def _measure(model: RiskModel, repeats: int) -> dict[str, Any]:
    record, stored = reference_record(model), load_reference(model)
    spec = next(s for s in model.specs if s.kind == "numeric" and s.name != "age_years" and s.training is not None)
    assumed = spec.training or (0.0, 1.0)
    change = {spec.name: float(round(assumed[1])) if spec.whole else assumed[1]}
    times = timed_in_turns(
        {
            "change": lambda: what_if(model, record, change),
            "path": lambda: risk_path(model, record, spec.name),
            "counterfactuals": lambda: find_counterfactuals(model, record, stored),
        },
        repeats,
    )
    residual = max(abs(found.residual) for found in what_if(model, record, change).attributions)
    return {"seconds": times, "largest_residual": residual}
