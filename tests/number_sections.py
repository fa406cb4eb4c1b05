"""A measured entry of section "number" without any film: round figures that can be checked by hand."""

from __future__ import annotations

from typing import Any

COVERAGES = ("0.80", "0.90", "0.95")


def a_rate(value: float | None, low: float | None = None, high: float | None = None) -> dict[str, float | None]:
    return {"value": value, "low": low, "high": high}


def a_number_entry(kind: str = "probability", **measured: Any) -> dict[str, Any]:
    """Return the entry of one output: present from -1, absent up to 1; 0.2 of the calibration films positive."""
    rates = {
        "overall": a_rate(0.91, 0.88, 0.94),
        "present": a_rate(0.88, 0.81, 0.94),
        "absent": a_rate(0.92, 0.89, 0.95),
        "one_answer": a_rate(0.64, 0.59, 0.70),
    }
    thresholds = {key: {"present_from": -1.0, "absent_up_to": 1.0} for key in COVERAGES}
    groups = {
        "age": [
            {"group": "40-59", "too_few": True, "n_positive_patients": 21, "coverage": None},
            {
                "group": "60+",
                "too_few": False,
                "n_positive_patients": 60,
                "coverage": {key: a_rate(0.87, 0.8, 0.93) for key in COVERAGES},
            },
        ],
        "sex": [{"group": "female", "too_few": True, "n_positive_patients": 1, "coverage": None}],
        "view": [{"group": "AP", "too_few": True, "n_positive_patients": 3, "coverage": None}],
    }
    found = {
        "n_films": 1030,
        "n_patients": 400,
        "n_positive_films": 300,
        "n_positive_patients": 120,
        "coverage": dict.fromkeys(COVERAGES, rates),
        "subgroups": groups,
        "likelihood_ratios": None
        if kind == "report_score"
        else {"plus": a_rate(9.0, 6.0, 12.0), "minus": a_rate(0.25, 0.1, 0.4)},
        "baseline": {"commoner": "absent", "always_commoner": a_rate(0.7, 0.66, 0.74)},
    }
    return {
        "kind": kind,
        "sets": {"n_present_films": 50, "n_absent_films": 200, "thresholds": thresholds},
        "prevalence": 0.2 if kind == "probability" else None,
        "measured": {**found, **measured},
    }
