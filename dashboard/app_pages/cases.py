"""Saved cases: a list, and the chosen one on the screen of a case, without its picture, because no case file holds one."""

from __future__ import annotations

from dashboard.screens.reading.saved_list import render_saved_cases

render_saved_cases()
