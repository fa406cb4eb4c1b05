"""Sentences of the card that say whether a lesion network beats its baselines, and where it is not shown to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from model_zoo.words import SIGNED, spanned

# Fewer pictures with a lesion than this carry no conclusion about its outline.
_FEW = 20


def verdict(card: Mapping[str, Any]) -> list[str]:
    """Return one sentence per comparison with a baseline, in the order class, outlines, boxes."""
    return list(_sentences(card))


def _sentences(card: Mapping[str, Any]) -> Iterator[str]:
    if "classes" in card:
        yield _compared(
            "Class, macro AUC on fold 4", card["classes"]["difference"]["macro_auroc"], "the 16x16 thumbnail"
        )
    for output in card["metrics"][card["populations"][0]["name"]]["outputs"]:
        found = output["comparisons"]["thumbnail"]["auroc_difference"]
        title = output["name"].replace("_", " ").capitalize()
        yield _compared(f"{title}, AUC on fold 4", found, "the 16x16 thumbnail")
    if "cross_validation" in card:
        found = card["cross_validation"]["difference"]["macro_auroc"]
        yield _compared("Class, macro AUC out of fold over all five folds", found, "the 16x16 thumbnail")
    titles = {m["name"]: m["title"] for m in card.get("masks", [])}
    for mask in card.get("mask_metrics", []):
        sentence = _compared(
            f"{titles[mask['name']]}, Dice on fold 4", mask["dice_difference"], "the mean training mask"
        )
        few = (
            f" Only {mask['n_with_lesion']} pictures: no more than an indication."
            if mask["n_with_lesion"] < _FEW
            else ""
        )
        yield sentence + few
    if "box_metrics" in card:
        found = card["box_metrics"]["difference"]["average_precision_50"]
        yield _compared("Boxes, AP at IoU 0.5 on fold 4", found, "the mean box of the true class")


def _compared(what: str, found: Mapping[str, float | None], baseline: str) -> str:
    low = found["low"]
    beats = "beats" if low is not None and low > 0 else "is not shown to beat"
    return f"{what}: the network {beats} {baseline}, difference {spanned(found, SIGNED)}."
