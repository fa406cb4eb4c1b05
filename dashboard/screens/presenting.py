"""Presenting: the case without what surrounds it, in larger type, and the prepared cases one after another by keys.

Its address is that of the case with ``present=1``; without a case it is the list of prepared cases. What names a patient is not
shown: a prepared case is a synthetic one, and of any other the line of the header keeps what was opened to itself.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.case.inputs import open_sample
from dashboard.session import Session
from dashboard.viewmodels.case.address import sample_number
from model_zoo.phantoms.all_samples import ALL_CASES
from model_zoo.plain import plain

_PARAMETER = "present"


def is_presenting() -> bool:
    """Whether this page presents."""
    return _PARAMETER in st.query_params


def start_presenting() -> None:
    """Present from the next run on; of a button."""
    st.query_params[_PARAMETER] = "1"


def render_prepared(state: Session) -> None:
    """Draw the list of prepared cases."""
    st.title(text("present.title"))
    for number, case in enumerate(ALL_CASES, start=1):
        st.button(
            f"{number:d}. {plain(case.title)}", key=f"present-{case.name}", on_click=open_sample, args=(state, case)
        )
    _render_end()


def render_steps(state: Session) -> None:
    """Draw the way to the cases before and after, with their keys."""
    number = sample_number(state.case.key or "")
    with st.container(key="presenting", horizontal=True, vertical_alignment="center", gap="small"):
        for label, step, key in ((text("present.before"), -1, "PageUp"), (text("present.after"), 1, "PageDown")):
            other = 0 if number is None else number + step
            st.button(
                label,
                key=f"present-{step}",
                shortcut=key,
                disabled=not 1 <= other <= len(ALL_CASES),
                on_click=partial(_go, state, other),
            )
        _render_end()


def _go(state: Session, number: int) -> None:
    open_sample(state, ALL_CASES[number - 1])


def _render_end() -> None:
    st.button(text("present.end"), key="present-end", on_click=_end)


def _end() -> None:
    st.query_params.pop(_PARAMETER, None)
