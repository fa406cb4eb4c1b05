"""What the card of a segmenter says of its outlines, in sentences: on whom they were measured, and on whom not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model_zoo.words import ends, number


def held_out_sentences(card: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the held-out figures with their intervals and the trivial mask beside; empty where the card has none."""
    metrics = card.get("metrics", {})
    dice = metrics.get("dice")
    if dice is None:
        return ()
    words = [
        f"Dice {_with_interval(dice)} on {metrics['n_films']} held-out films of {metrics['n_patients']} children aged 1 to 5"
    ]
    trivial = metrics.get("dice_of_mean_mask")
    if trivial is not None:
        words.append(f"one mean mask laid on every film comes to {_with_interval(trivial)}")
    under = metrics.get("share_under_0.90")
    if under is not None:
        words.append(f"{100 * under:.1f} % of the films lie under 0.90")
    return (
        f"{'; '.join(words)}.",
        "No figure for adults: no outlines of adults are available.",
    )


def _with_interval(figure: Mapping[str, float]) -> str:
    return f"{number(figure['value'])} (95 % interval {ends(figure)})"
