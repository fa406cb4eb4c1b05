"""What a reader who does not see the screen is told, and where the focus goes when what held it has left the page.

Numbers, maps and judgements arrive while the reader is elsewhere on the page; each is said once in a few words, in a region that
lies beside the page, takes no room on it and holds nothing but the case on the screen. When a case opens, the focus goes to its
heading, and when a drawer opens or closes, to its name; never away from where a reader is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

_announcer = st.components.v2.component(
    "diaphane_announcer", js=(Path(__file__).parent / "announcer.js").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Announcement:
    """One thing to say. key: what it is about; it is said again only when its words change. alert: at once, as for a refusal."""

    key: str
    words: str
    alert: bool = False


def render_announcer(case_id: str, said: Iterable[Announcement] = (), drawer: int | None = None) -> None:
    """Say what is known of a case, ``""`` while none is open; draws nothing. drawer: the place of the open one in its row."""
    with st.container(key="announcer"):
        _announcer(
            key="announcer-script", data={"case": case_id, "said": [asdict(one) for one in said], "drawer": drawer}
        )
