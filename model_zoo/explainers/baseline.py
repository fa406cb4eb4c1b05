"""The picture that a scan is compared with: where a path of gradients begins, and what shows through a covered place.

No baseline is neutral. A blur or a flat grey takes out vessels and ribs, and a patch without them can itself look like an
opacity; the mirrored other side is real texture of the same body, but brings its own lesions and its own heart border.
Measured with a window of 16 pixels on six films of fold 3 read as normal: at the worst place the blur raises the logit for
opacity by 2.7 (median), the mirrored side by 1.6. Negative values of such maps are therefore weak evidence.
"""

from __future__ import annotations

import torch
from torch.nn import functional

from model_zoo.explainers.method import Choice

# A soft edge of two pixels: a hard one would be a finding of its own (as in ``trust.masking``).
EDGE_PIXELS = 2


def covering_choice(default: str, mirrored_title: str = "The other side, mirrored") -> Choice:
    """Return the parameter with which a reader chooses what a covered place is filled with."""
    return Choice(
        "baseline",
        "Covered with",
        default,
        (("blurred", "The scan, blurred"), ("mean", "Mean grey of the scan"), ("mirrored", mirrored_title)),
        "No fill is neutral: compare two before believing a weak map.",
    )


def build_baseline(x: torch.Tensor, kind: str) -> torch.Tensor:
    """Return the baseline of a picture.

    Parameters
    ----------
    x
        The input of the network, (1, C, H, W).
    kind
        "black": what ``stretch`` makes of the darkest per cent of a film. "mean": its mean grey. "blurred": with a sigma of
        a tenth of the side. "mirrored": the other side.

    Returns
    -------
    torch.Tensor
        Of the shape of ``x``.
    """
    if kind == "black":
        return torch.full_like(x, -1.0)
    if kind == "mean":
        return torch.full_like(x, float(x.mean()))
    if kind == "mirrored":
        return x.flip(-1)
    from torchvision.transforms.functional import gaussian_blur  # a second of import

    side = x.shape[-1]
    # sigma of a tenth of the side erases ribs and lesions and keeps the outline of the chest.
    kernel = 2 * (side // 5) + 1
    return gaussian_blur(x, [kernel, kernel], [side / 10, side / 10])


def soften(masks: torch.Tensor) -> torch.Tensor:
    """Return masks (N, 1, H, W), 0 or 1, with their edges faded over ``EDGE_PIXELS`` to both sides."""
    return functional.avg_pool2d(masks, 2 * EDGE_PIXELS + 1, 1, EDGE_PIXELS, count_include_pad=False)
