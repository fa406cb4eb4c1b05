"""The short answer beside the words of a finding: a sign, a letter, a tick in a box."""

from __future__ import annotations

import re
from typing import Literal

from model_zoo.text.extraction.assertion import cues
from model_zoo.text.extraction.assertion.stretches import Stretches
from model_zoo.text.extraction.items import ExtractedItem


def answer_of(text: str, parts: Stretches, item: ExtractedItem) -> Literal["yes", "no", "open"] | None:
    """Return what a sign or a short answer beside the words says: "DM -", "HTN: Y", "(-) CP", "diabetes nil"."""
    line = text.find("\n", item.end)
    end = line if line >= 0 else len(text)
    begin = text.rfind("\n", 0, item.start) + 1
    if options := cues.OPTIONS.match(text, item.end, end):
        word = (options["first"] or options["second"]).lower()
        return "no" if word in ("no", "n") else "yes" if word in ("yes", "y") else "open"
    if cues.UNANSWERED.match(text, item.end, end):
        return "open"
    if (box := _box(text, begin, item, end)) is not None:
        return "yes" if box else "open"
    if terse := cues.TERSE.match(text, item.end, end):
        return "no" if terse["no"] else "yes"
    if sign := cues.SIGN.match(text, item.end, end):
        return "no" if sign["no1"] or sign["no2"] else "yes"
    if answer := cues.ANSWER.match(text, item.end, end):
        # "No DM present" is no answer to a question.
        bare = re.match(r"\s+\w", text[item.end : end]) is not None
        denied_before = cues.DENIED_SHORT.search(text, parts.clause(item.start, item.end)[0], item.start)
        if not (bare and denied_before):
            return "no" if answer["no"] else "yes"
    if sign := cues.SIGN_BEFORE.search(text, begin, item.start):
        if (sign["no2"] or sign["yes2"]) and not re.search(r"[+]\w|\w[+]", text[begin:end]):
            return None  # a dash of a list
        return "yes" if sign["yes"] or sign["yes2"] else "no"
    # "(-) CP, SOB, syncope": the sign holds for the list behind it.
    if signs := list(re.finditer(r"\(([-–+])\)", text[begin : item.start])):
        rest = text[begin + signs[-1].end() : item.start]
        if not re.search(r"[.;:]|\bbut\b", rest):
            return "yes" if signs[-1][1] == "+" else "no"
    return None


def _box(text: str, begin: int, item: ExtractedItem, end: int) -> bool | None:
    """Return whether the box of an item is ticked; None where it has none.

    In a line all boxes stand before their words, or all behind them.
    """
    first = next((m for m in cues.BOX.finditer(text, begin, end) if m.group().strip()), None)
    if first is None:
        return None
    before = re.fullmatch(r"\s*(?:[\w /]+:)?\s*", text[begin : first.start()]) is not None
    if before:
        boxes = [m for m in cues.BOX.finditer(text, begin, item.start) if not text[m.end() : item.start].strip()]
        box = boxes[-1] if boxes else None
    else:
        box = cues.BOX.match(text, item.end, end)
    return None if box is None else any(box[name] for name in ("tick", "tick2", "tick3"))
