"""``quality``: its exit codes, and a record that is written on request and never over a drift."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from model_zoo.quality.release import FILE, build_release, read_release, write_release
from tests.quality_runs import made_result, shifted


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """Let the command find a weights folder of its own and a run made up here; returns how to set that run."""
    held = {"result": made_result()}
    engine = SimpleNamespace(entry=SimpleNamespace(folder=tmp_path))
    monkeypatch.setattr("model_zoo.engine.InferenceEngine", lambda name: engine)
    monkeypatch.setattr("model_zoo.quality.series.run_quality", lambda engine: held["result"])
    return tmp_path, lambda result: held.update(result=result)


def test_without_a_record_it_says_how_to_make_one(cli, installed):
    answer = cli("quality")
    assert answer.code == 1
    assert "quality --record" in answer.out
    assert list(installed[0].iterdir()) == []


def test_recording_writes_the_release_and_the_same_run_then_passes(cli, installed):
    folder, _ = installed
    recorded = cli("quality", "--record", "--json")
    assert (recorded.code, recorded.json["recorded"]) == (0, True)
    assert read_release(folder) == build_release(made_result())
    again = cli("quality")
    assert again.code == 0
    assert "Inside the acceptance band" in again.out
    assert "Clear phantoms flagged: 0.25 of 4 (accepted 0.00 to 0.75)" in again.out


def test_a_drift_gives_code_1_and_its_reason(cli, installed):
    folder, give = installed
    write_release(build_release(made_result()), folder)
    give(shifted(made_result(), -0.6))
    answer = cli("quality")
    assert answer.code == 1
    assert "moved by 0.600" in answer.out
    assert "Do not read with this installation" in answer.out


def test_a_drift_is_not_recorded_as_the_new_normal(cli, installed):
    folder, give = installed
    write_release(build_release(made_result()), folder)
    before = (folder / FILE).read_bytes()
    give(shifted(made_result(), 0.1))
    answer = cli("quality", "--record")
    assert answer.code == 2
    assert "Not recorded" in answer.err
    assert (folder / FILE).read_bytes() == before


def test_other_weights_can_be_recorded(cli, installed):
    folder, give = installed
    write_release(build_release(made_result()), folder)
    give(shifted(made_result(weights_sha256="c" * 64), 0.1))
    assert cli("quality").code == 1
    assert cli("quality", "--record").code == 0
    assert read_release(folder).result.weights_sha256 == "c" * 64


def test_a_damaged_record_is_an_error_before_the_run(cli, installed):
    folder, _ = installed
    (folder / FILE).write_text("{")
    answer = cli("quality", "--json")
    assert answer.code == 2
    assert "damaged" in answer.json["error"]["message"]
