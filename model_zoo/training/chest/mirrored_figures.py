"""How often a mirrored film gets the remark, and how often a film as it is: ``python -m model_zoo evaluate mirrored``.

A film counts as remarked when a reader would get the remark: the network says so and the gate of the chest classifier lets
the film pass. Every group is measured twice, as the films are and mirrored. The trivial baseline beside it is the difference
in brightness between the two lower quarters of the film, its threshold set on the same fold by the same rule.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from scipy.stats import binomtest

from model_zoo.engine.inference import InferenceEngine
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.scans.intensity import stretch
from model_zoo.training.augmentation import random_affine
from model_zoo.training.chest.films import OUTPUTS, child_film, load_adult_films
from model_zoo.training.chest.films import SIZE as FILM_SIZE
from model_zoo.training.chest.lungs import film_mean_interval
from model_zoo.training.chest.mirrored import HELD_OUT_FOLD, THRESHOLD_FOLD, side_scores, threshold_of
from model_zoo.training.data_folder import imaging_folder
from model_zoo.trust.mirrored import SideReader

SCHEMA_VERSION = "1.0"
SEED = 7
# Turned and inverted films are read by the gate too, which takes its time: every sixteenth film is enough for a share.
EVERY = 16
ADULT_SET = "chest_xray_adult/"  # the other films of adults are given at 320 px


@dataclass(frozen=True, eq=False)
class FilmGroup:
    """Films of one kind.

    films: float32 (N, 1, 128, 128), 0 to 255. gated: whether the chest gate reads them too. parts: which of them, bool (N,),
    are reported by themselves as well.
    """

    name: str
    films: torch.Tensor
    patients: np.ndarray
    gated: bool = True
    parts: Mapping[str, np.ndarray] = field(default_factory=dict)


def measure_mirrored(reader: SideReader, on_step: Callable[[str], None] = lambda step: None) -> dict[str, Any]:
    """Return the figures of every group, with the baseline on the held-out adults beside them."""
    engine = InferenceEngine("chest-xray")
    groups = [*_adults(), *_elsewhere()]
    rows: list[dict[str, Any]] = []
    for group in groups:
        on_step(f"{group.name}: {len(group.films)} films")
        rows += _rows(group, reader, engine)
    return {
        "schema_version": SCHEMA_VERSION,
        "what": "mirrored",
        "threshold": reader.threshold,
        "fold": HELD_OUT_FOLD,
        "interval": "95 %, the wider of patients resampled and exact binomial",
        "groups": rows,
        "baseline": _baseline(groups[0]),
    }


def share_with_interval(flags: np.ndarray, patients: Sequence[str] | np.ndarray) -> dict[str, Any]:
    """Return a share with its 95 % interval: at each end the wider of patients resampled and exact binomial.

    Resampling alone is too narrow for events that hardly ever happen, the binomial for several films of one patient.
    """
    count, films = int(flags.sum()), len(flags)
    resampled = film_mean_interval(flags.astype(np.float64), list(patients))
    exact = binomtest(count, films).proportion_ci(0.95, "exact")
    return {
        "count": count,
        "value": count / films,
        "low": min(resampled["low"], float(exact.low)),
        "high": max(resampled["high"], float(exact.high)),
    }


def brightness_scores(films: torch.Tensor) -> np.ndarray:
    """Return how much brighter the lower quarter on the right of the film is than that on its left, float64 (N,)."""
    rows, cols = films.shape[-2:]
    lower = films[:, 0, rows // 2 :].double()
    return (lower[..., cols // 2 :].mean((1, 2)) - lower[..., : cols // 2].mean((1, 2))).numpy()


def with_marker_opposite(films: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Return films with both upper corners wiped and a bright block, as of a marker, at the left of the picture."""
    films = films.clone()
    rows, cols = films.shape[-2:]
    draws = torch.rand(len(films), 2, generator=generator).tolist()
    for film, (y, x) in zip(films, draws, strict=True):
        corner = film[0, : rows // 4, : cols // 5]
        film[0, : rows // 4, cols - cols // 5 :] = corner.flip(1)
        top, left = int((0.03 + 0.3 * y) * rows), int((0.02 + 0.2 * x) * cols)
        film[0, top : top + rows // 20, left : left + cols // 25] = 255
    return films


def _rows(group: FilmGroup, reader: SideReader, engine: InferenceEngine) -> Iterator[dict[str, Any]]:
    """Yield the figures of a group and of its parts."""
    scores = side_scores(reader, group.films)
    everyone = np.ones(len(scores), bool)
    # The score of the mirror image is the same with the other sign; the gate has to look at it anew.
    read = {"as_they_are": scores < -reader.threshold, "mirrored": scores > reader.threshold}
    films = {"as_they_are": group.films, "mirrored": group.films.flip(-1)}
    accepted = {kind: _accepted(engine, films[kind]) if group.gated else everyone for kind in read}
    for name, chosen in ({group.name: everyone} | dict(group.parts)).items():
        patients = group.patients[chosen]
        row: dict[str, Any] = {"name": name, "films": int(chosen.sum()), "patients": len(set(patients))}
        for kind, flagged in read.items():
            passed = accepted[kind][chosen]
            row[kind] = {
                "remarked": share_with_interval(flagged[chosen] & passed, patients),
                "refused": share_with_interval(~passed, patients) if group.gated else None,
            }
        yield row


def _accepted(engine: InferenceEngine, films: torch.Tensor) -> np.ndarray:
    parts = [engine.accepts("adult", stretch(part)) for part in films.split(64)]
    return np.array([ok for part in parts for ok in part])


def _baseline(adults: FilmGroup) -> dict[str, Any]:
    """The trivial baseline on the held-out adults, its threshold from the fold and by the rule of the network."""
    chosen = _as_tensor(load_adult_films((THRESHOLD_FOLD,)).images)
    threshold, scores = threshold_of(brightness_scores(chosen)), brightness_scores(adults.films)
    return {
        "name": "brightness of the lower quarters",
        "threshold": threshold,
        "as_they_are": share_with_interval(scores < -threshold, adults.patients),
        "mirrored": share_with_interval(scores > threshold, adults.patients),
    }


def _adults() -> list[FilmGroup]:
    """The held-out adults: all, by view, with effusion, turned, inverted, marked; and those given at 320 px."""
    held_out = load_adult_films((HELD_OUT_FOLD,))
    small = np.array([name.startswith(ADULT_SET) for name in held_out.files])
    films, finer = held_out.take(np.flatnonzero(small)), held_out.take(np.flatnonzero(~small))
    effusion = films.targets[:, OUTPUTS.index("report_effusion")] == 1
    view = np.array(films.views)
    parts = {
        "adults, PA": view == "PA",
        "adults, AP": view == "AP",
        "adults, with effusion (report label)": effusion,
        "adults, AP with effusion": effusion & (view == "AP"),
        "adults, without effusion": ~effusion,
    }
    everyone = FilmGroup("adults, held out", _as_tensor(films.images), np.array(films.patient_ids), parts=parts)
    some = replace(everyone, films=everyone.films[::EVERY], patients=everyone.patients[::EVERY], parts={})
    return [
        everyone,
        FilmGroup("adults, films of 320 px", _as_tensor(finer.images), np.array(finer.patient_ids)),
        *_turned(some),
    ]


def _turned(group: FilmGroup) -> list[FilmGroup]:
    generator = torch.Generator().manual_seed(SEED)
    films = group.films
    still = {"scale": 0.0, "aspect": 0.0, "shift": 0.0, "flip": 0.0}
    kinds = {
        "turned by up to 15 degrees": random_affine(films, films[:, :0], generator, degrees=15, **still)[0],
        "turned by 90 degrees": films.rot90(1, (-2, -1)),
        "turned by 180 degrees": films.rot90(2, (-2, -1)),
        "turned by 270 degrees": films.rot90(3, (-2, -1)),
        "inverted": 255 - films,
        "with a marker block at the left of the picture": with_marker_opposite(films, generator),
    }
    return [replace(group, name=f"adults, {name}", films=turned) for name, turned in kinds.items()]


def _elsewhere() -> list[FilmGroup]:
    """Films of another hospital, and of children, for whom the remark is not given."""
    covid, child = imaging_folder("chest_xray_covid"), imaging_folder("chest_xray_child")
    abroad = [(row["patient_id"], _open(covid / row["file"])) for row in _lines(covid)]
    young = [(row["group"], child_film(child, row) * 255) for row in _lines(child) if int(row["fold"]) == HELD_OUT_FOLD]
    return [
        FilmGroup("another hospital (COVID-19)", _resized(abroad), np.array([who for who, _ in abroad])),
        FilmGroup("children aged 1 to 5", _resized(young), np.array([who for who, _ in young]), gated=False),
    ]


def _lines(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def _open(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("L"), dtype=np.float32)


def _resized(films: Sequence[tuple[str, np.ndarray]]) -> torch.Tensor:
    size = (FILM_SIZE, FILM_SIZE)
    whole = [Geometry(film.shape, Box(0, 0, *film.shape), size).to_model(film) for _, film in films]
    return torch.from_numpy(np.stack(whole))[:, None]


def _as_tensor(images: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(images)[:, None].float()
