"""What was outlined on a scan, as a case keeps it: lesions, landmarks and organs, as polygons and boxes with score and area."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from model_zoo.case.outlines.polygons import Polygon
from model_zoo.scans.geometry import Box
from model_zoo.stored import Amount, Count, Share
from model_zoo.trust.map_on_lesion import share_words

LESION, LANDMARK, ORGAN = "lesion", "landmark", "organ"


@dataclass(frozen=True)
class ScanRegion:
    """One thing outlined on one frame, in pixels of the scan (row, col), where pixel i covers [i, i + 1).

    kind: "lesion", "landmark" (part of an organ, no finding) or "organ". contours: closed polygons, one inside another is a
    hole; empty for a box, and where nothing reaches the threshold. pieces: how many separate ones there are. area_px: pixels
    at or above the threshold, for a box those inside it; share: of all pixels of the frame. area_mm2: ``None`` without a stated
    spacing; spacing_note: what that spacing lacks. mean_probability: inside the outline, not calibrated; ``None`` for a box.
    score: of a box its own, of an outline the mean probability, or the highest one where nothing reaches ``threshold``.
    note: what must be known of the outline itself.
    """

    name: str
    title: str
    kind: Annotated[str, Field(pattern=f"^({LESION}|{LANDMARK}|{ORGAN})$")]
    contours: tuple[Polygon, ...]
    pieces: Count
    area_px: Amount
    area_mm2: Amount | None
    share: Share
    mean_probability: Share | None
    box: Box | None
    score: Share
    threshold: Share
    above_threshold: bool
    spacing_note: str | None = None
    note: str | None = None

    @property
    def polygons(self) -> tuple[Polygon, ...]:
        """Return what is drawn: the contours, or the four corners of the box."""
        if self.box is None:
            return self.contours
        top, left = self.box.top, self.box.left
        bottom, right = top + self.box.height, left + self.box.width
        return (((top, left), (top, right), (bottom, right), (bottom, left)),)


def score_words(region: ScanRegion) -> str:
    """Return the score with what it is: no score here is a calibrated probability."""
    if region.box is not None:
        return f"box score {region.score:.2f} (0 to 1, no probability)"
    if region.above_threshold:
        return f"mean pixel score {region.score:.2f} (not calibrated)"
    return f"highest pixel score {region.score:.2f} (not calibrated)"


def area_words(region: ScanRegion) -> str:
    """Return the area, in mm2 where the spacing is stated, with what the spacing lacks, and as a share of the picture."""
    if region.area_px <= 0:
        return "nothing outlined"
    size = f"{region.area_px:,.0f} px"
    if region.area_mm2 is not None:
        note = f", {region.spacing_note}" if region.spacing_note else ""
        size = f"{significant(region.area_mm2)} mm² ({size}{note})"
    return f"{size}, {share_words(region.share)} of the picture"


def region_words(region: ScanRegion) -> tuple[str, ...]:
    """Return score, area, number of pieces and whether it is outlined, each in words."""
    pieces = (f"{region.pieces} pieces",) if region.pieces > 1 else ()
    return tuple(filter(None, (score_words(region), area_words(region), *pieces, side_words(region))))


def side_words(region: ScanRegion) -> str:
    """Return whether a region is outlined, with its threshold; "" for landmarks and organs that are: no findings."""
    if region.above_threshold:
        return f"outlined (threshold {region.threshold:g})" if region.kind == LESION else ""
    return f"threshold {region.threshold:g} not reached: this does not exclude it"


def side_shares(regions: Sequence[ScanRegion]) -> str:
    """Return how the outlined area is shared between the right and the left lung; "" where they are not told apart."""
    areas = {region.name: region.area_px for region in regions if region.name in ("right-lung", "left-lung")}
    total = sum(areas.values())
    if len(areas) < 2 or total <= 0:
        return ""
    right = round(100 * areas["right-lung"] / total)
    return f"Of the outlined area {right} % is the right lung, {100 - right} % the left; neither is a volume."


def significant(area: float) -> str:
    """Return an area with three digits that count: no outline is known more finely."""
    decimals = max(0, 2 - math.floor(math.log10(max(area, 1e-3))))
    rounded = round(area, 2 - math.floor(math.log10(max(area, 1e-3))))
    return f"{rounded:,.{decimals}f}"
