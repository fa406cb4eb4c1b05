"""The letters of the PDF: an embedded font, and what is written for characters that it does not have.

Vera comes with reportlab and holds the Latin letters of western and central Europe. What it lacks is written as its nearest
letters where these mean the same, else as its code point, so that nothing vanishes from a report.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "Vera", "VeraBd"
# The same sign under another number, or in the letters that a typist would use.
_SAME = {"\u03bc": "\u00b5", "\u2192": "->", "\u2190": "<-", "\u2009": " ", "\u202f": " ", "\u2011": "-", "\u2060": ""}


@cache
def embed_fonts() -> frozenset[int]:
    """Make the fonts known to reportlab; return the code points that both can write."""
    found = []
    for name in (REGULAR, BOLD):
        font = TTFont(name, f"{name}.ttf")
        pdfmetrics.registerFont(font)
        found.append(set(font.face.charToGlyph))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    return frozenset(set.intersection(*found))


def writable(text: str) -> str:
    """Return text that the fonts can write: what they lack as ``U+0440``, or in letters that mean the same."""
    known = embed_fonts()
    return "".join(c if ord(c) in known else _instead(c, known) for c in unicodedata.normalize("NFC", text))


def markup(text: str) -> str:
    """Return writable text in which no character is markup of a paragraph."""
    return escape(writable(text))


def _instead(character: str, known: frozenset[int]) -> str:
    if character in _SAME:
        return _SAME[character]
    same = unicodedata.normalize("NFKC", character)  # a ligature, a wide form, a fraction
    if same != character and all(ord(c) in known for c in same):
        return same
    return f"[U+{ord(character):04X}]"
