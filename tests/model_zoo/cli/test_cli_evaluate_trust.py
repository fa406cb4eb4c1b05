"""``evaluate --trust``: what it refuses, and that it prints what was measured and writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model_zoo.card import WEIGHTS_ROOT
from model_zoo.cli.application import main
from model_zoo.trust.trust_card import read_trust


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> dict:
    """Stand in for the half hour of measuring: the rates of the installed card."""
    folder = WEIGHTS_ROOT / "chest-xray"
    sha = json.loads((folder / "card.json").read_text(encoding="utf-8"))["weights_sha256"]
    card = read_trust(folder, sha)
    assert card is not None
    asked: dict = {"card": card}

    def evaluate(engine, runs, tick):
        asked["runs"] = runs
        return {k: card[k] for k in ("model", "weights_sha256", "number", "gate", "shortcuts", "maps")}

    monkeypatch.setattr("model_zoo.training.chest.trust.evaluate_trust", evaluate)
    return asked


def test_json_holds_every_section(measured: dict, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "chest-xray", "--trust", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {"schema_version", "number", "gate", "shortcuts", "maps"} <= set(answer)
    assert answer["gate"] == json.loads(json.dumps(measured["card"]["gate"]))
    assert not measured["runs"].exists()


def test_text_is_the_page_of_the_trust_card(measured: dict, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "chest-xray", "--trust", "--runs", str(tmp_path)]) == 0
    assert capsys.readouterr().out.strip() == (WEIGHTS_ROOT / "chest-xray" / "TRUST.md").read_text("utf-8").strip()
    assert measured["runs"] == tmp_path


def test_a_model_without_a_trust_layer_is_refused_with_the_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "support-respiratory", "--trust"]) == 2
    assert "chest-xray --trust" in capsys.readouterr().err


def test_films_need_a_folder_when_the_trust_layer_is_not_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "chest-xray"]) == 2
    assert "--data" in capsys.readouterr().err


def test_every_rate_the_card_states_has_an_interval_and_a_number_of_films(measured: dict) -> None:
    card = measured["card"]
    for population in ("adult", "child"):
        for row in card["gate"]["measured"][population].values():
            assert row["low"] <= row["refused"] <= row["high"]
            assert row["n_pictures"] > 0
    for output in card["number"]["outputs"].values():
        for found in output["measured"]["coverage"].values():
            assert found["overall"]["low"] <= found["overall"]["value"] <= found["overall"]["high"]
    for method in card["maps"]["methods"].values():
        hit = method["benchmark"]["all_folds"]["hit_rate"]
        assert hit["low"] <= hit["value"] <= hit["high"]


def test_the_stated_targets_of_the_gate_are_met(measured: dict) -> None:
    found = measured["card"]["gate"]["measured"]
    for population in ("adult", "child"):
        for name, row in found[population].items():
            if name == "films of another hospital":
                continue
            if name == "held-out films":
                assert row["refused"] <= 0.05
            else:
                assert row["refused"] >= 0.95, name


def test_the_alarm_tells_the_cheating_network_from_the_genuine_one(measured: dict) -> None:
    found = measured["card"]["shortcuts"]["measured"]["corner_marker"]
    assert found["fixture, marker on the film"]["low"] > found["genuine, marker on the film"]["high"]
