"""What is asked about a number that can be read in two ways, with both readings to choose from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from dashboard.catalogue import text
from dashboard.session.asked_file import AskedFile
from model_zoo.plain import plain
from model_zoo.quantities.numbers import Decimal, TwoReadings


def render_decimal_question(readings: TwoReadings, key: str, answer: Callable[[Decimal], None]) -> None:
    """Draw the question where the number was given. answer: takes the mark before decimals."""
    with st.container(key=key, border=True, gap="xsmall"):
        st.markdown(f":material/help: {text('decimal.asked', written=plain(readings.written))}")
        _render_answers(readings, key, answer)


def render_file_question(asked: AskedFile, key: str, read: Callable[[bytes | str, str, AskedFile], None]) -> None:
    """Draw the question about a file, or how it was answered and the other answer. read: takes the file with an answer."""

    def answer(mark: Decimal) -> None:
        read(asked.content, asked.name, replace(asked, answer=mark))

    readings = asked.readings
    written, about = plain(readings.written), plain(readings.about)
    with st.container(key=key, border=True, gap="xsmall"):
        if asked.answer is None:
            st.markdown(f":material/help: {text('decimal.asked_file', written=written, about=about)}")
        else:
            value = f"{readings.by_mark[asked.answer]:.15g}"
            st.markdown(f":material/help: {text('decimal.answered', written=written, about=about, value=value)}")
        _render_answers(readings, key, answer, asked.answer)


def _render_answers(
    readings: TwoReadings, key: str, answer: Callable[[Decimal], None], answered: Decimal | None = None
) -> None:
    with st.container(horizontal=True, gap="small"):
        for mark, value in sorted(readings.by_mark.items(), key=lambda one: one[1]):
            said = f"{value:.15g}"
            as_decimals = value == readings.value
            label = text("decimal.decimals", value=said) if as_decimals else text("decimal.thousands", value=said)
            st.button(label, key=f"{key}-{mark}", on_click=answer, args=(mark,), disabled=mark == answered)
