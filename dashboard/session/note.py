"""What one browser session holds of a note; it stays in the session alone: no shared cache, no address, no log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard.session.part import Part
from model_zoo.errors import ZooError

if TYPE_CHECKING:  # the first page is drawn before torch is imported
    from model_zoo.symptoms import Differential, TextAttribution
    from model_zoo.text.extraction import ExtractedItem


@dataclass(eq=False)
class NoteSession(Part):
    """The note on the screen.

    text: as it was read; draft: as typed. items: what is stated in it. differential: conditions to consider, ``None`` where
    they were not asked for or could not be read. explained: what speaks for one of them. error: the last refusal; what was
    there before stays. filled: remark after values went into the form. generation: part of the keys of widgets. scan: that the note
    was brought for, by its digest; ``None`` until a case is looked at with it. synthetic: it was written for a sample case.
    """

    text: str = ""
    draft: str = ""
    items: tuple[ExtractedItem, ...] = ()
    differential: Differential | None = None
    explained: TextAttribution | None = None
    error: ZooError | None = None
    filled: str = ""
    generation: int = 0
    scan: str | None = None
    synthetic: bool = False

    def clear(self) -> None:
        """Take the note off the screen."""
        self.renew()

    def read(self, items: tuple[ExtractedItem, ...], differential: Differential) -> None:
        """Take what was read of the draft; it belongs to the scan that is open when the case is looked at next."""
        self.text, self.items, self.differential, self.explained = self.draft, items, differential, None
        self.scan = None
