"""Brain: side and half of a slice, by the orientation that the file states; without one, sectors of the picture.

The middle of the picture stands for the middle of the head: heads are scanned in the middle of the field. No lobe is named.
"""

from __future__ import annotations

from model_zoo.places.place import SEVERAL
from model_zoo.places.strongest import StrongestPart, grid_zones, zone_of
from model_zoo.scans.orientation import Orientation

# A tenth of the field, about 2 cm, lies on no side: a head is seldom nearer to the middle of the field than 1 cm.
MIDLINE = (0.45, 0.55)
HALVES = (0.5,)
_WORDS = {"L": "left", "R": "right", "A": "front", "P": "back", "H": "upper", "F": "lower"}
_OPPOSITE = {"L": "R", "R": "L", "A": "P", "P": "A", "H": "F", "F": "H"}


def brain_key(part: StrongestPart, orientation: Orientation | None) -> str | None:
    """Return side and half; ``None`` without an orientation, or with one in which no radiologist looks at a slice.

    Axial slices have sides, front and back, coronal ones sides and upper and lower halves, sagittal ones no side.
    """
    if orientation is None or orientation.across in "HF" or orientation.down in "LR":
        return None
    sided = orientation.across in "LR"
    across = [_WORDS[_OPPOSITE[orientation.across]], *(["midline"] if sided else []), _WORDS[orientation.across]]
    down = [_WORDS[_OPPOSITE[orientation.down]], _WORDS[orientation.down]]
    if not sided and orientation.down not in "HF":
        return None
    zones = grid_zones(part.shape, HALVES, MIDLINE if sided else HALVES)
    names = [f"brain.{side}.{half}" for half in down for side in across]
    groups = [f"brain.{side}" if side in ("left", "right") else SEVERAL for _ in down for side in across]
    return zone_of(part, zones, names, groups, SEVERAL)
