"""Every page of the menu is drawn, with the heading of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.navigation import APP_PAGES, PAGES, PageRow

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.script)
def test_it_is_drawn(row: PageRow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    app = AppTest.from_file(APP, default_timeout=120).run()
    if row.url_path:
        app.switch_page(f"app_pages/{row.script}").run()
    assert not app.exception
    assert len(app.title) == 1
    assert app.title[0].value


def test_every_script_is_a_page() -> None:
    assert {path.name for path in APP_PAGES.glob("*.py")} == {row.script for row in PAGES}
