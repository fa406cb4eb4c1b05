"""The only caller of a network: loads it, checks it, runs every request on it one at a time.

What is asked of one input is answered once (``store``): the question is named by a hash of what the network saw, so that sex and
view, which change words, thresholds and gates, never have anything computed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import torch
from torch import nn

from model_zoo.card import ModelCard
from model_zoo.classifiers.models_folder import ClassifierRegistry
from model_zoo.engine.batches import PacedSubject, logits_in_parts
from model_zoo.engine.device import laid_out, pick_device
from model_zoo.engine.line import behind
from model_zoo.engine.preparation import Preparation
from model_zoo.engine.worker import Worker, step
from model_zoo.errors import CardInvalid, ExplainerNotApplicable, UnknownName, WeightsMismatch
from model_zoo.explainers import EXPLAINERS, Explainer, RawAttribution, read_parameters
from model_zoo.finite import finite
from model_zoo.results import (
    Attribution,
    LesionBox,
    LesionMasks,
    ModelInput,
    Prediction,
    build_prediction,
    digest,
)
from model_zoo.scans.coverage import ADULT_AGE_YEARS
from model_zoo.scans.geometry import Box
from model_zoo.scans.scan import Scan
from model_zoo.segmenters import SEGMENTERS
from model_zoo.trust.check import MAP_CHECKS, CheckResult
from model_zoo.trust.checks.randomisation import randomisation_curve
from model_zoo.trust.in_distribution import (
    GATE_CELLS,
    GATE_LAYER,
    FeatureGate,
    GateResult,
    load_gates,
    pooled_features,
    seen,
)
from model_zoo.trust.masking import MaskingEffect, cover_and_predict
from model_zoo.trust.mirrored import SideReading, load_side_reader
from model_zoo.trust.reference import clear_chest
from model_zoo.trust.shortcuts import ShortcutReport, build_shortcut_reports, probe_pictures
from model_zoo.trust.trust_card import TENSORS_FILE, read_trust, section_of
from model_zoo.trust.verdict import limits_of

Result = TypeVar("Result")

CLASSIFIERS = ClassifierRegistry()


class InferenceEngine:
    """Owns device and networks of one image model.

    Requests from any thread queue up for a single worker thread; ``queue_length`` tells how many wait or run. Results
    do not depend on who asks or how many ask: requests are never batched together, and a kept answer is that of the network.
    """

    def __init__(
        self,
        name: str = "chest-xray",
        device: torch.device | None = None,
        network: nn.Module | None = None,
        card: ModelCard | None = None,
        trust: bool = True,
    ) -> None:
        """Load the model ``name``. network, card: others with the same outputs, measured as if they were installed.

        trust: False leaves out the trust card beside the weights, as when it is about to be measured.
        """
        self.entry = CLASSIFIERS.get(name)
        self.card: ModelCard = self.entry.card if card is None else card
        self.device = device or pick_device()
        self._network = laid_out((self.entry.load() if network is None else network.eval()).to(self.device))
        self._segmenter: nn.Module | None = None
        if self.entry.segmenter is not None:
            self._segmenter = laid_out(SEGMENTERS.get(self.entry.segmenter).load())
        self._side_reader = load_side_reader() if self.entry.notices_mirrored else None
        # Fitted limits and measured rates; ``None`` for a model whose trust layer was never measured.
        self.trust = read_trust(self.entry.folder, self.card.weights_sha256) if trust else None
        self._gates: dict[str, FeatureGate] = {}
        self._references: dict[str, torch.Tensor] = {}
        if self.trust is not None and network is None:  # the gate reads features of the installed network alone
            self._load_trust_tensors(self.entry.folder / TENSORS_FILE, self.trust)
        self._network.register_forward_pre_hook(step)
        self._worker = Worker(f"engine-{name}")
        self._preparation = Preparation(self._segmenter, self._worker)

    def warm_up(self) -> None:
        """Make the first reading as fast as the later ones: an empty picture is seen."""
        with behind():
            self.logits(torch.zeros(1, *self.card.input_shape))

    @property
    def queue_length(self) -> int:
        """Requests that wait for the network or hold it, and that somebody waits for."""
        return self._worker.length

    @property
    def ahead(self) -> int:
        """Requests that run before one that a person asks for now."""
        return self._worker.ahead()

    @property
    def stalled(self) -> bool:
        """Whether the network was found not to answer: this engine never will again, another one has to be loaded."""
        return self._worker.stalled

    def prepare(self, scan: Scan, population: str, frame: int = 0) -> ModelInput:
        """Crop, resize and stretch one frame for a population of the card."""
        if not 0 <= frame < scan.n_frames:
            raise UnknownName("frame", str(frame + 1), (f"1 to {scan.n_frames}",))
        return self._preparation.input_of(self.card, scan, population, frame)

    def predict(self, model_input: ModelInput, covered: bool = True) -> Prediction:
        """Return the findings of one input; ``covered`` False leaves out every probability."""
        logits = self._seen(model_input)[0]
        return build_prediction(self.card, model_input, logits, covered)

    def logits(self, tensors: torch.Tensor) -> np.ndarray:
        """Return raw logits float32 (N, outputs) of model inputs (N, C, H, W) that belong together, as in ``evaluate``."""
        return self._run(lambda: self._logits(tensors))

    def lesions(self, model_input: ModelInput) -> LesionMasks:
        """Return what the network outlines, on the grid of the scan; without planes for a network that outlines nothing."""
        geometry, described = model_input.geometry, self.card.masks
        planes = np.zeros((0, *geometry.scan_shape), np.float32)
        if described:
            logits = self._dense("lesions", model_input)
            found = [geometry.to_scan(plane) for plane in torch.sigmoid(torch.from_numpy(logits)).numpy()]
            planes = np.stack(found).astype(np.float32)
        return LesionMasks(
            tuple(m.name for m in described),
            tuple(m.title for m in described),
            tuple(m.kind for m in described),
            tuple(m.threshold for m in described),
            tuple(m.least_share for m in described),
            planes,
        )

    def boxes(self, model_input: ModelInput) -> tuple[LesionBox, ...]:
        """Return the boxes that the network draws, best first, in pixels of the scan; empty for one without boxes."""
        threshold = self.card.box_threshold
        if threshold is None:
            return ()
        found = self._dense("boxes", model_input)
        return tuple(
            LesionBox(float(score), model_input.geometry.box_to_scan(Box(*map(float, sides))), bool(score >= threshold))
            for score, *sides in found
            if score > 0 and min(sides[2:]) > 0
        )

    def explain(
        self, model_input: ModelInput, method: str, target: str, parameters: Mapping[str, Any] | None = None
    ) -> Attribution:
        """Attribute the logit of output ``target`` to the input.

        Raises UnknownName for a method, target or parameter that is not there; ExplainerNotApplicable when the method
        cannot explain this network.
        """
        explainer, values, job, key = self._explaining(model_input, method, target, parameters)
        raw = self._run(job, key)
        return Attribution(
            method=explainer.name,
            title=explainer.title,
            target=target,
            values=raw.values.copy(),  # the kept one is nobody's to change
            geometry=model_input.geometry,
            signed=explainer.is_signed(values),
            unit=explainer.unit,
            parameters=values,
            details=dict(raw.details),
            warnings=raw.warnings,
        )

    def begin_explaining(
        self, model_input: ModelInput, method: str, target: str, parameters: Mapping[str, Any] | None = None
    ) -> None:
        """Begin what ``explain`` will be asked for soon, and do not wait for it. Raises as ``explain`` does."""
        _, _, job, key = self._explaining(model_input, method, target, parameters)
        self._worker.begin(_undisturbed(job), key)

    def _explaining(
        self, model_input: ModelInput, method: str, target: str, parameters: Mapping[str, Any] | None
    ) -> tuple[Explainer, dict[str, Any], Callable[[], RawAttribution], Hashable]:
        """Return method, its parameters, the job and the key of one question of ``explain``."""
        explainer = EXPLAINERS.get(method)
        index = self.card.index(target)
        population = model_input.population
        if self.card.output(target).population != population:
            raise UnknownName(f"output for {population}", target, (o.name for o in self.card.outputs_of(population)))
        values = read_parameters(explainer, parameters or {})
        key = ("explain", model_input.digest, explainer.name, target, _plain(values))
        return explainer, values, lambda: self._attribute(explainer, model_input, index, values), key

    def cover_region(self, model_input: ModelInput, attribution: Attribution, covered: bool = True) -> MaskingEffect:
        """Cover what the map marks, and random regions of the same size, and read the finding again."""
        index = self.card.index(attribution.target)
        output = self.card.output(attribution.target)
        return cover_and_predict(self._known_logits, model_input.tensor, attribution.values, index, output, covered)

    def judge_distribution(self, model_input: ModelInput) -> GateResult | None:
        """Compare the input with the training films of its population; ``None`` where no gate was fitted."""
        gate = self._gates.get(model_input.population)
        return None if gate is None else gate.judge(self._seen(model_input)[1])

    def judge_side(self, model_input: ModelInput) -> SideReading | None:
        """Return where the heart appears on a film; ``None`` where that is not read: other scans, films that were cropped."""
        reader = self._side_reader
        if reader is None or self.card.population(model_input.population).crop != "whole":
            return None
        return self._run(lambda: reader.read(model_input.tensor), ("side", model_input.digest))

    def features(self, tensors: torch.Tensor) -> np.ndarray:
        """Return the features that the in-distribution gate reads, float32 (N, d), of model inputs (N, C, H, W)."""
        return self.features_of((self._gate_layer,), tensors)[0]

    def features_of(self, layers: Sequence[tuple[str, int]], tensors: torch.Tensor) -> list[np.ndarray]:
        """Return features of layers, each averaged over n x n fields, float32 (N, d) each, of inputs (N, C, H, W)."""
        return self._run(lambda: pooled_features(self._network, layers, tensors.to(self.device)))

    def accepts(self, population: str, tensors: torch.Tensor) -> list[bool]:
        """Return whether the gate of a population accepts each of many inputs (N, C, H, W); all, where none was fitted."""
        gate = self._gates.get(population)
        if gate is None:
            return [True] * len(tensors)
        return (gate.distances(self.features(tensors)) <= gate.threshold).tolist()

    def reference(self, population: str) -> torch.Tensor:
        """Return the clear computed chest of a population, float32 (1, 1, H, W), rendered on first use."""
        if population not in self._references:
            described = self.card.population(population)
            rows, cols = self.card.input_shape[1:]
            body: Literal["adult", "child"] = "child" if described.age_years[1] <= ADULT_AGE_YEARS else "adult"
            self._references[population] = clear_chest(described.crop, (rows, cols), body)
        return self._references[population]

    def probe_shortcuts(
        self, model_input: ModelInput, view: str | None, covered: bool = True
    ) -> tuple[ShortcutReport, ...]:
        """Measure what border, corners and surroundings do to each finding; empty for a model without a segmenter.

        covered: False leaves out every probability, as in ``predict``.
        """
        if model_input.regions is None:
            return ()
        pictures = probe_pictures(model_input.tensor, self.reference(model_input.population), model_input.regions)
        logits = self._known_logits(pictures)
        outputs = [(self.card.index(o.name), o) for o in self.card.outputs_of(model_input.population)]
        section = section_of(self.trust, "shortcuts")
        return build_shortcut_reports(logits, outputs, model_input.regions, section, view, covered)

    def check_map(
        self,
        model_input: ModelInput,
        attribution: Attribution,
        check: str,
        effect: MaskingEffect | None = None,
        shared: dict[str, Any] | None = None,
    ) -> CheckResult:
        """Run one check on one map, behind everything that a person waits for.

        shared: an empty dict that the caller keeps for all maps of this input and target, so that what they have in common
        is computed once. Raises UnknownName for a check that is not there.
        """
        entry = MAP_CHECKS.get(check)
        subject = PacedSubject(
            network=self._network,
            target_layer=self.card.target_layer,
            x=model_input.tensor.to(self.device),
            target=self.card.index(attribution.target),
            explainer=EXPLAINERS.get(attribution.method),
            parameters=attribution.parameters,
            values=attribution.values,
            details=attribution.details,
            regions=model_input.regions,
            effect=effect,
            # A model that reads no chest films has no such picture; the checks then blur instead.
            reference=None if model_input.regions is None else self.reference(model_input.population).to(self.device),
            limits=limits_of(section_of(self.trust, "maps"), attribution.method),
            shared={} if shared is None else shared,
        )
        told = (attribution.method, attribution.target, _plain(attribution.parameters), _plain(attribution.details))
        key = ("check", check, model_input.digest, digest(attribution.values), *told, repr(effect))
        with behind():
            return self._run(lambda: entry.run(subject), key)

    def randomise(self, model_input: ModelInput, method: str, target: str, depths: Sequence[float]) -> list[float]:
        """Return the rank correlation of a map with that of the network re-drawn to each depth (shares, output first)."""
        explainer = EXPLAINERS.get(method)
        subject = PacedSubject(
            network=self._network,
            target_layer=self.card.target_layer,
            x=model_input.tensor.to(self.device),
            target=self.card.index(target),
            explainer=explainer,
            parameters=read_parameters(explainer, {}),
            values=np.zeros((1, 1), np.float32),
            details={},
            regions=model_input.regions,
        )
        return self._run(lambda: randomisation_curve(subject, depths))

    def lungs(self, scan: Scan, frame: int = 0) -> np.ndarray:
        """Return the probability of lung at each pixel of a frame, float32 (rows, cols)."""
        return self._preparation.lungs(scan.presentation(frame))

    @property
    def _gate_layer(self) -> tuple[str, int]:
        section = section_of(self.trust, "gate") or {}
        return section.get("layer", GATE_LAYER), section.get("cells", GATE_CELLS)

    def _seen(self, model_input: ModelInput) -> tuple[np.ndarray, np.ndarray]:
        """Return the logits (outputs,) of one input and the features (d,) that its gate reads, of one and the same pass.

        The features are empty where the population has no gate.
        """
        layers = (self._gate_layer,) if model_input.population in self._gates else ()
        x = model_input.tensor
        logits, features = self._run(
            lambda: seen(self._network, layers, x.to(self.device)), ("seen", model_input.digest, layers)
        )
        return logits[0], features[0][0] if features else np.empty(0, np.float32)

    def _attribute(
        self, explainer: Explainer, model_input: ModelInput, index: int, values: Mapping[str, Any]
    ) -> RawAttribution:
        x = model_input.tensor.to(self.device)
        layer = self.card.target_layer
        if "regions" not in explainer.needs:
            return explainer.attribute(self._network, layer, x, index, **values)
        if model_input.regions is None:
            raise ExplainerNotApplicable(
                f"{explainer.title} needs the lungs outlined, and '{self.card.name}' names no segmenter.",
                "Choose another method.",
            )
        return explainer.attribute(self._network, layer, x, index, regions=model_input.regions, **values)

    def _load_trust_tensors(self, path: Path, trust: Mapping[str, Any]) -> None:
        try:
            if trust.get("gate"):
                self._gates = load_gates(trust["gate"], path, trust["tensors_sha256"])
        except (LookupError, ValueError, WeightsMismatch) as error:
            raise CardInvalid(
                f"The trust card of '{self.card.name}' lacks its numbers.",
                "Restore them from the repository, or measure anew: python -m model_zoo train chest-xray-trust",
            ) from error

    def _logits(self, x: torch.Tensor) -> np.ndarray:
        return logits_in_parts(self._network, x.to(self.device)).cpu().numpy()

    def _known_logits(self, pictures: torch.Tensor) -> np.ndarray:
        """Return the logits (N, outputs) of pictures made of one input, computed once whatever is made of them in words."""
        return self._run(lambda: self._logits(pictures), ("logits", digest(pictures.numpy())))

    def _dense(self, method: str, model_input: ModelInput) -> np.ndarray:
        """Return what ``lesions`` or ``boxes`` of the network says of an input."""

        def ask() -> np.ndarray:
            with torch.no_grad():
                found: torch.Tensor = getattr(self._network, method)(model_input.tensor.to(self.device))
                return finite(found.float().cpu().numpy(), "The network")[0]

        return self._run(ask, (method, model_input.digest))

    def _run(self, job: Callable[[], Result], key: Hashable = None) -> Result:
        """Queue a job for the worker and wait for its result; errors come back to the caller. key: see ``Request``."""
        return self._worker.ask(_undisturbed(job), key)


def _undisturbed(job: Callable[[], Result]) -> Callable[[], Result]:
    """Return the job for a worker, who may do it between two steps of another that switched gradients off."""

    def undisturbed() -> Result:
        with torch.enable_grad():
            return job()

    return undisturbed


def _plain(parameters: Mapping[str, Any]) -> str:
    return repr(sorted(parameters.items()))
