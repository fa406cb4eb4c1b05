"""Answers are kept within bounds, found by what the network saw, and the same with and without the store."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from model_zoo.case import ReadRequest, begin_review, check_map, explain_finding, first_number
from model_zoo.engine import InferenceEngine
from model_zoo.engine.store import MISSING, ResultStore, anew, bytes_of
from model_zoo.engine.worker import Worker
from model_zoo.errors import ZooError
from model_zoo.results import digest
from tests.tiny_zoo import made_scan, tiny_engine

METHODS = ("grad-cam", "integrated-gradients")


@pytest.fixture
def engine(tmp_path: Path) -> InferenceEngine:
    return tiny_engine(tmp_path)


class Passes:
    """Counts passes through network and segmenter of an engine."""

    def __init__(self, engine: InferenceEngine) -> None:
        self.network = self.segmenter = 0
        engine._network.register_forward_pre_hook(self._count_network)
        assert engine._segmenter is not None
        engine._segmenter.register_forward_pre_hook(self._count_segmenter)

    def _count_network(self, *_: Any) -> None:
        self.network += 1

    def _count_segmenter(self, *_: Any) -> None:
        self.segmenter += 1


def test_the_number_of_answers_and_their_bytes_are_bounded() -> None:
    store = ResultStore(most_answers=3, most_bytes=3000)
    for name in "abc":
        store.keep(name, np.zeros(100))
    assert store.get("a") is not MISSING  # asked for again: "b" is now the oldest
    store.keep("d", np.zeros(100))
    assert [name for name in "abcd" if store.get(name) is MISSING] == ["b"]
    store.keep("large", np.zeros(200))
    assert store.bytes <= 3000
    assert store.get("large") is not MISSING
    store.keep("too large", np.zeros(1000))
    assert store.get("too large") is MISSING
    assert len(store) <= 3


def test_an_answer_kept_again_is_counted_once() -> None:
    store = ResultStore()
    for _ in range(3):
        store.keep("a", (np.zeros(10, np.float64), torch.zeros(5), {"b": [np.zeros(2, np.uint8)]}))
    assert store.bytes == bytes_of(store.get("a"))
    assert 80 + 20 + 2 <= store.bytes < 250


def test_none_is_an_answer_and_no_question_is_kept_for_nothing() -> None:
    store = ResultStore()
    store.keep("a", None)
    store.keep(None, 1)
    assert store.get("a") is None
    assert store.get(None) is MISSING


def test_a_hash_tells_values_shapes_and_types_apart() -> None:
    zeros = np.zeros((2, 3), np.float32)
    others = [zeros.reshape(3, 2), zeros.astype(np.int32), zeros + np.float32(1e-30)]
    assert len({digest(zeros), *map(digest, others)}) == 4
    assert digest(zeros) == digest(zeros.copy())


def test_two_who_ask_the_same_at_once_get_one_computation() -> None:
    worker, together, ran = Worker("test"), threading.Barrier(4), []
    leave = threading.Event()

    def job() -> object:
        ran.append(1)
        leave.wait(20)
        return object()

    def ask() -> object:
        together.wait(20)
        return worker.ask(job, "map")

    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(ask) for _ in range(4)]
        while not any(request.waiting == 4 for request in worker._requests):
            pass
        leave.set()
        assert len({id(answer.result(20)) for answer in answers}) == 1
    assert ran == [1]
    worker.ask(job, "map")
    assert ran == [1]


def test_a_failure_is_not_kept() -> None:
    worker, ran = Worker("test"), []

    def job() -> int:
        ran.append(1)
        if len(ran) == 1:
            raise ZooError("No.", "Again.")
        return len(ran)

    with pytest.raises(ZooError):
        worker.ask(job, "map")
    assert worker.ask(job, "map") == 2


def test_a_film_is_segmented_once_and_seen_once_before_its_number(engine: InferenceEngine) -> None:
    """The proposal prepares the film for every population, the reading takes that up."""
    passes, scan = Passes(engine), made_scan()
    for population in engine.card.populations:
        engine.judge_distribution(engine.prepare(scan, population.name))
    proposed = passes.network
    first_number(engine, scan, ReadRequest(age_years=60))
    assert passes.segmenter == 1
    assert passes.network <= proposed + 1
    engine.lungs(scan)
    assert passes.segmenter == 1


def test_sex_and_view_have_nothing_computed_anew(engine: InferenceEngine) -> None:
    passes, scan = Passes(engine), made_scan()
    _read(engine, ReadRequest(age_years=60, insist=True, population="adult"))
    done = passes.network, passes.segmenter
    for request in (
        ReadRequest(age_years=60, sex="F", insist=True, population="adult"),
        ReadRequest(age_years=60, view="AP", insist=True, population="adult"),
    ):
        review, item = begin_review(engine, scan, request)
        for method in METHODS:
            review = explain_finding(engine, review, item, method, "lung_opacity")
    assert (passes.network, passes.segmenter) == done


@pytest.mark.parametrize("other", ["target", "parameters", "picture"])
def test_another_question_gets_another_answer(engine: InferenceEngine, other: str) -> None:
    item = engine.prepare(made_scan(), "adult")
    known = engine.explain(item, "integrated-gradients", "lung_opacity").values
    target = "report_effusion" if other == "target" else "lung_opacity"
    parameters = {"baseline": "black"} if other == "parameters" else {}
    if other == "picture":
        item = engine.prepare(made_scan(seed=5), "adult")
    assert not np.array_equal(engine.explain(item, "integrated-gradients", target, parameters).values, known)


def test_what_a_caller_does_to_a_map_stays_with_the_caller(engine: InferenceEngine) -> None:
    item = engine.prepare(made_scan(), "adult")
    first = engine.explain(item, "grad-cam", "lung_opacity")
    kept = first.values.copy()
    first.values[:] = 7
    assert np.array_equal(engine.explain(item, "grad-cam", "lung_opacity").values, kept)


def test_a_reading_is_bit_for_bit_the_same_with_and_without_the_store(tmp_path: Path) -> None:
    keeping, forgetting = tiny_engine(tmp_path / "a"), tiny_engine(tmp_path / "b")
    forgetting._worker.store.most_bytes = -1
    _read(keeping)
    again, fresh = _read(keeping), _read(forgetting)
    assert len(forgetting._worker.store) == 0
    assert again.prediction == fresh.prediction
    assert (again.gate, again.shortcuts, again.remarks) == (fresh.gate, fresh.shortcuts, fresh.remarks)
    for ours, theirs in zip(again.maps, fresh.maps, strict=True):
        assert np.array_equal(ours.attribution.values, theirs.attribution.values)
        assert (ours.effect, ours.checks, ours.verdict) == (theirs.effect, theirs.checks, theirs.verdict)


def _read(engine: InferenceEngine, request: ReadRequest | None = None) -> Any:
    review, item = begin_review(engine, made_scan(), request or ReadRequest(age_years=60))
    for method in METHODS:
        review = explain_finding(engine, review, item, method, "lung_opacity")
        for check in ("covering", "stability"):
            review = check_map(engine, review, item, method, "lung_opacity", check)
    return review


def test_who_measures_the_network_is_given_no_kept_answer(engine: InferenceEngine) -> None:
    scan = made_scan()
    given = engine.prepare(scan, engine.card.populations[0].name, 0)
    before = engine.predict(given)
    count = Passes(engine)
    assert engine.predict(given) == before
    assert count.network == 0
    with torch.no_grad():
        for value in engine._network.parameters():
            value.mul_(1.5)
    with anew():
        drifted = engine.predict(given)
        engine.prepare(scan, engine.card.populations[0].name, 0)
    assert (count.network, count.segmenter) == (1, 1)
    assert drifted != before
    assert engine.predict(given) == before, "what was measured is kept for nobody"
