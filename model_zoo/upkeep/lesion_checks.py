"""What ``verify`` tries beyond the image logits: outlines and boxes, the gate, the head for sequences, the baseline.

Each is tried only where the card or the folder says that it is there, on a computed case of the model's own protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import nn

from model_zoo.artefact import file_sha256
from model_zoo.card import ModelCard
from model_zoo.engine.scoring import BASELINE_FILE
from model_zoo.engine.study import FRAME_LAYER, HEAD_CARD, HEAD_FILE, read_head
from model_zoo.evaluation.thumbnail import ThumbnailBaseline
from model_zoo.phantoms.all_samples import samples_of
from model_zoo.phantoms.chest.phantom import render_phantom
from model_zoo.phantoms.settings import SAMPLE_SETTINGS
from model_zoo.protocols import protocol_of_model
from model_zoo.scans import decode_scan
from model_zoo.scans.geometry import Box, Geometry, central_square
from model_zoo.scans.intensity import scale_one
from model_zoo.scans.scan import Scan
from model_zoo.trust.in_distribution import GATE_CELLS, GATE_LAYER, load_gates, pooled_features
from model_zoo.trust.trust_card import FILE, TENSORS_FILE, read_trust

Verdict = tuple[bool, str]
SEED = 3
# Twice the input of the chest network: resized like a film, and rendered in a blink.
PHANTOM_SIDE = 256
# An invented run of frames: enough that their weights could differ.
FRAMES = 5
# Weights of frames are float32 and have to add up to 1.
WEIGHT_TOLERANCE = 1e-4


def sample_input(card: ModelCard) -> torch.Tensor:
    """Return a prepared picture of the kind that the model reads, float32 (1, C, H, W).

    A computed case of its protocol; a small chest phantom for the chest, and for models that belong to no protocol.
    """
    protocol = protocol_of_model(card.name)
    if protocol is None or protocol.name == "chest":
        film = render_phantom(SAMPLE_SETTINGS, SEED, (), PHANTOM_SIDE).image
        scaled = scale_one(film, card.scaling, card.value_range)
        return torch.nn.functional.interpolate(scaled, size=card.input_shape[1:], mode="bilinear")
    scan = _sample_of(protocol.name)
    crop = central_square(scan.shape) if card.populations[0].crop == "centre" else Box(0, 0, *scan.shape)
    rows, cols = card.input_shape[1:]
    geometry = Geometry(scan.shape, crop, (rows, cols))
    return scale_one(geometry.to_model(scan.presentation(0)), card.scaling, card.value_range)


@cache
def _sample_of(protocol: str) -> Scan:
    return decode_scan(samples_of(protocol)[0].scan_bytes())


def lesion_checks(card: ModelCard, network: nn.Module, folder: Path) -> Iterator[tuple[str, Callable[[], Verdict]]]:
    """Yield the checks that apply to a model: name, and a function that says whether it holds."""
    if card.masks or hasattr(network, "lesions"):
        yield "outlines have the shape of the card, finite on a sample case", lambda: _masks(card, network)
    if card.masks or card.box_threshold is not None:
        yield "thresholds of outlines and boxes lie between 0 and 1", lambda: _dense_thresholds(card)
    if card.box_threshold is not None:
        yield "boxes are finite and inside a sample case", lambda: _boxes(card, network)
    if (folder / FILE).is_file() or (folder / TENSORS_FILE).is_file():
        yield "trust card and gate belong to these weights", lambda: _gate(card, network, folder)
    if (folder / HEAD_CARD).is_file() or (folder / HEAD_FILE).is_file():
        yield "the head for sequences belongs to these weights and reads a run", lambda: _head(card, network, folder)
    if (folder / BASELINE_FILE).is_file() or "thumbnail_sha256" in card.raw:
        yield "the thumbnail baseline is that of the card", lambda: _baseline(card, folder)


def _dense_thresholds(card: ModelCard) -> Verdict:
    stated = {mask.name: mask.threshold for mask in card.masks}
    if card.box_threshold is not None:
        stated["boxes"] = card.box_threshold
    wrong = [f"{name} {value:g}" for name, value in stated.items() if not 0 < value < 1]
    return not wrong, ", ".join(wrong)


def _masks(card: ModelCard, network: nn.Module) -> Verdict:
    if not hasattr(network, "lesions"):
        return False, "the card describes outlines, the network draws none"
    x = sample_input(card)
    found = _dense(network, "lesions", x)
    expected = (1, len(card.masks), x.shape[2] // 2, x.shape[3] // 2)
    if tuple(found.shape) != expected:
        return False, f"{tuple(found.shape)}, expected {expected}"
    return bool(torch.isfinite(found).all()), f"{expected}"


def _boxes(card: ModelCard, network: nn.Module) -> Verdict:
    if not hasattr(network, "boxes"):
        return False, "the card describes boxes, the network draws none"
    x = sample_input(card)
    found = _dense(network, "boxes", x)
    if found.ndim != 3 or found.shape[0] != 1 or found.shape[1] < 1 or found.shape[2] != 5:
        return False, f"{tuple(found.shape)}, expected (1, boxes, 5)"
    if not torch.isfinite(found).all():
        return False, "not finite"
    score, top, left, height, width = found[0].unbind(1)
    inside = (min(top.min(), left.min()) >= 0) & (score >= 0).all() & (score <= 1).all()
    within = ((top + height) <= x.shape[2] + 1e-3).all() & ((left + width) <= x.shape[3] + 1e-3).all()
    return bool(inside & within), f"best score {float(score.max()):.2f}"


def _dense(network: nn.Module, method: str, x: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return torch.as_tensor(getattr(network, method)(x))


def _gate(card: ModelCard, network: nn.Module, folder: Path) -> Verdict:
    trust = read_trust(folder, card.weights_sha256)
    if trust is None:
        return False, f"{TENSORS_FILE} without {FILE}"
    if not (folder / TENSORS_FILE).is_file():
        return not trust.get("gate"), f"no {TENSORS_FILE}"
    section = trust.get("gate")
    if not section:
        return True, "no gate"
    layer = (section.get("layer", GATE_LAYER), section.get("cells", GATE_CELLS))
    features = pooled_features(network, (layer,), sample_input(card))[0]
    gates = load_gates(section, folder / TENSORS_FILE, trust["tensors_sha256"])
    unknown = set(gates) - {population.name for population in card.populations}
    if unknown:
        return False, f"gate of no population of the card: {', '.join(sorted(unknown))}"
    wrong = [name for name, gate in gates.items() if not np.isfinite(gate.distances(features)).all()]
    return not wrong, ", ".join(wrong) or f"{len(gates)} populations"


def _head(card: ModelCard, network: nn.Module, folder: Path) -> Verdict:
    head, about = read_head(folder, card)
    if head is None or about is None:
        return False, f"{HEAD_FILE} without {HEAD_CARD}"
    missing = [o.name for o in card.outputs if len(about["quantiles"].get(o.name, ())) != 101]
    if missing:
        return False, f"no ranks for {', '.join(missing)}"
    generator = torch.Generator().manual_seed(SEED)
    sample = sample_input(card)
    frames = sample + 0.1 * torch.arange(FRAMES)[:, None, None, None] * torch.randn(
        (FRAMES, *sample.shape[1:]), generator=generator
    )
    features = torch.from_numpy(pooled_features(network, (FRAME_LAYER,), frames)[0])
    with torch.no_grad():
        study, weights = head(features[None], network(frames)[None], torch.ones(1, FRAMES, dtype=torch.bool))
    if tuple(study.shape) != (1, len(card.outputs)) or not torch.isfinite(study).all():
        return False, f"answers {tuple(study.shape)}"
    total = float(weights.sum())
    return abs(total - 1) < WEIGHT_TOLERANCE, f"weights of {FRAMES} frames add up to {total:.4f}"


def _baseline(card: ModelCard, folder: Path) -> Verdict:
    """Without the data its figures cannot be computed again; a test does that. Here: the file, its form, its outputs."""
    baseline = ThumbnailBaseline.load(folder / BASELINE_FILE)
    stated, found = card.raw.get("thumbnail_sha256"), file_sha256(folder / BASELINE_FILE)
    if stated is not None and stated != found:
        return False, f"sha256 {found[:12]}, the card says {stated[:12]}"
    compared = {
        output["name"]
        for summary in card.raw.get("metrics", {}).values()
        for output in summary.get("outputs", ())
        if "thumbnail" in output.get("comparisons", {})
    }
    missing = sorted(compared - set(baseline.outputs))
    return not missing, f"reads no {', '.join(missing)}" if missing else f"sha256 {found[:12]}"
