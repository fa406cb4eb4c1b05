"""What a covered place is filled with, for the methods that cover parts of the scan and ask the network again.

No fill is neutral. A blur or a flat grey takes out vessels and ribs, and a patch without them can itself look like an
opacity; the mirrored other side is real texture of the same body, but brings its own lesions and its own heart border.
Measured with a window of 16 pixels on six films of fold 3 read as normal: at the worst place the blur raises the logit for
opacity by 2.7 (median), the mirrored side by 1.6. Negative values of such maps are therefore weak evidence.
"""

from __future__ import annotations

import torch
from torch.nn import functional

from model_zoo.explainers.integrated_gradients import build_baseline
from model_zoo.explainers.method import Choice

# A soft edge of two pixels: a hard one would be a finding of its own (as in ``trust.masking``).
EDGE_PIXELS = 2


def stand_in_choice(default: str, mirrored_title: str = "The other side, mirrored") -> Choice:
    """Return the parameter with which a reader chooses the fill."""
    return Choice(
        "stand_in",
        "Covered with",
        default,
        (("blurred", "The scan, blurred"), ("mean", "Mean grey of the scan"), ("mirrored", mirrored_title)),
        "No fill is neutral: compare two before believing a weak map.",
    )


def build_stand_in(x: torch.Tensor, kind: str) -> torch.Tensor:
    """Return the picture (1, C, H, W) that shows through where the scan is covered; kind as in ``stand_in_choice``."""
    return x.flip(-1) if kind == "mirrored" else build_baseline(x, kind)


def soften(masks: torch.Tensor) -> torch.Tensor:
    """Return masks (N, 1, H, W), 0 or 1, with their edges faded over ``EDGE_PIXELS`` to both sides."""
    return functional.avg_pool2d(masks, 2 * EDGE_PIXELS + 1, 1, EDGE_PIXELS, count_include_pad=False)
