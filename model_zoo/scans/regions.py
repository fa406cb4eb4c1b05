"""The regions of a film that the checks speak of: lungs, outside the body, border, corners; on the grid of the model.

The lungs come from the segmenter, whose masks are validated on children and include the lung behind the heart: nothing
is derived from them but "inside" and "outside". The rest is geometry and darkness.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import binary_dilation, label

# The outer 6 % on each side: collimation edges, film rims and burnt-in text lie there, hardly any lung does.
BORDER_SHARE = 0.06
# Markers are set within a fifth of the width and a sixth of the height of a corner.
CORNER_ROWS, CORNER_COLS = 0.16, 0.20
# Air beside the body is as dark as the darkest per cent of a film; stretched inputs put that at -1.
AIR_BELOW = -0.9
# Lungs reach a little past their outline: the outline itself is uncertain by a pixel or two.
LUNG_MARGIN_PIXELS = 3
# Fewer lung pixels than 4 % of the grid are no lungs (the bound of the crop).
MIN_LUNG_SHARE = 0.04


@dataclass(frozen=True, eq=False)
class FilmRegions:
    """Bool masks (H, W) on the grid of the model input.

    lungs: with a margin of three pixels; all False where no lungs were found. outside_body: dark and joined to the rim
    of the picture. border, corners: fixed places; on a whole film a corner never counts as lung, on a film cropped to the
    lungs, which reach into its corners, lung never counts as corner.
    """

    lungs: np.ndarray
    outside_body: np.ndarray
    border: np.ndarray
    corners: np.ndarray

    @property
    def lungs_found(self) -> bool:
        return bool(self.lungs.any())

    @property
    def elsewhere(self) -> np.ndarray:
        """Return where no lung finding can lie: border, corners and outside the body, without the lungs."""
        return (self.border | self.corners | self.outside_body) & ~self.lungs


def film_regions(model_image: np.ndarray, lung_probability: np.ndarray, cropped: bool = False) -> FilmRegions:
    """Return the regions of one model input.

    Parameters
    ----------
    model_image
        Float32 (H, W), stretched to [-1, 1] at the central 98 %.
    lung_probability
        Float32 (H, W), same grid.
    cropped
        Whether the input is a crop around the lungs.
    """
    rows, cols = model_image.shape
    lungs = lung_probability > 0.5
    lungs = (
        np.zeros_like(lungs) if lungs.mean() < MIN_LUNG_SHARE else binary_dilation(lungs, iterations=LUNG_MARGIN_PIXELS)
    )
    corners = corner_mask(rows, cols)
    if cropped:
        corners &= ~lungs
    return FilmRegions(lungs & ~corners, _outside(model_image) & ~lungs, border_mask(rows, cols), corners)


def border_mask(rows: int, cols: int) -> np.ndarray:
    """Return the outer frame, bool (rows, cols)."""
    mask = np.ones((rows, cols), dtype=bool)
    top, left = max(1, round(BORDER_SHARE * rows)), max(1, round(BORDER_SHARE * cols))
    mask[top:-top, left:-left] = False
    return mask


def corner_mask(rows: int, cols: int) -> np.ndarray:
    """Return the four corners, bool (rows, cols)."""
    mask = np.zeros((rows, cols), dtype=bool)
    height, width = round(CORNER_ROWS * rows), round(CORNER_COLS * cols)
    for vertical in (slice(0, height), slice(rows - height, rows)):
        for horizontal in (slice(0, width), slice(cols - width, cols)):
            mask[vertical, horizontal] = True
    return mask


def _outside(image: np.ndarray) -> np.ndarray:
    """Return the dark pixels that are joined to the rim of the picture."""
    regions, count = label(image < AIR_BELOW)
    if count == 0:
        return np.zeros(image.shape, dtype=bool)
    rim = np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]])
    joined = np.unique(rim[rim > 0])
    return np.isin(regions, joined)
