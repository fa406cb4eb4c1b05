"""Journeys without a browser stop after the reading unless they ask for the checks of its maps, which take seconds each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dashboard import boundary


@pytest.fixture(autouse=True)
def _no_checks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("with_checks") is None:
        monkeypatch.setattr("dashboard.screens.reading.case.checks_pending", lambda state: False)


@pytest.fixture(autouse=True)
def _no_incident(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A fault that the page catches is no exception of its run: a journey must not pass over one."""
    seen: list[Exception] = []

    def report(error: Exception) -> bool:
        seen.append(error)
        return shown(error)

    shown = boundary.report
    monkeypatch.setattr(boundary, "report", report)
    yield
    if seen:
        raise seen[0]
