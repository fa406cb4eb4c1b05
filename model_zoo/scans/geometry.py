"""The one way between the grid of a scan and the grid of a network input, in both directions.

Only ``Geometry`` may carry a map back from the model grid to the scan grid: an overlay drawn on the resized network
input, or scaled by a factor somebody recomputed, is the classic silent error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from model_zoo.stored import Amount, Side


@dataclass(frozen=True)
class Box:
    """A region of the scan in pixels: ``top`` and ``left`` of its first pixel edge, ``height`` and ``width``."""

    top: float
    left: float
    height: Amount
    width: Amount


@dataclass(frozen=True)
class Geometry:
    """A crop of the scan, resized to the model grid.

    scan_shape: (rows, cols) of the scan frame. crop: the region that was read. model_shape: (rows, cols) of the input.
    Pixel edges map to pixel edges: the outer edge of the crop is the outer edge of the model grid.
    """

    scan_shape: tuple[Side, Side]
    crop: Box
    model_shape: tuple[Side, Side]

    def to_model(self, frame: np.ndarray) -> np.ndarray:
        """Resize the crop of a scan frame (rows, cols) to the model grid, antialiased; float32."""
        top, left = round(self.crop.top), round(self.crop.left)
        bottom, right = round(self.crop.top + self.crop.height), round(self.crop.left + self.crop.width)
        region = torch.from_numpy(np.ascontiguousarray(frame[top:bottom, left:right], dtype=np.float32))
        resized = functional.interpolate(
            region[None, None], size=self.model_shape, mode="bilinear", align_corners=False, antialias=True
        )
        return resized[0, 0].numpy()

    def to_scan(self, values: np.ndarray) -> np.ndarray:
        """Carry a map on (any refinement of) the model grid back to the scan; float32 (rows, cols), 0 outside the crop.

        ``values`` covers the whole model grid whatever its own resolution, as a Grad-CAM at stride 8 does.
        """
        top, left = round(self.crop.top), round(self.crop.left)
        bottom, right = round(self.crop.top + self.crop.height), round(self.crop.left + self.crop.width)
        source = torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))
        size = (bottom - top, right - left)
        # Antialias only when the scan is coarser than the map: enlarging must stay plain interpolation.
        shrinking = size[0] < source.shape[0] or size[1] < source.shape[1]
        resized = functional.interpolate(
            source[None, None], size=size, mode="bilinear", align_corners=False, antialias=shrinking
        )
        out = np.zeros(self.scan_shape, dtype=np.float32)
        out[top:bottom, left:right] = resized[0, 0].numpy()
        return out

    def box_to_scan(self, box: Box) -> Box:
        """Carry a box in model pixels to scan pixels."""
        fy, fx = self.crop.height / self.model_shape[0], self.crop.width / self.model_shape[1]
        return Box(self.crop.top + box.top * fy, self.crop.left + box.left * fx, box.height * fy, box.width * fx)


def central_square(shape: tuple[int, int]) -> Box:
    """Return the largest square in the middle of a picture of (rows, cols)."""
    side = min(shape)
    return Box((shape[0] - side) // 2, (shape[1] - side) // 2, side, side)
