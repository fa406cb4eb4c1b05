"""What a decoder has to say of a file, gathered on the way."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Remarks:
    """notes: sentences for the reader. cautions: those of them that bear on this picture (something was left out, or may be
    shown wrongly). doubts: what the file says against being read as it lies, without a full stop.

    None of them holds a value of the file: elements are named by their keywords.
    """

    notes: list[str] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def aside(self, sentence: str) -> None:
        """Keep a sentence once that holds of every such file: what lengths mean, that networks see no colour."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def note(self, sentence: str) -> None:
        """Keep a sentence once that a reader of this picture must see."""
        self.aside(sentence)
        if sentence not in self.cautions:
            self.cautions.append(sentence)

    def doubt(self, reason: str) -> None:
        """Keep a reason once; the reader gets it as a note too."""
        if reason not in self.doubts:
            self.doubts.append(reason)
            self.aside(f"{reason}.")

    def unreadable(self, keyword: str) -> None:
        """Name an element that holds something which cannot be used."""
        self.note(f"{keyword} cannot be read and is left out.")
