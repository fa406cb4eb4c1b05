"""Intensity of a network input: one robust stretch for every film, whatever detector and window it came from."""

from __future__ import annotations

import numpy as np
import torch

from model_zoo.finite import finite

# 1 % at either end is let go: burnt-in markers and the dark frame must not set the scale.
LOW_PERCENT, HIGH_PERCENT = 1.0, 99.0
# The stretch is measured on the central part: collimation borders differ between hospitals and carry no anatomy.
CENTRAL_SHARE = 0.8


def stretch(images: torch.Tensor) -> torch.Tensor:
    """Stretch grey images (N, 1, H, W) so that the central 1st and 99th percentiles become -1 and 1; clipped to [-1.5, 1.5].

    An image without contrast comes back as zeros. Raises NoNumber where a pixel is none: it would come back as zeros too.
    """
    finite(images, "The picture", "Export the scan again, or read another frame.")
    height, width = images.shape[-2:]
    dy, dx = int(height * (1 - CENTRAL_SHARE) / 2), int(width * (1 - CENTRAL_SHARE) / 2)
    centre = images[..., dy : height - dy, dx : width - dx].flatten(1).float()
    quantiles = torch.quantile(centre, centre.new_tensor([LOW_PERCENT / 100, HIGH_PERCENT / 100]), dim=1)
    low, high = quantiles[0].view(-1, 1, 1, 1), quantiles[1].view(-1, 1, 1, 1)
    span = high - low
    scaled = (images.float() - low) / span.clamp_min(1e-6) * 2 - 1
    return torch.where(span > 1e-6, scaled.clamp(-1.5, 1.5), torch.zeros_like(scaled))


def stretch_one(image: np.ndarray) -> torch.Tensor:
    """Stretch one image (rows, cols) to a float32 tensor (1, 1, rows, cols)."""
    return stretch(torch.from_numpy(np.ascontiguousarray(image, dtype=np.float32))[None, None])


def scale_one(image: np.ndarray, scaling: str, value_range: tuple[float, float]) -> torch.Tensor:
    """Bring one image in [0, 1], as it is displayed, to the values that a card asks for: float32 (1, 1, rows, cols).

    Parameters
    ----------
    image
        Grey levels from 0 to 1, (rows, cols).
    scaling
        "stretch" as above, or "range" for a network that was trained with black at the lower and white at the upper end of
        ``value_range``.
    value_range
        Of the network, for "range".
    """
    if scaling == "stretch":
        return stretch_one(image)
    low, high = value_range
    unit = torch.from_numpy(np.ascontiguousarray(image, dtype=np.float32))[None, None].clamp(0, 1)
    return low + (high - low) * unit
