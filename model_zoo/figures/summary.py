"""The one table of the README: of each model the figure that matters, at home and elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from model_zoo.figures.described import described
from model_zoo.upkeep.known_models import KnownModel, known_models
from model_zoo.words import bracketed, head

NOT_MEASURED = "not measured"


def summary_table() -> Iterator[str]:
    """Yield one row for each installed model of the zoo: its weakest output, what that is held against, and other places."""
    yield from head("model | its weakest output | held out at home | trivial or usual baseline | elsewhere")
    for model in known_models():
        if model.entry is None and model.fault is None:
            yield from _row(model)


def _row(model: KnownModel) -> Iterator[str]:
    outputs = described(model)["outputs"]
    if not outputs:
        return
    output = min(outputs, key=_value)
    baseline = output["baseline"]
    against = "" if baseline is None else f"{baseline['name']} {baseline['value']:.3f}"
    elsewhere = _elsewhere(model.raw_card(), output["name"])
    yield f"| `{model.name}` | {output['title']} | {_figure(output['held_out'])} | {against} | {elsewhere} |"


def _value(output: Mapping[str, Any]) -> float:
    held_out = output["held_out"]
    return float("inf") if held_out is None else float(held_out["value"])


def _figure(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return NOT_MEASURED
    return f"{found['measure']} {bracketed(found)}"


def _elsewhere(card: Mapping[str, Any], output: str) -> str:
    """Return the figure of the same output at every other place it was measured at."""
    tests = card.get("metrics", {}).get("external") or ()
    return "; ".join(f"{t['title']}: AUC {bracketed(t['outcomes'][output]['auc'])}" for t in tests) or NOT_MEASURED
