"""Journeys without a browser stop after the reading unless they ask for the checks of its maps, which take seconds each."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_checks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("with_checks") is None:
        monkeypatch.setattr("dashboard.components.reading.checks_pending", lambda state: False)
