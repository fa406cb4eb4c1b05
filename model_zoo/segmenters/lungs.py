"""Where the lungs are: a U-Net at 128 x 128, and the crop around them that the children's classifier reads.

Trained on films of children aged 1 to 5; the masks it learned from include the lung behind the heart.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional

from model_zoo.finite import finite
from model_zoo.scans.geometry import Box
from model_zoo.scans.intensity import stretch
from model_zoo.segmenters.entry import SegmenterEntry
from model_zoo.segmenters.unet import UNet

SEGMENTER = SegmenterEntry(name="lungs", build=UNet, reads_like="chest-xray")

SIZE = 128
# The crop leaves 8 % of the lung box around it: the diaphragm and the chest wall belong to the reading.
CROP_MARGIN = 0.08
# A smaller lung area than 4 % of the film is no frontal chest: the whole film is read instead.
MIN_LUNG_SHARE = 0.04


def lung_input(film: np.ndarray) -> torch.Tensor:
    """Prepare a film (rows, cols) in [0, 1] for the segmenter: float32 (1, 1, 128, 128)."""
    tensor = torch.from_numpy(np.ascontiguousarray(film, dtype=np.float32))[None, None]
    small = functional.interpolate(tensor, size=(SIZE, SIZE), mode="bilinear", align_corners=False, antialias=True)
    return stretch(small)


@torch.no_grad()
def lung_probability(segmenter: Callable[[torch.Tensor], torch.Tensor], film: np.ndarray) -> np.ndarray:
    """Return the probability of lung at each pixel of the film, float32 (rows, cols). segmenter: the network, or who asks it."""
    logits = finite(segmenter(lung_input(film)), "The network that outlines the lungs")
    full = functional.interpolate(torch.sigmoid(logits), size=film.shape, mode="bilinear", align_corners=False)
    return full[0, 0].numpy()


def lung_crop(probability: np.ndarray) -> Box:
    """Return the crop around both lungs, as square as the film allows; the whole film when no lungs are found.

    A square in the film's own aspect: the shape of the crop then says nothing about the shape of the film.
    """
    rows, cols = probability.shape
    lung = probability > 0.5
    if lung.mean() < MIN_LUNG_SHARE:
        return Box(0, 0, rows, cols)
    # A row or column counts when 2 % of it is lung: single stray pixels must not widen the crop.
    ys = np.flatnonzero(lung.mean(axis=1) > 0.02)
    xs = np.flatnonzero(lung.mean(axis=0) > 0.02)
    if len(ys) == 0 or len(xs) == 0:
        return Box(0, 0, rows, cols)
    top, bottom, left, right = ys[0], ys[-1] + 1, xs[0], xs[-1] + 1
    side = max(bottom - top, right - left) * (1 + 2 * CROP_MARGIN)
    height, width = min(side, rows), min(side, cols)
    top = np.clip((top + bottom) / 2 - height / 2, 0, rows - height)
    left = np.clip((left + right) / 2 - width / 2, 0, cols - width)
    return Box(float(round(top)), float(round(left)), float(round(height)), float(round(width)))
