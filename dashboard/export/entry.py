"""What a file in this package declares to be an export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the file of a model review is written by a program of its own, which does without torch
    from model_zoo.case import CaseReview
    from model_zoo.scans.scan import Scan


class Export(Protocol):
    """One way to take a case along. name: in the menu. mime: media type of the file. light: made and sent with the page, so that a
    press gives it whatever the page is doing; else it is made when it is asked for."""

    @property
    def name(self) -> str: ...
    @property
    def mime(self) -> str: ...
    @property
    def light(self) -> bool: ...

    def file_name(self, review: CaseReview) -> str:
        """Return the name of the file, free of patient data."""
        ...

    def build(self, review: CaseReview, scan: Scan | None) -> bytes:
        """Return the content of the file. scan: ``None`` for a stored case, which holds none."""
        ...
