"""The command that times the page measures everything in one round, and one case is not sent more than it may be."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.page_speed import measure

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Aimed at are 3 MB, which a quiet machine keeps; a busy one draws the page more often on the way.
MOST_BYTES = 3_500_000
TIMED = {
    "start_to_first_page",
    "first_page_to_sample_number",
    "file_to_first_number",
    "file_to_both_maps",
    "file_to_judgements",
    "finding_to_its_maps",
    "what_if_step",
    "hour_step",
}


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the command puts what it writes."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_one_round_times_everything_and_leaves_nothing_behind(chromium: Browser, temporary: Path) -> None:
    answer = measure(chromium, rounds=1)
    seconds, sent = answer["seconds"], answer["bytes_of_one_case"]
    assert set(seconds) == TIMED
    assert all(0 < figure["min"] <= figure["median"] <= figure["max"] for figure in seconds.values())
    steps = [seconds[f"file_to_{name}"]["median"] for name in ("first_number", "both_maps", "judgements")]
    assert steps == sorted(steps)
    assert 0 < sent["messages"]["median"] < sent["all"]["median"] <= MOST_BYTES
    assert sent["twice"]["median"] == 0
    assert "/" not in str(answer["machine"])
    assert not list(temporary.glob("diaphane-page-speed-*"))
