"""``python -m tests.fuzz``: each format in a process of its own; a line each, and exit code 1 where one failed."""

from __future__ import annotations

import argparse
import json
import secrets
import subprocess
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from tests.fuzz.formats import FORMATS
from tests.fuzz.running import PEAK_MIB, Outcome, run_format

FAILED = Path(__file__).resolve().parents[2] / ".local" / "fuzz"  # what was not read nor refused, for a second look


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--format", choices=[one.name for one in FORMATS], action="append", help="default: all")
    parser.add_argument("--count", type=int, default=10_000, help="changed inputs a format (default: 10000)")
    parser.add_argument("--seed", type=int, help="of the draw; printed, so that a run can be repeated")
    parser.add_argument("--out", metavar="FILE", type=Path, help="JSON that keeps of each format its last result")
    parser.add_argument("--here", action="store_true", help="run in this process, as for the format's own process")
    arguments = parser.parse_args()
    start = secrets.randbelow(2**31) if arguments.seed is None else arguments.seed
    names = arguments.format or [one.name for one in FORMATS]
    if arguments.here:
        return _run_here(names[0], arguments.count, start)
    kept = json.loads(arguments.out.read_text(encoding="utf-8")) if arguments.out and arguments.out.is_file() else {}
    failed = []
    for name in names:
        command = [
            sys.executable,
            "-m",
            "tests.fuzz",
            "--here",
            "--format",
            name,
            "--count",
            str(arguments.count),
            "--seed",
            str(start),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            failed.append(name)
            print(f"{name}: FAILED (seed {start})\n{done.stdout[-3000:]}", flush=True)  # noqa: T201
            result = {"failed": True}
        else:
            result = json.loads(done.stdout.splitlines()[-1])
            print(f"{name}: {result}", flush=True)  # noqa: T201
        # One by one: what was found before a run is broken off stays.
        kept[name] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "seed": start, **result}
        if arguments.out is not None:
            arguments.out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 1 if failed else 0


def _run_here(name: str, count: int, start: int) -> int:
    outcome = Outcome(name)
    try:
        run_format(next(one for one in FORMATS if one.name == name), count, start, outcome)
    except Exception as error:  # whatever a reader let through is what is looked for
        FAILED.mkdir(parents=True, exist_ok=True)
        (FAILED / f"{name}-{start}").write_bytes(outcome.last)
        frames = "".join(traceback.format_tb(error.__traceback__)[-6:])
        print(f"{frames}{type(error).__name__}: {str(error)[:300]}\nThe input: {FAILED / f'{name}-{start}'}")  # noqa: T201
        return 1
    told = {
        "inputs": outcome.inputs,
        "read": outcome.read,
        "refused": dict(outcome.refused),
        "slowest_seconds": round(outcome.slowest, 2),
        "peak_mib": outcome.peak_mib,
    }
    print(json.dumps(told))  # noqa: T201
    return 0 if outcome.inputs >= count and outcome.peak_mib <= PEAK_MIB else 1


if __name__ == "__main__":
    raise SystemExit(main())
