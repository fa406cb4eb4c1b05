"""A button that saves a file of the case: its content is with the button in the browser, and nowhere on the server.

Streamlit's own button keeps the file, or what builds it, on the server until the next run of the page has ended. A click
while the page was being drawn anew then found nothing. Here a click always gives a file: while the page is drawn anew, that
of the drawing before.
"""

from __future__ import annotations

import base64
from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).parent

_button = st.components.v2.component(
    "diaphane_download",
    css=(_FOLDER / "download.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "download.js").read_text(encoding="utf-8"),
)


def render_download(label: str, content: bytes | str, file_name: str, mime: str, key: str) -> None:
    """Draw the button. content: of the file, text in UTF-8; sent with the page, so for files up to some megabytes."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    _button(
        key=key,
        data={"label": label, "name": file_name, "mime": mime, "base64": base64.b64encode(data).decode("ascii")},
        width="content",
    )
