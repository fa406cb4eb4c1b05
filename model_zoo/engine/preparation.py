"""What is done to a frame before a network sees it: lungs outlined, cropped, resized, stretched. Once for each scan.

Who proposes a protocol and who reads prepare the same frame; what was prepared lives as long as the scan that it was made of.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import nn

from model_zoo.card import ModelCard
from model_zoo.engine.store import ANEW
from model_zoo.engine.worker import Worker
from model_zoo.errors import CardInvalid
from model_zoo.results import ModelInput, digest
from model_zoo.scans.geometry import Box, Geometry, central_square
from model_zoo.scans.intensity import scale_one
from model_zoo.scans.regions import FilmRegions, film_regions
from model_zoo.scans.scan import Scan
from model_zoo.segmenters.lungs import lung_crop, lung_probability

# Of one scan: a frame for every population of a card and the frames around it; a study of a hundred is not held twice.
MOST_KEPT = 8

Prepared = tuple[torch.Tensor, Geometry, FilmRegions | None]


class Preparation:
    """Prepares frames for one network. worker: of the engine, for the segmenter has an owner too."""

    def __init__(self, segmenter: nn.Module | None, worker: Worker) -> None:
        self._segmenter = segmenter
        self._worker = worker
        self._made: WeakKeyDictionary[Scan, OrderedDict[tuple[int, str], Prepared]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def input_of(self, card: ModelCard, scan: Scan, population: str, frame: int) -> ModelInput:
        """Return one frame of a scan as the network sees it for a population of its card."""
        kind = card.population(population).crop
        with self._lock:
            made = self._made.setdefault(scan, OrderedDict()).get((frame, kind))
        if made is None or ANEW.get():
            made = self._prepared(card, scan, frame, kind)
            with self._lock:
                kept = self._made.setdefault(scan, OrderedDict())
                kept[frame, kind] = made
                if len(kept) > MOST_KEPT:
                    kept.popitem(last=False)
        tensor, geometry, regions = made
        return ModelInput(tensor, geometry, scan.sha256, frame, population, regions)

    def lungs(self, film: np.ndarray) -> np.ndarray:
        """Return the probability of lung at each pixel, float32 (rows, cols); the network alone is queued for, large films are
        resized beside it."""
        segmenter = self._segmenter
        if segmenter is None:
            raise CardInvalid("This model crops to the lungs but names no segmenter.", "Correct its entry.")

        def logits(x: torch.Tensor) -> torch.Tensor:
            with torch.no_grad():
                found: torch.Tensor = segmenter(x)
            return found

        def ask(x: torch.Tensor) -> torch.Tensor:
            return self._worker.ask(lambda: logits(x), ("lungs", digest(x.numpy())))

        return lung_probability(ask, film)

    def _prepared(self, card: ModelCard, scan: Scan, frame: int, kind: str) -> Prepared:
        film = scan.presentation(frame)
        crop = Box(0, 0, *scan.shape)
        lungs = None if self._segmenter is None and kind != "lungs" else self.lungs(film)
        if kind == "lungs" and lungs is not None:
            crop = lung_crop(lungs)
        elif kind == "centre":
            crop = central_square(scan.shape)
        rows, cols = card.input_shape[1:]
        geometry = Geometry(scan.shape, crop, (rows, cols))
        tensor = scale_one(geometry.to_model(film), card.scaling, card.value_range)
        regions = None
        if lungs is not None:
            regions = film_regions(tensor[0, 0].numpy(), geometry.to_model(lungs), cropped=kind == "lungs")
        return tensor, geometry, regions
