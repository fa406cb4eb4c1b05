"""What is asked about a number that can be read in two ways, with both readings to choose from."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.catalogue import text
from model_zoo.plain import plain
from model_zoo.quantities.numbers import Decimal, TwoReadings


def render_decimal_question(
    readings: TwoReadings, key: str, answer: Callable[[Decimal], None], whole_file: bool = False
) -> None:
    """Draw the question where the number was given. answer: takes the mark before decimals. whole_file: it counts for all of it."""
    with st.container(key=key, border=True, gap="xsmall"):
        asked = text("decimal.asked_file" if whole_file else "decimal.asked", written=plain(readings.written))
        st.markdown(f":material/help: {asked}")
        with st.container(horizontal=True, gap="small"):
            for mark, value in sorted(readings.by_mark.items(), key=lambda one: one[1]):
                kind = "decimals" if value == readings.value else "thousands"
                st.button(
                    text(f"decimal.{kind}", value=f"{value:.15g}"), key=f"{key}-{mark}", on_click=answer, args=(mark,)
                )
