"""Pictures with lesions for training: read and prepared by the very code that prepares an uploaded file.

``load_pictures`` reads a data set into a ``PictureSet``: inputs as the engine would give them to the network, the class,
masks and boxes on the model grid, and the group and fold of each picture.
"""

from __future__ import annotations

import csv
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from model_zoo.engine.scoring import baseline_image
from model_zoo.evaluation.thumbnail import SIDE, thumbnails
from model_zoo.scans import decode_scan
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.scans.intensity import stretch_one
from model_zoo.scans.scan import Scan
from model_zoo.training.data_folder import imaging_folder
from model_zoo.training.lesions.models import LesionModel

log = logging.getLogger(__name__)

# The brain set has no patient ids; its slices are consecutive and come to 13 a patient (3,064 of 233).
SLICES_PER_PATIENT = 13
REFERABLE_GRADE = 2
# Pixels over which the painted region fades into its surroundings.
PAINTED_MARGIN = 6


@dataclass(frozen=True, eq=False)
class PictureSet:
    """Pictures of one model, all on the model grid (H, W).

    images: float32 (N, 1, H, W) as ``InferenceEngine.prepare`` gives them. targets: float32 (N, outputs), NaN where
    nothing is known. masks: uint8 (N, K, H, W), 0 to 255, one plane per mask of the model; for a model with boxes alone
    one plane with the ellipse in each box. mask_known: bool (N,). boxes: float32 (N, 4) top, left, height, width, NaN
    where there is none. thumbnails: float32 (N, 256), what the baseline sees. groups, folds, files: of each picture.
    """

    images: torch.Tensor
    targets: torch.Tensor
    masks: torch.Tensor
    mask_known: torch.Tensor
    boxes: torch.Tensor
    thumbnails: np.ndarray
    groups: np.ndarray
    folds: np.ndarray
    files: np.ndarray

    def __len__(self) -> int:
        return len(self.images)

    def in_folds(self, *folds: int) -> PictureSet:
        """Return the pictures of some folds."""
        return self.where(np.isin(self.folds, folds))

    def where(self, keep: np.ndarray) -> PictureSet:
        """Return the pictures for which ``keep``, (N,) of bool, is true."""
        rows = torch.from_numpy(np.flatnonzero(keep))
        return PictureSet(
            self.images[rows],
            self.targets[rows],
            self.masks[rows],
            self.mask_known[rows],
            self.boxes[rows],
            self.thumbnails[keep],
            self.groups[keep],
            self.folds[keep],
            self.files[keep],
        )

    @property
    def classes(self) -> np.ndarray:
        """Index of the class of each picture of exclusive outputs, (N,)."""
        return self.targets.argmax(1).numpy()

    @property
    def read(self) -> np.ndarray:
        """Whether each picture counts in the figures of the class, (N,) of bool."""
        return torch.isfinite(self.targets[:, 0]).numpy()


def load_pictures(model: LesionModel, folds: Sequence[int] = (0, 1, 2, 3, 4)) -> PictureSet:
    """Read the pictures of some folds of a model's data set."""
    folder = imaging_folder(model.data)
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    groups = groups_of(model, rows)
    chosen = [i for i, row in enumerate(rows) if int(row["fold"]) in folds]
    log.info("reading %d pictures of %s", len(chosen), model.data)
    n, (height, width) = len(chosen), model.shape
    planes = max(len(model.masks), 1)
    images = torch.zeros(n, 1, height, width)
    masks = torch.zeros(n, planes, height, width, dtype=torch.uint8)
    targets, known = torch.full((n, len(model.outputs)), float("nan")), torch.zeros(n, dtype=torch.bool)
    boxes, small = torch.full((n, 4), float("nan")), np.zeros((n, SIDE * SIDE), np.float32)
    for i, index in enumerate(chosen):
        row = rows[index]
        scan = decode_scan((folder / row["file"]).read_bytes())
        geometry = Geometry(scan.shape, Box(0, 0, *scan.shape), model.shape)
        images[i] = stretch_one(geometry.to_model(scan.presentation(0)))[0]
        small[i] = thumbnails(baseline_image(scan)[None])[0]
        target, found, box = _truth(model, row, folder, geometry)
        if target is not None:
            targets[i] = torch.tensor(target)
        if found is not None:
            known[i] = True
            masks[i] = torch.from_numpy(np.clip(np.rint(found * 255), 0, 255).astype(np.uint8))
        if box is not None:
            boxes[i] = torch.tensor(box)
    return PictureSet(
        images,
        targets,
        masks,
        known,
        boxes,
        small,
        np.array([groups[i] for i in chosen]),
        np.array([int(rows[i]["fold"]) for i in chosen]),
        np.array([rows[i]["file"] for i in chosen]),
    )


def lesion_free(model: LesionModel, pictures: PictureSet) -> np.ndarray:
    """Return which pictures hold no lesion by their grade alone, bool (N,): photographs graded as without retinopathy."""
    if model.data != "fundus_retinopathy":
        return np.zeros(len(pictures), dtype=bool)
    with (imaging_folder(model.data) / "labels.csv").open(encoding="utf-8", newline="") as stream:
        healthy = {r["file"] for r in csv.DictReader(stream) if r["subset"] == "grading" and int(r["dr_grade"]) == 0}
    return np.isin(pictures.files, list(healthy))


def painted_pictures(model: LesionModel, pictures: PictureSet) -> torch.Tensor:
    """Return the inputs of pictures whose tumour is painted over with the mirrored other side, float32 (N, 1, H, W)."""
    folder = imaging_folder(model.data)
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as stream:
        boxes = {row["file"]: json.loads(row["box_xywh"]) for row in csv.DictReader(stream)}
    images = torch.zeros_like(pictures.images)
    for i, file in enumerate(pictures.files):
        scan = decode_scan((folder / file).read_bytes())
        painted = Scan(scan.sha256, scan.format, painted_over(scan, boxes[file])[None], scan.window)
        geometry = Geometry(scan.shape, Box(0, 0, *scan.shape), model.shape)
        images[i] = stretch_one(geometry.to_model(painted.presentation(0)))[0]
    return images


def painted_over(scan: Scan, box: Sequence[float]) -> np.ndarray:
    """Return a slice whose tumour is replaced by the mirrored other side, float32 (rows, cols).

    box: left, top, width, height in pixels of the slice.
    """
    image = scan.frames[0]
    mirrored = image[:, ::-1]
    rows, cols = np.indices(image.shape)
    left, top, width, height = box
    outside = np.maximum.reduce([left - cols, cols - (left + width), top - rows, rows - (top + height)])
    blend = np.clip(1 - outside / PAINTED_MARGIN, 0, 1)
    return (blend * mirrored + (1 - blend) * image).astype(np.float32)


def ellipse(box: Sequence[float], shape: tuple[int, int]) -> np.ndarray:
    """Return the ellipse in a box (top, left, height, width) on a grid, float32 of 0 and 1: a stand-in for a lesion."""
    y, x = np.mgrid[: shape[0], : shape[1]] + 0.5
    top, left, height, width = box
    away = ((y - top - height / 2) / (height / 2)) ** 2 + ((x - left - width / 2) / (width / 2)) ** 2
    return (away <= 1).astype(np.float32)


def _truth(
    model: LesionModel, row: dict[str, str], folder: Path, geometry: Geometry
) -> tuple[list[float] | None, np.ndarray | None, list[float] | None]:
    """Return targets, masks (K, H, W) and box of one row; ``None`` where nothing is known."""
    if model.data == "fundus_retinopathy":
        if row["subset"] == "grading":
            return [float(int(row["dr_grade"]) >= REFERABLE_GRADE)], None, None
        # The photographs with masks are graded ones under another name: they count for the masks alone.
        return None, np.stack([_mask(row[f"mask_{code}"], folder, geometry) for code in model.mask_codes]), None
    target = [float(row["label"] == label) for label in model.labels]
    if model.data == "breast_ultrasound":
        return target, _mask(row["mask"], folder, geometry)[None], None
    left, top, width, height = json.loads(row["box_xywh"])
    fy, fx = geometry.model_shape[0] / geometry.scan_shape[0], geometry.model_shape[1] / geometry.scan_shape[1]
    box = [top * fy, left * fx, height * fy, width * fx]
    return target, ellipse(box, model.shape)[None], box


def _mask(file: str, folder: Path, geometry: Geometry) -> np.ndarray:
    """Return a mask on the model grid, float32 in [0, 1]; zeros where the reader drew none."""
    if not file:
        return np.zeros(geometry.model_shape, np.float32)
    drawn = decode_scan((folder / file).read_bytes()).frames[0]
    return geometry.to_model((drawn > 0).astype(np.float32))


def groups_of(model: LesionModel, rows: Sequence[dict[str, str]]) -> list[str]:
    """Return what stands for a patient in each row of a data set."""
    if model.data != "brain_mri_tumour":
        return [row["group"] for row in rows]
    seen: dict[tuple[str, str], int] = {}
    groups = []
    for row in rows:
        place = (row["label"], row["fold"])
        seen[place] = seen.get(place, -1) + 1
        groups.append(f"{row['label']}-{row['fold']}-{seen[place] // SLICES_PER_PATIENT}")
    return groups
