"""The beats of the MIT-BIH arrhythmia database: waveforms of a sample, with a rhythm that looks back and one beat ahead.

The split is that of de Chazal et al. 2004, by record: DS1 trains, DS2 is reported. Record 201 (DS1) and 202 (DS2) are the
same man, so 201 is left out of training. Beats of class Q (unclassifiable, 15 in the sample) are left out.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model_zoo.ecg.beats import CLASSES
from model_zoo.ecg.network import INTERVALS, SAMPLES, rhythm_intervals
from model_zoo.errors import DataNotFound

RECORD_RATE_HZ = 360.0
SAME_MAN = 201
SPLIT_RULE = (
    "inter-patient, by record, as in de Chazal et al. 2004: DS1 trains, DS2 is reported; record 201 of DS1 is left out, "
    "because 202 of DS2 is the same man; members leave out records of DS1 by record number modulo 4"
)


@dataclass(frozen=True, eq=False)
class BeatTable:
    """B beats. microvolts: (B, 78); rr: (B, 4) seconds, as EcgBeatModel.classify takes it; label: int (B,) of CLASSES.

    stands_for: (B,), how many beats of its record and class each sampled beat stands for. test: whether of DS2.
    """

    record: np.ndarray
    microvolts: np.ndarray
    rr: np.ndarray
    label: np.ndarray
    stands_for: np.ndarray
    test: np.ndarray


def read_beats(data: Path) -> BeatTable:
    """Return the sampled beats. Raises DataNotFound."""
    folder = data / "tabular" / "mitbih_arrhythmia"
    places: dict[int, list[int]] = {}
    counts: dict[tuple[int, str], int] = {}
    for row in _rows(folder / "mitbih_rr_all_beats.csv.gz"):
        record = int(row["record"])
        places.setdefault(record, []).append(int(row["sample"]))
        counts[record, row["aami"]] = counts.get((record, row["aami"]), 0) + 1
    beats = [row for row in _rows(folder / "mitbih_beats_sample.csv.gz") if row["aami"] in CLASSES]
    sampled: dict[tuple[int, str], int] = {}
    for row in beats:
        key = int(row["record"]), row["aami"]
        sampled[key] = sampled.get(key, 0) + 1
    times = {record: np.array(sorted(found)) / RECORD_RATE_HZ for record, found in places.items()}
    rr = np.zeros((len(beats), INTERVALS))
    for i, row in enumerate(beats):
        own = times[int(row["record"])]
        rr[i] = rhythm_intervals(own, int(np.argmin(np.abs(own - int(row["sample"]) / RECORD_RATE_HZ))))
    return BeatTable(
        record=np.array([int(row["record"]) for row in beats]),
        microvolts=np.array([[float(row[f"uV_{i}"]) for i in range(SAMPLES)] for row in beats]),
        rr=rr,
        label=np.array([CLASSES.index(row["aami"]) for row in beats]),
        stands_for=np.array(
            [counts[int(row["record"]), row["aami"]] / sampled[int(row["record"]), row["aami"]] for row in beats]
        ),
        test=np.array([row["split"] == "DS2" for row in beats]),
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if not path.is_file():
        raise DataNotFound(f"The table '{path.name}' was not found.", "Check the folder that DIAPHANE_DATA names.")
    return iter(csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode("utf-8"))))
