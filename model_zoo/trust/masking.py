"""The measured sentence: what happens to the finding when the marked region is covered, and when a random one is.

The region is covered with the mirrored other side of the film, faded in at its rim: real texture of the same body at the
same height. A smooth fill was tried and dropped, because a patch without vessels and ribs itself looks like an opacity. The
random regions are the marked region itself, moved and mirrored inside the picture: same size, same shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from model_zoo.card import OutputCard
from model_zoo.stored import Percent, Share

# The strongest tenth of the map is "the marked region": what the eye takes for it at the usual opacity.
MARKED_SHARE = 0.10
# Twenty random places: their mean is stable to about a quarter of their spread, in one extra batch.
RANDOM_PLACES = 20
SEED = 11


@dataclass(frozen=True)
class MaskingEffect:
    """The finding before, with the marked region covered by the mirrored other side, and with random regions covered so.

    unit: "probability" (0 to 1) or "score" (0 to 100). random_low, random_high: range over the random places.
    marked_share: share of the picture that was covered. sentence: the same in words. over_random: by how many logits more
    the marked region counts than the mean random one; ``None`` in cases saved before it was kept.
    """

    output: str
    unit: str
    before: Percent
    marked_covered: Percent
    random_covered: Percent
    random_low: Percent
    random_high: Percent
    marked_share: Share
    sentence: str
    over_random: float | None = None


def marked_region(values: np.ndarray, shape: tuple[int, int], share: float = MARKED_SHARE) -> np.ndarray:
    """Return the strongest ``share`` of a map as bool (rows, cols) on the model grid; empty for an empty map.

    Fine maps are smoothed first (sigma 3 % of the side): single pixels are no region anyone could cover.
    """
    positive = torch.from_numpy(np.maximum(np.asarray(values, dtype=np.float32), 0.0))[None, None]
    if positive.shape[-2:] == shape:
        from torchvision.transforms.functional import gaussian_blur  # a second of import

        kernel = 2 * (shape[1] // 12) + 1
        positive = gaussian_blur(positive, [kernel, kernel], [0.03 * shape[1], 0.03 * shape[1]])
    full = functional.interpolate(positive, size=shape, mode="bilinear", align_corners=False)[0, 0].numpy()
    if float(full.max()) <= 0:
        return np.zeros(shape, dtype=bool)
    return (full >= np.quantile(full, 1 - share)) & (full > 0)


def cover_and_predict(
    logits_of: Callable[[torch.Tensor], np.ndarray],
    x: torch.Tensor,
    values: np.ndarray,
    index: int,
    output: OutputCard,
    covered: bool,
) -> MaskingEffect:
    """Measure the effect of covering the marked region of a map.

    Parameters
    ----------
    logits_of
        Maps (N, C, H, W) to logits (N, outputs).
    x
        Float32 (1, C, H, W).
    values
        The map, (rows, cols).
    index
        Of the output.
    output
        Its card.
    covered
        Whether the card covers the scan; outside it the effect is given as a score, like the finding.
    """
    rows, cols = int(x.shape[-2]), int(x.shape[-1])
    region = marked_region(values, (rows, cols))
    generator = np.random.default_rng(SEED)
    masks = [np.zeros_like(region), region]
    for _ in range(RANDOM_PLACES):
        moved = region[:, ::-1] if generator.random() < 0.5 else region
        masks.append(np.roll(moved, (generator.integers(rows), generator.integers(cols)), axis=(0, 1)))
    soft = soften(torch.from_numpy(np.stack(masks)).float()[:, None])
    logits = logits_of(x * (1 - soft) + x.flip(-1) * soft)[:, index]
    if covered and output.kind == "probability" and output.calibration is not None:
        unit = "probability"
        numbers = np.array([output.calibration.probability(float(v)) for v in logits])
    else:
        unit = "score"
        numbers = np.array([output.score(float(v)) for v in logits])
    random_numbers = numbers[2:]
    effect = MaskingEffect(
        output=output.name,
        unit=unit,
        before=float(numbers[0]),
        marked_covered=float(numbers[1]),
        random_covered=float(random_numbers.mean()),
        random_low=float(random_numbers.min()),
        random_high=float(random_numbers.max()),
        marked_share=float(region.mean()),
        sentence="",
        over_random=float(logits[2:].mean() - logits[1]),
    )
    return MaskingEffect(**{**effect.__dict__, "sentence": _sentence(effect, output.title)})


def soften(masks: torch.Tensor) -> torch.Tensor:
    """Fade the edge of each mask over two pixels: a hard edge would be a finding of its own."""
    return functional.avg_pool2d(masks, 5, 1, 2, count_include_pad=False)


def _sentence(effect: MaskingEffect, title: str) -> str:
    def number(value: float) -> str:
        return f"{value:.2f}" if effect.unit == "probability" else f"{value:.0f}"

    name = f"{title[0].lower()}{title[1:]}"
    name = name if effect.unit == "probability" else f"the score for {name}"
    if effect.marked_share == 0:
        return f"The map marks no region that raises {name}; nothing was covered."
    change = effect.marked_covered - effect.before
    step = 0.005 if effect.unit == "probability" else 0.5
    verb = "lowers" if change < -step else "raises" if change > step else "leaves"
    moved = (
        f"{verb} {name} at {number(effect.before)}"
        if verb == "leaves"
        else f"{verb} {name} from {number(effect.before)} to {number(effect.marked_covered)}"
    )
    return (
        f"Covering the marked region {moved}; covering a random region of the same size: "
        f"{number(effect.random_covered)} (range {number(effect.random_low)} to {number(effect.random_high)})."
    )
