"""``verify`` of outlines, boxes, gate, head for sequences and baseline: each check fails on a copy that was tampered with."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from model_zoo.artefact import file_sha256
from model_zoo.card import WEIGHTS_ROOT, ModelCard
from model_zoo.classifiers.lesion_net import LesionNet
from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.engine.scoring import BASELINE_FILE
from model_zoo.engine.study import HEAD_CARD, HEAD_FILE
from model_zoo.trust.trust_card import FILE, TENSORS_FILE
from model_zoo.upkeep.checks import _tried
from model_zoo.upkeep.known_models import CLASSIFICATION, KnownModel
from model_zoo.upkeep.lesion_checks import lesion_checks, sample_input

OUTLINES = "outlines have the shape of the card, finite on a sample case"
THRESHOLDS = "thresholds of outlines and boxes lie between 0 and 1"
BOXES = "boxes are finite and inside a sample case"
GATE = "trust card and gate belong to these weights"
HEAD = "the head for sequences belongs to these weights and reads a run"
BASELINE = "the thumbnail baseline is that of the card"
BESIDE = (FILE, TENSORS_FILE, HEAD_CARD, HEAD_FILE, BASELINE_FILE)


@pytest.fixture(scope="module")
def brain() -> tuple[ModelCard, LesionNet]:
    entry = CLASSIFIERS.get("brain-mri-tumour")
    return entry.card, entry.load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what lies beside the weights of the brain model."""
    for name in BESIDE:
        shutil.copy(WEIGHTS_ROOT / "brain-mri-tumour" / name, tmp_path / name)
    return tmp_path


def failed(card: ModelCard, network: nn.Module, folder: Path) -> list[str]:
    model = KnownModel(card.name, CLASSIFICATION)
    results = [_tried(model, name, check) for name, check in lesion_checks(card, network, folder)]
    return [result.check for result in results if not result.ok]


def rewrite(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def test_the_shipped_folder_passes(brain, folder):
    assert [name for name, _ in lesion_checks(*brain, folder)] == [OUTLINES, THRESHOLDS, BOXES, GATE, HEAD, BASELINE]
    assert failed(*brain, folder) == []


def test_the_sample_is_of_the_models_own_kind(brain):
    card, network = brain
    boxes = network.boxes(sample_input(card))
    # The computed head has a mass, and it is found: a chest film would not do.
    assert float(boxes[0, 0, 0]) > card.box_threshold


@pytest.mark.parametrize("threshold", [0.0, 1.0, 1.7, float("nan")])
def test_a_threshold_that_decides_nothing(brain, folder, threshold):
    card, network = brain
    assert failed(replace(card, box_threshold=threshold), network, folder) == [THRESHOLDS]


def test_outlines_that_are_not_there(brain, folder):
    from model_zoo.card import MaskCard

    card, network = brain
    masks = (MaskCard("lesion", "Lesion", "lesion", 0.5),)
    assert failed(replace(card, masks=masks), network, folder) == [OUTLINES]


class Broken(nn.Module):
    """The brain network with one answer spoilt."""

    def __init__(self, inner: LesionNet, boxes: torch.Tensor) -> None:
        super().__init__()
        self.inner, self.spoilt = inner, boxes
        self.stages, self.centre = inner.stages, inner.centre

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.inner(x)

    def lesions(self, x: torch.Tensor) -> torch.Tensor:
        return self.inner.lesions(x)

    def boxes(self, x: torch.Tensor) -> torch.Tensor:
        return self.spoilt


@pytest.mark.parametrize(
    "box",
    [[0.9, 10.0, 10.0, float("nan"), 20.0], [1.4, 10.0, 10.0, 20.0, 20.0], [0.9, 150.0, 10.0, 20.0, 20.0], [0.9, 1.0]],
    ids=["not finite", "score above 1", "outside", "too short"],
)
def test_boxes_that_no_viewer_can_draw(brain, folder, box):
    card, network = brain
    assert failed(card, Broken(network, torch.tensor([[box]])), folder) == [BOXES]


def test_a_trust_card_of_other_weights(brain, folder):
    rewrite(folder / FILE, weights_sha256="0" * 64)
    assert failed(*brain, folder) == [GATE]


def test_gate_tensors_of_another_trust_card(brain, folder):
    arrays = load_file(folder / TENSORS_FILE)
    arrays["gate.adult.mean"] = arrays["gate.adult.mean"] + 1
    save_file(arrays, folder / TENSORS_FILE)
    assert failed(*brain, folder) == [GATE]


@pytest.mark.parametrize("gone", [FILE, TENSORS_FILE])
def test_half_a_trust_card(brain, folder, gone):
    (folder / gone).unlink()
    assert failed(*brain, folder) == [GATE]


def test_a_head_of_other_weights(brain, folder):
    rewrite(folder / HEAD_CARD, weights_sha256="0" * 64)
    assert failed(*brain, folder) == [HEAD]


def test_a_head_that_was_exchanged(brain, folder):
    state = load_file(folder / HEAD_FILE)
    save_file({name: value + 1 for name, value in state.items()}, folder / HEAD_FILE)
    assert failed(*brain, folder) == [HEAD]


def test_a_head_that_answers_no_number(brain, folder):
    state = load_file(folder / HEAD_FILE)
    state["scale"] = torch.full_like(state["scale"], float("nan"))
    save_file(state, folder / HEAD_FILE)
    rewrite(folder / HEAD_CARD, head_sha256=file_sha256(folder / HEAD_FILE))
    assert failed(*brain, folder) == [HEAD]


def test_a_head_without_ranks(brain, folder):
    rewrite(folder / HEAD_CARD, quantiles={})
    assert failed(*brain, folder) == [HEAD]


def test_a_baseline_that_is_not_the_one_of_the_card(brain, folder):
    card, network = brain
    named = replace(card, raw={**card.raw, "thumbnail_sha256": file_sha256(folder / BASELINE_FILE)})
    assert failed(named, network, folder) == []
    shutil.copy(WEIGHTS_ROOT / "breast-ultrasound" / BASELINE_FILE, folder / BASELINE_FILE)
    assert failed(named, network, folder) == [BASELINE]
    # Without a hash in the card its outputs still give it away.
    assert failed(card, network, folder) == [BASELINE]
