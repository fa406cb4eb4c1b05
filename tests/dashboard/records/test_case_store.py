"""Stored cases come back equal, hold no identifier, survive a crash while writing and a damaged neighbour."""

from __future__ import annotations

import errno
import json
import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.records import FOLDER_VARIABLE, CaseStore, FolderCaseStore, default_folder, summarise
from model_zoo.case import CaseReview, case_to_json
from model_zoo.errors import CaseUnreadable, UnknownName
from model_zoo.trust.state import State
from tests.tiny_zoo import IDENTIFIER, example_review, tiny_engine


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> CaseReview:
    return example_review(tiny_engine(tmp_path_factory.mktemp("weights")))


@pytest.fixture
def store(tmp_path: Path) -> CaseStore:
    return FolderCaseStore(tmp_path / "deep" / "cases")


def _folder(store: CaseStore) -> Path:
    return store.folder  # type: ignore[attr-defined]


def _damage(store: CaseStore, case_id: str, content: bytes) -> None:
    (_folder(store) / f"{case_id}.json").write_bytes(content)


def test_what_is_saved_comes_back_equal(store: CaseStore, review: CaseReview) -> None:
    assert store.save(review) == review.case_id
    back = store.open(review.case_id)
    assert case_to_json(back) == case_to_json(review)
    assert [m.attribution.values.tobytes() for m in back.maps] == [m.attribution.values.tobytes() for m in review.maps]
    assert back.prediction == review.prediction
    assert back.geometry == review.geometry


def test_no_identifier_reaches_the_disk(store: CaseStore, review: CaseReview) -> None:
    assert review.record is not None
    assert review.record.identifier == IDENTIFIER
    store.save(review)
    for path in _folder(store).iterdir():
        assert IDENTIFIER not in path.read_text()
        assert "2024-05-06" not in path.read_text()  # the study date of the scan


def test_only_the_owner_can_read(store: CaseStore, review: CaseReview) -> None:
    before = os.umask(0)
    try:
        store.save(review)
    finally:
        os.umask(before)
    assert stat.S_IMODE(_folder(store).stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in _folder(store).iterdir()] == [0o600]


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "..",
        ".",
        "",
        "/etc/passwd",
        "a/b",
        "a\\b",
        "a.json",
        "a\0b",
        "ABC",
        "-a",
        "a" * 65,
        "ä",
        "a\n",
        "~root",
    ],
)
def test_no_name_leads_out_of_the_folder(store: CaseStore, review: CaseReview, name: str) -> None:
    store.save(review)
    (_folder(store).parent / "secret.json").write_text(json.dumps(case_to_json(review)))
    before = sorted(_folder(store).parent.rglob("*"))
    with pytest.raises(UnknownName):
        store.open(name)
    with pytest.raises(CaseUnreadable):
        store.save(replace(review, case_id=name))
    assert sorted(_folder(store).parent.rglob("*")) == before


def test_an_unknown_case_is_named_with_the_nearest(store: CaseStore, review: CaseReview) -> None:
    store.save(replace(review, case_id="abcdef012345"))
    with pytest.raises(UnknownName, match="Did you mean 'abcdef012345'"):
        store.open("abcdef012346")


def test_a_store_that_was_never_used_is_empty_and_makes_nothing(store: CaseStore) -> None:
    assert store.list() == ()
    with pytest.raises(UnknownName):
        store.open("abc")
    assert not _folder(store).exists()


def test_the_list_is_newest_first_and_in_words(store: CaseStore, review: CaseReview) -> None:
    for day in (2, 3, 1):
        store.save(replace(review, case_id=f"case-{day}", created_at=f"2026-01-0{day}T10:00:00+00:00"))
    listed = store.list()
    assert [entry.case_id for entry in listed] == ["case-3", "case-2", "case-1"]
    entry = listed[0]
    assert entry == replace(summarise(review), case_id="case-3", created_at="2026-01-03T10:00:00+00:00")
    assert entry.sha256_prefix == review.scan.sha256[:12]
    assert entry.population == "adult"
    assert entry.synthetic
    assert entry.readable
    finding = review.prediction.findings[0]
    assert any(entry.strongest_finding.startswith(f"{f.title}: ") for f in review.prediction.findings)
    assert any(entry.strongest_finding.endswith(f", {state}") for state in State)
    assert finding.probability is not None


def test_two_cases_of_one_second_are_ordered_by_the_time_of_writing(store: CaseStore, review: CaseReview) -> None:
    for name in ("b", "c", "a"):
        path = _folder(store) / f"{store.save(replace(review, case_id=name))}.json"
        os.utime(path, ns=(0, 10**9 * "bca".index(name)))
    assert [entry.case_id for entry in store.list()] == ["a", "c", "b"]


def _broken(review: CaseReview) -> dict[str, bytes]:
    raw = case_to_json(review)
    whole = json.dumps(raw).encode()

    def changed(**change: Any) -> bytes:
        return json.dumps(raw | change).encode()

    return {
        "empty": b"",
        "cut": whole[: len(whole) // 2],
        "binary": bytes(range(256)),
        "other-json": b"[1, 2]",
        "newer": changed(schema_version=99),
        "no-findings": changed(prediction=raw["prediction"] | {"findings": []}),
        "words-for-numbers": changed(prediction=dict.fromkeys(raw["prediction"], "x")),
        "no-record": changed(record={"schema_version": 1, "age_years": "sixty"}),
        "no-spacing": changed(scan=raw["scan"] | {"spacing_mm": []}),
        "other-name": whole,
        "deep": b"[" * 100_000,
    }


def test_a_damaged_case_is_marked_and_breaks_no_list(store: CaseStore, review: CaseReview) -> None:
    store.save(review)
    broken = _broken(review)
    for name, content in broken.items():
        _damage(store, name, content)
    listed = {entry.case_id: entry for entry in store.list()}
    assert set(listed) == {review.case_id, *broken}
    assert listed[review.case_id] == summarise(review)
    for name in broken:
        assert not listed[name].readable, name
        assert listed[name].problem
        assert listed[name].created_at
        with pytest.raises(CaseUnreadable):
            store.open(name)


def test_other_files_in_the_folder_are_no_cases(store: CaseStore, review: CaseReview) -> None:
    store.save(review)
    for name in ("README.txt", ".hidden.json", "Upper.json", "case.json.partial"):
        (_folder(store) / name).write_text("{}")
    assert [entry.case_id for entry in store.list()] == [review.case_id]


@pytest.mark.parametrize("where", ["os.fsync", "os.replace"])
def test_a_crash_while_writing_leaves_the_old_case(
    store: CaseStore, review: CaseReview, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    store.save(review)
    old = (_folder(store) / f"{review.case_id}.json").read_bytes()

    def crash(*args: object) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(where, crash)
        with pytest.raises(CaseUnreadable, match="the disk is full"):
            store.save(replace(review, risk=None, risk_absent="changed"))
    assert [path.read_bytes() for path in _folder(store).iterdir()] == [old]
    assert case_to_json(store.open(review.case_id)) == case_to_json(review)


def test_what_a_killed_process_left_behind_is_not_listed(store: CaseStore, review: CaseReview) -> None:
    store.save(review)
    (_folder(store) / f".{review.case_id}.x1y2.partial").write_bytes(b'{"schema_version"')
    assert [entry.case_id for entry in store.list()] == [review.case_id]


def test_saving_again_replaces_the_case(store: CaseStore, review: CaseReview) -> None:
    store.save(review)
    store.save(replace(review, risk=None, risk_attributions=(), risk_absent="taken away"))
    assert store.open(review.case_id).risk_absent == "taken away"
    assert len(store.list()) == 1


def test_a_case_with_a_value_that_is_no_number_is_refused(store: CaseStore, review: CaseReview) -> None:
    store.save(review)
    assert review.risk is not None
    outcomes = (replace(review.risk.outcomes[0], low=float("nan")),)
    with pytest.raises(CaseUnreadable):
        store.save(replace(review, risk=replace(review.risk, outcomes=outcomes)))
    assert case_to_json(store.open(review.case_id)) == case_to_json(review)


def test_two_stores_share_a_folder(store: CaseStore, review: CaseReview) -> None:
    other = FolderCaseStore(_folder(store))
    versions = [replace(review, risk_absent=f"version {i}", risk=None, risk_attributions=()) for i in range(16)]
    seen: list[str | None] = []

    def write(index: int) -> None:
        (store if index % 2 else other).save(versions[index])

    def read(index: int) -> None:
        seen.append((other if index % 2 else store).open(review.case_id).risk_absent)
        assert all(entry.readable for entry in store.list())

    write(0)
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(step, i) for i in range(16) for step in (write, read)]:
            done.result()
    assert len(seen) == 16
    assert set(seen) <= {v.risk_absent for v in versions}
    assert len(list(_folder(store).iterdir())) == 1


def test_the_folder_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert FolderCaseStore().folder == tmp_path
    monkeypatch.delenv(FOLDER_VARIABLE)
    project = Path(__file__).resolve().parents[3]
    assert default_folder() == project / ".local" / "cases"
    assert ".local/" in (project / ".gitignore").read_text().splitlines()


def _lay(folder: Path, what: str) -> None:
    path = folder / "odd.json"
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "device":
        path.symlink_to("/dev/zero")
    elif what == "link":
        path.symlink_to(next(folder.glob("*.json")))
    elif what == "link to nowhere":
        path.symlink_to(folder / "nowhere")
    elif what == "huge":
        with path.open("wb") as file:
            file.truncate(50 * 2**30)
    elif what == "many values":
        path.write_bytes(b"[" + b"[]," * 3_000_000 + b"[]]")
    elif what == "name twice":
        path.write_bytes(b'{"schema_version": 2, "schema_version": 2}')


@pytest.mark.timeout(300)  # a pipe that is opened waits for ever, without any work
@pytest.mark.parametrize(
    "what", ["folder", "pipe", "device", "link", "link to nowhere", "huge", "many values", "name twice"]
)
def test_what_lies_in_wait_in_the_folder_leaves_the_list_whole(store: CaseStore, review: CaseReview, what: str) -> None:
    store.save(review)
    _lay(_folder(store), what)
    start = time.process_time()
    listed = {entry.case_id: entry for entry in store.list()}
    assert time.process_time() - start < 10
    assert (listed[review.case_id].readable, listed["odd"].readable) == (True, False)
    assert listed["odd"].problem
    with pytest.raises(CaseUnreadable):
        store.open("odd")


def test_a_folder_that_is_a_file_is_said_in_words(tmp_path: Path, review: CaseReview) -> None:
    (tmp_path / "taken").write_text("x")
    for folder in (tmp_path / "taken", tmp_path / "taken" / "cases", tmp_path / ("n" * 300)):
        store = FolderCaseStore(folder)
        with pytest.raises(CaseUnreadable):
            store.save(review)
    for ask in (FolderCaseStore(tmp_path / "taken").list, lambda: FolderCaseStore(tmp_path / "taken").open("a")):
        with pytest.raises(CaseUnreadable, match="a file lies where a folder is expected"):
            ask()


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("where", ["open", "mkdir", "write", "fsync", "replace", "listdir"])
def test_whatever_the_system_refuses_is_an_unreadable_case(
    tmp_path: Path, review: CaseReview, monkeypatch: pytest.MonkeyPatch, where: str, code: int
) -> None:
    store = FolderCaseStore(tmp_path / "cases")
    if where == "listdir":
        store.save(review)

    def refuse(*_args: object, **_kinds: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, where, refuse)
    with pytest.raises(CaseUnreadable) as caught:
        _ = store.list() if where == "listdir" else store.save(review)
    assert "the system refused" not in caught.value.message
    assert str(tmp_path) not in f"{caught.value}"


def test_what_a_killed_write_left_is_removed_with_the_next_save(store: CaseStore, review: CaseReview) -> None:
    store.save(review)
    left = _folder(store) / f".{review.case_id}.json.0a1b2c3d.partial"
    left.write_bytes(b"{")
    os.utime(left, (0, 0))
    store.save(review)
    assert [path.name for path in _folder(store).iterdir()] == [f"{review.case_id}.json"]


def test_a_folder_that_others_can_look_into_is_told_of(tmp_path: Path, review: CaseReview) -> None:
    store = FolderCaseStore(tmp_path / "a" / "cases")
    store.save(review)
    assert not store.open_to_others()
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700
    store.folder.chmod(0o750)
    assert store.open_to_others()
