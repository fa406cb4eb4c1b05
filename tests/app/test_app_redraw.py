"""A run that ends itself for another loses nothing of what its reader asked for meanwhile; and there is one run at a time."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]


def _page(end: str, meanwhile: bool) -> None:
    """End the first run in one of two ways; meanwhile: the reader steps back while it is drawn."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    from dashboard.redraw import redraw

    running = get_script_run_ctx()
    assert running is not None
    assert running.script_requests is not None
    if "asked" not in st.session_state:
        st.session_state["asked"] = True
        st.write("first run")
        if meanwhile:
            back = RerunData(query_string="case=before", page_script_hash=running.page_script_hash)
            running.script_requests.request_rerun(back)
        redraw() if end == "redraw" else st.rerun()
    st.write(running.query_string)


@pytest.mark.parametrize(
    ("end", "meanwhile", "shown"),
    [("redraw", False, "case=now"), ("redraw", True, "case=before"), ("rerun", True, "case=now")],
)
def test_what_waits_comes_first(end: str, meanwhile: bool, shown: str) -> None:
    """The last row is why this is needed: when it fails, Streamlit keeps both by itself."""
    page = AppTest.from_function(_page, args=(end, meanwhile))
    page.query_params["case"] = "now"
    page.run()
    assert not page.exception
    assert [drawn.value for drawn in page.markdown] == [shown]


def test_there_is_one_way_to_draw_again() -> None:
    found = [
        path.name for path in (ROOT / "dashboard").rglob("*.py") if "st.rerun(" in path.read_text(encoding="utf-8")
    ]
    assert found == ["redraw.py"]


def test_one_run_at_a_time() -> None:
    """The next run waits until the last has ended: both work on the same open case."""
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["runner"]["fastReruns"] is False
