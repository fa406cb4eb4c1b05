"""Lesions of the breast with the looks that readers are taught: cyst, oval solid lesion, spiculated solid lesion.

The shapes follow the descriptors of the BI-RADS lexicon for ultrasound (American College of Radiology, 5th edition):
a look is drawn, no histology is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.ndimage import gaussian_filter

from model_zoo.errors import UnknownName
from model_zoo.phantoms.breast.tissue import Section, Tissue
from model_zoo.phantoms.fields import smooth_noise, smooth_step
from model_zoo.phantoms.picture import stream

BreastKind = Literal["cyst", "benign", "malignant"]
BREAST_KINDS: tuple[BreastKind, ...] = ("cyst", "benign", "malignant")
# dB / cm / MHz: fluid attenuates least, desmoplastic tumour most.
ATTENUATION = {"cyst": 0.02, "benign": 0.45, "malignant": 1.75}
ECHO_DB = {"cyst": -70.0, "benign": -21.0, "malignant": -18.0}


@dataclass(frozen=True)
class BreastLesion:
    """What to plant.

    kind: "cyst", "benign" (oval, parallel to the skin, smooth, homogeneous) or "malignant" (irregular, taller than wide,
    angular with spicules, shadow behind it). position: across (-0.5 to 0.5 of the picture's width) and from the top of
    the gland (0) to the fascia (1). width_mm: 5 to 22. tallness: height over width.
    """

    kind: BreastKind
    position: tuple[float, float] = (0.0, 0.45)
    width_mm: float = 11.0
    tallness: float = 0.65

    def __post_init__(self) -> None:
        if self.kind not in BREAST_KINDS:
            raise UnknownName("breast lesion", self.kind, BREAST_KINDS)


def random_breast_lesion(kind: BreastKind, rng: np.random.Generator) -> BreastLesion:
    """Draw place, size and proportion of a lesion of one look."""
    place = (float(rng.uniform(-0.2, 0.2)), float(rng.uniform(0.32, 0.58)))
    tall = {"cyst": (0.55, 0.95), "benign": (0.42, 0.68), "malignant": (1.02, 1.35)}[kind]
    width = {"cyst": (6.0, 15.0), "benign": (7.0, 14.0), "malignant": (8.0, 14.0)}[kind]
    return BreastLesion(kind, place, float(rng.uniform(*width)), float(rng.uniform(*tall)))


def plant(tissue: Tissue, section: Section, spec: BreastLesion, seed: int, sweep_mm: float = 0.0) -> np.ndarray:
    """Put the lesion into ``tissue`` and return its mask, bool (rows, cols); empty where the sweep has passed it.

    sweep_mm: distance of the section from the middle of the lesion, which is as thick as it is wide.
    """
    rng = stream("breast", seed, "lesion")
    half = spec.width_mm / 2
    left = 1 - (sweep_mm / half) ** 2
    z, x = section.depth, section.across
    cx = spec.position[0] * float(x[0, -1] - x[0, 0])
    column = int(np.clip(np.searchsorted(x[0], cx), 0, x.shape[1] - 1))
    top, bottom = float(tissue.gland_top[column]), float(tissue.fascia[column])
    tall = min(spec.tallness * half, 0.44 * (bottom - 1.0))
    cz = top + spec.position[1] * (bottom - top)
    cz = float(np.clip(cz, 2.6 + tall, max(bottom - tall - 0.4, 2.6 + tall)))
    turn = np.arctan2((z - cz) / tall, (x - cx) / half)
    radius = np.hypot((x - cx) / half, (z - cz) / tall)
    tilt = float(rng.normal(0, 0.12))
    edge = _outline(spec.kind, turn + tilt, rng)
    if left <= 0.02:
        return np.zeros(section.shape, bool)
    size = edge * float(np.sqrt(left))
    # Distance to the margin in mm, positive inside; close enough for the width of a margin.
    away = (size - radius) * min(half, tall)
    mask = away > 0
    _paint(tissue, section, spec, away, turn, rng, seed)
    return mask


def _outline(kind: BreastKind, turn: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the radius of the margin as a share of the ellipse, by direction."""
    edge = np.ones_like(turn)
    if kind == "malignant":
        for harmonic in range(2, 14):
            size, phase = 0.26 * float(rng.normal()) / harmonic**0.75, float(rng.uniform(0, 2 * np.pi))
            edge = edge + size * np.cos(harmonic * turn + phase)
        return np.clip(edge, 0.5, 1.5)
    amount = 0.015 if kind == "cyst" else 0.07
    for harmonic in range(2, 5):
        size, phase = amount / harmonic * float(np.clip(rng.normal(), -1.5, 1.5)), float(rng.uniform(0, 2 * np.pi))
        edge = edge + size * np.cos(harmonic * turn + phase)
    return edge


def _paint(
    tissue: Tissue,
    section: Section,
    spec: BreastLesion,
    away: np.ndarray,
    turn: np.ndarray,
    rng: np.random.Generator,
    seed: int,
) -> None:
    mm = section.step
    texture = stream("breast", seed, "lesion texture")
    grain = smooth_noise(section.shape, (0.35 / mm[0], 0.5 / mm[1]), texture)
    patches = smooth_noise(section.shape, (0.9 / mm[0], 1.0 / mm[1]), texture)
    facing = np.sin(turn) ** 2  # 1 where the margin lies across the beam
    if spec.kind == "malignant":
        spikes = rng.integers(9, 15)
        spike = np.zeros_like(away)
        for angle in map(float, rng.uniform(-np.pi, np.pi, spikes)):
            reach, width = float(rng.uniform(1.2, 4.2)), float(rng.uniform(0.07, 0.15))
            off = (turn - angle + np.pi) % (2 * np.pi) - np.pi
            spike = np.maximum(spike, np.exp(-((off / width) ** 2)) * np.clip(1 + away / reach, 0, 1))
        inside = np.maximum(smooth_step(away / 0.55), 0.75 * spike * (away <= 0))
        # Tissue drawn in around the tumour scatters more: the echogenic halo.
        halo = np.exp(-(((away + 0.9) / 0.8) ** 2)) * (away <= 0)
        tissue.echo += (6.5 * halo * (1 - spike) * np.clip(0.7 + 0.5 * patches, 0, 1.4)).astype(np.float32)
        within = ECHO_DB["malignant"] + 3.0 * patches + 1.5 * grain
        inside_attenuation = ATTENUATION["malignant"] * np.clip(1 + 0.15 * patches, 0.4, 1.6)
    else:
        inside = smooth_step(away / 0.22)
        within = ECHO_DB[spec.kind] + (1.0 * grain + 0.6 * patches if spec.kind == "benign" else 0 * grain)
        inside_attenuation = np.full_like(away, ATTENUATION[spec.kind])
        wall = np.exp(-((away / 0.14) ** 2))
        tissue.echo += ((9.0 if spec.kind == "cyst" else 8.0) * wall * (0.15 + facing)).astype(np.float32)
        # Beams that graze a smooth curved margin are bent away: thin shadows behind both edges.
        grazing = np.exp(-((away / 0.5) ** 2)) * (1 - facing) ** 3
        tissue.attenuation += (1.1 * grazing).astype(np.float32)
    tissue.echo[:] = tissue.echo * (1 - inside) + within * inside
    core = gaussian_filter(smooth_step(away / 0.4), (0.3 / mm[0], 0.3 / mm[1]))
    tissue.attenuation[:] = tissue.attenuation * (1 - core) + inside_attenuation * core
