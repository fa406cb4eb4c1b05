"""The vessel tree of each lung: branches that start at the hilum, divide, thin out and fade towards the edge.

Every branch is a chain of points that carry its volume. The points are binned into the grid by thickness and each bin
is smoothed to the width of its vessels, which costs the same for ten or ten thousand branches and keeps the volume.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from model_zoo.phantoms.chest.anatomy import SIDE_SIGN, Anatomy, Grid, ellipsoid_chord
from model_zoo.phantoms.settings import PhantomSettings

GENERATIONS = 7
RADIUS_SHRINK = 0.77  # Murray's law for a symmetric division gives 2 ** (-1/3) = 0.79; real trees thin a little faster
LENGTH_SHRINK = 0.80
POINTS_PER_BRANCH = (14, 12, 10, 8, 6, 5, 4)  # a branch shrinks with each generation


def vessel_map(a: Anatomy, grid: Grid, settings: PhantomSettings, rng: np.random.Generator) -> np.ndarray:
    """Return the thickness of blood vessels in the lungs in mm: float32 (rows, cols)."""
    total = np.zeros(grid.shape, np.float32)
    levels: list[list[tuple[np.ndarray, np.ndarray, np.ndarray]]] = [[] for _ in range(GENERATIONS)]
    angle = np.deg2rad(rng.uniform(*settings.vessel_angle_deg))
    radii = [5.8 * a.k * RADIUS_SHRINK**g for g in range(GENERATIONS)]
    hilum_y = a.apex + 0.47 * a.height
    for side, sign in SIDE_SIGN.items():
        n = int(rng.integers(settings.n_main_vessels[0], settings.n_main_vessels[1] + 1))
        # Directions from straight up along the mediastinum, through lateral, to straight down.
        heading = np.linspace(-1.25, 1.32, n) + rng.normal(0, 0.10, n)
        x = np.full(n, 27.0 * a.k) + rng.normal(0, 2.0 * a.k, n)
        y = hilum_y + np.linspace(-16, 26, n) * a.k - (8 * a.k if side == "L" else 0.0)
        reach = a.half_width * (0.23 + 0.06 * np.abs(np.sin(heading))) * np.sqrt(a.height / (1.65 * a.half_width))
        length = reach * rng.uniform(0.8, 1.15, n)
        for g in range(GENERATIONS):
            bend = rng.normal(0, 0.22, heading.size)
            points = POINTS_PER_BRANCH[g]
            step = np.linspace(0, 1, points)[None, :]
            direction = heading[:, None] + bend[:, None] * step
            dx = np.cumsum(np.cos(direction), axis=1) * (length / points)[:, None]
            dy = np.cumsum(np.sin(direction), axis=1) * (length / points)[:, None]
            px, py = x[:, None] + dx, y[:, None] + dy
            taper = 1 - (1 - RADIUS_SHRINK) * step
            weight = np.pi * (radii[g] * taper) ** 2 * (length / points)[:, None]
            levels[g].append((sign * px.ravel(), py.ravel(), weight.ravel()))
            x, y = np.repeat(px[:, -1], 2), np.repeat(py[:, -1], 2)
            spread = angle * rng.uniform(0.5, 1.3, (heading.size, 2)) * np.array([1.0, -1.0])
            heading = (direction[:, -1:] + spread).ravel()
            length = np.repeat(length, 2) * LENGTH_SHRINK * rng.uniform(0.75, 1.2, 2 * length.size)
    for g, level in enumerate(levels):
        px, py, weight = (np.concatenate(part) for part in zip(*level, strict=True))
        volume = splat(grid, px, py, weight) / grid.spacing_mm**2
        total += gaussian_filter(volume, max(radii[g] / 2.2 / grid.spacing_mm, 0.4), truncate=3.0)
        # The root of the lung, where arteries, veins and nodes lie over each other.
    for side, sign in SIDE_SIGN.items():
        shift = -8 * a.k if side == "L" else 0.0
        total += 0.7 * ellipsoid_chord(grid, sign * 40 * a.k, hilum_y + shift, 13 * a.k, 24 * a.k, 9 * a.k, sign * 0.3)
    return total


def splat(grid: Grid, px: np.ndarray, py: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Add ``weight`` at the positions in mm to the grid, shared among the four nearest pixels."""
    rows, cols = grid.shape
    fx = (px - float(grid.x[0, 0])) / grid.spacing_mm
    fy = (py - float(grid.y[0, 0])) / grid.spacing_mm
    keep = (fx >= 0) & (fx < cols - 1) & (fy >= 0) & (fy < rows - 1)
    fx, fy, weight = fx[keep], fy[keep], weight[keep]
    ix, iy = fx.astype(np.int64), fy.astype(np.int64)
    rx, ry = fx - ix, fy - iy
    index = iy * cols + ix
    corners = np.concatenate([index, index + 1, index + cols, index + cols + 1])
    shares = np.concatenate([(1 - rx) * (1 - ry), rx * (1 - ry), (1 - rx) * ry, rx * ry]) * np.tile(weight, 4)
    return np.bincount(corners, shares, rows * cols).reshape(rows, cols).astype(np.float32)
