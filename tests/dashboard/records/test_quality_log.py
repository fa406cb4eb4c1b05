"""The log of phantom runs: added to and never rewritten, whole under a crash, and no damaged file hides or breaks it."""

from __future__ import annotations

import errno
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.records import FOLDER_VARIABLE, FolderCaseStore
from dashboard.records.quality_log import QualityLog, QualityRun, run_from_json, run_to_json
from model_zoo.errors import CaseUnreadable
from model_zoo.quality.release import build_release
from model_zoo.quality.verdict import compare
from tests.quality_runs import made_result, shifted

RELEASE = build_release(made_result())


def a_run(created_at: str = "2026-03-02T07:05:00+00:00", by: float = 0.0) -> QualityRun:
    result = shifted(made_result(created_at=created_at), by)
    return QualityRun(result, compare(result, RELEASE))


@pytest.fixture
def log(tmp_path: Path) -> QualityLog:
    return QualityLog(tmp_path / "deep" / "quality")


def test_what_is_added_comes_back_equal(log: QualityLog) -> None:
    runs = (a_run(), a_run("2026-03-03T07:05:00+00:00", by=0.3))
    names = [log.append(run) for run in runs]
    listed = log.list()
    assert [line.run for line in listed] == [runs[1], runs[0]]
    assert [line.name for line in listed] == names[::-1]
    assert [line.run.verdict.passed for line in listed if line.run] == [False, True]
    assert run_from_json(json.loads(json.dumps(run_to_json(runs[1])))) == runs[1]


def test_the_folder_is_the_owners_alone(log: QualityLog) -> None:
    name = log.append(a_run())
    assert stat.S_IMODE((log.folder / f"{name}.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(log.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(log.folder.parent.stat().st_mode) == 0o700


def test_a_log_that_was_never_used_is_empty_and_makes_nothing(log: QualityLog) -> None:
    assert log.list() == ()
    assert not log.folder.exists()


def test_a_damaged_file_is_listed_with_its_problem_in_its_place(log: QualityLog) -> None:
    log.append(a_run("2026-03-01T07:00:00+00:00"))
    log.append(a_run("2026-03-03T07:00:00+00:00"))
    whole = json.dumps(run_to_json(a_run()))
    raw = json.loads(whole)
    broken = {
        "cut": whole[: len(whole) // 2],
        "empty": "",
        "deep": "[" * 100_000,
        "newer": json.dumps({**raw, "schema_version": 9}),
        "no verdict": json.dumps({**raw, "verdict": None}),
        "unknown word": json.dumps({**raw, "verdict": {**raw["verdict"], "patient": "x"}}),
        "no films": json.dumps({**raw, "result": {**raw["result"], "films": []}}),
        "no time": json.dumps({**raw, "result": {**raw["result"], "created_at": "yesterday"}}),
        "no zone": json.dumps({**raw, "result": {**raw["result"], "created_at": "2026-03-02T07:00:00"}}),
    }
    for i, content in enumerate(broken.values()):
        (log.folder / f"20260302t07000{i}z-0000000{i}.json").write_text(content)
    listed = log.list()
    assert len(listed) == 2 + len(broken)
    assert listed[0].run is not None
    assert listed[-1].run is not None
    for line in listed[1:-1]:
        assert line.run is None
        assert line.problem
        assert line.created_at.startswith("2026-03-02T07:00:0")


def test_other_files_are_no_runs(log: QualityLog) -> None:
    name = log.append(a_run())
    for other in ("README.txt", f".{name}.x1.partial", "case.json", "20269999t070000z-00000000.json"):
        (log.folder / other).write_text("{}")
    assert [line.name for line in log.list()] == [name]


@pytest.mark.parametrize("where", ["os.fsync", "os.replace"])
def test_a_crash_while_writing_leaves_nothing_half(
    log: QualityLog, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    name = log.append(a_run())

    def crash(*args: object) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(where, crash)
        with pytest.raises(CaseUnreadable, match="the disk is full"):
            log.append(a_run())
    assert [path.name for path in log.folder.iterdir()] == [f"{name}.json"]


def test_two_at_once_both_stay(log: QualityLog) -> None:
    other = QualityLog(log.folder)
    with ThreadPoolExecutor(4) as pool:
        names = set(pool.map(lambda i: (log if i % 2 else other).append(a_run(by=i / 1000)), range(12)))
    listed = log.list()
    assert {line.name for line in listed} == names
    assert len(names) == 12
    changes = sorted(round(line.run.verdict.largest_change_logit or 0, 4) for line in listed if line.run)
    assert changes == [i / 1000 for i in range(12)]


def test_runs_of_one_second_are_ordered_by_the_time_of_writing(log: QualityLog) -> None:
    names = [log.append(a_run()) for _ in range(3)]
    for i, name in enumerate(names):
        os.utime(log.folder / f"{name}.json", ns=(0, 10**9 * (i + 1)))
    assert [line.name for line in log.list()] == names[::-1]


def test_a_number_that_is_none_is_refused(log: QualityLog) -> None:
    run = a_run()
    with pytest.raises(CaseUnreadable):
        log.append(replace(run, result=shifted(run.result, float("nan"))))
    assert log.list() == ()


def test_the_log_lies_beside_the_cases_and_is_no_case(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    log = QualityLog()
    log.append(a_run())
    assert log.folder.parent == tmp_path == FolderCaseStore().folder
    assert FolderCaseStore().list() == ()
