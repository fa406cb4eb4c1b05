"""The breast under the probe: skin, fat with its septa, glandular tissue, fascia, muscle and ribs, as echo and attenuation.

A ``Tissue`` holds, at every point of the section, how strongly it scatters (dB) and how much it attenuates
(dB per cm and MHz). Values follow tables of soft tissue (Duck 1990; ICRU 61); the layout is drawn at random.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model_zoo.phantoms.fields import Waves, smooth_noise, smooth_step
from model_zoo.phantoms.picture import stream

# dB against glandular tissue; fat scatters less, muscle least along its fibres.
ECHO_DB = {"skin": 2.0, "fat": -10.0, "gland": -2.0, "muscle": -12.0, "behind": -20.0}
# dB per cm and MHz, one way.
ATTENUATION = {"skin": 1.2, "fat": 0.55, "gland": 0.80, "muscle": 0.90, "behind": 1.3, "rib": 16.0}


@dataclass(frozen=True)
class Section:
    """The grid of one section: ``depth`` (rows, 1) and ``across`` (1, cols) in mm, ``step`` of both in mm."""

    depth: np.ndarray
    across: np.ndarray
    step: tuple[float, float]

    @property
    def shape(self) -> tuple[int, int]:
        return self.depth.shape[0], self.across.shape[1]


@dataclass(eq=False)
class Tissue:
    """Echo in dB and attenuation in dB / cm / MHz, float32 (rows, cols); ``gland_top`` and ``fascia`` depths in mm (cols,)."""

    echo: np.ndarray
    attenuation: np.ndarray
    gland_top: np.ndarray
    fascia: np.ndarray


def make_section(width_mm: float, depth_mm: float, cols: int) -> Section:
    """Return the grid: columns as the picture has them, twice as many rows, because a pulse is shorter than a beam is wide."""
    step = width_mm / cols
    rows = 2 * round(depth_mm / step)
    depth = ((np.arange(rows, dtype=np.float32) + 0.5) * step / 2)[:, None]
    across = ((np.arange(cols, dtype=np.float32) + 0.5) * step - width_mm / 2)[None, :]
    return Section(depth, across, (step / 2, step))


@dataclass(frozen=True, eq=False)
class Texture:
    """The fine structure of one breast, float32 (rows, cols): fields of unit deviation, and sheets in [0, 1]."""

    lobes: np.ndarray
    fibres: np.ndarray
    grain: np.ndarray
    septa: np.ndarray
    strands: np.ndarray
    bundles: np.ndarray
    patchy: np.ndarray


def draw_texture(section: Section, seed: int) -> Texture:
    """Draw the fine structure once; all frames of a sweep share it."""
    rng = stream("breast", seed, "texture")

    def noise(depth_mm: float, across_mm: float) -> np.ndarray:
        return smooth_noise(section.shape, (depth_mm / section.step[0], across_mm / section.step[1]), rng)

    return Texture(
        lobes=noise(1.0, 3.4),
        fibres=noise(0.28, 2.2),
        grain=noise(0.30, 0.45),
        septa=_lines(section, noise(1.9, 5.5), 0.10),
        strands=_lines(section, noise(0.75, 3.4), 0.07),
        bundles=_lines(section, noise(0.55, 9.0), 0.06),
        patchy=np.clip(0.65 + 0.5 * noise(2.0, 3.0), 0.1, 1.3),
    )


def draw_tissue(section: Section, texture: Texture, seed: int, sweep_mm: float = 0.0) -> Tissue:
    """Draw the layers of one breast at one place of the sweep.

    The layers are waves that run through the sweep; the fine texture within them stays.
    """
    rng = stream("breast", seed, "layers")
    z, x = section.depth, section.across
    depth = float(z[-1, 0])
    y = np.full_like(x, sweep_mm)
    wave = [Waves(length, 12, rng, 2, spread=0.5) for length in (32.0, 26.0, 26.0, 34.0)]
    skin = float(rng.uniform(1.2, 2.0)) + 0.12 * wave[0](x, y)
    # Fat lobules hang into the gland: their lower edge is a row of bulges with cusps between.
    fat_depth = float(rng.uniform(0.18, 0.38)) * depth
    gland_top = fat_depth + 1.1 * wave[0](x, y) - 0.055 * depth * (np.abs(wave[1](x, y)) - 0.8)
    gland_top = np.maximum(gland_top, skin + 1.5)
    fascia = float(rng.uniform(0.60, 0.76)) * depth + float(rng.normal(0, 0.05)) * x + 0.8 * wave[2](x, y)
    fascia = np.maximum(fascia, gland_top + 0.2 * depth)
    back_fat = fascia - np.maximum(1.2 + 0.8 * wave[3](x, y), 0.2)
    muscle_end = fascia + float(rng.uniform(0.14, 0.22)) * depth + 0.5 * wave[3](x, y)
    dense = float(rng.uniform(0.3, 0.95))

    def share(top: np.ndarray, width: float = 0.25) -> np.ndarray:
        return smooth_step((z - top) / width)

    lobes, fibres, grain, patchy = texture.lobes, texture.fibres, texture.grain, texture.patchy
    # Fat within the gland: the less dense the breast, the more.
    fatty = smooth_step((lobes - (dense * 2.6 - 1.1)) / 0.35)
    layers = {
        "skin": 1 - share(skin, 0.12),
        "fat": share(skin, 0.12) * (1 - share(gland_top)),
        "gland": share(gland_top) * (1 - share(back_fat)),
        "back": share(back_fat) * (1 - share(fascia)),
        "muscle": share(fascia) * (1 - share(muscle_end)),
        "behind": share(muscle_end),
    }
    gland_echo = ECHO_DB["gland"] + 3.0 * fibres + 1.5 * grain
    gland_echo = gland_echo * (1 - fatty) + (ECHO_DB["fat"] + 1.0 + grain) * fatty
    echo = (
        layers["skin"] * (ECHO_DB["skin"] - 2 * np.exp(-(((z - 0.6 * skin) / 0.25) ** 2)))
        + (layers["fat"] + layers["back"]) * (ECHO_DB["fat"] + 1.2 * grain + 0.9 * lobes)
        + layers["gland"] * gland_echo
        + layers["muscle"] * (ECHO_DB["muscle"] + 3.2 * fibres)
        + layers["behind"] * (ECHO_DB["behind"] + 2.0 * fibres)
    )
    attenuation = sum(layers[name] * ATTENUATION["fat" if name == "back" else name] for name in layers)  # dB / cm / MHz
    echo = echo + patchy * (
        17 * texture.septa * (layers["fat"] + 0.4 * fatty * layers["gland"])
        + 12 * texture.strands * layers["gland"]
        + 15 * texture.bundles * (layers["muscle"] + 0.7 * layers["back"] + 0.35 * layers["gland"])
    )
    for edge, gain, width in (
        (skin, 9.0, 0.10),
        (fascia, 15.0, 0.16),
        (muscle_end, 11.0, 0.16),
        (gland_top, 7.0, 0.14),
    ):
        echo = echo + gain * patchy * np.exp(-(((z - edge) / width) ** 2))
    tissue = Tissue(echo.astype(np.float32), attenuation.astype(np.float32), gland_top[0], fascia[0])
    if rng.random() < 0.35:
        _add_rib(tissue, section, muscle_end, rng)
    return tissue


def _lines(section: Section, field: np.ndarray, width_mm: float) -> np.ndarray:
    """Return thin sheets at the zeros of a field, in [0, 1]: bright where the sheet faces the beam, faint along it."""
    gz, gx = np.gradient(field, *section.step)
    steep = np.sqrt(gz**2 + gx**2) + 1e-6
    distance = np.minimum(np.abs(field) / steep, 3.0)
    facing = (gz / steep) ** 4
    return np.exp(-((distance / width_mm) ** 2)) * (0.2 + 0.8 * facing)


def _add_rib(tissue: Tissue, section: Section, muscle_end: np.ndarray, rng: np.random.Generator) -> None:
    """Put a rib behind the muscle: a bright arc that lets nothing through."""
    z, x = section.depth, section.across
    centre = rng.uniform(-0.4, 0.4) * float(x[0, -1] - x[0, 0])
    half = rng.uniform(4.5, 7.0)
    inside = np.clip(1 - ((x - centre) / half) ** 2, 0, None)
    top = muscle_end + 0.6 - 1.8 * np.sqrt(inside)
    bone = (z > top) & (inside > 0)
    tissue.attenuation[bone & (z < top + 4.0)] = ATTENUATION["rib"]
    tissue.echo[bone] = ECHO_DB["behind"]
    tissue.echo += (20 * np.exp(-(((z - top) / 0.25) ** 2)) * (inside > 0)).astype(np.float32)
