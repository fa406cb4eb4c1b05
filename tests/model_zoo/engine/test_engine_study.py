"""Several frames read as one study: every frame scored, long studies thinned, and a head only where there is one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file

from model_zoo.engine import InferenceEngine
from model_zoo.engine.study import MOST_FRAMES, read_study
from model_zoo.scans import decode_scan
from tests.tiny_zoo import made_scan


def sequence(n: int):
    scan = made_scan()
    generator = np.random.default_rng(0)
    frames = np.stack([np.roll(scan.frames[0], i, 0) + generator.normal(0, 1, scan.shape) for i in range(n)])
    return replace(scan, frames=frames.astype(np.float32))


def test_every_frame_is_scored_as_if_it_stood_alone(engine: InferenceEngine) -> None:
    scan = sequence(4)
    found = read_study(engine, scan, "adult")
    assert found.frames == (0, 1, 2, 3)
    for name, values in found.scores.items():
        alone = [engine.predict(engine.prepare(scan, "adult", f)).finding(name).score for f in range(4)]
        assert values == pytest.approx(alone, abs=1e-3)
        assert found.strongest[name] == int(np.argmax(alone))


def test_without_a_head_nothing_is_said_of_the_whole(engine: InferenceEngine) -> None:
    found = read_study(engine, sequence(2), "adult")
    assert found.weights is None
    assert found.study_scores == {}
    assert "no head for sequences" in found.sentence


def test_a_long_study_is_thinned_evenly(engine: InferenceEngine) -> None:
    n = 2 * MOST_FRAMES
    found = read_study(engine, sequence(n), "adult")
    assert len(found.frames) == MOST_FRAMES
    assert (found.frames[0], found.frames[-1]) == (0, n - 1)
    assert f"{MOST_FRAMES} of {n} frames" in found.sentence


@pytest.mark.parametrize("name", ["SC_rgb_rle_2frame.dcm", "examples_ybr_color.dcm"])
def test_multi_frame_files_of_the_wild_are_read_frame_by_frame(name: str, engine: InferenceEngine) -> None:
    path = get_testdata_file(name)
    expected = int(pydicom.dcmread(path).NumberOfFrames)
    with open(path, "rb") as stream:
        scan = decode_scan(stream.read())
    assert scan.n_frames == expected > 1
    found = read_study(engine, scan, "adult")
    assert len(found.frames) == min(expected, MOST_FRAMES)
