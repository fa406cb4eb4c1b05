"""The networks that held out folds 0 to 2, kept so that maps can be judged on every patient with an outlined lesion.

The shipped network has seen folds 0 to 2. Verdicts and saliency methods are therefore measured with three sister networks
of the same recipe (12 epochs instead of 30), each on the fold that it has not seen, and with the shipped one on folds 3
and 4. They lie in ``weights/chest-xray-folds`` and are used for nothing else.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from model_zoo.artefact import fill
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.engine.inference import InferenceEngine
from model_zoo.errors import DataNotFound
from model_zoo.segmenters import SEGMENTERS
from model_zoo.training.chest.films import load_adult_films, load_child_films
from model_zoo.training.chest.fit import mean_features
from model_zoo.training.chest.recipe import NAME, export_weights
from model_zoo.training.chest.runs import SELECTION_FOLDS, SHIPPED_FOLD, load_run

FOLDER = "chest-xray-folds"
# Every third training film, as for the shipped network: enough for a mean.
EVERY = 3


def export_fold_networks(runs: Path, weights: Path = WEIGHTS_ROOT) -> None:
    """Write the fold networks of a finished training run, centred like the shipped one, as float16 safetensors."""
    labels = list(InferenceEngine(NAME, trust=False).card.labels)
    folder = weights / FOLDER
    segmenter = SEGMENTERS.get("lungs").load()
    for held_out in SELECTION_FOLDS:
        if held_out == SHIPPED_FOLD:
            continue
        folds = tuple(k for k in SELECTION_FOLDS if k != held_out)
        adults, children = load_adult_films(folds).images[::EVERY], load_child_films(folds, segmenter).images[::EVERY]
        n = min(len(adults), len(children))
        network = load_run(runs / f"fold{held_out}")
        network.centre_on(mean_features(network, np.concatenate([adults[:n], children[:n]])))
        export_weights(network, labels, folder / f"fold{held_out}.safetensors")


def engine_for_fold(fold: int, weights: Path = WEIGHTS_ROOT) -> InferenceEngine:
    """Return an engine whose network has not seen ``fold``. Raises DataNotFound when its weights are missing."""
    shipped = InferenceEngine(NAME, trust=False)
    if fold not in SELECTION_FOLDS or fold == SHIPPED_FOLD:
        return shipped
    path = weights / FOLDER / f"fold{fold}.safetensors"
    if not path.is_file():
        raise DataNotFound(
            f"The network that held out fold {fold} is missing.", f"Restore weights/{FOLDER} from the repository."
        )
    network = shipped.entry.build(len(shipped.card.outputs))
    fill(network, path)
    return InferenceEngine(NAME, network=network, trust=False)
