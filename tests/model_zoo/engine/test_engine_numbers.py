"""A network that gives no number, or rests on a card that gives none: nothing of it reaches a reader as "below the threshold"."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from model_zoo.artefact import file_sha256
from model_zoo.card import read_card
from model_zoo.case import ReadRequest, read_case
from model_zoo.engine import InferenceEngine
from model_zoo.engine.inference import LesionBox
from model_zoo.errors import CardInvalid, NoNumber, WeightsMismatch
from model_zoo.explainers.method import RawAttribution
from model_zoo.results import LesionMasks, ModelInput, build_finding
from model_zoo.scans.geometry import Box
from tests.tiny_zoo import made_scan, tiny_card, tiny_engine, tiny_registries, write_card, write_tiny_zoo

NONE = (math.nan, math.inf, -math.inf)
Edit = Callable[[dict[str, Any]], None]


@pytest.fixture
def broken(tmp_path: Path) -> tuple[InferenceEngine, ModelInput]:
    """Return an engine whose network answers NaN, and an input that was prepared before it did."""
    engine = tiny_engine(tmp_path)
    item = engine.prepare(made_scan(), "adult")
    with torch.no_grad():
        for value in engine._network.parameters():
            value.fill_(math.nan)
    return engine, item


def test_a_case_read_with_a_broken_network_is_an_error_and_no_negative(
    broken: tuple[InferenceEngine, ModelInput],
) -> None:
    with pytest.raises(NoNumber, match="gives no number here"):
        read_case(broken[0], made_scan(), ReadRequest())


def test_every_question_to_a_broken_network_is_an_error(broken: tuple[InferenceEngine, ModelInput]) -> None:
    engine, item = broken
    sound = RawAttribution(np.eye(4, dtype=np.float32))
    questions: dict[str, Callable[[], object]] = {
        "predict": lambda: engine.predict(item),
        "logits": lambda: engine.logits(item.tensor),
        "features": lambda: engine.features(item.tensor),
        "accepts": lambda: engine.features_of((("centre", 1),), item.tensor),
        "shortcuts": lambda: engine.probe_shortcuts(item, "PA"),
        "Grad-CAM": lambda: engine.explain(item, "grad-cam", "lung_opacity"),
        "Integrated Gradients": lambda: engine.explain(item, "integrated-gradients", "lung_opacity", {"steps": 8}),
        "occlusion": lambda: engine.explain(item, "occlusion", "lung_opacity"),
        "SmoothGrad": lambda: engine.explain(item, "smooth-grad", "lung_opacity"),
    }
    answered = []
    for name, ask in questions.items():
        try:
            ask()
        except NoNumber:
            continue
        answered.append(name)
    assert answered == []
    assert sound.values.shape == (4, 4)


@pytest.mark.parametrize("part", ["predict", "cover", "check"])
def test_a_network_that_breaks_after_its_map(tmp_path: Path, part: str) -> None:
    engine = tiny_engine(tmp_path)
    item = engine.prepare(made_scan(), "adult")
    attribution = engine.explain(item, "grad-cam", "lung_opacity")
    with torch.no_grad():
        next(iter(engine._network.parameters())).fill_(math.inf)
    with pytest.raises(NoNumber):
        {
            "predict": lambda: engine.predict(item),
            "cover": lambda: engine.cover_region(item, attribution),
            "check": lambda: engine.check_map(item, attribution, "stability"),
        }[part]()


def test_a_broken_segmenter_does_not_crop(tmp_path: Path) -> None:
    engine = tiny_engine(tmp_path)
    assert engine._segmenter is not None
    with torch.no_grad():
        for value in engine._segmenter.parameters():
            value.fill_(math.nan)
    for ask in (lambda: engine.prepare(made_scan(), "child"), lambda: engine.lungs(made_scan())):
        with pytest.raises(NoNumber, match="outlines the lungs"):
            ask()


@pytest.mark.parametrize("value", NONE)
def test_a_picture_that_holds_no_numbers_is_not_read(engine: InferenceEngine, value: float) -> None:
    scan = made_scan()
    frames = scan.frames.copy()
    frames[0, 3, 4] = value
    with np.errstate(invalid="ignore"):
        wrong = replace(scan, frames=frames, window=replace(scan.window, width=value))
        with pytest.raises(NoNumber, match="picture"):
            engine.prepare(wrong, "adult")


@pytest.mark.parametrize("value", NONE)
def test_no_result_can_be_made_of_what_is_no_number(engine: InferenceEngine, value: float) -> None:
    output = engine.card.outputs[0]
    plane = np.full((1, 4, 4), value, np.float32)
    for make in (
        lambda: build_finding(output, value, True),
        lambda: replace(build_finding(output, 0.5, True), threshold_score=value),
        lambda: replace(build_finding(output, 0.5, True), probability=value),
        lambda: replace(build_finding(output, 0.5, True), probability_interval=(0.1, value)),
        lambda: RawAttribution(plane[0]),
        lambda: RawAttribution(np.ones((4, 4), np.float32), {"completeness_delta": value}),
        lambda: LesionMasks(("a",), ("A",), ("lesion",), (0.5,), (0.0,), plane),
        lambda: LesionBox(value, Box(0, 0, 1, 1), False),
        lambda: LesionBox(0.5, Box(0, 0, value, 1), False),
    ):
        with pytest.raises(NoNumber):
            make()


@pytest.mark.parametrize("value", NONE)
@pytest.mark.parametrize("name", ["tiny", "tiny-lungs"])
def test_weights_that_hold_no_numbers_are_not_loaded(tmp_path: Path, name: str, value: float) -> None:
    root = write_tiny_zoo(tmp_path)
    path = root / name / "model.safetensors"
    state = load_file(path)
    next(tensor for tensor in state.values() if tensor.dtype.is_floating_point).view(-1)[0] = value
    save_file(state, path)
    card = json.loads((root / name / "card.json").read_text())
    card["weights_sha256"] = file_sha256(path)
    write_card(root / name, card)
    with tiny_registries(root), pytest.raises(WeightsMismatch, match="no numbers"):
        InferenceEngine("tiny", torch.device("cpu"))


def _output(key: str, value: Any) -> Edit:
    return lambda card: card["outputs"][0].__setitem__(key, value)


def _at(value: Any, *path: Any) -> Edit:
    def edit(card: dict[str, Any]) -> None:
        for step in path[:-1]:
            card = card[step]
        card[path[-1]] = value

    return edit


WRONG_CARDS: dict[str, Edit] = {
    "threshold NaN": _at(math.nan, "outputs", 0, "threshold", "logit"),
    "threshold infinite": _at(math.inf, "outputs", 0, "threshold", "logit"),
    "threshold a word": _at("0.5", "outputs", 0, "threshold", "logit"),
    "threshold missing": _at(None, "outputs", 0, "threshold", "logit"),
    "threshold true": _at(True, "outputs", 0, "threshold", "logit"),
    "threshold beyond any float": _at(10**400, "outputs", 0, "threshold", "logit"),
    "quantiles falling": _output("score_quantiles", [3.0, 2.0, 1.0]),
    "quantiles out of order": _output("score_quantiles", [-1.0, 2.0, 1.0, 3.0]),
    "quantiles with NaN": _output("score_quantiles", [-1.0, math.nan, 1.0]),
    "quantiles with infinity": _output("score_quantiles", [-math.inf, 0.0, 1.0]),
    "quantiles all one": _output("score_quantiles", [1.0, 1.0, 1.0]),
    "no quantiles": _output("score_quantiles", []),
    "quantiles words": _output("score_quantiles", ["-1", "0", "1"]),
    "slope NaN": _at(math.nan, "outputs", 0, "calibration", "slope"),
    "intercept infinite": _at(-math.inf, "outputs", 0, "calibration", "intercept"),
    "covariance NaN": _at([[0.01, math.nan], [0.0, 0.02]], "outputs", 0, "calibration", "covariance"),
    "covariance of another shape": _at([[0.01, 0.0, 0.0]], "outputs", 0, "calibration", "covariance"),
    "value range turned round": _at([1.5, -1.5], "input", "value_range"),
    "value range NaN": _at([math.nan, 1.5], "input", "value_range"),
    "aspect turned round": _at([1.8, 0.6], "input", "aspect_range"),
    "aspect infinite": _at([0.6, math.inf], "input", "aspect_range"),
    "smallest side NaN": _at(math.nan, "input", "min_side"),
    "age NaN": _at([math.nan, 121], "populations", 0, "age_years"),
    "age turned round": _at([121, 18], "populations", 0, "age_years"),
    "outline from a threshold above 1": _at([{"name": "a", "title": "A", "kind": "lesion", "threshold": 1.5}], "masks"),
    "outline from a threshold NaN": _at(
        [{"name": "a", "title": "A", "kind": "lesion", "threshold": math.nan}], "masks"
    ),
    "boxes from a threshold below 0": _at({"threshold": -0.5}, "boxes"),
    "metrics NaN": _at({"auc": math.nan}, "metrics"),
}


@pytest.mark.parametrize("name", WRONG_CARDS)
def test_a_card_whose_figures_are_none_or_out_of_order_is_not_read(tmp_path: Path, name: str) -> None:
    card = {**tiny_card(), "weights_sha256": "0" * 64}
    write_card(tmp_path, card)
    read_card(tmp_path)
    WRONG_CARDS[name](card)
    write_card(tmp_path, card)
    with pytest.raises(CardInvalid) as caught:
        read_card(tmp_path)
    assert caught.value.hint


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_figure_that_is_none_written_as_text_is_not_read(tmp_path: Path, figure: str) -> None:
    text = json.dumps({**tiny_card(), "weights_sha256": "0" * 64, "planted": 1234.5})
    (tmp_path / "card.json").write_text(text.replace("1234.5", figure))
    with pytest.raises(CardInvalid):
        read_card(tmp_path)
