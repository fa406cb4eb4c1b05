"""Pictures of nothing: no gate of a scan model lets them pass, and no protocol is proposed for them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice

import numpy as np
import pytest

from model_zoo.engine import InferenceEngine
from model_zoo.protocols import PROTOCOLS, propose_protocol
from model_zoo.protocols.proposal import gate_margin
from model_zoo.scans import Scan
from model_zoo.training.lesions import foreign_pictures
from model_zoo.training.lesions.foreign_pictures import (
    FLAT,
    LARGEST_SIDE,
    LEAST_SIDE,
    PIXEL_NOISE,
    flat_pictures,
    pixel_noise,
)
from model_zoo.training.trust.gate import pictures

# The model of each protocol that reads first: its gate is asked before a protocol is proposed.
MODELS = sorted(protocol.image_models[0] for protocol in PROTOCOLS)
# None of them drew a picture for any gate.
SEEDS = (9_001, 9_002, 9_003)


@cache
def engine_of(model: str) -> InferenceEngine:
    return InferenceEngine(model)


@cache
def noise(seed: int) -> tuple[Scan, ...]:
    """Grey and colour, even and bell-shaped."""
    return tuple(islice(pixel_noise(seed), 4))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_gate_takes_pixel_noise_for_a_scan(model: str, seed: int) -> None:
    assert [scan.is_colour for scan in noise(seed)] == [False, True, False, True]
    assert all(gate_margin(engine_of(model), scan) < 0 for scan in noise(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_protocol_is_proposed_for_pixel_noise(seed: int) -> None:
    for scan in noise(seed)[:2]:
        found = propose_protocol(scan, engine_of)
        assert (found.protocol, found.source) == (None, "nothing")


@pytest.mark.parametrize("model", MODELS)
def test_smooth_noise_words_and_flat_pictures_are_refused(model: str) -> None:
    # Six coarsenesses of noise, dark and light pages, one of each kind of flat picture.
    made = [*islice(pictures("noise", "adult", 6), 6), *islice(pictures("text pages", "adult", 6), 5)]
    made += islice(flat_pictures(SEEDS[0]), 3)
    refused = [gate_margin(engine_of(model), scan) < 0 for scan in made]
    assert np.mean(refused) >= 0.9  # of 14 one may pass, as one in twenty may


def test_the_pictures_are_the_same_each_time_and_other_ones_for_another_seed() -> None:
    def files(seed: int) -> list[str]:
        return [scan.sha256 for scan in (*islice(pixel_noise(seed), 2), *islice(flat_pictures(seed), 3))]

    assert files(1) == files(1)
    assert not set(files(1)) & set(files(2))
    for scan in islice(pixel_noise(3), 4):
        assert all(LEAST_SIDE <= side <= LARGEST_SIDE for side in scan.shape)


def test_flat_pictures_are_of_one_grey_then_graded() -> None:
    spans = [float(np.ptp(scan.frames)) for scan in islice(flat_pictures(7), 6)]
    assert spans[0] == spans[3] == 0
    assert all(span > 0 for span in (spans[1], spans[2], spans[4], spans[5]))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, foreign_pictures.Family]]:
    """Families of a dozen pictures in each half, not kept for whoever comes next."""
    monkeypatch.setattr(foreign_pictures, "PER_FAMILY", 24)
    foreign_pictures._family.cache_clear()
    yield foreign_pictures.families("breast_ultrasound")
    foreign_pictures._family.cache_clear()


@pytest.mark.data
@pytest.mark.slow
def test_the_halves_share_no_picture(few: dict[str, foreign_pictures.Family]) -> None:
    assert "breast ultrasound" not in few
    assert {"brain MRI", "noise", PIXEL_NOISE, FLAT} <= set(few)
    for family in few.values():
        assert not {scan.sha256 for scan in family.chosen_on} & {scan.sha256 for scan in family.reported}
        assert len(family.sources) == len(family.reported)
    # Both halves would be crops of the same ten photographs.
    assert few["colour photographs"].chosen_on == ()
    assert len(set(few["colour photographs"].sources)) == 10
