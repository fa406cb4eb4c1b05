"""What the commands answered before the code was put in order: every later answer is compared with it, number by number.

``python -m tests.recorded`` records anew, where an answer was meant to change; the difference then stands in the commit.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from model_zoo.cli.application import main
from model_zoo.phantoms.all_samples import ALL_CASES

RECORDED = Path(__file__).with_name("answers.json")
_ROOT = Path(__file__).resolve().parents[2] / "model_zoo"
_PATIENT, _NOTES = _ROOT / "patients/examples/synthetic_copd_us_units.csv", _ROOT / "text/scoring/notes"
_NOTE = (
    "63 y old man. T 38.9, HR 118, RR 26, BP 98/58 mmHg, SpO2 91 %. Na 131 mmol/l, creatinine 150 umol/l, no diabetes."
)
# Other at every call, or of this machine.
_VOLATILE = {"case_id", "created_at", "versions", "seconds", "measured_at", "elapsed_seconds"}
_DIGITS = 6
_RELATIVE, _ABSOLUTE = 2e-3, 2e-4  # other processors add in another order

ANSWERS: dict[str, tuple[str, ...]] = {
    **{f"read {case.name}": ("read", "--sample", case.name, "--json") for case in ALL_CASES},
    "list": ("list", "--json"),
    "protocols": ("protocols", "--json"),
    "verify": ("verify", "--json"),
    "news2": ("news2", "--example", "pneumonia-sepsis", "--json"),
    "news2 scale 2": ("news2", "--example", "copd-scale-2", "--json"),
    "extract": ("extract", "-", "--json"),
    "symptoms": ("symptoms", "--text", "fever, cough and breathlessness since yesterday", "--json"),
    "what-if": ("what-if", "--patient", str(_PATIENT), "--set", "creatinine=1.7", "--units", "US", "--json"),
    "what-if crossing": ("what-if", "--patient", str(_PATIENT), "--counterfactual", "--json"),
    "evaluate heart-disease": ("evaluate", "heart-disease", "--json"),
    "evaluate support-respiratory": ("evaluate", "support-respiratory", "--json"),
    "evaluate notes": ("evaluate", "notes", "--json"),
}  # fmt: skip


def answer(name: str) -> Any:
    """Return what a command answers now, numbers to six digits, without what is other at every call."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), _standard_input(_NOTE):
        code = main(ANSWERS[name])
    return {"exit": code, "answer": _plain(json.loads(said.getvalue()))}


@contextlib.contextmanager
def _standard_input(words: str) -> Iterator[None]:
    import sys

    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(words.encode()))
    try:
        yield
    finally:
        sys.stdin = before


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if key not in _VOLATILE}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    return value.replace(str(_ROOT.parent), "") if isinstance(value, str) else value


def differences(before: Any, now: Any, place: str = "") -> list[str]:
    """Return where two answers differ by more than another processor explains."""
    if isinstance(before, dict) and isinstance(now, dict):
        only = [f"{place}/{key}: only {'before' if key in before else 'now'}" for key in before.keys() ^ now.keys()]
        return only + [
            d for key in before.keys() & now.keys() for d in differences(before[key], now[key], f"{place}/{key}")
        ]
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        return [d for at, pair in enumerate(zip(before, now, strict=True)) for d in differences(*pair, f"{place}/{at}")]
    if _is_number(before) and _is_number(now):
        same = math.isclose(before, now, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)
    else:
        same = type(before) is type(now) and before == now
    return [] if same else [f"{place}: {str(before)[:120]} -> {str(now)[:120]}"]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
