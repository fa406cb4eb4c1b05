"""The reference picture of the checks: a clear computed chest, where nothing is to be found.

Taking a region away means putting something in its place. Blurred, grey and average films were tried and dropped: to a
network that reads opacities, a patch without vessels and ribs is one (the average training film itself was read as
raised). A clear phantom has the texture and the outline of a chest and is read as clear. It is synthetic and holds nothing
of any patient.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch

from model_zoo.phantoms import SAMPLE_SETTINGS, render_phantom
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.scans.intensity import stretch_one
from model_zoo.segmenters.lungs import lung_crop

# An anatomy of its own, far from those of sample cases, training and evaluation.
SEED = 7_000_505
# Rendered finer than the network reads, so that resizing treats it like a film.
RENDER_SIZE = 256


def clear_chest(crop: str, shape: tuple[int, int], body: Literal["adult", "child"]) -> torch.Tensor:
    """Return the reference, float32 (1, 1, H, W), stretched like a film.

    Parameters
    ----------
    crop
        "whole" or "lungs", as in the card.
    shape
        Rows and columns of the input.
    body
        "adult" or "child".
    """
    phantom = render_phantom(SAMPLE_SETTINGS, SEED, (), RENDER_SIZE, body=body)
    rows, cols = phantom.image.shape
    box = lung_crop(phantom.lung_mask.astype(np.float32)) if crop == "lungs" else Box(0, 0, rows, cols)
    return stretch_one(Geometry((rows, cols), box, shape).to_model(phantom.image))
