"""Retina: macula, optic disc, and four sectors about the disc, from the disc that the network outlines.

Up is superior, as fundus cameras store it. Temporal is where the macula lies: away from the disc towards the middle of a
photograph centred on the macula, whichever eye it is; where the disc itself is in the middle, by the stated eye. The macula
is not outlined: its place is reckoned from the disc.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model_zoo.case.outlines.polygons import Polygon, coverage
from model_zoo.places.place import SEVERAL
from model_zoo.places.strongest import StrongestPart, zone_of

# The fovea lies about two and a half diameters of the disc temporal of its middle, and a little below.
FOVEA_AWAY, FOVEA_BELOW = 2.5, 0.2
# In diameters of the disc (1.8 mm): the macula of the anatomists is 5.5 mm across; the rim of the disc with a margin.
MACULA_RADIUS, DISC_RADIUS = 1.5, 0.75
# A disc nearer to the middle than this share of the width does not tell the eye.
CENTRED = 0.1
NAMES = (
    "retina.superior_temporal",
    "retina.superior_nasal",
    "retina.inferior_temporal",
    "retina.inferior_nasal",
    "retina.macula",
    "retina.optic_disc",
)


def retina_key(
    part: StrongestPart, disc: Sequence[Polygon], scan_shape: tuple[int, int], eye: str | None
) -> str | None:
    """Return the sector; ``None`` where there is no disc, or it is in the middle of the photograph of an eye not stated.

    disc: its outline in pixels of the scan. eye: "R" or "L", ``None`` where it is not stated.
    """
    inside = coverage([disc], (0.0, 0.0, float(scan_shape[0]), float(scan_shape[1])), part.shape) >= 0.5
    if not inside.any():
        return None
    row, col = (float(place.mean()) for place in np.nonzero(inside))
    width = part.shape[1]
    off = (col - (width - 1) / 2) / width
    if abs(off) >= CENTRED:
        temporal = -np.sign(off)
    elif eye in ("R", "L"):
        temporal = -1.0 if eye == "R" else 1.0  # a photograph shows the eye as one faces it
    else:
        return None
    diameter = 2 * np.sqrt(inside.sum() / np.pi)
    down, across = np.indices(part.shape, dtype=np.float64)
    down, across = (down - row) / diameter, temporal * (across - col) / diameter
    zones = 2 * (down > FOVEA_BELOW / 2) + (across < 0)
    zones[np.hypot(down - FOVEA_BELOW, across - FOVEA_AWAY) <= MACULA_RADIUS] = 4
    zones[np.hypot(down, across) <= DISC_RADIUS] = 5
    return zone_of(part, zones, NAMES, (SEVERAL,) * len(NAMES), SEVERAL)
