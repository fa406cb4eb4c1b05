"""The only caller of a network: loads it, checks it, runs every request on it one at a time, in order of arrival."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import torch
from torch import nn

from model_zoo.card import ModelCard
from model_zoo.classifiers.entry import ClassifierEntry
from model_zoo.engine.device import pick_device
from model_zoo.engine.results import Attribution, ModelInput, Prediction, build_prediction
from model_zoo.errors import CardInvalid, UnknownName
from model_zoo.explainers import EXPLAINERS, read_parameters
from model_zoo.registry import Registry
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.scans.intensity import stretch_one
from model_zoo.scans.scan import Scan
from model_zoo.segmenters import SEGMENTERS
from model_zoo.segmenters.lungs import lung_crop, lung_probability
from model_zoo.trust.masking import MaskingEffect, cover_and_predict

Result = TypeVar("Result")

CLASSIFIERS: Registry[ClassifierEntry] = Registry("image model", "model_zoo.classifiers", "CLASSIFIER")


class InferenceEngine:
    """Owns device and networks of one image model.

    Requests from any thread queue up for a single worker thread; ``queue_length`` tells how many wait or run. Results
    do not depend on who asks or how many ask: requests are never batched together.
    """

    def __init__(self, name: str = "chest-xray", device: torch.device | None = None) -> None:
        self.entry = CLASSIFIERS.get(name)
        self.card: ModelCard = self.entry.card
        self.device = device or pick_device()
        self._network = self.entry.load().to(self.device)
        self._segmenter: nn.Module | None = None
        if self.entry.segmenter is not None:
            self._segmenter = SEGMENTERS.get(self.entry.segmenter).load()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"engine-{name}")
        self._waiting = 0
        self._count_lock = threading.Lock()

    @property
    def queue_length(self) -> int:
        """Requests that wait for the network or hold it."""
        return self._waiting

    def prepare(self, scan: Scan, population: str, frame: int = 0) -> ModelInput:
        """Crop, resize and stretch one frame for a population of the card."""
        if not 0 <= frame < scan.n_frames:
            raise UnknownName("frame", str(frame + 1), (f"1 to {scan.n_frames}",))
        crop_kind = self.card.population(population).crop
        return self._run(lambda: self._prepare(scan, population, frame, crop_kind))

    def predict(self, model_input: ModelInput, covered: bool = True) -> Prediction:
        """Return the findings of one input; ``covered`` False leaves out every probability."""
        logits = self._run(lambda: self._logits(model_input.tensor)[0])
        return build_prediction(self.card, model_input, logits, covered)

    def logits(self, tensors: torch.Tensor) -> np.ndarray:
        """Return raw logits float32 (N, outputs) of model inputs (N, C, H, W) that belong together, as in ``evaluate``."""
        return self._run(lambda: self._logits(tensors))

    def explain(
        self, model_input: ModelInput, method: str, target: str, parameters: Mapping[str, Any] | None = None
    ) -> Attribution:
        """Attribute the logit of output ``target`` to the input.

        Raises UnknownName for a method, target or parameter that is not there; ExplainerNotApplicable when the method
        cannot explain this network.
        """
        explainer = EXPLAINERS.get(method)
        index = self.card.index(target)
        population = model_input.population
        if self.card.output(target).population != population:
            raise UnknownName(f"output for {population}", target, (o.name for o in self.card.outputs_of(population)))
        values = read_parameters(explainer, parameters or {})
        x = model_input.tensor.to(self.device)
        raw = self._run(lambda: explainer.attribute(self._network, self.card.target_layer, x, index, **values))
        return Attribution(
            method=explainer.name,
            title=explainer.title,
            target=target,
            values=raw.values,
            geometry=model_input.geometry,
            signed=explainer.is_signed(values),
            unit=explainer.unit,
            parameters=values,
            details=raw.details,
            warnings=raw.warnings,
        )

    def cover_region(self, model_input: ModelInput, attribution: Attribution, covered: bool = True) -> MaskingEffect:
        """Cover what the map marks, and random regions of the same size, and read the finding again."""
        index = self.card.index(attribution.target)
        output = self.card.output(attribution.target)
        return self._run(
            lambda: cover_and_predict(self._logits, model_input.tensor, attribution.values, index, output, covered)
        )

    def lungs(self, scan: Scan, frame: int = 0) -> np.ndarray:
        """Return the probability of lung at each pixel of a frame, float32 (rows, cols)."""
        film = scan.presentation(frame)
        return self._run(lambda: lung_probability(self._need_segmenter(), film))

    def _prepare(self, scan: Scan, population: str, frame: int, crop_kind: str) -> ModelInput:
        film = scan.presentation(frame)
        crop = Box(0, 0, *scan.shape)
        if crop_kind == "lungs":
            crop = lung_crop(lung_probability(self._need_segmenter(), film))
        rows, cols = self.card.input_shape[1:]
        geometry = Geometry(scan.shape, crop, (rows, cols))
        return ModelInput(stretch_one(geometry.to_model(film)), geometry, scan.sha256, frame, population)

    def _need_segmenter(self) -> nn.Module:
        if self._segmenter is None:
            raise CardInvalid(f"'{self.card.name}' crops to the lungs but names no segmenter.", "Correct its entry.")
        return self._segmenter

    def _logits(self, x: torch.Tensor) -> np.ndarray:
        with torch.no_grad():
            return self._network(x.to(self.device)).cpu().numpy()

    def _run(self, request: Callable[[], Result]) -> Result:
        """Queue a request for the worker and wait for its result; errors come back to the caller."""
        with self._count_lock:
            self._waiting += 1
        try:
            return self._worker.submit(request).result()
        finally:
            with self._count_lock:
                self._waiting -= 1
