"""The chest films of a training run in memory: adults and children at model resolution, labels with gaps, boxes, folds.

Everything is read from ``DIAPHANE_DATA``; nothing is written. Folds come with the data and are by patient; films of
``chest_xray_adult_320`` inherit the fold of their patient, patients seen only there get one by a stable hash.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from model_zoo.evaluation.given_sets import MEDIAN_CHILD_SIZE, stable_fold
from model_zoo.scans.geometry import Geometry
from model_zoo.segmenters.lungs import lung_crop, lung_probability
from model_zoo.training.data_folder import imaging_folder

SIZE = 128
REPORT_FINDINGS = (
    "Atelectasis",
    "Cardiomegaly",
    "Consolidation",
    "Edema",
    "Effusion",
    "Emphysema",
    "Fibrosis",
    "Infiltration",
    "Mass",
    "Nodule",
    "Pleural_Thickening",
    "Pneumonia",
    "Pneumothorax",
)
ADULT_OUTPUTS = ("lung_opacity", *(f"report_{name.lower()}" for name in REPORT_FINDINGS), "report_any_finding")
CHILD_OUTPUTS = ("pneumonia", "bacterial")
# Learned beside the findings because they shape the features; cut off before the weights are written.
AUXILIARY_OUTPUTS = ("read_as_normal", "sex_male", "age_decades")
OUTPUTS = ADULT_OUTPUTS + CHILD_OUTPUTS + AUXILIARY_OUTPUTS


@dataclass(eq=False)
class FilmSet:
    """Films of one source.

    images: uint8 (N, 128, 128). targets: float32 (N, outputs), NaN where nothing is known. opacity_boxes: list of
    (x, y, w, h) as fractions of the film, ``None`` where no radiologist looked. lungs: uint8 (N, 128, 128) lung
    probability x 255, or None.
    """

    images: np.ndarray
    targets: np.ndarray
    files: list[str]
    patient_ids: list[str]
    folds: np.ndarray
    opacity_boxes: list[list[tuple[float, float, float, float]] | None]
    views: list[str]
    lungs: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.files)

    def take(self, index: np.ndarray) -> FilmSet:
        """Return the films at ``index``."""
        return FilmSet(
            self.images[index],
            self.targets[index],
            [self.files[i] for i in index],
            [self.patient_ids[i] for i in index],
            self.folds[index],
            [self.opacity_boxes[i] for i in index],
            [self.views[i] for i in index],
            None if self.lungs is None else self.lungs[index],
        )


def load_adult_films(folds: Sequence[int]) -> FilmSet:
    """Read both adult sets, keeping only patients of ``folds``."""
    parts: list[tuple[str, int, list[dict[str, str]]]] = []
    fold_of: dict[str, int] = {}
    for name, side in (("chest_xray_adult", 128), ("chest_xray_adult_320", 320)):
        rows = _rows(imaging_folder(name))
        if side == 128:
            fold_of = {row["patient_id"]: int(row["fold"]) for row in rows}
        parts.append((name, side, rows))
    images, targets, files, patients, fold_list, boxes, views = [], [], [], [], [], [], []
    for name, side, rows in parts:
        folder = imaging_folder(name)
        for row in rows:
            fold = fold_of.get(row["patient_id"], stable_fold(row["patient_id"]))
            if fold not in folds:
                continue
            with Image.open(folder / row["file"]) as picture:
                grey = picture.convert("L")
                images.append(np.asarray(grey if side == SIZE else grey.resize((SIZE, SIZE), Image.Resampling.BOX)))
            targets.append(_adult_targets(row))
            files.append(f"{name}/{row['file']}")
            patients.append(row["patient_id"])
            fold_list.append(fold)
            views.append(row["view"])
            read = row["rsna_class"] != ""
            found = [tuple(v / side for v in box[:4]) for box in json.loads(row["rsna_boxes"] or "[]")]
            boxes.append(found if read else None)
    return FilmSet(np.stack(images), np.stack(targets), files, patients, np.array(fold_list), boxes, views)


def load_child_films(folds: Sequence[int], segmenter: nn.Module) -> FilmSet:
    """Read the children's films: original aspect restored, cropped around the lungs the segmenter finds."""
    folder = imaging_folder("chest_xray_child")
    images, lungs, targets, files, patients, fold_list = [], [], [], [], [], []
    for row in _rows(folder):
        fold = int(row["fold"])
        if fold not in folds:
            continue
        film = child_film(folder, row)
        probability = lung_probability(segmenter, film)
        geometry = Geometry(film.shape, lung_crop(probability), (SIZE, SIZE))
        images.append(_to_uint8(geometry.to_model(film)))
        lungs.append(_to_uint8(geometry.to_model(probability)))
        targets.append(_child_targets(row))
        files.append(f"chest_xray_child/{row['file']}")
        patients.append(row["group"])
        fold_list.append(fold)
    n = len(files)
    return FilmSet(
        np.stack(images),
        np.stack(targets),
        files,
        patients,
        np.array(fold_list),
        [None] * n,
        ["AP"] * n,
        np.stack(lungs),
    )


def load_child_thumbnails(folds: Sequence[int]) -> FilmSet:
    """Read the children's films whole and uncropped at 128 x 128, as the thumbnail baseline takes them."""
    folder = imaging_folder("chest_xray_child")
    images, targets, files, patients, fold_list = [], [], [], [], []
    for row in _rows(folder):
        if int(row["fold"]) not in folds:
            continue
        with Image.open(folder / row["file"]) as picture:
            images.append(np.asarray(picture.convert("L").resize((SIZE, SIZE), Image.Resampling.BOX)))
        targets.append(_child_targets(row))
        files.append(f"chest_xray_child/{row['file']}")
        patients.append(row["group"])
        fold_list.append(int(row["fold"]))
    n = len(files)
    return FilmSet(
        np.stack(images), np.stack(targets), files, patients, np.array(fold_list), [None] * n, ["AP"] * n, None
    )


def child_film(folder: Path, row: dict[str, str]) -> np.ndarray:
    """Return one film of a child as float32 (rows, cols) in [0, 1], its original aspect restored."""
    with Image.open(folder / row["file"]) as picture:
        grey = picture.convert("L")
    width, height = float(row.get("orig_w") or 0), float(row.get("orig_h") or 0)
    known = width > 0 and height > 0
    aspect = width / height if known else MEDIAN_CHILD_SIZE[0] / MEDIAN_CHILD_SIZE[1]
    grey = grey.resize((max(round(grey.height * aspect), 16), grey.height), Image.Resampling.BICUBIC)
    return np.asarray(grey, dtype=np.float32) / 255.0


def box_mask(boxes: Sequence[tuple[float, float, float, float]], size: int = SIZE) -> torch.Tensor:
    """Draw boxes given as fractions into a float32 mask (size, size)."""
    mask = torch.zeros(size, size)
    for x, y, width, height in boxes:
        mask[round(y * size) : round((y + height) * size), round(x * size) : round((x + width) * size)] = 1.0
    return mask


def _adult_targets(row: dict[str, str]) -> np.ndarray:
    target = np.full(len(OUTPUTS), np.nan, np.float32)
    if row["rsna_class"]:
        target[OUTPUTS.index("lung_opacity")] = float(row["rsna_class"] == "Lung Opacity")
        target[OUTPUTS.index("read_as_normal")] = float(row["rsna_class"] == "Normal")
    present = set(row["nih_findings"].split("|"))
    for name in REPORT_FINDINGS:
        target[OUTPUTS.index(f"report_{name.lower()}")] = float(name in present)
    target[OUTPUTS.index("report_any_finding")] = float("No Finding" not in present)
    if row["sex"]:
        target[OUTPUTS.index("sex_male")] = float(row["sex"] == "M")
    if row["age"]:
        target[OUTPUTS.index("age_decades")] = (float(row["age"]) - 50.0) / 10.0
    return target


def _child_targets(row: dict[str, str]) -> np.ndarray:
    target = np.full(len(OUTPUTS), np.nan, np.float32)
    target[OUTPUTS.index("pneumonia")] = float(row["pneumonia"])
    if row["label"] != "normal":
        target[OUTPUTS.index("bacterial")] = float(row["label"] == "bacterial")
    return target


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def _to_uint8(image: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(image * 255.0), 0, 255).astype(np.uint8)
