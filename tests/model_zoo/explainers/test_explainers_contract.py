"""What every attribution method in the registry must keep, whatever it computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from model_zoo.classifiers.residual import LocalResidualNet
from model_zoo.errors import ExplainerNotApplicable, UnknownName
from model_zoo.explainers import EXPLAINERS, Choice, Explainer, Flag, Number, RawAttribution, read_parameters
from model_zoo.scans.regions import FilmRegions, border_mask, corner_mask
from tests.tiny_zoo import LAYER, SIDE, randomise, tiny_network

EACH = pytest.mark.parametrize("explainer", list(EXPLAINERS), ids=lambda explainer: explainer.name)


@pytest.fixture
def network() -> LocalResidualNet:
    network = tiny_network().eval()
    randomise(network)
    return network


def _input(seed: int = 0) -> torch.Tensor:
    return torch.randn(1, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(seed))


def _regions() -> FilmRegions:
    """Return two lungs in the middle of the tiny grid, and air down its left rim."""
    lungs, outside = np.zeros((2, SIDE, SIDE), dtype=bool)
    lungs[8:26, 5:14] = lungs[8:26, 18:27] = True
    outside[:, :3] = True
    return FilmRegions(lungs, outside, border_mask(SIDE, SIDE), corner_mask(SIDE, SIDE))


def _needed(explainer: Explainer) -> dict[str, Any]:
    """Return what the engine hands over beside the parameters."""
    assert set(explainer.needs) <= {"regions"}
    return {"regions": _regions()} if "regions" in explainer.needs else {}


def _settings(explainer: Explainer) -> list[dict[str, Any]]:
    """Return the defaults, at the least cost, and every other option and flag one at a time."""
    cheap = {spec.name: spec.low for spec in explainer.parameters if isinstance(spec, Number)}
    found = [read_parameters(explainer, cheap)]
    for spec in explainer.parameters:
        if isinstance(spec, Choice):
            found += [read_parameters(explainer, cheap | {spec.name: value}) for value, _ in spec.options]
        elif isinstance(spec, Flag):
            found.append(read_parameters(explainer, cheap | {spec.name: not spec.default}))
    return found


def _attribute(explainer: Explainer, network: nn.Module, x: torch.Tensor, **changed: Any) -> RawAttribution:
    return explainer.attribute(network, LAYER, x, 1, **_needed(explainer), **(_settings(explainer)[0] | changed))


def _state(network: nn.Module) -> dict[str, Any]:
    hooks = {
        path: [
            len(getattr(m, kind))
            for kind in ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
        ]
        for path, m in network.named_modules()
    }
    return {
        "tensors": {name: value.clone() for name, value in network.state_dict().items()},
        "flags": {name: p.requires_grad for name, p in network.named_parameters()},
        "grads": {name: p.grad for name, p in network.named_parameters()},
        "training": {path: m.training for path, m in network.named_modules()},
        "hooks": hooks,
    }


def _assert_same_state(before: dict[str, Any], after: dict[str, Any]) -> None:
    for name, value in before["tensors"].items():
        assert torch.equal(value, after["tensors"][name]), name
    for part in ("flags", "grads", "training", "hooks"):
        assert before[part] == after[part], part


@EACH
def test_shape_type_and_finite_values_under_every_setting(explainer: Explainer, network: LocalResidualNet) -> None:
    for settings in _settings(explainer):
        raw = explainer.attribute(network, LAYER, _input(), 0, **_needed(explainer), **settings)
        assert raw.values.ndim == 2
        assert raw.values.dtype == np.float32
        assert np.isfinite(raw.values).all()
        # It covers the model grid at its own resolution: the grid itself or a whole stride of it.
        assert all(SIDE % n == 0 for n in raw.values.shape)
        # Where only what speaks for the target is shown, a map may be empty.
        assert raw.values.any() if explainer.is_signed(settings) else raw.values.min() >= 0
        assert all(isinstance(v, bool | int | float | str) for v in raw.details.values())


@EACH
def test_the_same_request_gives_the_same_map(explainer: Explainer, network: LocalResidualNet) -> None:
    first, second = (_attribute(explainer, network, _input()) for _ in range(2))
    assert np.array_equal(first.values, second.values)
    assert first.details == second.details


@EACH
def test_random_numbers_of_the_process_are_neither_used_nor_moved(
    explainer: Explainer, network: LocalResidualNet
) -> None:
    """They belong to all threads at once: a map drawn from them would depend on what else is running."""
    torch.manual_seed(1)
    np.random.seed(1)
    first = _attribute(explainer, network, _input()).values
    torch.manual_seed(2)
    np.random.seed(2)
    before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()
    assert np.array_equal(_attribute(explainer, network, _input()).values, first)
    assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(np.random.get_state()[1], numpy_before)


@EACH
def test_another_scan_and_another_target_give_another_map(explainer: Explainer, network: LocalResidualNet) -> None:
    signed = next(settings for settings in reversed(_settings(explainer)) if explainer.is_signed(settings))
    mine, of_another_scan, of_another_target = (
        explainer.attribute(network, LAYER, x, target, **_needed(explainer), **signed).values
        for x, target in ((_input(), 0), (_input(seed=1), 0), (_input(), 2))
    )
    assert not np.array_equal(mine, of_another_scan)
    assert not np.array_equal(mine, of_another_target)


@EACH
@pytest.mark.parametrize("frozen", [True, False])
def test_network_and_input_are_left_as_they_were(explainer: Explainer, network: LocalResidualNet, frozen: bool) -> None:
    network.requires_grad_(not frozen)
    x = _input()
    before = _state(network)
    _attribute(explainer, network, x)
    _assert_same_state(before, _state(network))
    assert torch.equal(x, _input())
    assert not x.requires_grad
    assert x.grad is None


@EACH
def test_frozen_weights_change_no_value(explainer: Explainer, network: LocalResidualNet) -> None:
    free = _attribute(explainer, network, _input()).values
    frozen = _attribute(explainer, network.requires_grad_(False), _input()).values
    np.testing.assert_allclose(frozen, free, rtol=1e-5, atol=1e-7)


@EACH
def test_an_input_made_under_inference_mode_is_explained_alike(explainer: Explainer, network: LocalResidualNet) -> None:
    with torch.inference_mode():
        x = _input().clone()
    assert x.is_inference()
    assert np.array_equal(_attribute(explainer, network, x).values, _attribute(explainer, network, _input()).values)


@EACH
def test_a_caller_that_switched_gradients_off_gets_the_same_map(
    explainer: Explainer, network: LocalResidualNet
) -> None:
    with torch.no_grad():
        quiet = _attribute(explainer, network, _input()).values
    assert np.array_equal(quiet, _attribute(explainer, network, _input()).values)


@EACH
def test_a_network_without_the_layer_is_refused_or_the_layer_not_needed(
    explainer: Explainer, network: LocalResidualNet
) -> None:
    before = _state(network)
    raw, message = None, ""
    try:
        raw = explainer.attribute(
            network, "no.such.layer", _input(), 1, **_needed(explainer), **_settings(explainer)[0]
        )
    except ExplainerNotApplicable as error:
        message = error.message
    if raw is None:
        assert "no.such.layer" in message
    else:
        assert np.array_equal(raw.values, _attribute(explainer, network, _input()).values)
    _assert_same_state(before, _state(network))


@EACH
def test_hooks_go_away_when_the_network_fails(explainer: Explainer, network: LocalResidualNet) -> None:
    before = _state(network)
    with pytest.raises(RuntimeError):
        _attribute(explainer, network, torch.zeros(1, 3, SIDE, SIDE))  # three channels where it takes one
    _assert_same_state(before, _state(network))


@EACH
def test_everything_the_page_needs_is_declared(explainer: Explainer) -> None:
    assert explainer.title
    assert explainer.unit
    assert explainer.explanation
    values = read_parameters(explainer, {})
    assert set(values) == {spec.name for spec in explainer.parameters}
    assert isinstance(explainer.is_signed(values), bool)
    assert explainer.passes(values) >= 1
    assert explainer.caution is None or explainer.caution.endswith(".")
    for spec in explainer.parameters:
        assert spec.title
        assert values[spec.name] == spec.default


@EACH
def test_parameters_are_checked(explainer: Explainer) -> None:
    with pytest.raises(UnknownName, match=f"parameter of {explainer.title}"):
        read_parameters(explainer, {"no_such_parameter": 1})
    for spec in explainer.parameters:
        if isinstance(spec, Number):
            for wrong in (spec.low - 1, spec.high + 1, float(spec.low), str(spec.low), True, None):
                with pytest.raises(ExplainerNotApplicable, match=f"from {spec.low} to {spec.high}"):
                    read_parameters(explainer, {spec.name: wrong})
            for right in (spec.low, spec.high):
                assert read_parameters(explainer, {spec.name: right})[spec.name] == right
        elif isinstance(spec, Choice):
            near = spec.options[0][0] + "s"
            with pytest.raises(UnknownName, match=f"Did you mean '{spec.options[0][0]}'"):
                read_parameters(explainer, {spec.name: near})


def test_both_methods_of_the_page_are_there() -> None:
    assert {"grad-cam", "integrated-gradients"} <= set(EXPLAINERS.names())
