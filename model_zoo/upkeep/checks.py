"""What a card promises, tried on the network: each check is one line with a verdict; a failed one does not stop the rest."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import nn

from model_zoo.artefact import file_sha256
from model_zoo.card import ModelCard
from model_zoo.classifiers.architectures import is_fine
from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.errors import ZooError
from model_zoo.explainers.method import find_layer
from model_zoo.patients.attribution import reference_tensors, shared_out
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import RiskModel, load_risk_model, record_of
from model_zoo.patients.risk_models import definitions
from model_zoo.segmenters import SEGMENTERS
from model_zoo.trust.mirrored import load_side_reader
from model_zoo.upkeep.known_models import (
    BEATS,
    CLASSIFICATION,
    MONITORING,
    ORIENTATION,
    SEGMENTATION,
    SYMPTOMS,
    KnownModel,
)
from model_zoo.upkeep.lesion_checks import lesion_checks, sample_input
from model_zoo.upkeep.monitoring_checks import beat_checks, icu_checks
from model_zoo.upkeep.symptom_checks import symptom_checks

SEED = 3
PROBES = 8  # invented patients on whom contributions have to add up
# Contributions plus reference have to reach the risk to the last printed digit, and far beyond.
LARGEST_RESIDUAL = 1e-6


@dataclass(frozen=True)
class CheckResult:
    """One line of ``verify``. detail: what was found, above all where it failed."""

    model: str
    check: str
    ok: bool
    detail: str = ""


# A check returns whether it holds, with a remark.
Check = tuple[str, Callable[[], tuple[bool, str]]]


def check_model(model: KnownModel) -> Iterator[CheckResult]:
    """Yield the results for one model; when it cannot be loaded, that is the only one beside the files."""
    yield _tried(
        model, "the card is sound and its page is there", lambda: (bool(model.raw_card() and model.page()), "")
    )
    yield _tried(model, "the weights are those of the card", lambda: _same_weights(model))
    try:
        by_task = {
            CLASSIFICATION: _classifier,
            SEGMENTATION: _segmenter,
            ORIENTATION: _side_reader,
            MONITORING: icu_checks,
            BEATS: beat_checks,
            SYMPTOMS: symptom_checks,
        }
        checks = by_task.get(model.task, _risk_model)(model)
    except ZooError as error:
        yield CheckResult(model.name, "the network loads", False, error.message)
        return
    yield CheckResult(model.name, "the network loads", True)
    for name, check in checks:
        yield _tried(model, name, check)


def _tried(model: KnownModel, name: str, check: Callable[[], tuple[bool, str]]) -> CheckResult:
    try:
        ok, detail = check()
    except ZooError as error:
        ok, detail = False, error.message
    except (RuntimeError, ValueError, KeyError, TypeError, IndexError, AttributeError, OSError) as error:
        # What a network answers to an input that does not fit it, or a card to a field that is not there.
        ok, detail = False, f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    return CheckResult(model.name, name, ok, detail)


def _same_weights(model: KnownModel) -> tuple[bool, str]:
    path = model.folder / "model.safetensors"
    if not path.is_file():
        return False, "no weights"
    found = file_sha256(path)
    return found == model.raw_card()["weights_sha256"], f"sha256 {found[:12]}"


def _classifier(model: KnownModel) -> list[Check]:
    entry = CLASSIFIERS.get(model.name) if model.entry is None else model.entry
    card, network = entry.card, entry.load()
    x = _random_input(card.input_shape, card.value_range)
    return [
        ("outputs match the card", lambda: _shape_is(network, x, (2, len(card.outputs)))),
        ("an input of the card's shape gives finite numbers", lambda: _finite(network, x)),
        ("a prepared film lies in the value range", lambda: _in_range(sample_input(card), card)),
        ("the target layer gives a fine convolutional map", lambda: _convolutional(network, card.target_layer, x)),
        ("no ReLU works in place", lambda: _nothing_in_place(network)),
        ("the network answers twice alike", lambda: _deterministic(network, x)),
        ("thresholds are finite and inside the scores", lambda: _thresholds(card)),
        ("score quantiles increase", lambda: _quantiles(card)),
        ("calibrations increase with the logit", lambda: _calibrations(card)),
        *lesion_checks(card, network, entry.folder),
    ]


def _segmenter(model: KnownModel) -> list[Check]:
    entry = SEGMENTERS.get(model.name)
    network, raw = entry.load(), entry.card
    shape = tuple(raw["input"]["shape"])
    x = _random_input(shape, tuple(raw["input"]["value_range"]))
    return [
        ("one logit per pixel", lambda: _shape_is(network, x, (2, 1, *shape[1:]))),
        ("an input of the card's shape gives finite numbers", lambda: _finite(network, x)),
        ("no ReLU works in place", lambda: _nothing_in_place(network)),
        ("the network answers twice alike", lambda: _deterministic(network, x)),
    ]


def _side_reader(model: KnownModel) -> list[Check]:
    raw, network = model.raw_card(), load_side_reader(model.folder).network
    x = _random_input(tuple(raw["input"]["shape"]), tuple(raw["input"]["value_range"]))
    return [
        ("one score per film", lambda: _shape_is(network, x, (2,))),
        ("an input of the card's shape gives finite numbers", lambda: _finite(network, x)),
        ("a mirrored input gives the same score with the other sign", lambda: _turns_its_sign(network, x)),
        ("no ReLU works in place", lambda: _nothing_in_place(network)),
        ("the network answers twice alike", lambda: _deterministic(network, x)),
    ]


def _risk_model(model: KnownModel) -> list[Check]:
    risk_model = load_risk_model(definitions()[model.name])
    return [
        ("outcomes match the card", lambda: _outcomes(risk_model)),
        ("thresholds are finite probabilities", lambda: _risk_thresholds(risk_model)),
        ("calibrations increase with the logit", lambda: _risk_calibrations(risk_model)),
        ("the reference patient has finite risks, twice alike", lambda: _reference_risk(risk_model)),
        ("contributions add up to the risk", lambda: _adds_up(risk_model)),
        ("no ReLU works in place", lambda: _nothing_in_place(risk_model.network)),
    ]


def _random_input(shape: tuple[int, ...], value_range: tuple[float, ...]) -> torch.Tensor:
    low, high = value_range
    generator = torch.Generator().manual_seed(SEED)
    return low + (high - low) * torch.rand((2, *shape), generator=generator)


def _forward(network: nn.Module, x: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return torch.as_tensor(network(x))


def _shape_is(network: nn.Module, x: torch.Tensor, expected: tuple[int, ...]) -> tuple[bool, str]:
    shape = tuple(_forward(network, x).shape)
    return shape == expected, f"{shape}" if shape == expected else f"{shape}, expected {expected}"


def _finite(network: nn.Module, x: torch.Tensor) -> tuple[bool, str]:
    inputs = torch.cat([x, torch.zeros_like(x)])
    return bool(torch.isfinite(_forward(network, inputs)).all()), ""


def _in_range(x: torch.Tensor, card: ModelCard) -> tuple[bool, str]:
    low, high = float(x.min()), float(x.max())
    return card.value_range[0] <= low < high <= card.value_range[1], f"{low:.2f} to {high:.2f}"


def _convolutional(network: nn.Module, layer_name: str, x: torch.Tensor) -> tuple[bool, str]:
    layer = find_layer(network, layer_name)
    shapes: list[tuple[int, ...]] = []
    handle = layer.register_forward_hook(lambda module, inputs, output: shapes.append(tuple(output.shape)))
    try:
        _forward(network, x)
    finally:
        handle.remove()
    shape = shapes[0] if len(shapes) == 1 else ()
    fine = len(shape) == 4 and is_fine(shape[2:], tuple(x.shape[2:]))
    return fine, f"{layer_name} gives {tuple(shape[1:]) or 'no single map'}"


def _nothing_in_place(network: nn.Module) -> tuple[bool, str]:
    names = [name for name, module in network.named_modules() if getattr(module, "inplace", False)]
    return not names, ", ".join(names)


def _turns_its_sign(network: nn.Module, x: torch.Tensor) -> tuple[bool, str]:
    sums = _forward(network, x) + _forward(network, x.flip(-1))
    return float(sums.abs().max()) <= LARGEST_RESIDUAL, f"largest sum {float(sums.abs().max()):.1e}"


def _deterministic(network: nn.Module, x: torch.Tensor) -> tuple[bool, str]:
    return torch.equal(_forward(network, x), _forward(network, x)), ""


def _thresholds(card: ModelCard) -> tuple[bool, str]:
    wrong = [
        o.name
        for o in card.outputs
        if not (math.isfinite(o.threshold_logit) and o.score_quantiles[0] <= o.threshold_logit <= o.score_quantiles[-1])
    ]
    return not wrong, ", ".join(wrong)


def _quantiles(card: ModelCard) -> tuple[bool, str]:
    def increase(values: tuple[float, ...]) -> bool:
        steps = [b - a for a, b in pairwise(values)]
        return all(math.isfinite(v) for v in values) and min(steps, default=-1) >= 0 and values[0] < values[-1]

    wrong = [o.name for o in card.outputs if not increase(o.score_quantiles)]
    return not wrong, ", ".join(wrong)


def _calibrations(card: ModelCard) -> tuple[bool, str]:
    wrong = []
    for output in card.outputs:
        fit = output.calibration
        if fit is None:
            # Without calibration a reading could never be shown as what it is.
            wrong += [output.name] if output.kind == "probability" else []
        elif not (fit.slope > 0 and math.isfinite(fit.slope) and math.isfinite(fit.intercept)):
            wrong.append(output.name)
    return not wrong, ", ".join(wrong)


def _outcomes(model: RiskModel) -> tuple[bool, str]:
    declared, listed = [o.name for o in model.definition.outcomes], list(model.card["outputs"])
    return declared == listed and model.network.bias.shape[-1] == len(declared), ", ".join(listed)


def _risk_thresholds(model: RiskModel) -> tuple[bool, str]:
    values = {o.name: model.card["thresholds"][o.name]["value"] for o in model.definition.outcomes}
    wrong = [name for name, value in values.items() if value is None or not 0 < value < 1]
    return not wrong, ", ".join(wrong)


def _risk_calibrations(model: RiskModel) -> tuple[bool, str]:
    wrong = []
    for outcome in model.definition.outcomes:
        fit: Any = model.card["calibration"][outcome.name]
        if not (fit["slope"] > 0 and math.isfinite(fit["slope"]) and math.isfinite(fit["intercept"])):
            wrong.append(outcome.name)
    return not wrong, ", ".join(wrong)


def _reference_risk(model: RiskModel) -> tuple[bool, str]:
    inputs = reference_tensors(model)
    first, second = model.probabilities(*inputs)[0], model.probabilities(*inputs)[0]
    return bool(torch.isfinite(first).all() and torch.equal(first, second)), ", ".join(f"{v:.3f}" for v in first[0])


def _adds_up(model: RiskModel) -> tuple[bool, str]:
    residuals = [abs(a.residual) for record in _probe_records(model) for a in shared_out(model, record)]
    largest = max(residuals, default=math.inf)
    return largest <= LARGEST_RESIDUAL, f"largest residual {largest:.1e}"


def _probe_records(model: RiskModel) -> Iterator[PatientRecord]:
    """Yield invented patients: quantities drawn over the training range, a fifth of them not measured."""
    generator = np.random.default_rng(SEED)
    for _ in range(PROBES):
        row = []
        for spec in model.specs:
            if spec.kind == "numeric":
                low, high = spec.training or spec.plausible or (0.0, 1.0)
                drawn = generator.uniform(low, high)
            else:
                drawn = float(generator.integers(0, len(spec.choices) or 2))
            row.append(math.nan if generator.random() < 0.2 else drawn)
        yield record_of(model.specs, row)
