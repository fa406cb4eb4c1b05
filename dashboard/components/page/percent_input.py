"""A field for a share of patients in per cent that nobody assumes: empty until the reader states it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.catalogue import text
from model_zoo.plain import plain


def percent_input(label: str, key: str, on_change: Callable[[], None], help_words: str | None = None) -> float | None:
    """Draw the field and return what it holds, in per cent. Its value stands in the session under ``key``.

    on_change: takes the value before the page is drawn, so that what stands above the field holds it too.
    """
    return st.number_input(
        plain(label),
        min_value=0.0,
        max_value=100.0,
        step=1.0,
        format="%g",
        key=key,
        on_change=on_change,
        placeholder=text("input.not_stated"),
        help=plain(help_words) if help_words else None,
    )
