"""What hangs on the weights of a model is all listed, is of the installed weights, and is made anew in order."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from model_zoo.card import WEIGHTS_ROOT
from model_zoo.cli import main
from model_zoo.training import dependents as module
from model_zoo.training.dependents import StepFailed, _seals, dependents, measure_anew, state_of

MODELS = sorted(path.parent.name for path in WEIGHTS_ROOT.glob("*/card.json"))
# Written by the recipe of the model itself, beside its weights.
OWN = {"card.json", "CARD.md", "model.safetensors", "baselines.safetensors", "thumbnail.safetensors", "vocab.json"}
# Of a lesion model its recipe writes the gate too.
GATE = {"trust.json", "trust.safetensors"}


def sha256_of(name: str) -> str:
    return str(json.loads((WEIGHTS_ROOT / name / "card.json").read_text())["weights_sha256"])


@pytest.mark.parametrize("name", MODELS)
def test_whatever_names_the_weights_of_a_model_hangs_on_it(name: str) -> None:
    listed = {file for step in dependents(name) for file in step.files}
    naming = {
        path.relative_to(WEIGHTS_ROOT).as_posix()
        for path in WEIGHTS_ROOT.rglob("*.json")
        if path.name != "card.json" and sha256_of(name) in set(_seals(json.loads(path.read_text())))
    }
    own_gate = {f"{name}/{file}" for file in GATE} if name != "chest-xray" else set()
    assert naming <= listed | own_gate


@pytest.mark.parametrize("name", MODELS)
def test_every_file_beside_the_weights_is_of_the_recipe_or_of_a_step(name: str) -> None:
    listed = {file for other in MODELS for step in dependents(other) for file in step.files}
    own = OWN if name == "chest-xray" else OWN | GATE
    beside = {f"{name}/{path.name}" for path in (WEIGHTS_ROOT / name).iterdir() if path.name not in own}
    assert beside <= listed


@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_stale_or_missing(name: str) -> None:
    assert {state_of(step, name) for step in dependents(name)} <= {"current", "not sealed"}


def test_other_weights_make_a_step_stale(tmp_path: Path) -> None:
    shutil.copytree(WEIGHTS_ROOT / "ecg-beats", tmp_path / "ecg-beats")
    (step, *_) = dependents("ecg-beats")
    assert state_of(step, "ecg-beats", tmp_path) == "current"
    card = json.loads((tmp_path / "ecg-beats" / "card.json").read_text()) | {"weights_sha256": "0" * 64}
    (tmp_path / "ecg-beats" / "card.json").write_text(json.dumps(card))
    assert state_of(step, "ecg-beats", tmp_path) == "stale"
    (tmp_path / "ecg-beats" / "examples.json").unlink()
    assert state_of(step, "ecg-beats", tmp_path) == "missing"


def test_what_is_not_current_is_made_anew_in_order_and_goes_on_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made: set[str] = set()
    asked: list[str] = []
    failing = "reference-groups"

    def run(command: list[str], **_: object) -> SimpleNamespace:
        asked.append(command[-3] if command[-2] == "--runs" else command[2])
        if failing in command:
            return SimpleNamespace(returncode=1)
        made.add(asked[-1])
        return SimpleNamespace(returncode=0)

    def state(step: module.Dependent, name: str) -> str:
        return "current" if step.command[-1] in made or step.command[0] in made else "stale"

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(module, "state_of", state)
    with pytest.raises(StepFailed):
        measure_anew("covid-pneumonia", tmp_path, lambda _: None)
    assert asked == ["film-and-values", "reference-groups"]
    failing = "none"
    assert measure_anew("covid-pneumonia", tmp_path, lambda _: None) == 3
    assert asked[2:] == ["reference-groups", "model_zoo", "tests.recorded"]


def test_the_command_lists_steps_with_their_state(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dependents", "chest-xray", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [step["state"] for step in answer["steps"]].count("current") >= 4
    assert answer["steps"][0]["command"] == "python -m model_zoo train chest-xray-trust"
    assert main(["dependents", "chest-xrey"]) == 2
    assert "chest-xray" in capsys.readouterr().err
