"""The fundus camera: light thrown back by the layers of the eye, in red, green and blue, through lens, aperture and sensor.

Absorption follows Beer and Lambert with melanin, blood and macular pigment as absorbers; the three numbers of each stand
for the bands of a colour sensor (after Preece and Claridge 2002, Lect. Notes Comput. Sci. 2489).
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from model_zoo.phantoms.eye.lesions import Signs
from model_zoo.phantoms.eye.retina import Retina
from model_zoo.phantoms.eye.vessels import VesselMaps
from model_zoo.phantoms.fields import smooth_noise, smooth_step
from model_zoo.phantoms.picture import stream

MELANIN = np.array([0.55, 1.0, 1.55])
BLOOD_PER_MM = np.array([1.8, 5.2, 3.4])  # there and back, effective: scattered light fills the shadow
OXYGEN = 0.66  # arterial blood takes that share of what venous blood takes
MACULA = np.array([0.95, 1.05, 1.2])  # pigment cells stand taller there
XANTHOPHYLL = np.array([0.0, 0.12, 0.75])
CHOROID = np.array([0.92, 0.50, 0.175])  # what deep layers throw back
NERVE = np.array([1.0, 0.66, 0.36])
CUP = np.array([1.06, 0.90, 0.62])
WAX = np.array([1.10, 0.98, 0.50])
COTTON = np.array([1.02, 0.92, 0.74])


def photograph(retina: Retina, vessels: VesselMaps, signs: Signs, seed: int) -> np.ndarray:
    """Return the photograph, float32 (rows, cols, 3) in [0, 1]: red, green, blue; black outside the round field."""
    rng = stream("eye", seed, "camera")
    light = _background(retina, rng)
    light = _mix(light, NERVE, smooth_step(retina.disc_distance() / 0.10))
    cup = smooth_step(retina.disc_distance(retina.cup) / 0.12)
    light = _mix(light, CUP, 0.8 * cup)
    # Soft exudates lie over the vessels' depth, hard ones under it.
    light = _mix(light, WAX, signs.yellow)
    blood = OXYGEN * vessels.artery + vessels.vein + signs.blood
    light = light * np.exp(-blood[..., None] * BLOOD_PER_MM)
    light = light + (0.11 * rng.uniform(0.5, 1.1) * vessels.reflex)[..., None] * np.array([1.0, 0.8, 0.6])
    light = _mix(light, COTTON, signs.white)
    light = light * _illumination(retina, rng)[..., None]
    light = light + _haze(retina, rng)
    px = 1 / retina.spacing_mm
    blur = rng.uniform(0.016, 0.030) * px
    light = np.stack([gaussian_filter(light[..., c], blur * (1.25 if c == 2 else 1.0)) for c in range(3)], axis=-1)
    exposed = light * rng.uniform(0.66, 0.94)
    # Photons, then readout; the sensor smooths colour more than brightness.
    noise = rng.normal(0, 1, exposed.shape)
    noise = gaussian_filter(noise, (0.6, 0.6, 0)) * 2.0
    exposed = exposed + noise * (0.006 * np.sqrt(np.clip(exposed, 0, None)) + 0.003)
    toned = 1 - np.exp(-1.25 * np.clip(exposed, 0, None) ** 1.15)  # shoulder of the tone curve: highlights do not clip
    aperture = _aperture(retina)[..., None]
    return np.clip(toned / (1 - np.exp(-1.25)) * aperture + 0.008, 0, 1).astype(np.float32)


def _background(retina: Retina, rng: np.random.Generator) -> np.ndarray:
    """Choroid and pigment epithelium with the macula: float (rows, cols, 3)."""
    shape, px = retina.t.shape, 1 / retina.spacing_mm
    pigment = rng.uniform(0.15, 0.62)
    mottled = 0.04 * smooth_noise(shape, (0.07 * px, 0.07 * px), rng) + 0.05 * smooth_noise(
        shape, (0.5 * px, 0.5 * px), rng
    )
    slow = 0.10 * smooth_noise(shape, (2.5 * px, 2.5 * px), rng)
    far = retina.fovea_distance()
    macula = rng.uniform(0.20, 0.34) * np.exp(-((far / 1.15) ** 2)) + rng.uniform(0.14, 0.30) * np.exp(
        -((far / 0.36) ** 2)
    )
    melanin = pigment * (1 + mottled + slow)
    # Choroidal vessels shine through where the epithelium holds little pigment, away from the macula.
    tessellation = (
        0.6 * rng.uniform(0.0, 0.5) ** 2 * np.clip(1.3 - 1.6 * pigment, 0, 1) * np.clip((far - 2.2) / 2.5, 0, 1)
    )
    ridges = np.abs(smooth_noise(shape, (0.20 * px, 0.20 * px), rng))
    choroidal = np.exp(-((ridges / 0.35) ** 2))
    blood = 0.25 * tessellation * choroidal
    yellow = np.exp(-((far / 0.55) ** 2))
    absorbed = melanin[..., None] * MELANIN + macula[..., None] * MACULA
    absorbed = absorbed + blood[..., None] * BLOOD_PER_MM + yellow[..., None] * XANTHOPHYLL
    light = CHOROID * np.exp(-absorbed) * rng.uniform([0.92, 0.84, 0.75], [1.08, 1.14, 1.25])
    # The nerve fibre layer shines around the disc, striped along its fibres.
    turn = np.arctan2(retina.v, retina.t)
    fibres = gaussian_filter(rng.standard_normal(720), 1.6, mode="wrap")
    sway = turn + 0.04 * smooth_noise(shape, (0.5 * px, 0.5 * px), rng)
    stripes = 0.7 + 0.22 * np.interp(sway, np.linspace(-np.pi, np.pi, 720), fibres / fibres.std())
    rim = np.exp(-np.clip(-retina.disc_distance(), 0, None) / 1.1) * (0.55 + 0.45 * np.abs(np.sin(turn)))
    sheen = rng.uniform(0.02, 0.13) * rim * stripes
    return light + sheen[..., None] * np.array([0.75, 0.85, 0.8])


def _illumination(retina: Retina, rng: np.random.Generator) -> np.ndarray:
    """Vignetting and the flash off the axis, (rows, cols)."""
    a, b = rng.normal(0, 0.13, 2)
    tilt = a * (retina.t - retina.fovea[0]) / 7 + b * (retina.v - retina.fovea[1]) / 7
    return (1 - rng.uniform(0.28, 0.52) * retina.radius**2.2) * (1 + tilt)


def _haze(retina: Retina, rng: np.random.Generator) -> np.ndarray:
    """Light scattered in the lens, and the crescent at the edge when the pupil cuts the beam: (rows, cols, 3)."""
    veil = rng.uniform(0.01, 0.05)
    turn = rng.uniform(0, 2 * np.pi)
    direction = np.cos(np.arctan2(retina.v - retina.fovea[1], retina.t - retina.fovea[0]) - turn)
    crescent = rng.uniform(0, 0.16) * np.clip((retina.radius - 0.82) / 0.18, 0, 1) ** 2 * np.clip(direction, 0, 1)
    return veil * np.array([1.0, 0.75, 0.5]) + crescent[..., None] * np.array([1.0, 0.8, 0.4])


def _aperture(retina: Retina) -> np.ndarray:
    """The round field with the index notch by which cameras mark the upright side, (rows, cols) in [0, 1]."""
    px = 1 / retina.spacing_mm
    rows, cols = retina.radius.shape
    edge = smooth_step((0.992 - retina.radius) * 7.0 * px / 1.2)
    y, x = np.mgrid[0:rows, 0:cols]
    notch = np.hypot(y - 0.18 * rows, x - 0.962 * cols)
    return edge * smooth_step((notch - 0.012 * cols) / 1.0)


def _mix(light: np.ndarray, colour: np.ndarray, share: np.ndarray) -> np.ndarray:
    return light + share[..., None] * (colour - light)
