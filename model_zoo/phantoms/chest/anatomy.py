"""The numbers of one chest, drawn from the settings, and the thickness maps of its soft parts and air.

All maps are float32 (rows, cols), in mm along the ray. Rays are parallel and run from back to front. ``x`` grows to
the right of the image, which is the patient's left, ``y`` grows downwards; ``x`` = 0 is the midline.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from model_zoo.phantoms.settings import PhantomSettings, Range

ADULT_HALF_WIDTH_MM = 135.0  # the lung half width for which the sizes of organs below are written
SIDE_SIGN = {"R": -1.0, "L": 1.0}  # the patient's right is the left of the image


@dataclass(frozen=True)
class Anatomy:
    """One chest. Lengths in mm; ``k`` scales organ sizes that are written for an adult of average build."""

    child: bool
    female: bool
    rows_mm: float
    cols_mm: float
    half_width: float
    height: float
    apex: float
    depth: float
    wall: float
    dome: dict[str, float]
    slope: float
    cardiothoracic_ratio: float
    heart_axis: float
    heart_roundness: float
    knob_radius: float
    rib_fall: float
    rib_distance: float
    spine_bend: float
    shoulder_drop: float
    clavicle_tilt: dict[str, float]
    scapula_offset: float
    breast: float
    gas_bubble: float
    midline: float
    k: float


@dataclass(frozen=True)
class Grid:
    """Sampling positions: ``x`` (1, cols) and ``y`` (rows, 1) in mm, midline at ``x`` = 0."""

    x: np.ndarray
    y: np.ndarray
    spacing_mm: float

    @property
    def shape(self) -> tuple[int, int]:
        return self.y.shape[0], self.x.shape[1]


@dataclass(frozen=True)
class Lungs:
    """Thickness of the chest cavity per side: ``cavity`` above and behind the diaphragm, ``full`` as if there were none."""

    full: dict[str, np.ndarray]
    cavity: dict[str, np.ndarray]
    above_dome: dict[str, np.ndarray]  # bool: inside the cavity and above the diaphragm's skyline


def draw_anatomy(
    settings: PhantomSettings, rng: np.random.Generator, body: str, view: str, female: bool | None = None
) -> Anatomy:
    """Draw one chest. A child's is rounder, with flatter ribs and a larger heart; AP enlarges the heart's shadow."""

    def pick(limits: Range) -> float:
        return float(rng.uniform(*limits))

    child = body == "child"
    half_width = pick(settings.lung_half_width_mm) * (0.58 if child else 1.0)
    height = pick(settings.lung_height_mm) * (0.45 if child else 1.0)
    k = half_width / ADULT_HALF_WIDTH_MM
    ratio = (
        pick(settings.cardiothoracic_ratio) + (0.08 if child else 0.0) + (0.04 if view == "AP" and not child else 0.0)
    )
    cols_mm = 2 * half_width * pick(settings.field_margin) * (0.84 if child else 1.0)
    rows_mm = cols_mm * (float(rng.uniform(0.76, 0.86)) if child else 1.0)
    # The lungs fill the height of the field in a child and leave room for neck and abdomen in an adult.
    apex = rows_mm * float(rng.uniform(0.10, 0.16) if child else rng.uniform(0.13, 0.19))
    height = min(height, 0.82 * rows_mm - apex)
    right = apex + height
    drawn_female = bool(rng.random() < 0.5)  # drawn even when given, so that the rest of the chest stays the same
    return Anatomy(
        child=child,
        female=drawn_female if female is None else female,
        rows_mm=rows_mm,
        cols_mm=cols_mm,
        half_width=half_width,
        height=height,
        apex=apex,
        depth=float(rng.uniform(150, 180)) * k * (1.12 if child else 1.0),
        wall=pick(settings.body_wall_mm) * (0.45 if child else 1.0),
        dome={"R": right, "L": right + float(rng.uniform(7, 18)) * k},
        slope=pick(settings.diaphragm_slope_mm) * k,
        cardiothoracic_ratio=ratio,
        heart_axis=math.radians(pick(settings.heart_axis_deg)),
        heart_roundness=float(rng.uniform(0.60, 0.72)) + (0.08 if child else 0.0),
        knob_radius=float(rng.uniform(13, 19)) * k * (0.7 if child else 1.0),
        rib_fall=pick(settings.rib_fall_mm) * k * (0.62 if child else 1.0),
        rib_distance=pick(settings.rib_distance_mm) * (height / 222.0),
        spine_bend=float(rng.uniform(-5, 5)) * k,
        shoulder_drop=float(rng.uniform(20, 45)) * k,
        clavicle_tilt={side: float(rng.uniform(14, 34)) * k for side in "RL"},
        scapula_offset=float(rng.uniform(0.0, 1.0)) + (0.0 if view == "PA" else -1.0),
        breast=float(rng.uniform(0.5, 1.0)),
        gas_bubble=float(rng.uniform(0.0, 1.0)),
        midline=float(rng.uniform(-10, 10)) * k,
        k=k,
    )


def make_grid(anatomy: Anatomy, size: int) -> Grid:
    """Return the sampling grid with ``size`` columns; rows follow from the aspect of the field."""
    spacing = anatomy.cols_mm / size
    rows = round(anatomy.rows_mm / spacing)
    x = (np.arange(size, dtype=np.float32) + 0.5) * spacing - anatomy.cols_mm / 2 - anatomy.midline
    y = (np.arange(rows, dtype=np.float32) + 0.5) * spacing
    return Grid(x[None, :].astype(np.float32), y[:, None].astype(np.float32), spacing)


def ellipsoid_chord(
    grid: Grid, cx: float, cy: float, ax: float, ay: float, az: float, angle: float = 0.0
) -> np.ndarray:
    """Path length in mm of each ray through an ellipsoid; ``ax`` and ``ay`` are turned by ``angle``, ``az`` lies along it."""
    dx, dy = grid.x - cx, grid.y - cy
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    inside = 1.0 - ((c * dx + s * dy) / ax) ** 2 - ((c * dy - s * dx) / ay) ** 2
    return 2 * az * np.sqrt(np.maximum(inside, 0.0, dtype=np.float32), dtype=np.float32)


def lateral_wall(a: Anatomy, y: np.ndarray) -> np.ndarray:
    """Distance of the lung's outer border from the midline at height ``y``: narrow at the apex, widest at the base."""
    t = np.clip((y - a.apex) / a.height, 0.0, None)
    rise = np.sqrt(np.maximum(1 - (1 - np.minimum(t / 0.85, 1.0)) ** 2, 0.0))
    return a.half_width * (0.36 + 0.64 * rise - 0.05 * np.clip(t - 0.9, 0, 1))


def dome_height(a: Anatomy, side: str, x_out: np.ndarray) -> np.ndarray:
    """Height ``y`` of the diaphragm's skyline at ``x_out``, the distance from the midline in mm."""
    peak = 0.47 * a.half_width
    lateral = np.clip((x_out - peak) / (a.half_width - peak), 0.0, 1.15)
    medial = np.clip((peak - x_out) / peak, 0.0, 1.5)
    return a.dome[side] + a.slope * lateral**2.6 + 0.30 * a.slope * medial**2


def lung_maps(a: Anatomy, grid: Grid) -> Lungs:
    """Return the thickness of the cavity of each lung, with the recess behind the dome of the diaphragm."""
    full, cavity, above = {}, {}, {}
    t = np.clip((grid.y - a.apex) / a.height, 0.0, 1.4)
    outer = lateral_wall(a, grid.y)
    inner = a.half_width * (0.36 - 0.34 * np.sqrt(np.maximum(1 - (1 - np.minimum(t / 0.22, 1.0)) ** 2, 0.0)))
    # Front to back the chest deepens from apex to base.
    depth = a.depth * np.sqrt(np.maximum(1 - (1 - np.minimum(t / 0.7, 1.0)) ** 2, 0.0)) * (grid.y > a.apex)
    centre, half = (outer + inner) / 2, np.maximum((outer - inner) / 2, 1e-3)
    back, front = 85.0 * a.k, 22.0 * a.k  # how far the lung reaches down behind and before the dome
    for side, sign in SIDE_SIGN.items():
        u = np.abs((sign * grid.x - centre) / half)
        cut = np.maximum(1 - u**2.6, 0.0)
        thickness = depth * np.sqrt(cut)
        below = grid.y - dome_height(a, side, sign * grid.x)
        e = np.maximum(below, 0.0)
        # Towards the spine the recess is shallow: crus and liver fill it.
        share = 0.55 * np.maximum(
            1 - np.sqrt(e / (back * np.clip(sign * grid.x / (0.6 * a.half_width), 0.15, 1))), 0.0
        ) + 0.45 * np.maximum(1 - np.sqrt(e / front), 0.0)
        full[side] = thickness.astype(np.float32)
        cavity[side] = (thickness * share).astype(np.float32)
        above[side] = (below < 0) & (thickness > 0)
    return Lungs(full, cavity, above)


def aerated(lungs: Lungs, centre: np.ndarray, heart: np.ndarray) -> dict[str, np.ndarray]:
    """Return the thickness of lung per side that heart and mediastinum (``centre``) leave.

    The heart lies in front: it takes its share of the full depth first, so that the recess behind the diaphragm stays.
    """
    rest = centre + heart
    return {side: np.minimum(lungs.cavity[side], np.maximum(lungs.full[side] - rest, 0.0)) for side in lungs.cavity}


def above_diaphragm(a: Anatomy, grid: Grid) -> np.ndarray:
    """Return where the skyline of the diaphragm lies below: bool (rows, cols)."""
    dome = np.where(grid.x < 0, dome_height(a, "R", -grid.x), dome_height(a, "L", grid.x))
    return grid.y < dome


def heart_map(a: Anatomy, grid: Grid, enlargement: float = 0.0) -> np.ndarray:
    """Return the thickness of the heart; ``enlargement`` 0.3 makes it 30 % wider, mostly to the patient's left."""
    width = 2 * a.half_width * a.cardiothoracic_ratio * (1 + enlargement)
    roundness = a.heart_roundness
    cos, sin = math.cos(a.heart_axis), math.sin(a.heart_axis)
    semi = width / 2 / math.hypot(cos, roundness * sin)
    drop = semi * math.hypot(sin, roundness * cos)
    cx = (0.17 + 0.10 * enlargement) * width
    # The lower border stays on the diaphragm when the heart grows.
    cy = a.dome["L"] + 0.16 * a.height * (a.half_width / a.height) ** 0.5 - 0.92 * drop
    ventricle = ellipsoid_chord(grid, cx, cy, semi, roundness * semi, 0.72 * semi, a.heart_axis)
    atrium = ellipsoid_chord(grid, -0.10 * width, cy + 0.06 * width, 0.24 * width, 0.36 * width, 0.3 * width, -0.1)
    outflow = ellipsoid_chord(grid, 0.07 * width, cy - 0.30 * width, 0.24 * width, 0.46 * width, 0.26 * width, -0.32)
    # A hypotenuse is a smooth union: no crease where two chambers meet.
    return np.sqrt(ventricle**2 + atrium**2 + outflow**2)


def mediastinum_map(a: Anatomy, grid: Grid) -> np.ndarray:
    """Return the thickness of everything central but the heart: great vessels, spine muscles, aorta with its knob."""
    k = a.k
    carina = a.apex + 0.36 * a.height
    t = (grid.y - a.apex) / a.height
    half = (25 + 5 * np.exp(-(((t - 0.32) / 0.22) ** 2)) + 6 * np.exp(-((t / 0.16) ** 2))) * k
    column = a.depth * 0.9 * np.maximum(1 - (grid.x / half) ** 2, 0.0) ** 1.3
    knob = ellipsoid_chord(grid, 27 * k, carina - 22 * k, a.knob_radius, 1.15 * a.knob_radius, 1.6 * a.knob_radius)
    trunk = ellipsoid_chord(grid, 26 * k, carina + 16 * k, 18 * k, 25 * k, 22 * k, 0.25)
    # Vessels fade in and out over a few centimetres where they leave the plane of the film.
    entry, arch = np.clip((0.62 - t) * 6, 0, 1) * np.clip((t + 0.1) * 8, 0, 1), np.clip((t - 0.20) * 8, 0, 1)
    cava = 34 * k * entry * np.sqrt(np.maximum(1 - ((grid.x + 24 * k) / (12 * k)) ** 2, 0.0))
    bend = (20 + 7 * np.cos(np.clip(t, 0, 1.3) * 2.2)) * k
    aorta = 26 * k * arch * np.sqrt(np.maximum(1 - ((grid.x - bend) / (12 * k)) ** 2, 0.0))
    return (column + knob + trunk + cava + aorta).astype(np.float32)


def body_map(a: Anatomy, grid: Grid) -> np.ndarray:
    """Return the thickness of the body: trunk, shoulders, neck, upper arms and breasts, as if all were soft tissue."""
    k, x, y = a.k, np.abs(grid.x), grid.y
    trunk = a.half_width + 10 * k + a.wall
    shoulder = 262 * k
    # From the shoulders the outline runs in an arc through the armpit to the flank.
    fall = np.clip((y - a.apex - 20 * k) / (125 * k), 0.0, 1.0)
    half = trunk + (shoulder - trunk) * (1 - fall * fall * (3 - 2 * fall)) ** 1.3
    depth = a.depth + 30 * k + 1.5 * a.wall
    profile = depth * np.sqrt(np.maximum(1 - (x / half) ** 3.2, 0.0))
    neck = 58 * k
    top = a.apex - 34 * k + a.shoulder_drop * np.clip((x - neck) / (130 * k), 0, 1.3) ** 1.2
    lift = np.clip((y - top) / (72 * k), 0.0, 1.0)
    trunk_map = profile * np.sqrt(lift * (2 - lift))
    neck_map = 118 * k * np.sqrt(np.maximum(1 - (x / neck) ** 2, 0.0)) * np.clip((a.apex + 25 * k - y) / (60 * k), 0, 1)
    axis = (216 + 34 * np.clip((y - a.apex) / (240 * k), 0, 1.5)) * k + a.wall * 0.6
    cap = np.clip((y - a.apex + 14 * k) / (45 * k), 0.0, 1.0)
    arm = 92 * k * np.sqrt(np.maximum(1 - ((x - axis) / (44 * k)) ** 2, 0.0)) * np.sqrt(cap * (2 - cap))
    body = np.maximum(np.hypot(trunk_map, neck_map), arm)
    if a.female and not a.child:
        size = (48 + 24 * a.breast) * k
        for sign in (-1.0, 1.0):
            breast = ellipsoid_chord(
                grid, sign * 0.56 * a.half_width, a.apex + 0.82 * a.height, 1.1 * size, size, 14 * k * (0.6 + a.breast)
            )
            # A breast hangs: it leaves the chest wall gradually above and ends in a fold below.
            body = body + breast * (trunk_map > 0) * np.clip((y - a.apex - 0.82 * a.height) / (1.6 * size) + 0.5, 0, 1)
    return body.astype(np.float32)


def airway_map(a: Anatomy, grid: Grid) -> np.ndarray:
    """Return the thickness of air in the windpipe and the two main bronchi."""
    k = a.k
    carina = a.apex + 0.36 * a.height
    course = 3 * k * np.sin(np.clip(grid.y / carina, 0, 1) * 2.5)
    radius = 9.5 * k
    pipe = np.where(grid.y < carina, 2 * radius * np.sqrt(np.maximum(1 - ((grid.x - course) / radius) ** 2, 0.0)), 0.0)
    for sign, slope, length in ((-1.0, 1.2, 28.0), (1.0, 0.75, 40.0)):
        along = (sign * grid.x) / (length * k)
        centre = carina - 4 * k + slope * sign * grid.x
        tube = 12 * k * np.sqrt(np.maximum(1 - ((grid.y - centre) / (8 * k)) ** 2, 0.0))
        pipe = np.maximum(pipe, tube * np.clip((1.25 - along) * 2, 0, 1) * (along > 0))
    return pipe.astype(np.float32)


def abdominal_gas_map(a: Anatomy, grid: Grid) -> np.ndarray:
    """Return the thickness of air in the stomach under the left dome: a bubble with a flat fluid level."""
    k = a.k
    cx, cy = 0.46 * a.half_width, a.dome["L"] + (20 + 8 * a.gas_bubble) * k
    width = (16 + 26 * a.gas_bubble) * k
    bubble = ellipsoid_chord(grid, cx, cy, width, 0.55 * width, 0.7 * width, 0.12)
    level = np.clip((cy + 0.25 * width - grid.y) / (1.5 * k) + 0.5, 0.0, 1.0)
    return (bubble * level).astype(np.float32)
