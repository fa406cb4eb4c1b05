"""What one browser session holds of a note; it stays in the session alone: no shared cache, no address, no log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from model_zoo.errors import ZooError

if TYPE_CHECKING:  # the first page is drawn before torch is imported
    from model_zoo.symptoms import Differential, TextAttribution
    from model_zoo.text.extraction import ExtractedItem

_KEY = "diaphane_note"
# Which parts (a note, a stay) the reader said to be of the patient on the screen.
CONFIRMED = "diaphane_beside_confirmed"


@dataclass(eq=False)
class NoteSession:
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
        self.text = self.draft = self.filled = ""
        self.items = ()
        self.differential = self.explained = self.error = None
        self.generation += 1
        self.scan, self.synthetic = None, False

    def read(self, items: tuple[ExtractedItem, ...], differential: Differential) -> None:
        """Take what was read of the draft; it belongs to the scan that is open when the case is looked at next."""
        self.text, self.items, self.differential, self.explained = self.draft, items, differential, None
        self.scan = None


def note_session() -> NoteSession:
    """Return the one note this browser session owns."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = NoteSession()
    held: NoteSession = st.session_state[_KEY]
    return held
