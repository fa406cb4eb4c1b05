"""One figure of ``list``: a held-out value with its interval, and the baseline on the same patients beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def figure(measure: str, found: Mapping[str, Any] | None, **counts: Any) -> dict[str, Any] | None:
    """Return a held-out figure with its interval and counts, or None where the card has none."""
    if not found or found.get("value") is None:
        return None
    return {
        "measure": measure,
        "value": found["value"],
        "low": found.get("low"),
        "high": found.get("high"),
        "fold": counts.get("fold"),
        "n_patients": counts.get("n_patients"),
        "n_positive_patients": counts.get("n_positive_patients"),
        "sampled": counts.get("sampled") or "patients",
    }


def against(
    baseline: str, found: Mapping[str, Any] | None, difference: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """Return a baseline on the same pictures or patients, and what the model gains on it with its interval."""
    if not found or found.get("value") is None or not difference or difference.get("value") is None:
        return None
    return {
        "name": baseline,
        "value": found["value"],
        "difference": {key: difference.get(key) for key in ("value", "low", "high")},
        "beaten": difference.get("low") is not None and difference["low"] > 0,
    }


def beside(found: Iterable[dict[str, Any] | None]) -> dict[str, Any]:
    """Return the first baseline as the one that a figure is held against, and the others of the card."""
    known = [entry for entry in found if entry is not None]
    return {"baseline": known[0] if known else None, "other_baselines": known[1:]}
