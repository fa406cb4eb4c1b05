"""What is asked about a number that can be read in two ways, with both readings to choose from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from dashboard.catalogue import text
from dashboard.session.asked_file import AskedFile
from model_zoo.plain import plain
from model_zoo.quantities.numbers import Decimal, TwoReadings


def render_decimal_question(
    readings: TwoReadings, key: str, answer: Callable[[Decimal], None], title: str = "", answered: Decimal | None = None
) -> None:
    """Draw the question where the number was given. answer: takes the mark before decimals. answered: the mark that was taken."""
    with st.container(key=key, border=True, gap="xsmall"):
        st.markdown(f":material/help: {title or text('decimal.asked', written=plain(readings.written))}")
        with st.container(horizontal=True, gap="small"):
            for mark, value in sorted(readings.by_mark.items(), key=lambda one: one[1]):
                kind = "decimal.decimals" if value == readings.value else "decimal.thousands"
                label = text(kind, value=f"{value:.15g}")
                st.button(label, key=f"{key}-{mark}", on_click=answer, args=(mark,), disabled=mark == answered)


def render_file_question(asked: AskedFile, key: str, read: Callable[[bytes | str, str, AskedFile], None]) -> None:
    """Draw the question about a file, or how it was answered and the other answer. read: takes the file with an answer."""

    def answer(mark: Decimal) -> None:
        read(asked.content, asked.name, replace(asked, answer=mark))

    written, about = plain(asked.readings.written), plain(asked.readings.about)
    if asked.answer is None:
        title = text("decimal.asked_file", written=written, about=about)
    else:
        title = text(
            "decimal.answered", written=written, about=about, value=f"{asked.readings.by_mark[asked.answer]:.15g}"
        )
    render_decimal_question(asked.readings, key, answer, title, asked.answer)
