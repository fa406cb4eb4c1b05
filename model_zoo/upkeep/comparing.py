"""Two versions or models on the same pictures, which neither was trained on: the difference with its paired interval."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model_zoo.errors import DataNotFound
from model_zoo.evaluation import exclusive
from model_zoo.upkeep.calibrated import log_odds
from model_zoo.upkeep.held_out import HeldOut, read_held_out
from model_zoo.words import SIGNED, ends

# The figures by which a version is better or worse; the others are shown beside them. A calibration changes no order, so
# that the AUC alone would be blind to it.
DECIDING, PROBABILITIES = "macro_auc", "brier_calibrated"
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
        """Whether the second orders these pictures worse, by however little: the interval says how sure that is."""
        value = self.difference["value"]
        return value is None or value < 0

    @property
    def worse_probabilities(self) -> bool:
        """Whether the Brier score of the second is higher beyond its paired interval; ``False`` where it was not compared.

        Unlike the order, probabilities differ a little between any two versions: only what the interval leaves out counts.
        """
        low = self._probabilities.get("low")
        return low is not None and low > 0

    @property
    def better(self) -> bool:
        """Whether the second is better: in order or in probabilities beyond the interval, and in neither worse."""
        order, odds = self.difference["low"], self._probabilities.get("high")
        gained = (order is not None and order > 0) or (odds is not None and odds < 0)
        return gained and not self.worse and not self.worse_probabilities

    @property
    def _probabilities(self) -> dict[str, float | None]:
        entry = self.figures.get(PROBABILITIES)
        return {} if entry is None else dict(entry["difference"])

    @property
    def words(self) -> str:
        """The deciding differences as sentences."""
        found, entry = self.difference, self.figures[DECIDING]
        if found["value"] is None:
            return f"On {self.pictures} common {self.kind} the AUC is not defined."
        return (
            f"AUC of {self.first} {entry['first']:.3f}, of {self.second} {entry['second']:.3f}: difference "
            f"{found['value']:+.3f} (95 % interval {ends(found, SIGNED)}) on {self.pictures} {self.kind} of "
            f"{self.patients} patients.{self._probability_words()}"
        )

    def _probability_words(self) -> str:
        entry, found = self.figures.get(PROBABILITIES), self._probabilities
        if entry is None or found["value"] is None:
            return ""
        return (
            f" Brier score of the stated probabilities {entry['first']:.3f} and {entry['second']:.3f} (0 is perfect): "
            f"difference {found['value']:+.3f} (95 % interval {ends(found, SIGNED)})."
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "first": self.first, "second": self.second, "pictures": self.pictures, "patients": self.patients, "of": self.kind,
            "test": "paired bootstrap over patients", "figures": self.figures,
        }  # fmt: skip


def compare_folders(first: Path, second: Path, names: tuple[str, str]) -> Comparison:
    """Compare two versions by the pictures that are in both held-out tables.

    Parameters
    ----------
    first
        Folder of the one version.
    second
        Folder of the other.
    names
        Of both, for the sentences.

    Raises
    ------
    DataNotFound
        Where no picture is in both.
    """
    tables = read_held_out(first), read_held_out(second)
    stated = log_odds(first, tables[0].logits), log_odds(second, tables[1].logits)
    return compare_tables(*tables, names, stated=stated)


def compare_tables(
    first: HeldOut,
    second: HeldOut,
    names: tuple[str, str],
    kind: str = HELD_OUT_PICTURES,
    stated: tuple[np.ndarray, np.ndarray] | None = None,
) -> Comparison:
    """Compare two tables on their common pictures, matched by the sha256 of the file.

    Parameters
    ----------
    first
        Predictions of the one.
    second
        Predictions of the other.
    names
        Of both, for the sentences.
    kind
        What these are, in words.
    stated
        Log-odds (N, K) of the probabilities that each of the two states, of all its pictures; with them the Brier score is
        compared as well.
    """
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
    compared = [(name, figure, a, b) for name, figure in exclusive.FIGURES.items()]
    if stated is not None:
        compared.append((PROBABILITIES, exclusive.brier, stated[0][mine], stated[1][theirs]))
    for name, figure, a, b in compared:
        figures[name] = {
            "first": float(figure(labels, a, ones)[0]),
            "second": float(figure(labels, b, ones)[0]),
            "difference": exclusive.interval(figure, labels, b, patients, other=a),
        }
    return Comparison(names[0], names[1], len(mine), int(np.unique(patients).size), figures, kind)
