"""At which of several frames a file is opened: the heaviest where frames are weighed, the middle one elsewhere."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from model_zoo.artefact import file_sha256
from model_zoo.case import ReadRequest, find_start_frame
from model_zoo.classifiers.sequence import AttentionPool
from model_zoo.engine import InferenceEngine
from model_zoo.engine.study import FRAME_LAYER, HEAD_CARD, HEAD_FILE
from model_zoo.scans.scan import Scan
from tests.tiny_zoo import made_scan, tiny_engine

ADULT = ReadRequest()  # the file says what there is to say
BRIGHT = 3


def stack(frames: int = 5, **metadata: object) -> Scan:
    """Frames of one film, one of them unlike the others."""
    scan = made_scan()
    pictures = np.stack([scan.frames[0]] * frames).astype(np.float32)
    pictures[BRIGHT] = pictures[BRIGHT, ::-1]
    return replace(scan, frames=pictures, metadata=replace(scan.metadata, **metadata))


@pytest.fixture
def own_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InferenceEngine:
    """The tiny model in a folder that may be written to."""
    monkeypatch.setattr("model_zoo.classifiers.entry.WEIGHTS_ROOT", tmp_path)
    return tiny_engine(tmp_path)


def give_head(engine: InferenceEngine, scan: Scan) -> None:
    """Write a head that weighs the unlike frame most: along the direction in which its features differ."""
    inputs = torch.cat([engine.prepare(scan, "adult", f).tensor for f in range(scan.n_frames)])
    features = torch.from_numpy(engine.features_of((FRAME_LAYER,), inputs)[0])
    head = AttentionPool(features.shape[1], len(engine.card.outputs))
    with torch.no_grad():
        normed = head.norm(features)
        head.hidden.weight.zero_()
        head.hidden.bias.zero_()
        head.hidden.weight[0, : features.shape[1]] = normed[BRIGHT] - normed[0]
        head.weigh.weight.zero_()
        head.weigh.weight[0, 0] = 5.0
    folder = engine.entry.folder
    save_file(head.state_dict(), folder / HEAD_FILE)
    card = {
        "weights_sha256": engine.card.weights_sha256,
        "head_sha256": file_sha256(folder / HEAD_FILE),
        "features": features.shape[1],
        "quantiles": {o.name: np.linspace(-4, 4, 101).tolist() for o in engine.card.outputs},
        "words": "a test head.",
    }
    (folder / HEAD_CARD).write_text(json.dumps(card), encoding="utf-8")


def test_without_a_head_the_middle_is_opened_and_that_is_said(engine: InferenceEngine) -> None:
    found = find_start_frame(engine, stack(), ADULT)
    assert (found.frame, found.study) == (2, None)
    assert found.sentence == (
        "Opened at frame 3 of 5, the middle one: this model has no head that weighs the frames of a study."
    )


def test_with_a_head_the_frame_that_it_weighs_most_is_opened(own_engine: InferenceEngine) -> None:
    scan = stack()
    give_head(own_engine, scan)
    found = find_start_frame(own_engine, scan, ADULT)
    assert found.study.weights is not None
    assert found.frame == int(np.argmax(found.study.weights)) == BRIGHT
    assert found.sentence == "Opened at frame 4 of 5, which the study reading weighs most."


def test_a_damaged_head_hinders_no_reading(own_engine: InferenceEngine) -> None:
    scan = stack()
    give_head(own_engine, scan)
    (own_engine.entry.folder / HEAD_FILE).write_bytes(b"x")
    found = find_start_frame(own_engine, scan, ADULT)
    assert (found.frame, found.study) == (2, None)
    assert "could not be weighed" in found.sentence


def test_a_single_frame_needs_no_opening(engine: InferenceEngine) -> None:
    assert find_start_frame(engine, made_scan(), ADULT) is None


def test_a_scan_that_is_refused_is_not_looked_through(engine: InferenceEngine) -> None:
    unsaid = stack(age_years=None)
    assert find_start_frame(engine, unsaid, ReadRequest()) is None
    assert find_start_frame(engine, unsaid, ReadRequest(insist=True)) is None
    insisted = find_start_frame(engine, unsaid, ReadRequest(insist=True, population="child"))
    assert insisted is not None
    assert insisted.frame == 2
