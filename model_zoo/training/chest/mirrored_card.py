"""The card and page of the network that notices mirrored chest films."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model_zoo.scans.mirrored_section import LABEL_NOISE, mirrored_table
from model_zoo.training.chest.mirrored import (
    BATCH,
    EPOCHS,
    FLAGGED_SHARE,
    HELD_OUT_FOLD,
    LEAST_THRESHOLD,
    SEED,
    THRESHOLD_FOLD,
    TRAINING_FOLDS,
)
from model_zoo.training.data_sources import ADULT_DATA
from model_zoo.trust.mirrored import NAME, SIZE

RULE = (
    f"Folds {', '.join(map(str, TRAINING_FOLDS))} train, fold {THRESHOLD_FOLD} gives the threshold: at most "
    f"{100 * FLAGGED_SHARE:.0f} % of its films as they are get the remark, and it is at least {LEAST_THRESHOLD:g}. Fold "
    f"{HELD_OUT_FOLD} is reported once."
)
# Of the weights as they are shipped; to be dropped with the next training.
TRAINED = "The learning rate of the first two epochs followed a schedule of ten epochs, that of the others one of six."


def build_card(weights_sha256: str, threshold: float, films: int, patients: int) -> dict[str, Any]:
    """Return the card without figures. films, patients: of the fold that gave the threshold."""
    return {
        "schema_version": 1,
        "name": NAME,
        "title": "Mirrored chest film",
        "task": "orientation",
        "version": "1.0",
        "input": {"shape": [1, SIZE, SIZE], "value_range": [-1.5, 1.5]},
        "intended_use": "A remark beside the reading of a frontal chest film of an adult that looks mirrored. Nothing is flipped.",
        "not_for": [
            "showing that a film is not mirrored: no remark means nothing",
            "dextrocardia or situs inversus: a heart that lies on the right looks like a mirrored film",
            "films of children, lateral films, films turned by 90 or 180 degrees",
            "reading side markers: they are blanked, because in the training films a marker stands nearly always on one side",
        ],
        "data": [ADULT_DATA],
        "weights_sha256": weights_sha256,
        "threshold": {"score": threshold, "rule": RULE, "films": films, "patients": patients},
        "label_noise": LABEL_NOISE,
        "training": {
            "recipe": f"python -m model_zoo train {NAME}",
            "epochs": EPOCHS,
            "batch": BATCH,
            "seed": SEED,
            "trained_on_folds": list(TRAINING_FOLDS),
            "note": TRAINED,
        },
    }


def card_page(card: Mapping[str, Any]) -> str:
    """Return the card as a page to read."""
    threshold = card["threshold"]
    return "\n".join(
        [
            f"# {card['title']} ({card['name']} {card['version']})",
            "",
            card["intended_use"],
            "",
            *(f"- Not for {what}." for what in card["not_for"]),
            "",
            f"{threshold['rule']} It came to {threshold['score']:.2f}, on {threshold['films']} films of "
            f"{threshold['patients']} patients.",
            "",
            *mirrored_table(card["metrics"]),
            "",
            f"In brackets 95 % intervals: at each end the wider of patients resampled and exact binomial. {card['label_noise']}",
            "",
            f"Data: {card['data'][0]['citation']} ({card['data'][0]['licence']}; {card['data'][0]['link']}).",
            "",
        ]
    )
