"""A map in words and as a layer: the measured sentence, the method's own error, and an honest colour range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dashboard.catalogue import text
from dashboard.viewmodels.explain.maps import build_explanation, colour_range, layer_of, smooth
from dashboard.viewmodels.explain.trust import verdict_words
from model_zoo.case.case_review import ExplainedMap
from model_zoo.explainers import EXPLAINERS, range_floor
from model_zoo.results import Attribution, Finding
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.trust.masking import MaskingEffect
from model_zoo.trust.verdict import DOUBTFUL, NOT_TO_BE_USED, MapVerdict

SEED = 20260112
GEOMETRY = Geometry((300, 400), Box(20.4, 30.0, 250.2, 340.0), (128, 128))
FINDING = Finding("lung_opacity", "Lung opacity", "probability", 1.4, 90.0, 60.0, True, 0.81, (0.7, 0.88), 0.35)
DETAILS = {
    "logit": 1.4, "baseline_logit": -0.55, "change_in_logit": 1.95, "completeness_delta": -0.0195, "steps_used": 100,
    "converged": True,
}  # fmt: skip


def a_map(
    values: np.ndarray,
    method: str = "grad-cam",
    signed: bool = False,
    details: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
    warnings: tuple[str, ...] = (),
    geometry: Geometry = GEOMETRY,
) -> ExplainedMap:
    attribution = Attribution(
        method, method.title(), "lung_opacity", np.asarray(values, dtype=np.float32), geometry, signed, "logit",
        parameters or {}, details or {}, warnings,
    )  # fmt: skip
    effect = MaskingEffect("lung_opacity", "probability", 0.81, 0.34, 0.8, 0.7, 0.85, 0.1, "Covering lowers it.")
    return ExplainedMap(attribution, effect)


def an_integrated_map(**more: Any) -> ExplainedMap:
    values = np.full((128, 128), (1.95 - 0.0195) / 128**2)
    settings = {"details": DETAILS, "parameters": {"baseline": "blurred", "steps": 50}} | more
    return a_map(values, "integrated-gradients", signed=True, **settings)


def test_the_measured_sentence_and_the_methods_own_error_are_in_words() -> None:
    view = build_explanation(an_integrated_map(), FINDING)
    assert view.sentence == "Covering lowers it."
    assert view.details[0] == text(
        "explain.map.sum", total="1.93", change="1.95", delta="0.02", share="1.0 %", steps="100",
        state=text("explain.map.converged"),
    )  # fmt: skip
    assert view.heading == text("explain.map.of", method="Integrated-Gradients", finding="Lung opacity")


def test_what_did_not_converge_says_so() -> None:
    view = build_explanation(
        an_integrated_map(details=DETAILS | {"converged": False}, warnings=("Not converged: ...",)), FINDING
    )
    assert text("explain.map.not_converged") in view.details[0]
    assert view.warnings == ("Not converged: ...",)


def test_no_share_is_taken_of_a_change_of_almost_nothing() -> None:
    view = build_explanation(an_integrated_map(details=DETAILS | {"change_in_logit": 0.01}), FINDING)
    assert text("explain.map.no_share") in view.details[0]
    assert " %" not in view.details[0]


def test_parameters_are_named_as_on_the_controls() -> None:
    assert build_explanation(an_integrated_map(), FINDING).parameters == ("Baseline: The scan, blurred", "Steps: 50")
    signed = a_map(np.ones((16, 16)), signed=True, parameters={"signed": True})
    assert build_explanation(signed, FINDING).parameters == (
        text("explain.map.parameter", title="Show regions that speak against", value=text("explain.map.yes")),
    )


def test_a_stored_map_of_a_method_that_is_gone_is_still_shown() -> None:
    view = build_explanation(a_map(np.ones((16, 16)), "old-method", parameters={"depth": 3}), FINDING)
    assert view.parameters == ("depth: 3",)
    assert view.explanation == text("explain.map.method_gone")
    assert layer_of(a_map(np.zeros((4, 4)), "old-method")).vmax > 0


def test_a_map_of_another_finding_is_refused() -> None:
    other = Finding("effusion", "Effusion", "report_score", 0.0, 50.0, 60.0, False)
    with pytest.raises(ValueError, match="lung_opacity"):
        build_explanation(an_integrated_map(), other)


@pytest.mark.parametrize("method", EXPLAINERS.names())
def test_a_near_empty_map_keeps_the_floor_of_its_method_and_is_said_to_be_empty(method: str) -> None:
    floor = range_floor(method, 16 * 16)
    faint = np.full((16, 16), floor / 10)
    view = build_explanation(a_map(faint, method), FINDING)
    assert view.colour_range == (0.0, floor)
    assert view.near_empty is True
    shown = {"low": "0", "high": f"{floor:.2g}", "strongest": f"{floor / 10:.2g}"}
    assert view.colour_range_words == text("explain.map.range_empty", unit="logit", **shown)


def test_a_strong_map_sets_its_own_range() -> None:
    strong = np.full((16, 16), 10 * range_floor("grad-cam", 256))
    view = build_explanation(a_map(strong), FINDING)
    assert view.colour_range[1] == pytest.approx(10 * range_floor("grad-cam", 256))
    assert view.near_empty is False


def test_a_layer_lies_where_geometry_puts_the_map() -> None:
    geometry = GEOMETRY
    layer = layer_of(a_map(np.ones((16, 16))))
    top, left, height, width = (int(number) for number in layer.extent)
    marked = np.argwhere(geometry.to_scan(np.ones((16, 16), dtype=np.float32)) > 0)
    assert (top, left) == tuple(marked.min(axis=0))
    assert (top + height - 1, left + width - 1) == tuple(marked.max(axis=0))


@pytest.mark.parametrize("signed", [True, False])
def test_a_layer_keeps_sign_unit_values_frame_and_verdict(signed: bool) -> None:
    values = np.random.default_rng(SEED).random((16, 16)).astype(np.float32)
    checked = replace(a_map(values, signed=signed), verdict=MapVerdict(DOUBTFUL, (), False, ""))
    layer = layer_of(checked, frame=2)
    assert (layer.signed, layer.unit, layer.frame, layer.verdict) == (
        signed,
        "logit",
        2,
        verdict_words(DOUBTFUL, False),
    )
    assert not layer.grey
    assert layer.vmin == (-layer.vmax if signed else 0.0)
    np.testing.assert_array_equal(layer.values, values)


@pytest.mark.parametrize("signed", [True, False])
def test_a_map_not_to_be_used_is_grey_and_keeps_its_numbers(signed: bool) -> None:
    values = np.random.default_rng(SEED).random((16, 16)).astype(np.float32)
    layer = layer_of(replace(a_map(values, signed=signed), verdict=MapVerdict(NOT_TO_BE_USED, (), False, "")))
    assert layer.grey
    assert all(red == green == blue for _, red, green, blue in layer.colour_map)
    np.testing.assert_array_equal(layer.values, values)


def test_layers_of_several_findings_can_be_told_apart() -> None:
    assert layer_of(a_map(np.ones((4, 4))), finding_title="Lung opacity").name == text(
        "explain.map.of", method="Grad-Cam", finding="Lung opacity"
    )


def test_smoothing_is_for_display_and_says_so() -> None:
    values = np.random.default_rng(SEED).normal(size=(128, 128)) * 0.01
    explained = a_map(values, "integrated-gradients", signed=True)
    layer = layer_of(explained, smoothing=2.0)
    assert layer.name == text("explain.map.smoothed", name=layer_of(explained).name)
    assert layer.unit == text("explain.map.smoothed_unit", unit="logit", sigma="2")
    assert np.abs(layer.values).max() < np.abs(values).max()
    np.testing.assert_array_equal(explained.attribution.values, values.astype(np.float32))


def test_smoothing_keeps_what_the_values_add_up_to() -> None:
    values = np.zeros((64, 64))
    values[30, 30] = 3.0
    assert smooth(values, 2.0).sum() == pytest.approx(3.0, rel=1e-4)


def test_the_floor_sinks_with_smoothing_so_that_a_smoothed_map_is_no_emptier() -> None:
    explained = a_map(np.zeros((64, 64)), "integrated-gradients", signed=True)
    assert 0 < colour_range(explained.attribution, 2.0)[1] < colour_range(explained.attribution)[1]
