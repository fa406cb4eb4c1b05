"""What ``verify`` holds any card of a series, beat or text model to: complete, with sound intervals, and small weights."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from safetensors import safe_open

Verdict = tuple[bool, str]
NEEDED = ("name", "title", "task", "version", "population", "warnings", "intended_use", "not_for", "metrics", "data",
          "split_rule", "training", "weights_sha256")  # fmt: skip
OF_DATA = ("source", "licence", "citation")
# A network of this kind has tens of thousands of weights; a megabyte would hold half a million.
LARGEST_BYTES = 2**20
# Constants of the encoding (centres, widths, running means) stay float32; nothing of that kind is longer.
LONGEST_CONSTANT = 1024
_WIDE = ("F32", "F64")


def complete(card: Mapping[str, Any], *more: str) -> Verdict:
    """Whether every field is there and not empty. more: fields of the task, dotted where they lie deeper."""
    wanted = (*NEEDED, *(f"data.{field}" for field in OF_DATA), *more)
    absent = [field for field in wanted if _at(card, field) in (None, "", [], {}, ())]
    return not absent, f"lacks {', '.join(absent)}" if absent else f"{len(wanted)} fields"


def sound_intervals(card: Mapping[str, Any]) -> Verdict:
    """Whether every figure of the metrics is finite and lies in its interval; a figure may be null, then with both ends."""
    count, wrong = 0, []
    for path, found in _figures(card.get("metrics", {}), ""):
        count += 1
        ends = (found["low"], found["value"], found["high"])
        if all(end is None for end in ends):
            continue
        if any(end is None or not math.isfinite(end) for end in ends) or not ends[0] <= ends[1] <= ends[2]:
            wrong.append(path)
    return bool(count) and not wrong, ", ".join(wrong[:3]) or f"{count} figures"


def small_weights(path: Path) -> Verdict:
    """Whether the weights are stored as float16 and the file is small."""
    size = path.stat().st_size
    with safe_open(path, framework="pt") as stored:
        parts = {name: stored.get_slice(name) for name in stored.keys()}  # noqa: SIM118 - not a mapping
        wide = [
            name
            for name, part in parts.items()
            if part.get_dtype() in _WIDE and math.prod(part.get_shape()) > LONGEST_CONSTANT
        ]
    words = f"{size / 1024:.0f} KiB"
    if wide:
        return False, f"{words}, not float16: {', '.join(wide[:3])}"
    return size <= LARGEST_BYTES, words if size <= LARGEST_BYTES else f"{words}, more than {LARGEST_BYTES // 1024} KiB"


def _at(card: Mapping[str, Any], field: str) -> Any:
    found: Any = card
    for part in field.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _figures(node: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(node, Mapping):
        if {"value", "low", "high"} <= set(node):
            yield path, node
        for key, child in node.items():
            yield from _figures(child, f"{path}.{key}".lstrip("."))
    elif isinstance(node, list):
        for place, child in enumerate(node):
            yield from _figures(child, f"{path}[{place}]")
