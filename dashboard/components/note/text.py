"""A text with its marks, as one block of HTML: every character was escaped before, the marks are fixed class names."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.viewmodels.note.spans import Segment

_STYLE = """
<style>
.note-text {white-space: pre-wrap; line-height: 1.75; font-size: .95rem;}
.note-text mark {border-radius: 3px; padding: 0 .15em; color: inherit; background: rgba(120,160,220,.28);}
.note-text mark.denied, .note-text mark.left-out {background: none; text-decoration: line-through; opacity: .65;}
.note-text mark.denying {background: none; border-bottom: 1px dotted;}
.note-text mark.corrected {background: none; border-bottom: 2px dashed rgba(220,170,60,.9);}
.note-text mark.evidence {background: none; border-bottom: 2px solid rgba(70,160,110,.9);}
.note-text mark.medication {background: rgba(150,120,220,.30);}
</style>
"""


def render_segments(parts: Sequence[Segment]) -> None:
    """Draw a text. A weight marks a word: orange with a line under it for, blue with dashes against."""
    body = "".join(_html(part) for part in parts)
    st.html(f'{_STYLE}<div class="note-text" data-testid="note-text">{body}</div>')


def _html(part: Segment) -> str:
    if not part.kind:
        return part.html
    style = ""
    if part.weight:
        colour = "235,130,40" if part.weight > 0 else "70,140,230"
        line = "solid" if part.weight > 0 else "dashed"
        tint = f"rgba({colour},{min(abs(part.weight), 1) * 0.6 + 0.1:.2f})"
        style = f' style="background: {tint}; border-bottom: 2px {line}"'
    return f'<mark class="{part.kind}" title="{part.note}"{style}>{part.html}</mark>'
