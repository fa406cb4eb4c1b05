"""``python -m tests.long_run``: what takes longer than a change can wait for, step by step.

Broken off, the same command goes on where it was, as long as no file of the project has changed. When every step has been run,
the dated result is written to ``tests/FIGURES.md``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.fuzz.formats import FORMATS

ROOT = Path(__file__).resolve().parents[1]
STATE = ROOT / ".local" / "long_run.json"
FUZZED = ROOT / "tests" / "fuzz" / "result.json"
PAGE = ROOT / "tests" / "FIGURES.md"


@dataclass(frozen=True)
class Step:
    """A command and, where it runs tests, that their outcomes are counted."""

    name: str
    command: tuple[str, ...]
    counted: bool = False


def steps(count: int) -> list[Step]:
    """Return the files that hold long tests, then the formats that are fuzzed with so many inputs each."""
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "long", "--collect-only", "-n", "0"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    files = sorted({line.partition("::")[0] for line in collected.splitlines() if "::" in line})
    tested = [Step(name, (sys.executable, "-m", "pytest", "-q", "-m", "long", name), counted=True) for name in files]
    fuzz = (sys.executable, "-m", "tests.fuzz", "--count", str(count), "--out", str(FUZZED), "--format")
    return [*tested, *(Step(f"fuzz {one.name}", (*fuzz, one.name)) for one in FORMATS)]


def content(root: Path) -> str:
    """Return what names the content of the project's files, those that this command writes left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=root, capture_output=True, check=True
    )
    named = hashlib.sha256()
    for name in sorted(listed.stdout.decode().split("\0")):
        path = root / name
        if path.is_file() and path not in (FUZZED, PAGE):
            named.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return named.hexdigest()


def run(planned: Iterable[Step], state: Path, key: str) -> dict[str, Any]:
    """Run what has not passed yet on this content; what passed is kept step by step."""
    kept = json.loads(state.read_text(encoding="utf-8")) if state.is_file() else {}
    outcomes: dict[str, Any] = kept["steps"] if kept.get("content") == key else {}
    for step in planned:
        if outcomes.get(step.name, {}).get("passed"):
            print(f"{step.name}: passed before", flush=True)  # noqa: T201
            continue
        print(f"{step.name} ...", flush=True)  # noqa: T201
        outcomes[step.name] = _run_step(step)
        state.parent.mkdir(parents=True, exist_ok=True)
        state.write_text(json.dumps({"content": key, "steps": outcomes}, indent=1) + "\n", encoding="utf-8")
    return outcomes


def _run_step(step: Step) -> dict[str, Any]:
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="diaphane-long-") as folder:
        report = Path(folder) / "report.xml"
        command: Sequence[str] = [*step.command, f"--junit-xml={report}"] if step.counted else step.command
        done = subprocess.run(command, cwd=ROOT, check=False)
        suite = ElementTree.parse(report).find("testsuite") if report.is_file() else None
    tests, skipped = (0, 0) if suite is None else (int(suite.get("tests", 0)), int(suite.get("skipped", 0)))
    return {
        "passed": done.returncode == 0 and skipped == 0 and (tests > 0 or not step.counted),
        "tests": tests,
        "seconds": round(time.perf_counter() - start),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def page(outcomes: dict[str, Any], fuzzed: dict[str, Any]) -> str:
    """Return the dated result as Markdown."""
    lines = [
        "# What takes longer: result", "",
        "Written by `bash .ci/long`: further windows and themes, recorded answers, changed inputs for every reader of files.", "",
        "| step | at | passed | tests | minutes |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for name, one in outcomes.items():
        lines.append(
            f"| {name} | {one['at'][:16].replace('T', ' ')} | {'yes' if one['passed'] else 'NO'} | {one['tests'] or ''} "
            f"| {one['seconds'] / 60:.1f} |"
        )
    lines += ["", "| fuzzed | inputs | read | refused | slowest, s | most memory, MiB |", "|---|---|---|---|---|---|"]
    for name, one in fuzzed.items():
        told = "failed | | | |" if one.get("failed") else (
            f"{one['inputs']} | {one['read']} | {sum(one['refused'].values())} | {one['slowest_seconds']} | {one['peak_mib']} |"
        )  # fmt: skip
        lines.append(f"| {name} | {told}")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.long_run", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="changed inputs a format (default: 10000)")
    arguments = parser.parse_args()
    planned = steps(arguments.count)
    outcomes = run(planned, STATE, f"{content(ROOT)} {arguments.count}")
    outcomes = {step.name: outcomes[step.name] for step in planned}
    PAGE.write_text(page(outcomes, json.loads(FUZZED.read_text(encoding="utf-8"))), encoding="utf-8")
    failed = [name for name, one in outcomes.items() if not one["passed"]]
    print(f"Failed: {', '.join(failed)}" if failed else f"All {len(outcomes)} steps passed: {PAGE.relative_to(ROOT)}")  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
