"""The table of pages. A page is one file in app_pages/ and one row here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from dashboard.catalogue import text
from model_zoo.plain import plain

APP_PAGES = Path(__file__).parent / "app_pages"


@dataclass(frozen=True)
class PageRow:
    """script: file name in app_pages/, and with it its name in the menu. url_path: its address, empty for the first page."""

    script: str
    icon: str
    url_path: str

    @property
    def title(self) -> str:
        return text(f"menu.{self.script.removesuffix('.py')}")


PAGES = (
    PageRow("read.py", ":material/radiology:", ""),
    PageRow("notes.py", ":material/clinical_notes:", "notes"),
    PageRow("monitoring.py", ":material/vital_signs:", "monitoring"),
    PageRow("cases.py", ":material/folder_open:", "cases"),
    PageRow("models.py", ":material/neurology:", "models"),
    PageRow("review.py", ":material/rate_review:", "review"),
    PageRow("quality.py", ":material/monitoring:", "quality"),
    PageRow("guide.py", ":material/menu_book:", "guide"),
)


def build_navigation() -> Page:
    """Return the page that the address names, with the menu at the top."""
    pages = [
        st.Page(
            APP_PAGES / row.script,
            title=plain(row.title),
            icon=row.icon,
            url_path=row.url_path or None,
            default=index == 0,
        )
        for index, row in enumerate(PAGES)
    ]
    return st.navigation(pages, position="top")
