"""Pictures that a lesion model must not read: those of the other modalities, and those that show no anatomy at all.

Every family comes in two halves. One may choose the gate's layer, the other is reported; of computed pictures the halves
are drawn from seeds of their own. Photographs of everyday things are reported only: both halves would be crops of the same.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

import numpy as np
from PIL import Image

from model_zoo.scans import Scan, decode_scan
from model_zoo.training.data_folder import imaging_folder
from model_zoo.training.lesions.runs import CALIBRATION_FOLD, REPORT_FOLD
from model_zoo.training.trust.gate import N_PHOTOGRAPHS, pictures

PER_FAMILY = 80
SEED = 41
FOLDERS = {
    "breast ultrasound": "breast_ultrasound",
    "brain MRI": "brain_mri_tumour",
    "fundus photographs": "fundus_retinopathy",
    "chest films of adults": "chest_xray_adult_320",
    "chest films of children": "chest_xray_child",
}
# Computed as for the gate of the chest films: noise of six coarsenesses, pages of words, crops of photographs.
AS_FOR_CHEST = ("noise", "text pages", "colour photographs")
# Speckle is noise too: a gate that learned from ultrasound took pixels drawn one by one for it.
PIXEL_NOISE, FLAT = "pixel noise, grey and colour", "flat and graded pictures"
REPORTED_ONLY = ("colour photographs",)
# Sides of the computed pictures, in pixels: from a thumbnail of a scan to more than any network reads.
LEAST_SIDE, LARGEST_SIDE = 128, 512


@dataclass(frozen=True, eq=False)
class Family:
    """chosen_on: the half that may choose the layer, empty for a family that is reported only. reported: the other half.

    sources: what each reported picture was made from, (n,); crops of one photograph count as one picture.
    """

    chosen_on: tuple[Scan, ...]
    reported: tuple[Scan, ...]
    sources: np.ndarray


def families(own: str) -> dict[str, Family]:
    """Return every family foreign to the data set ``own``; drawn once for all models of a process."""
    names = [*(name for name, data in FOLDERS.items() if data != own), *AS_FOR_CHEST, PIXEL_NOISE, FLAT]
    return {name: _family(name) for name in names}


def pixel_noise(seed: int) -> Iterator[Scan]:
    """Yield pictures without end whose pixels are drawn one by one, grey and colour in turn, evenly or from a bell curve."""
    generator = np.random.default_rng(seed)
    i = 0
    while True:
        shape = (*_sides(generator), *((3,) if i % 2 else ()))
        values = generator.uniform(0, 255, shape) if i % 4 < 2 else np.clip(generator.normal(128, 40, shape), 0, 255)
        yield _decoded(values)
        i += 1


def flat_pictures(seed: int) -> Iterator[Scan]:
    """Yield pictures without end of one grey, or graded along a line or away from a point, in turn."""
    generator = np.random.default_rng(seed)
    i = 0
    while True:
        rows, cols = _sides(generator)
        y, x = np.mgrid[0 : 1 : rows * 1j, 0 : 1 : cols * 1j]
        angle, middle = generator.uniform(0, 2 * np.pi), generator.uniform(size=2)
        low, high = generator.uniform(0, 255, 2)
        along = np.cos(angle) * x + np.sin(angle) * y
        graded = (np.zeros_like(x), along - along.min(), np.hypot(x - middle[0], y - middle[1]))[i % 3]
        yield _decoded(low + (high - low) * graded / max(float(graded.max()), 1.0))
        i += 1


@cache
def _family(name: str) -> Family:
    if name in FOLDERS:
        found = _from_folder(FOLDERS[name])
        return Family(found[::2], found[1::2], np.arange(len(found[1::2])).astype(str))
    each = PER_FAMILY // 2
    first, second = (tuple(islice(_computed(name, fold), each)) for fold in (CALIBRATION_FOLD, REPORT_FOLD))
    sources = np.arange(each) % (N_PHOTOGRAPHS if name == "colour photographs" else each)
    return Family(() if name in REPORTED_ONLY else first, second, sources.astype(str))


def _computed(name: str, fold: int) -> Iterator[Scan]:
    if name in AS_FOR_CHEST:
        return pictures(name, "adult", fold)
    return (pixel_noise if name == PIXEL_NOISE else flat_pictures)(SEED + fold)


def _from_folder(data: str) -> tuple[Scan, ...]:
    folder = imaging_folder(data)
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as stream:
        files = sorted(row["file"] for row in csv.DictReader(stream))
    chosen = np.random.default_rng(SEED).permutation(len(files))[:PER_FAMILY]
    return tuple(decode_scan((folder / files[int(i)]).read_bytes()) for i in chosen)


def _sides(generator: np.random.Generator) -> tuple[int, int]:
    rows, cols = generator.integers(LEAST_SIDE, LARGEST_SIDE + 1, 2)
    return int(rows), int(cols)


def _decoded(values: np.ndarray) -> Scan:
    """Return values of 0 to 255 as the upload of such a picture would be read."""
    buffer = io.BytesIO()
    Image.fromarray(values.astype(np.uint8)).save(buffer, "PNG")
    return decode_scan(buffer.getvalue())
