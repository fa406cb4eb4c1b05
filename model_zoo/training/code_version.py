"""Which code trained a model: the commit, and whether files were changed since; without git, a hash of the sources."""

from __future__ import annotations

import hashlib
import subprocess
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]


@cache
def code_version() -> str:
    """Return "commit <hash>", with "and changes not committed" where there are any, else "sources sha256 <hash>"."""
    commit, changed = _git("rev-parse", "HEAD"), _git("status", "--porcelain", "--", str(_ROOT))
    if commit:
        return f"commit {commit}" + (" and changes not committed" if changed else "")
    digest = hashlib.sha256()
    for path in sorted(_ROOT.rglob("*.py")):
        digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return f"sources sha256 {digest.hexdigest()}"


def _git(*words: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(_ROOT), *words], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
