"""Made data sets in the form of the three lesion sets: noise with bright blobs, a few dozen pictures each. No real picture."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from PIL import Image

from model_zoo.training.lesions import models as lesion_models
from model_zoo.training.lesions.models import LesionModel, lesion_model

SHAPE = (48, 64)
COUNT = 60


def write_lesion_sets(root: Path) -> Path:
    """Write ``imaging/<set>`` below ``root`` for all three models, and chest films for the gates."""
    generator = np.random.default_rng(8)
    for name, write in (
        ("breast_ultrasound", _breast),
        ("brain_mri_tumour", _brain),
        ("fundus_retinopathy", _fundus),
        ("chest_xray_adult_320", _chest),
        ("chest_xray_child", _chest),
    ):
        folder = root / "imaging" / name
        (folder / "images").mkdir(parents=True)
        (folder / "masks").mkdir()
        rows = write(folder, generator)
        with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return root


def tiny_model(name: str, **options) -> LesionModel:
    """Return the declaration of a model on a small grid, trained for a moment."""
    model = lesion_model(name)
    quick = {"epochs": 1, "batch": 6} | options
    small = replace(model.options, **quick)
    # One of them also runs the cross-validation, which costs five more networks.
    cross = small if name == "breast-ultrasound" else None
    return replace(model, shape=SHAPE, options=small, cross_validation=cross)


@contextmanager
def tiny_lesion_models(weights: Path) -> Iterator[None]:
    """Let recipes and registry use the small declarations, and keep weights below ``weights``."""
    small = {name: tiny_model(name) for name in lesion_models.LESION_MODELS}
    with (
        patch.dict(lesion_models.LESION_MODELS, small),
        patch("model_zoo.classifiers.entry.WEIGHTS_ROOT", weights),
    ):
        yield


def _picture(generator: np.random.Generator, blob: tuple[int, int, int] | None, shade: int) -> np.ndarray:
    image = generator.integers(60, 110, (72, 90)).astype(float)
    if blob is not None:
        image[_disc(blob)] = shade
    return np.clip(image, 0, 255).astype(np.uint8)


def _disc(blob: tuple[int, int, int]) -> np.ndarray:
    y, x = np.mgrid[:72, :90]
    return (y - blob[0]) ** 2 + (x - blob[1]) ** 2 <= blob[2] ** 2


def _blob(generator: np.random.Generator) -> tuple[int, int, int]:
    return int(generator.integers(20, 50)), int(generator.integers(20, 70)), int(generator.integers(6, 14))


def _breast(folder: Path, generator: np.random.Generator) -> list[dict[str, object]]:
    rows = []
    for i in range(COUNT):
        label = ("normal", "benign", "malignant")[(i // 5) % 3]
        blob = None if label == "normal" else _blob(generator)
        Image.fromarray(_picture(generator, blob, 20 if label == "benign" else 220)).save(folder / f"images/{i}.png")
        if blob is not None:
            Image.fromarray(_disc(blob)).save(folder / f"masks/{i}.png")
        mask = "" if blob is None else f"masks/{i}.png"
        rows.append({"file": f"images/{i}.png", "label": label, "mask": mask, "group": i // 2, "fold": i % 5})
    return rows


def _brain(folder: Path, generator: np.random.Generator) -> list[dict[str, object]]:
    rows = []
    for i in range(COUNT):
        blob, label = _blob(generator), ("glioma", "meningioma", "pituitary")[(i // 5) % 3]
        Image.fromarray(_picture(generator, blob, 200)).save(folder / f"images/{i}.png")
        y, x, r = blob
        box = json.dumps([x - r, y - r, 2 * r + 1, 2 * r + 1])
        rows.append({"file": f"images/{i}.png", "label": label, "slice_no": i, "box_xywh": box, "fold": i % 5})
    return rows


def _fundus(folder: Path, generator: np.random.Generator) -> list[dict[str, object]]:
    rows = []
    for i in range(COUNT):
        drawn = i >= COUNT - 15
        blob = _blob(generator) if drawn or (i // 5) % 2 else None
        grey = _picture(generator, blob, 240)
        Image.fromarray(np.stack([grey, grey // 2, grey // 4], 2)).save(folder / f"images/{i}.png")
        row: dict[str, object] = {
            "file": f"images/{i}.png",
            "subset": "segmentation" if drawn else "grading",
            "dr_grade": "" if drawn else (3 if blob else 0),
            "group": i,
            "fold": i % 5,
        }
        for code in ("MA", "HE", "EX", "SE", "OD"):
            row[f"mask_{code}"] = ""
            if drawn and blob is not None:
                row[f"mask_{code}"] = f"masks/{i}_{code}.png"
                Image.fromarray(_disc(blob)).save(folder / f"masks/{i}_{code}.png")
        rows.append(row)
    return rows


def _chest(folder: Path, generator: np.random.Generator) -> list[dict[str, object]]:
    rows = []
    for i in range(8):
        ramp = np.tile(np.linspace(0, 255, 90), (72, 1)).astype(np.uint8)
        Image.fromarray(np.roll(ramp, int(generator.integers(0, 90)), 1)).save(folder / f"images/{i}.png")
        rows.append({"file": f"images/{i}.png"})
    return rows
