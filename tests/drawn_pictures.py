"""Drawn discs and squares: a set that a small network learns in seconds, and folder models trained on it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from PIL import Image

from model_zoo.training.folder_models.card import Described
from model_zoo.training.folder_models.fit import FitSettings
from model_zoo.training.folder_models.run import PictureRecipe

SIDE = 64
CLASSES = ("disc", "square")
QUICK = FitSettings(epochs=12, batch=8, rate=3e-3, dropout=0.0, intensity=0.0, patience=12)


def drawn(kind: str, seed: int) -> Image.Image:
    """Return one picture: a bright disc or square of equal area somewhere on noise."""
    generator = np.random.default_rng([CLASSES.index(kind), seed])
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    cy, cx = generator.integers(22, 42, 2)
    radius = generator.integers(8, 14)
    if kind == "disc":
        shape = (y - cy) ** 2 + (x - cx) ** 2 <= radius**2
    else:
        half = radius * np.sqrt(np.pi) / 2
        shape = (np.abs(y - cy) <= half) & (np.abs(x - cx) <= half)
    grey = 60 + 20 * generator.standard_normal((SIDE, SIDE)) + 120 * shape
    return Image.fromarray(grey.clip(0, 255).astype(np.uint8))


def write_classes(folder: Path, count: int, start: int = 0) -> Path:
    """Write ``count`` pictures, half of each class, into one sub-folder per class."""
    for kind in CLASSES:
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for index in range(count // 2):
            drawn(kind, start + index).save(folder / kind / f"{index:03d}.png")
    return folder


def write_table(folder: Path, count: int, per_patient: int = 2) -> Path:
    """Write pictures with ``labels.csv``: file, label, patient; a patient has pictures of one class."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for kind in CLASSES:
        for index in range(count // 2):
            name = f"{kind}{index:03d}.png"
            drawn(kind, index).save(folder / name)
            rows.append([name, kind, f"{kind[0]}{index // per_patient}"])
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["file", "label", "patient"], *rows])
    return folder


def recipe(data: Path, name: str = "discs", **changes: object) -> PictureRecipe:
    """Return a quick recipe."""
    settings = changes.pop("settings", QUICK)
    return PictureRecipe(Described(name, "Discs and squares"), data, side=SIDE, settings=settings, **changes)  # type: ignore[arg-type]
