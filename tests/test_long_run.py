"""The long run goes on where it was broken off, begins anew on changed files, and says what failed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.formats import FORMATS
from tests.long_run import Step, content, page, run, steps


def _step(name: str, folder: Path, code: int = 0) -> Step:
    return Step(name, (sys.executable, "-c", f"open(r'{folder / name}', 'a').write('x'); raise SystemExit({code})"))


def _tested(folder: Path, body: str) -> Step:
    (folder / "test_one.py").write_text(f"import pytest\ndef test_one():\n    {body}\n")
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-o", "addopts=", str(folder / "test_one.py"))
    return Step("one", command, counted=True)


def test_what_passed_is_not_run_again_until_a_file_changes(tmp_path: Path) -> None:
    state = tmp_path / "state" / "run.json"
    first, second = _step("first", tmp_path), _step("second", tmp_path, code=1)
    assert not run([first, second], state, "a")["second"]["passed"]
    outcomes = run([first, _step("second", tmp_path)], state, "a")
    assert outcomes["first"]["passed"]
    assert outcomes["second"]["passed"]
    assert (tmp_path / "first").read_text() == "x"
    assert (tmp_path / "second").read_text() == "xx"
    run([first], state, "b")
    assert (tmp_path / "first").read_text() == "xx"


@pytest.mark.parametrize(("body", "passed"), [("pass", True), ("assert False", False), ("pytest.skip('no')", False)])
def test_a_test_that_fails_or_is_skipped_is_a_step_that_failed(tmp_path: Path, body: str, passed: bool) -> None:
    (outcome,) = run([_tested(tmp_path, body)], tmp_path / "run.json", "a").values()
    assert outcome["passed"] is passed
    assert outcome["tests"] == 1


def test_any_changed_or_new_file_changes_the_content(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    seen = []
    for name, text in (("a", "1"), ("a", "2"), ("b", "1")):
        (tmp_path / name).write_text(text)
        seen.append(content(tmp_path))
    assert len(set(seen)) == 3


def test_the_page_names_what_failed() -> None:
    outcome = {"tests": 3, "seconds": 90, "at": "2026-01-02T03:04:05+00:00"}
    text = page({"x": {"passed": True, **outcome}, "y": {"passed": False, **outcome}}, {"png": {"failed": True}})
    assert "| x | 2026-01-02 03:04 | yes | 3 | 1.5 |" in text
    assert "| y | 2026-01-02 03:04 | NO |" in text
    assert "| png | failed |" in text


@pytest.mark.slow
@pytest.mark.data  # the recorded answers are not collected without
def test_the_steps_are_the_files_with_long_tests_and_the_formats_that_are_fuzzed() -> None:
    planned = steps(10)
    assert {step.name for step in planned if step.counted} >= {"tests/recorded/test_recorded_answers.py"}
    assert {step.name for step in planned if not step.counted} == {f"fuzz {one.name}" for one in FORMATS}
    assert all(step.command[-1].endswith(step.name.removeprefix("fuzz ")) for step in planned)
