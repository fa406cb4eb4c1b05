"""How often a picture without tags lands on the right protocol: measured on held-out pictures of every protocol.

Pictures of the reported fold of each data set, stripped of everything but their pixels, are proposed a protocol by the
gates alone. A proposal of nothing sends nobody astray; a wrong one does: both are counted.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from model_zoo.artefact import write_json
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.engine.inference import InferenceEngine
from model_zoo.engine.scoring import load_film
from model_zoo.evaluation.labels import REPORTED_FOLD
from model_zoo.protocols.proposal import propose_protocol
from model_zoo.scans import Scan, decode_scan
from model_zoo.training.chest.recipe import given_table
from model_zoo.training.data_folder import imaging_folder
from model_zoo.training.trust.shortcuts import rate

log = logging.getLogger(__name__)

# Pictures of each set: a rate to a few per cent, in a minute each.
PICTURES = 100
SEED = 47
FILE = "protocols.json"
# Data sets by the protocol that their pictures belong to; chest films are read from the given tables.
FOLDERS = {"breast": "breast_ultrasound", "brain": "brain_mri_tumour", "eye": "fundus_retinopathy"}


def write_routing(found: dict[str, Any]) -> None:
    """Keep the figures beside the weights, where ``figures`` finds them."""
    write_json(WEIGHTS_ROOT / FILE, found)


def measure_routing(
    engine_of: Callable[[str], InferenceEngine], tick: Callable[[str], None] = log.info
) -> dict[str, Any]:
    """Return, by kind of picture, the shares proposed rightly, wrongly and not at all, with intervals by patient or group."""
    found: dict[str, Any] = {}
    for kind, protocol, source in _kinds():
        tick(kind)
        proposed, groups = [], []
        for scan, group in source:
            proposed.append(propose_protocol(scan, engine_of).protocol)
            groups.append(group)
        names = np.array([name or "" for name in proposed])
        by = np.array(groups)
        found[kind] = {
            "protocol": protocol,
            "right": rate(names == protocol, by),
            "nothing": rate(names == "", by),
            "wrong": rate((names != protocol) & (names != ""), by),
        }
    return found


def _kinds() -> Iterator[tuple[str, str, Iterator[tuple[Scan, str]]]]:
    yield "chest films of adults", "chest", _films("adult")
    yield "chest films of children", "chest", _films("child")
    for protocol, folder in FOLDERS.items():
        yield folder.replace("_", " "), protocol, _pictures(folder)


def _films(population: str) -> Iterator[tuple[Scan, str]]:
    table = given_table(population).reported()
    for index in _some(len(table)):
        yield load_film(table, int(index)), table.patient_ids[int(index)]


def _pictures(folder: str) -> Iterator[tuple[Scan, str]]:
    root = imaging_folder(folder)
    with (root / "labels.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row.get("fold") == str(REPORTED_FOLD)]
    for index in _some(len(rows)):
        row = rows[int(index)]
        yield decode_scan((root / row["file"]).read_bytes()), row.get("group") or row["file"]


def _some(count: int) -> np.ndarray:
    return np.random.default_rng(SEED).permutation(count)[:PICTURES]
