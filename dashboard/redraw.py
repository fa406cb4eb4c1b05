"""Draw the page again, without losing what its reader asked for meanwhile."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from dashboard.session import held_session


def redraw() -> NoReturn:
    """End this run and begin another.

    A request of the reader that waits (another page, a step back) comes first: Streamlit would fold the two into one, and the
    later, which names the page and the address of this run, wins there. Any look at the session state takes up what waits.
    """
    held_session()
    st.rerun()
