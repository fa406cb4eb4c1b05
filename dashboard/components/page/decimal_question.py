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
        written = plain(readings.written)
        asked = text("decimal.asked_file", written=written) if whole_file else text("decimal.asked", written=written)
        st.markdown(f":material/help: {asked}")
        with st.container(horizontal=True, gap="small"):
            for mark, value in sorted(readings.by_mark.items(), key=lambda one: one[1]):
                said = f"{value:.15g}"
                as_decimals = value == readings.value
                label = text("decimal.decimals", value=said) if as_decimals else text("decimal.thousands", value=said)
                st.button(label, key=f"{key}-{mark}", on_click=answer, args=(mark,))
