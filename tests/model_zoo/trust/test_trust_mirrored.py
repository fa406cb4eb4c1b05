"""A mirrored chest film is noticed by heart and stomach bubble; a side marker says nothing, and nothing is ever flipped."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from model_zoo.card import WEIGHTS_ROOT
from model_zoo.errors import CardInvalid, WeightsMismatch
from model_zoo.phantoms.samples import SAMPLE_CASES, SampleCase
from model_zoo.scans import decode_scan
from model_zoo.trust.mirrored import (
    NAME,
    SIZE,
    SideNet,
    SideReader,
    SideReading,
    kept_part,
    load_side_reader,
    side_input,
    side_remark,
)
from tests.tiny_zoo import randomise

THRESHOLD = 2.0


@pytest.fixture(scope="module")
def shipped() -> SideReader:
    return load_side_reader()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped weights folder that may be damaged."""
    return Path(shutil.copytree(WEIGHTS_ROOT / NAME, tmp_path / NAME))


def _film(case: SampleCase, prior: bool = False) -> torch.Tensor:
    data = case.prior_bytes() if prior else case.scan_bytes()
    return torch.from_numpy(decode_scan(data or b"").presentation(0))[None, None]


def _noise(count: int = 3, side: int = 128) -> torch.Tensor:
    return torch.rand(count, 1, side, side, generator=torch.Generator().manual_seed(5))


def test_a_mirrored_film_has_the_same_score_with_the_other_sign() -> None:
    network = SideNet().eval()
    randomise(network)
    reader = SideReader(network, THRESHOLD)
    scores = reader.scores(_noise())
    assert abs(scores).min() > 1e-3
    assert reader.scores(_noise().flip(-1)) == pytest.approx(-scores, abs=1e-4)


def test_a_film_that_is_its_own_mirror_image_has_no_side(shipped: SideReader) -> None:
    film = _noise()
    assert shipped.scores(film + film.flip(-1)) == pytest.approx(0, abs=1e-4)
    assert shipped.scores(torch.full((1, 1, 128, 128), 0.5)) == pytest.approx(0, abs=1e-6)


def test_what_is_read_is_symmetric_and_leaves_out_where_markers_are() -> None:
    kept = kept_part()
    assert torch.equal(kept, kept.flip(1))
    assert kept[SIZE // 5, SIZE // 5] == kept[SIZE // 5, -SIZE // 5] == kept[SIZE // 2, 2] == 0
    assert kept[SIZE // 2, SIZE // 2] == kept[SIZE * 3 // 4, SIZE // 5] == 1
    film = _noise(1)
    marked = film.clone()
    marked[..., 2:10, 2:30] = 1.0
    assert torch.equal(side_input(marked), side_input(film))


@pytest.mark.parametrize("name", [case.name for case in SAMPLE_CASES if case.film.body == "adult"])
def test_no_computed_chest_looks_mirrored_and_its_mirror_image_does(name: str, shipped: SideReader) -> None:
    case = next(case for case in SAMPLE_CASES if case.name == name)
    for prior in (False, True) if case.prior else (False,):
        film = _film(case, prior)
        assert side_remark(shipped.read(film)) is None
        assert shipped.read(film.flip(-1)).looks_mirrored


@pytest.mark.parametrize("left", [0.03, 0.1, 0.8, 0.9])
@pytest.mark.parametrize("top", [0.03, 0.12])
def test_a_marker_in_either_corner_changes_nothing(left: float, top: float, shipped: SideReader) -> None:
    film = _film(next(case for case in SAMPLE_CASES if case.film.body == "adult"))
    rows, cols = film.shape[-2:]
    marked = film.clone()
    marked[..., int(top * rows) : int((top + 0.06) * rows), int(left * cols) : int((left + 0.06) * cols)] = 1.0
    before, after = shipped.read(film), shipped.read(marked)
    assert after.score == pytest.approx(before.score, abs=0.5)
    assert after.looks_mirrored == before.looks_mirrored


@pytest.mark.parametrize(
    ("score", "side_at_left", "said", "file_named"),
    [
        (-2.1, None, True, False),
        (-2.1, "R", True, True),
        (-2.1, "L", True, True),
        (2.1, "L", True, True),
        (1.9, "L", False, False),
        (-1.9, "L", False, False),
        (-1.9, None, False, False),
        (-2.0, None, False, False),
        (2.1, "R", False, False),
        (2.1, None, False, False),
        (0.0, None, False, False),
    ],
)
def test_picture_and_file_are_both_named_where_both_speak(
    score: float, side_at_left: str | None, said: bool, file_named: bool
) -> None:
    remark = side_remark(SideReading(score, THRESHOLD), side_at_left)
    assert (remark is not None) == said
    assert ("file states" in (remark or "")) == file_named
    assert ("flipped" in (remark or "")) == said


def test_picture_and_file_at_odds_are_told_from_picture_and_file_agreed() -> None:
    looks_mirrored = SideReading(-3.0, THRESHOLD)
    words = [side_remark(looks_mirrored, stated) for stated in (None, "R", "L")]
    assert len({*words, side_remark(SideReading(3.0, THRESHOLD), "L")}) == 4


@pytest.mark.parametrize(
    "damage",
    [
        {"threshold": {"score": 0}},
        {"threshold": {"score": -1.0}},
        {"threshold": {"score": math.nan}},
        {"threshold": {"score": math.inf}},
        {"threshold": {"score": "high"}},
        {"threshold": {"score": None}},
        {"threshold": {}},
        {"threshold": 1.0},
    ],
    ids=str,
)
def test_a_damaged_card_is_refused(damage: dict[str, Any], folder: Path) -> None:
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    (folder / "card.json").write_text(json.dumps(card | damage), encoding="utf-8")
    with pytest.raises(CardInvalid, match="The card of"):
        load_side_reader(folder)


@pytest.mark.parametrize("text", ["", "[]", "{", "7", "null"])
def test_what_is_no_card_is_refused(text: str, folder: Path) -> None:
    (folder / "card.json").write_text(text, encoding="utf-8")
    with pytest.raises(CardInvalid):
        load_side_reader(folder)


@pytest.mark.parametrize("stated", [None, 7, "", "0" * 64])
def test_weights_are_not_loaded_whatever_else_the_card_states(stated: object, folder: Path) -> None:
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    (folder / "card.json").write_text(json.dumps(card | {"weights_sha256": stated}), encoding="utf-8")
    with pytest.raises((WeightsMismatch, CardInvalid), match=r"not those its card describes|weights_sha256"):
        load_side_reader(folder)


def test_altered_or_missing_weights_are_refused(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    with pytest.raises(WeightsMismatch):
        load_side_reader(folder)
    path.unlink()
    with pytest.raises(WeightsMismatch):
        load_side_reader(folder)
