"""Two versions or models on the same pictures, which neither was trained on: the difference with its paired interval."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model_zoo.errors import DataNotFound
from model_zoo.evaluation import exclusive
from model_zoo.upkeep.held_out import HeldOut, read_held_out

# The figure by which a version is better or worse; the others are shown beside it.
DECIDING = "macro_auc"
HELD_OUT_PICTURES = "held-out pictures"


@dataclass(frozen=True)
class Comparison:
    """figures: by name, the value of each and the difference (second minus first) with its interval.

    pictures, patients: in both tables, on which everything rests. kind: what these pictures are, in words.
    """

    first: str
    second: str
    pictures: int
    patients: int
    figures: dict[str, dict[str, Any]]
    kind: str = HELD_OUT_PICTURES

    @property
    def difference(self) -> dict[str, float | None]:
        """The difference in the deciding figure."""
        found: dict[str, float | None] = self.figures[DECIDING]["difference"]
        return found

    @property
    def worse(self) -> bool:
        """Whether the second is worse on these pictures, by however little: the interval says how sure that is."""
        value = self.difference["value"]
        return value is None or value < 0

    @property
    def words(self) -> str:
        """The deciding difference as a sentence."""
        found, entry = self.difference, self.figures[DECIDING]
        if found["value"] is None:
            return f"On {self.pictures} common {self.kind} the AUC is not defined."
        ends = "no interval" if found["low"] is None else f"{found['low']:+.3f} to {found['high']:+.3f}"
        return (
            f"AUC of {self.first} {entry['first']:.3f}, of {self.second} {entry['second']:.3f}: difference "
            f"{found['value']:+.3f} (95 % interval {ends}) on {self.pictures} {self.kind} of {self.patients} patients."
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "first": self.first, "second": self.second, "pictures": self.pictures, "patients": self.patients, "of": self.kind,
            "test": "paired bootstrap over patients", "figures": self.figures,
        }  # fmt: skip


def compare_folders(first: Path, second: Path, names: tuple[str, str]) -> Comparison:
    """Compare two versions by the pictures that are in both held-out tables. Raises DataNotFound where none are."""
    return compare_tables(read_held_out(first), read_held_out(second), names)


def compare_tables(
    first: HeldOut, second: HeldOut, names: tuple[str, str], kind: str = HELD_OUT_PICTURES
) -> Comparison:
    """Compare two tables on their common pictures, matched by the sha256 of the file. kind: what these are, in words."""
    if first.outputs != second.outputs:
        raise DataNotFound("The two do not tell the same classes apart.", "Compare models of one set of classes.")
    place = {scan: i for i, scan in enumerate(second.scans)}
    mine = [i for i, scan in enumerate(first.scans) if scan in place]
    theirs = [place[first.scans[i]] for i in mine]
    labels = first.labels[mine]
    if not mine or len(set(labels)) < len(first.outputs) or (labels != second.labels[theirs]).any():
        raise DataNotFound(
            "The two were not held out on the same labelled pictures of every class, so they cannot be compared.",
            "Score both on one labelled folder: compare A B --data FOLDER.",
        )
    a, b, patients = first.logits[mine], second.logits[theirs], first.patients[mine]
    figures: dict[str, dict[str, Any]] = {}
    ones = np.ones((1, len(labels)))
    for name, figure in exclusive.FIGURES.items():
        figures[name] = {
            "first": float(figure(labels, a, ones)[0]),
            "second": float(figure(labels, b, ones)[0]),
            "difference": exclusive.interval(figure, labels, b, patients, other=a),
        }
    return Comparison(names[0], names[1], len(mine), int(np.unique(patients).size), figures, kind)
