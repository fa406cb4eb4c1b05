"""A segmenter that reads a scan of itself: outlines and areas, and no finding.

It reads what the classifier named by ``reads_like`` reads: the same intended use, crop and in-distribution gate, so that a
scan refused there is refused here. Its own network draws the outline; the classifier's says only whether the picture is like
the films of training.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from model_zoo.card import ModelCard
from model_zoo.engine.inference import CLASSIFIERS, InferenceEngine
from model_zoo.results import ModelInput, Prediction, build_prediction
from model_zoo.scans.coverage import ADULT_AGE_YEARS
from model_zoo.segmenters import SEGMENTERS
from model_zoo.trust.shortcuts import ShortcutReport

OUTLINES_ONLY = "This model outlines; it names no finding."
NOT_ASSESSED = (
    "any finding in the lungs or beside them",
    "heart size and cardiothoracic ratio (the outlines include the lung behind the heart)",
    "volume and function of the lungs",
    "any comparison with an earlier film",
)
# Beside the outline the populations say this instead of what was measured of the classifier.
ADULTS_SEEN = (
    "A rough outline: the network learned from films of children, and on adults it was looked at, not measured."
)
CHILDREN_MEASURED = "Measured on held-out children of the hospital it was trained on; there is no external test."


class OutlineEngine(InferenceEngine):
    """An engine whose prediction is empty: what it reads are the regions (``review.outlining.regions_of``)."""

    def __init__(self, name: str, device: torch.device | None = None) -> None:
        """Load the segmenter ``name`` with the classifier that it serves, whose gate speaks for it."""
        super().__init__(str(SEGMENTERS.get(name).reads_like), device)
        # The gate was loaded for the classifier's weights; from here on the engine answers in the name of the segmenter.
        self.card = outline_card(name)

    def predict(self, model_input: ModelInput, covered: bool = True) -> Prediction:
        """Return a prediction without findings."""
        return build_prediction(self.card, model_input, np.zeros(0, np.float32), covered)

    def probe_shortcuts(
        self, model_input: ModelInput, view: str | None, covered: bool = True
    ) -> tuple[ShortcutReport, ...]:
        """Return nothing: there is no finding that could be read for the wrong reason."""
        return ()


def outlining_models() -> tuple[str, ...]:
    """Return the segmenters that read a scan of themselves."""
    return tuple(entry.name for entry in SEGMENTERS if entry.reads_like is not None)


def reading_models() -> tuple[str, ...]:
    """Return every model that reads a scan: classifiers, then what only outlines."""
    return (*CLASSIFIERS.names(), *outlining_models())


def reading_card(name: str) -> ModelCard:
    """Return the card of a model that reads a scan, as it lies there now. Raises UnknownName, CardInvalid."""
    return outline_card(name) if name in outlining_models() else CLASSIFIERS.get(name).card


def open_engine(name: str) -> InferenceEngine:
    """Return a new engine of a model that reads a scan. Raises UnknownName with the nearest one."""
    return OutlineEngine(name) if name in outlining_models() else InferenceEngine(name)


def outline_card(name: str) -> ModelCard:
    """Return the card under which a segmenter reads: for whom is the classifier's, what and how well is its own."""
    entry = SEGMENTERS.get(name)
    own, like = entry.card, CLASSIFIERS.get(str(entry.reads_like)).card
    populations = tuple(
        replace(p, note=CHILDREN_MEASURED if p.age_years[1] <= ADULT_AGE_YEARS else ADULTS_SEEN)
        for p in like.populations
    )
    return replace(
        like,
        name=own["name"],
        title=own["title"],
        version=own["version"],
        task=own["task"],
        populations=populations,
        outputs=(),
        not_assessed=NOT_ASSESSED,
        intended_use=own["intended_use"],
        not_for=tuple(own["not_for"]),
        weights_sha256=own["weights_sha256"],
        raw={**own, "input": like.raw["input"]},
        masks=(),
        box_threshold=None,
    )
