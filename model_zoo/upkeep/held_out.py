"""What a version said about the pictures it was measured on: the table that versions are compared by.

``held_out.csv`` beside the card: ``scan_sha256``, ``patient`` (a hash with a salt that is thrown away: it says which
pictures are one patient's and nothing else), ``label`` (index of the class) and one column of logits per output.
``pictures.json``: what the version did with each picture, by sha256, so that no later version is trained on them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model_zoo.disk import read_json_file, read_plain
from model_zoo.errors import DataNotFound
from model_zoo.plain import write_csv

TABLE_FILE, ROLES_FILE = "held_out.csv", "pictures.json"
_MOST_BYTES = 64 * 2**20  # a line a picture: some 500,000
_COLUMNS = ("scan_sha256", "patient", "label")


@dataclass(frozen=True, eq=False)
class HeldOut:
    """scans, patients: (N,) of str. labels: int (N,). logits: float64 (N, K), one column per name in ``outputs``."""

    outputs: tuple[str, ...]
    scans: np.ndarray
    patients: np.ndarray
    labels: np.ndarray
    logits: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


def keeps_table(folder: Path) -> bool:
    """Whether a version keeps what it said of its held-out pictures."""
    return (folder / TABLE_FILE).is_file()


def write_held_out(folder: Path, table: HeldOut) -> None:
    """Write the table; patients are hashed once more, with a salt that nobody keeps."""
    salt = secrets.token_hex(16)
    with (folder / TABLE_FILE).open("w", encoding="utf-8", newline="") as stream:
        write_csv(stream, [[*_COLUMNS, *table.outputs]])
        for scan, patient, label, row in zip(table.scans, table.patients, table.labels, table.logits, strict=True):
            hashed = hashlib.sha256(f"{salt} {patient}".encode()).hexdigest()[:16]
            write_csv(stream, [[scan, hashed, int(label), *(f"{value:.9g}" for value in row)]])


def read_held_out(folder: Path) -> HeldOut:
    """Read the table of a version. Raises DataNotFound where there is none, or a damaged one."""
    hint = "Train, fine-tune or calibrate it here: that writes the table."
    try:
        text = read_plain(folder / TABLE_FILE, _MOST_BYTES).decode("utf-8")
        header, *rows = list(csv.reader(io.StringIO(text, newline="")))
        if tuple(header[:3]) != _COLUMNS or not rows:
            raise ValueError("no such table")
        return HeldOut(
            tuple(header[3:]),
            np.array([row[0] for row in rows]),
            np.array([row[1] for row in rows]),
            np.array([int(row[2]) for row in rows]),
            np.array([[float(value) for value in row[3:]] for row in rows]),
        )
    except FileNotFoundError as error:
        raise DataNotFound(f"'{folder.name}' keeps no predictions of held-out pictures.", hint) from error
    except (OSError, ValueError, IndexError) as error:
        raise DataNotFound(f"The held-out predictions of '{folder.name}' cannot be read.", hint) from error


def write_roles(folder: Path, roles: dict[str, str]) -> None:
    """Write what was done with each picture: "trained" or "held out", by sha256 of the file."""
    (folder / ROLES_FILE).write_text(json.dumps(roles, indent=0, sort_keys=True) + "\n", encoding="utf-8")


def read_roles(folder: Path) -> dict[str, str]:
    """Return what a version did with each picture; empty where it does not say."""
    try:
        found = read_json_file(folder / ROLES_FILE, _MOST_BYTES)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
