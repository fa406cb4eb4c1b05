"""A picture without stated directions: nine sectors of it, as it lies before the reader.

So is breast ultrasound read: left and right of its picture depend on how the probe was held, so neither a quadrant of the
breast nor inner and outer follow from it, whichever breast it is. So are pictures of folder models.
"""

from __future__ import annotations

from model_zoo.places.place import SEVERAL
from model_zoo.places.strongest import StrongestPart, grid_zones, zone_of

THIRDS = (1 / 3, 2 / 3)
SECTORS = (
    "picture.upper_left",
    "picture.upper",
    "picture.upper_right",
    "picture.left",
    "picture.centre",
    "picture.right",
    "picture.lower_left",
    "picture.lower",
    "picture.lower_right",
)


def picture_key(part: StrongestPart) -> str:
    """Return the sector of the picture, upper to lower and left to right in thirds."""
    return zone_of(part, grid_zones(part.shape, THIRDS, THIRDS), SECTORS, (SEVERAL,) * len(SECTORS), SEVERAL)
