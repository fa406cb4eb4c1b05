"""The engine: who asks and how many ask changes no bit of an answer, and an error of one request is its own."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from model_zoo.engine import InferenceEngine
from model_zoo.errors import CardInvalid, UnknownName, WeightsMismatch
from model_zoo.results import Attribution, ModelInput
from model_zoo.scans.geometry import Box
from model_zoo.scans.scan import Scan
from tests.tiny_zoo import SIDE, made_scan, tiny_engine, tiny_registries, write_tiny_zoo

SESSIONS = 10
METHODS = (("grad-cam", {}), ("integrated-gradients", {"steps": 8}), ("grad-cam", {"signed": True}))


def _session(engine: InferenceEngine, scan: Scan, population: str) -> list[Any]:
    """Do everything one reader does with one scan, and return every number of it."""
    item = engine.prepare(scan, population)
    numbers: list[Any] = [item.tensor.numpy().tobytes(), item.geometry, engine.predict(item)]
    target = engine.card.outputs_of(population)[0].name
    for method, parameters in METHODS:
        attribution = engine.explain(item, method, target, parameters)
        effect = engine.cover_region(item, attribution)
        numbers += [attribution.values.tobytes(), dict(attribution.details), effect]
    return numbers


def _ten_at_once(engine: InferenceEngine, scans: list[Scan]) -> None:
    populations = ["adult" if index % 3 else "child" for index in range(SESSIONS)]
    alone = [_session(engine, scan, population) for scan, population in zip(scans, populations, strict=True)]
    start = threading.Barrier(SESSIONS)

    def run(scan: Scan, population: str) -> list[Any]:
        start.wait()
        return _session(engine, scan, population)

    with ThreadPoolExecutor(SESSIONS) as readers:
        together = list(readers.map(run, scans, populations))
    for index, (one, many) in enumerate(zip(alone, together, strict=True)):
        assert one == many, f"session {index}"
    assert engine.queue_length == 0


def test_ten_sessions_get_bit_for_bit_what_one_gets(engine: InferenceEngine) -> None:
    _ten_at_once(engine, [made_scan(seed) for seed in range(SESSIONS)])


@pytest.mark.slow
def test_ten_sessions_on_the_shipped_network(monkeypatch: pytest.MonkeyPatch) -> None:
    # One map per method and no doubling of steps: the question is who disturbs whom, not whether the map converges.
    monkeypatch.setattr("model_zoo.explainers.integrated_gradients.MOST_STEPS", 0)
    monkeypatch.setattr("model_zoo.trust.masking.RANDOM_PLACES", 4)  # of twenty: a thousand passes would say no more
    shipped = InferenceEngine(device=torch.device("cpu"))

    def session(scan: Scan) -> list[Any]:
        item = shipped.prepare(scan, "adult")
        maps = [shipped.explain(item, method, "lung_opacity", parameters) for method, parameters in METHODS]
        effects = [shipped.cover_region(item, attribution) for attribution in maps]
        return [shipped.predict(item), effects, [m.values.tobytes() for m in maps]]

    scans = [made_scan(seed, 160, 144) for seed in range(SESSIONS)]
    alone = [session(scan) for scan in scans]
    with ThreadPoolExecutor(SESSIONS) as readers:
        assert list(readers.map(session, scans)) == alone


def test_the_queue_is_counted_and_empties(engine: InferenceEngine) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold(tensors: torch.Tensor) -> torch.Tensor:
        entered.set()
        leave.wait(120)
        return torch.zeros(len(tensors), 3)

    engine_network = engine._network
    engine._network = hold  # type: ignore[assignment]
    try:
        with ThreadPoolExecutor(4) as readers:
            waiting = [readers.submit(engine.logits, torch.zeros(1, 1, SIDE, SIDE)) for _ in range(3)]
            assert entered.wait(60)
            _until(lambda: engine.queue_length == 3)
            leave.set()
            assert [result.result(60).shape for result in waiting] == [(1, 3)] * 3
    finally:
        leave.set()
        engine._network = engine_network
    assert engine.queue_length == 0


def _until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(6000):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("the condition never held")


def test_an_error_comes_back_and_the_worker_lives_on(engine: InferenceEngine) -> None:
    scan = made_scan()
    before = _session(engine, scan, "adult")
    item = engine.prepare(scan, "adult")
    broken = ModelInput(torch.zeros(1, 3, SIDE, SIDE), item.geometry, item.scan_sha256, 0, "adult")
    for request in (
        lambda: engine.predict(broken),
        lambda: engine.explain(broken, "grad-cam", "lung_opacity"),
        lambda: engine.explain(broken, "integrated-gradients", "lung_opacity", {"steps": 8}),
    ):
        with pytest.raises(RuntimeError):
            request()
        assert engine.queue_length == 0
    assert _session(engine, scan, "adult") == before


@pytest.mark.parametrize(
    ("method", "target", "parameters", "words"),
    [
        ("gradcam", "lung_opacity", {}, "Did you mean 'grad-cam'"),
        ("grad-cam", "lung_opacit", {}, "Did you mean 'lung_opacity'"),
        ("grad-cam", "lung_opacity", {"sign": True}, "Did you mean 'signed'"),
        ("grad-cam", "pneumonia", {}, "no output for adult named 'pneumonia'"),
    ],
)
def test_unknown_names_are_refused(
    engine: InferenceEngine, method: str, target: str, parameters: dict[str, Any], words: str
) -> None:
    with pytest.raises(UnknownName, match=words):
        engine.explain(engine.prepare(made_scan(), "adult"), method, target, parameters)


@pytest.mark.parametrize("frame", [-1, 1, 99])
def test_a_frame_that_is_not_there_is_refused(engine: InferenceEngine, frame: int) -> None:
    with pytest.raises(UnknownName, match="1 to 1"):
        engine.prepare(made_scan(), "adult", frame)


def test_each_population_gets_its_own_outputs_and_crop(engine: InferenceEngine) -> None:
    adult, child = (engine.prepare(made_scan(), name) for name in ("adult", "child"))
    assert [f.output for f in engine.predict(adult).findings] == ["lung_opacity", "report_effusion"]
    assert [f.output for f in engine.predict(child).findings] == ["pneumonia"]
    assert adult.geometry.crop == Box(0, 0, 60, 52)
    assert adult.tensor.shape == (1, 1, SIDE, SIDE)
    assert float(adult.tensor.abs().max()) <= 1.5


def test_a_probability_only_from_a_calibrated_reading_of_a_covered_scan(engine: InferenceEngine) -> None:
    item = engine.prepare(made_scan(), "adult")
    covered, insisted = engine.predict(item), engine.predict(item, covered=False)
    opacity, report = covered.findings
    assert opacity.probability == pytest.approx(1 / (1 + np.exp(0.3 - 1.2 * opacity.logit)))
    low, high = opacity.probability_interval or (0, 0)
    assert low < opacity.probability < high
    assert opacity.threshold_probability == pytest.approx(1 / (1 + np.exp(0.3)))
    for finding in (report, *insisted.findings):
        assert (finding.probability, finding.probability_interval, finding.threshold_probability) == (None,) * 3
    assert [f.score for f in insisted.findings] == [f.score for f in covered.findings]
    assert opacity.above_threshold is (opacity.logit >= 0)


def test_a_map_carries_what_it_is(engine: InferenceEngine) -> None:
    item = engine.prepare(made_scan(), "adult")
    found: Attribution = engine.explain(item, "integrated-gradients", "report_effusion", {"steps": 8})
    assert (found.method, found.target, found.signed) == ("integrated-gradients", "report_effusion", True)
    assert found.parameters == {"baseline": "blurred", "steps": 8}
    assert found.details["logit"] == pytest.approx(engine.predict(item).finding("report_effusion").logit, abs=1e-5)
    assert found.on_scan().shape == (60, 52)


def test_weights_and_card_are_checked_when_the_engine_loads(tmp_path: Path) -> None:
    root = write_tiny_zoo(tmp_path / "sound")
    with tiny_registries(root):
        InferenceEngine("tiny", torch.device("cpu"))

    def broken(name: str, change: Callable[[Path], None]) -> Path:
        copy = tmp_path / name
        shutil.copytree(root, copy)
        change(copy / "tiny")
        return copy

    def flip(folder: Path) -> None:
        content = bytearray((folder / "model.safetensors").read_bytes())
        content[-1] ^= 1
        (folder / "model.safetensors").write_bytes(content)

    def edit(folder: Path, drop: str | None = None, **change: Any) -> None:
        card = json.loads((folder / "card.json").read_text()) | change
        card.pop(drop, None)
        (folder / "card.json").write_text(json.dumps(card))

    def one_output_less(folder: Path) -> None:
        edit(folder, outputs=json.loads((folder / "card.json").read_text())["outputs"][:2])

    cases: list[tuple[str, Callable[[Path], None], type[Exception]]] = [
        ("one-bit", flip, WeightsMismatch),
        ("missing", lambda folder: (folder / "model.safetensors").unlink(), WeightsMismatch),
        ("other-hash", lambda folder: edit(folder, weights_sha256="0" * 64), WeightsMismatch),
        ("other-architecture", one_output_less, WeightsMismatch),
        ("no-outputs", lambda folder: edit(folder, drop="outputs"), CardInvalid),
        ("no-hash", lambda folder: edit(folder, drop="weights_sha256"), CardInvalid),
        ("no-card", lambda folder: (folder / "card.json").unlink(), CardInvalid),
        ("no-segmenter-hash", lambda f: edit(f.parent / "tiny-lungs", drop="weights_sha256"), CardInvalid),
        ("other-segmenter", lambda f: flip(f.parent / "tiny-lungs"), WeightsMismatch),
    ]
    for name, change, error in cases:
        with tiny_registries(broken(name, change)), pytest.raises(error):
            InferenceEngine("tiny", torch.device("cpu"))


def test_what_is_no_safetensors_file_is_refused_though_its_hash_fits(tmp_path: Path) -> None:
    root = write_tiny_zoo(tmp_path)
    weights = root / "tiny" / "model.safetensors"
    torch.save({"a": torch.zeros(1)}, weights)
    from model_zoo.artefact import file_sha256

    card = json.loads((root / "tiny" / "card.json").read_text())
    (root / "tiny" / "card.json").write_text(json.dumps(card | {"weights_sha256": file_sha256(weights)}))
    with tiny_registries(root), pytest.raises(WeightsMismatch, match="damaged"):
        InferenceEngine("tiny", torch.device("cpu"))


def test_two_engines_of_the_same_weights_agree_bit_for_bit(engine: InferenceEngine, tmp_path: Path) -> None:
    again = tiny_engine(tmp_path)
    assert _session(engine, made_scan(5), "adult") == _session(again, made_scan(5), "adult")


def test_a_film_is_resized_in_the_thread_of_its_reader_and_the_network_alone_is_queued_for(engine, monkeypatch):
    """A film of 40 megapixels takes seconds to resize: other readers would wait for them in the queue of the network."""
    threads: list[str] = []
    shown = Scan.presentation

    def presentation(self, frame=0):
        threads.append(threading.current_thread().name)
        return shown(self, frame)

    monkeypatch.setattr(Scan, "presentation", presentation)
    engine.prepare(made_scan(), "adult")
    assert threads
    assert not [name for name in threads if name.startswith("engine")]
