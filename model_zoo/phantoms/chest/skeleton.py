"""The bones of the phantom as thickness maps: ribs, spine, collar bones, shoulder blades and upper arms.

A rib is a tube that starts at the spine, runs around the wall and falls towards the front; seen along the ray it is a
posterior arc, a bright edge at the wall and an anterior arc. A tube has a dense shell and a light core, so that
its upper and lower edges are brighter than its middle, as on a film.
"""

from __future__ import annotations

import numpy as np

from model_zoo.phantoms.chest.anatomy import Anatomy, Grid, ellipsoid_chord, lateral_wall

CORE_LIGHTNESS = 0.78  # share of the core of a long bone that is marrow and spongy bone, which absorb like soft tissue
FRONT_END = 0.50  # a rib turns to cartilage, which a film does not show, at about half the way from wall to midline
N_RIBS = 10


def bone_map(a: Anatomy, grid: Grid) -> np.ndarray:
    """Return the thickness of bone in mm along each ray: float32 (rows, cols)."""
    bone = spine_map(a, grid)
    add_ribs(a, grid, bone)
    add_shoulders(a, grid, bone)
    return bone


def spine_map(a: Anatomy, grid: Grid) -> np.ndarray:
    """Vertebral bodies with disc spaces, pedicles and spinous processes, slightly bent sideways."""
    k = a.k
    t = grid.y / a.rows_mm
    dx = grid.x - a.spine_bend * np.sin(3.0 * t)
    pitch = (19 + 9 * t) * k
    phase = np.mod(grid.y, pitch) / pitch
    half = (14.5 + 6 * t) * k * (1 - 0.10 * np.cos(2 * np.pi * (phase - 0.0)) ** 2 * -1)
    body = np.sqrt(np.maximum(1 - (dx / half) ** 4, 0.0)) * np.clip(np.abs(phase - 0.02) * 6, 0.45, 1)
    column = 8.5 * k * body
    ring = np.hypot((np.abs(dx) - 0.66 * half) / (3.6 * k), (phase - 0.42) * pitch / (5.5 * k))
    pedicle = 4 * k * np.exp(-(((ring - 0.8) / 0.35) ** 2))
    process = 6 * k * np.exp(-((dx / (2.6 * k)) ** 2) - (((phase - 0.75) * pitch / (6 * k)) ** 2))
    return (column + pedicle + process).astype(np.float32)


def add_ribs(a: Anatomy, grid: Grid, bone: np.ndarray) -> None:
    """Add ten pairs of ribs to ``bone``."""
    radius = 6.2 * a.k * (0.95 if a.child else 1.0)
    x_all, y_all = grid.x[0], grid.y[:, 0]
    for sign in (-1.0, 1.0):
        columns = (
            slice(None, int(np.searchsorted(x_all, 0))) if sign < 0 else slice(int(np.searchsorted(x_all, 0)), None)
        )
        x = sign * x_all[columns]
        for i in range(N_RIBS):
            start = a.apex + (i - 0.55) * a.rib_distance * (1 + 0.012 * i)
            fall = a.rib_fall * (0.55 + 0.45 * min(i / 4, 1.0))
            slant = 0.16 * fall
            at_wall = start + fall / 2 + slant
            reach = float(lateral_wall(a, np.asarray(at_wall))) + 3 * a.k
            if i == 0:
                reach = 0.50 * a.half_width
            s = np.clip(x / reach, 0.0, 0.992)
            turn = np.sqrt(1 - s**2)
            shell = np.minimum(1 / turn, 1.9)  # near the wall the ray runs along the rib and meets more bone
            beyond = np.maximum(x - reach, 0.0)
            slope = np.minimum(fall / 2 * s / turn / reach, 2.2)
            visible = (
                np.clip((1 - s) * 5, 0, 1) if i == 0 else np.ones_like(s)
            )  # the first rib ends under the collar bone
            arcs = [(start + fall / 2 * (1 - turn) + slant * s, slope + slant / reach, visible * (x > 13 * a.k))]
            if i < 8:
                front = np.clip((s - FRONT_END) * 9, 0, 1) * visible
                arcs.append((at_wall + 0.62 * fall * turn - slant * 0.3 * (1 - s), -1.24 * slope, front))
            for centre, gradient, weight in arcs:
                low = np.searchsorted(y_all, centre[x <= reach * 1.02].min(initial=np.inf) - 5 * radius)
                high = np.searchsorted(y_all, centre[x <= reach * 1.02].max(initial=-np.inf) + 5 * radius)
                if high <= low:
                    continue
                d2 = (y_all[low:high, None] - centre) ** 2 / (1 + gradient**2) + beyond**2
                bone[low:high, columns] += tube_profile(d2, radius, 7.0 * a.k) * (weight * shell)


def tube_profile(d2: np.ndarray, radius: float, thickness: float) -> np.ndarray:
    """Thickness of a hollow tube at the squared distance ``d2`` from its axis; ``thickness`` front to back, in mm."""
    outer = np.sqrt(np.maximum(1 - d2 / radius**2, 0.0))
    core = np.sqrt(np.maximum(1 - d2 / (0.74 * radius) ** 2, 0.0))
    return (thickness * (outer - CORE_LIGHTNESS * 0.74 * core)).astype(np.float32)


def add_shoulders(a: Anatomy, grid: Grid, bone: np.ndarray) -> None:
    """Add collar bones, shoulder blades and the heads and shafts of the upper arm bones."""
    k = a.k
    for side, sign in (("R", -1.0), ("L", 1.0)):
        x = sign * grid.x
        # Collar bone: an S from the breast bone up and out to the shoulder.
        inner, outer = 17 * k, 168 * k
        s = np.clip((x - inner) / (outer - inner), 0.0, 1.0)
        base = a.apex + 44 * k
        centre = base - a.clavicle_tilt[side] * s - 7 * k * np.sin(2 * np.pi * s) + 2 * k
        beyond = np.maximum(inner - x, 0.0) + np.maximum(x - outer, 0.0)
        radius = (6.6 + 2.2 * (1 - 2 * s) ** 2) * k
        bone += tube_profile(((grid.y - centre) ** 2 + beyond**2) * (6.6 * k / radius) ** 2, 6.6 * k, 14 * k)
        # Upper arm: head and shaft.
        hx, hy = 186 * k, a.apex + 26 * k
        bone += 0.16 * ellipsoid_chord(grid, sign * hx, hy, 23 * k, 24 * k, 23 * k)
        axis = hx + 12 * k + 0.16 * (grid.y - hy)
        shaft = np.clip((grid.y - hy) / (10 * k), 0, 1)
        bone += tube_profile((x - axis) ** 2, 12 * k, 20 * k) * shaft
        # Shoulder blade: a thin plate with a dense outer border, a fainter inner one and a spine.
        shift = 8 * k * a.scapula_offset
        top, tip = a.apex + 22 * k, a.apex + 150 * k
        v = np.clip((grid.y - top) / (tip - top), 0.0, 1.0)
        inside = (grid.y > top) & (grid.y < tip)
        medial = (112 + 12 * v) * k + shift
        lateral = (166 - 36 * v**0.8) * k + shift
        plate = np.clip((x - medial) / (2 * k), 0, 1) * np.clip((lateral - x) / (2 * k), 0, 1)
        edge = np.exp(-(((x - lateral) / (3.5 * k)) ** 2)) * 4.0 + np.exp(-(((x - medial) / (1.6 * k)) ** 2)) * 1.2
        ridge = np.exp(-(((grid.y - top - 26 * k + 0.32 * (x - medial)) / (3.2 * k)) ** 2)) * plate * 3.0
        bone += inside * k * (1.4 * plate + edge + ridge)
