"""Our deletion, insertion and randomisation checks beside those of Quantus.

- PixelFlipping is given our order of patches as attribution, our replacement as baseline, and logits instead of softmax;
  a second call with scan and replacement exchanged gives the insertion curve.
- MPRT walks our three depths of re-drawn weights instead of its own ``reset_parameters`` layer by layer, and correlates
  the absolute maps with its own Spearman function. Equal values say that the walk and the correlation agree; how weights
  are drawn anew remains our choice (``model_zoo.trust.checks.randomisation``).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import nn

from model_zoo.bench.public.comparison import Comparison
from model_zoo.explainers import EXPLAINERS
from model_zoo.explainers.method import read_parameters
from model_zoo.trust.check import MapSubject
from model_zoo.trust.checks.faithfulness import PATCH_CELLS, STEPS, curves, patch_order
from model_zoo.trust.checks.randomisation import CHECK, DEPTHS, redraw

# They read one picture at a time, we read batches: the same convolutions in another order.
LOGIT_TOLERANCE = 1e-4
# Both rank the same numbers in float64.
RANK_TOLERANCE = 1e-6
# The maps that are flipped and randomised: the coarse map that every reading draws.
METHOD = "grad-cam"


def build_check_comparisons(
    module: ModuleType | None,
    network: nn.Module,
    target_layer: str,
    x: torch.Tensor,
    reference: torch.Tensor,
    target: int,
) -> dict[str, Comparison]:
    """Return the comparisons with Quantus: deletion and insertion (2, STEPS), rank correlation at each depth (3,)."""
    explainer = EXPLAINERS.get(METHOD)
    parameters = read_parameters(explainer, {})
    values = explainer.attribute(network, target_layer, x, target, **parameters).values
    subject = MapSubject(
        network, target_layer, x, target, explainer, parameters, values, {}, regions=None, reference=reference
    )
    order = patch_order(values, x)

    def our_curves() -> np.ndarray:
        # Without the first point: theirs starts after the first step.
        return np.stack(curves(subject, order))[:, 1:]

    def their_curves() -> np.ndarray:
        there, back = (x, reference), (reference, x)
        return np.stack([_public_flipping(module, network, *pair, order, target) for pair in (there, back)])

    def explained() -> MapSubject:
        # Signed, because Quantus refuses an empty map, which a re-drawn network may well give behind the ReLU. A subject of
        # its own each time, because what maps have in common would be computed once only.
        signed = {**parameters, "signed": True}
        return MapSubject(network, target_layer, x, target, explainer, signed, values, {}, regions=None)

    def our_correlations() -> np.ndarray:
        return np.asarray(CHECK.run(explained()).figures["rank_correlation"])

    def their_correlations() -> np.ndarray:
        return _public_randomisation(module, explained())

    return {
        "pixel_flipping": Comparison(
            "quantus",
            "quantus.PixelFlipping",
            f"logits along deletion and insertion, {PATCH_CELLS**2 // STEPS} patches a step",
            "logit",
            LOGIT_TOLERANCE,
            False,
            our_curves,
            their_curves,
            remark=f"Ours reads {2 * STEPS + 2} pictures in batches, the public one {2 * STEPS} one at a time.",
        ),
        "randomisation": Comparison(
            "quantus",
            "quantus.MPRT",
            "rank correlation of the signed Grad-CAM with itself after weights are drawn anew, at three depths",
            "rank correlation",
            RANK_TOLERANCE,
            False,
            our_correlations,
            their_correlations,
            remark="The public walk is given our depths and our way of drawing weights, not its own reset of each layer.",
        ),
    }


def _public_flipping(
    module: Any, network: nn.Module, x: torch.Tensor, replacement: torch.Tensor, order: np.ndarray, target: int
) -> np.ndarray:
    """Return the logits (STEPS,) while Quantus flips x to the replacement in our order of patches."""
    importance = np.empty(order.size, np.float32)
    importance[order] = np.arange(order.size, 0, -1)
    pixels = tuple(int(side) // PATCH_CELLS for side in x.shape[-2:])
    attribution = np.kron(importance.reshape(PATCH_CELLS, PATCH_CELLS), np.ones(pixels, np.float32))[None, None]
    flat = replacement.cpu().numpy().reshape(1, -1)

    def flip(arr: np.ndarray, indices: np.ndarray, **others: Any) -> np.ndarray:
        new = np.take_along_axis(flat, indices, axis=1)
        return module.functions.perturb_func.batch_baseline_replacement_by_indices(arr, indices, new)

    metric = module.PixelFlipping(
        features_in_step=attribution.size // STEPS, normalise=False, perturb_func=flip, disable_warnings=True
    )
    scores = metric(
        model=network,
        x_batch=x.cpu().numpy(),
        y_batch=np.array([target]),
        a_batch=attribution,
        channel_first=True,
        softmax=False,
        device=str(x.device),
        batch_size=1,
    )
    return np.asarray(scores[0])


def _public_randomisation(module: Any, subject: MapSubject) -> np.ndarray:
    """Return the rank correlations (depths,) that Quantus finds between the map and those of re-drawn networks."""
    picture = tuple(int(side) for side in subject.x.shape[-2:])

    def explain(model: _RedrawnInSteps, inputs: np.ndarray, targets: np.ndarray, **others: Any) -> np.ndarray:
        # Absolute values, as both sides compare them: Quantus takes them too, but refuses a map without a positive value.
        values = np.abs(subject.explain_again(network=model.network))
        # Quantus wants the grid of the picture. Repeating each cell equally often leaves rank correlations as they are.
        return np.kron(values, np.ones((picture[0] // values.shape[0], picture[1] // values.shape[1])))[None, None]

    walked = _RedrawnInSteps(subject.network)
    x, targets = subject.x.cpu().numpy(), np.array([subject.target])
    original = explain(walked, x, targets)
    metric = module.MPRT(layer_order="top_down", normalise=False, disable_warnings=True)
    # Quantus seeds PyTorch's own generator, which is not ours to leave changed.
    with torch.random.fork_rng(devices=[]), np.errstate(invalid="ignore"):
        scores = metric(
            model=walked,
            x_batch=x,
            y_batch=targets,
            a_batch=original,
            channel_first=True,
            explain_func=explain,
            batch_size=1,
        )
    # A constant map has no rank correlation: NaN in theirs, 0 in ours.
    return np.nan_to_num(np.asarray([scores[str(share)][0] for share in DEPTHS]))


class _Depth(nn.Module):
    """What Quantus takes for a layer: resetting it gives the network the weights of one of our depths."""

    def __init__(self, network: nn.Module, original: nn.Module, share: float) -> None:
        super().__init__()
        self.network, self.original, self.share = network, original, share

    def reset_parameters(self) -> None:
        self.network.load_state_dict(redraw(self.original, self.share).state_dict())


class _RedrawnInSteps(nn.Module):
    """A network whose only resettable layers are our depths, the shallowest last as the output layer would be."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = copy.deepcopy(network)
        self.depths = nn.ModuleList(_Depth(self.network, network, share) for share in sorted(DEPTHS, reverse=True))
        self.eval()

    def named_modules(
        self, memo: set[nn.Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, nn.Module]]:
        for depth in self.depths:
            yield str(depth.share), depth

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network(x)
