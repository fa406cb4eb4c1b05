"""Our maps and checks against the public implementations, on a tiny network and on the shipped one."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from model_zoo.bench import public
from model_zoo.bench.public import PACKAGES, compare_with_public, load_package
from model_zoo.bench.public.checks import build_check_comparisons
from model_zoo.bench.public.comparison import Comparison
from model_zoo.bench.public.maps import build_map_comparisons, public_map
from model_zoo.cli.bench import _print_public
from model_zoo.engine import InferenceEngine
from model_zoo.explainers import EXPLAINERS
from model_zoo.phantoms import sample_case
from model_zoo.scans import decode_scan
from tests.tiny_zoo import LAYER, SIDE, randomise, tiny_network

ROOT = Path(__file__).resolve().parents[3]
SEED = 5
EQUAL = ("grad_cam", "layer_cam", "pixel_flipping", "randomisation")


def tiny_case() -> tuple[Any, ...]:
    """Return what the comparisons take: a tiny network, its layer, a scan, a replacement, a target."""
    network = tiny_network()
    randomise(network)
    x, reference = torch.randn(2, 1, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(SEED))
    return network.eval(), LAYER, x, reference, 0


def comparisons(case: tuple[Any, ...]) -> dict[str, Comparison]:
    return {
        **build_map_comparisons(load_package("grad-cam")[0], *case),
        **build_check_comparisons(load_package("quantus")[0], *case),
    }


@pytest.fixture(scope="module")
def tiny() -> dict[str, Comparison]:
    return comparisons(tiny_case())


@pytest.fixture(scope="module")
def shipped() -> dict[str, Comparison]:
    engine = InferenceEngine("chest-xray", torch.device("cpu"))
    model_input = engine.prepare(decode_scan(sample_case("opacity").scan_bytes()), "adult")
    target = engine.card.index(engine.card.outputs_of("adult")[0].name)
    return comparisons(
        (engine.entry.load(), engine.card.target_layer, model_input.tensor, engine.reference("adult"), target)
    )


@pytest.mark.peers
@pytest.mark.parametrize("name", EQUAL)
@pytest.mark.parametrize("case", ["tiny", "shipped"])
def test_ours_and_the_public_values_are_the_same(case: str, name: str, request: pytest.FixtureRequest) -> None:
    found = request.getfixturevalue(case)[name].agreement()
    assert found["agrees"] is True, found
    # None where a side is constant: an empty map would agree with an empty map.
    assert found["rank_correlation"] is not None


@pytest.mark.peers
@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("grad_cam", lambda values: np.roll(values, 1, axis=0)),
        ("layer_cam", lambda values: values * 1.001),
        ("pixel_flipping", lambda values: values[::-1]),
        ("pixel_flipping", lambda values: np.roll(values, 1, axis=1)),
        ("randomisation", lambda values: values[::-1]),
    ],
)
def test_a_wrong_value_of_ours_breaks_the_agreement(tiny: dict[str, Comparison], name: str, error: Any) -> None:
    comparison = tiny[name]
    wrong = replace(comparison, ours=lambda: error(comparison.ours()))
    assert wrong.agreement()["agrees"] is False


@pytest.mark.peers
def test_grad_cam_plus_plus_is_the_public_one_where_the_definitions_meet() -> None:
    """Behind a ReLU and with gradients near 1 neither the positive part nor their small constant makes a difference."""
    torch.manual_seed(SEED)
    network = nn.Sequential(nn.Conv2d(1, 5, 3), nn.ReLU(), nn.Conv2d(5, 2, 3), nn.Flatten(), nn.Linear(2 * 16, 2))
    network.eval()
    with torch.no_grad():
        for parameter in network[2:].parameters():
            parameter.mul_(4)
    x = torch.randn(1, 1, 8, 8)
    ours = EXPLAINERS.get("grad-cam-plus-plus").attribute(network, "1", x, 1, signed=False).values
    theirs = public_map(load_package("grad-cam")[0], "GradCAMPlusPlus", network, network[1], x, 1, raw=True)
    assert np.ptp(ours) > 0
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3 * float(theirs.max()))


@pytest.mark.peers
def test_the_answer_has_times_and_leaves_the_network_and_the_generator_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = tiny_case()
    network, layer, x, reference, target = case
    before = {name: value.clone() for name, value in network.state_dict().items()}
    state = torch.random.get_rng_state()
    answer = compare_with_public(network, layer, x, reference, target, repeats=1)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert torch.equal(torch.random.get_rng_state(), state)
    assert not any(module._forward_hooks for module in network.modules())
    assert capsys.readouterr().out == ""
    for entry in answer["comparisons"].values():
        seconds = entry["seconds"]
        assert entry["ratio"] == pytest.approx(seconds["ours"]["median"] / seconds["public"]["median"])
    assert answer["comparisons"]["grad_cam_plus_plus"]["agrees"] is None
    assert answer["comparisons"]["grad_cam_plus_plus"]["remark"]
    _print_public(answer)
    printed = capsys.readouterr().out
    assert printed.count(": agrees") == len(EQUAL)
    assert "not meant to be equal" in printed


def test_without_the_packages_the_comparisons_are_empty_and_say_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(name: str) -> None:
        if name == PACKAGES["quantus"]:
            raise ImportError("libGL.so.1: cannot open shared object file")
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)

    monkeypatch.setattr(public.importlib, "import_module", absent)
    network, layer, x, reference, target = tiny_case()
    answer = compare_with_public(network, layer, x, reference, target, repeats=1)
    assert set(answer["comparisons"].values()) == {None}
    assert set(answer["comparisons"]) == {*EQUAL, "grad_cam_plus_plus"}
    packages = answer["packages"]
    assert [packages[name]["version"] for name in PACKAGES] == [None, None]
    assert packages["grad-cam"]["absent"] == (
        "grad-cam is not installed: a development dependency, see pyproject.toml."
    )
    assert "libGL.so.1" in packages["quantus"]["absent"]
    _print_public(answer)
    assert "grad-cam is not installed" in capsys.readouterr().out


def test_no_module_imports_the_public_packages_by_statement() -> None:
    """They are no requirement: only ``load_package`` may ask for them, and it says in words when they are missing."""
    guilty = []
    for path in sorted((ROOT / "model_zoo").rglob("*.py")) + sorted((ROOT / "dashboard").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            guilty += [(path.name, name) for name in names if name.split(".")[0] in PACKAGES.values()]
    assert guilty == []


def test_the_packages_are_development_dependencies_and_no_requirements() -> None:
    group = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]["dev"]
    # Beside the packages compared with: scikit-image, whose photographs the gate is measured on.
    assert {re.split("[<>=]", line)[0] for line in group} == {*PACKAGES, "scikit-image", "fhir.resources", "neurokit2"}
    required = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert [name for name in PACKAGES if name in required] == []


def test_another_error_of_a_package_is_not_taken_for_its_absence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise ModuleNotFoundError("No module named 'cv2'", name="cv2")

    monkeypatch.setattr(importlib, "import_module", broken)
    assert "cannot be imported: No module named 'cv2'" in str(load_package("quantus")[1])
