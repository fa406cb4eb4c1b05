"""Ruled forms: a name, wide blanks or leader dots, and an answer or a value in a column behind them.

Each line is rewritten so that the answer stands directly behind its name ("Diabetes: no"). An answer that cannot be read becomes a
question mark, and the finding is left: a name printed on a form says nothing by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from model_zoo.text.extraction.rewriting import Edit

_LONGEST = 200  # characters of a line of a form
_GAP = r"(?:[ ]{2,}|[ ]*\t[ \t]*|[ \t]*(?:\.{3,}|_{3,}|(?:\. ){2,}\.?|…+)[ \t]*)"
_NO = r"no|n|nil|none|never|neg|negative|absent|0|nope|denies|-ve|\(-\)"
_YES = r"yes|y|pos|positive|present|\+ve|\(\+\)|\++|✓|✔"
_OPEN = r"\?+|-{1,3}|–|—|_{1,20}|n/?a|n/?k|unk(?:nown)?|not (?:asked|done|known|answered)|unsure|1"
_BOX = r"(?:\[[ _]?[xX✓✔]?[ _]?\]|\([ _]?[xX✓✔]?[ _]?\)|[☐☒☑])"
_LABEL = r"(?<![\w.,/-])(?P<label>[A-Za-z][A-Za-z0-9'’&+,/() -]{0,40}?)"
_ANSWERED = re.compile(
    rf"{_LABEL}(?P<gap>{_GAP}:?[ \t]*|[ ](?={_BOX})|[ ]*:[ ]{{2,}})"
    rf"(?:(?P<boxes>{_BOX}(?:[ \t]+{_BOX})+)|(?P<no>{_NO})|(?P<yes>{_YES})|(?P<open>{_OPEN}))"
    r"(?=[ \t]*$|[ \t]{2,}|[ \t]*[\t|;,(/])",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBERED = re.compile(rf"{_LABEL}(?P<gap>[ ]{{3,}}|[ ]*\t[ \t]*|[ \t]*\.{{3,}}[ \t]*)(?=[<>]?\d)", re.MULTILINE)
_HEAD = re.compile(r"(?:.*[ \t]{2,})?\b(?P<first>yes|no|y|n|present|absent)[ \t/|]+(?P<second>yes|no|y|n|present"
r"|absent)\b(?!\s*[\[(])"
                   r"(?:[ \t]+[A-Za-z/ ]+)?[ \t]*$", re.IGNORECASE)  # fmt: skip
_MARK = re.compile(r"[ \t]{2,}(?P<mark>[xX✓✔])(?=\s|$)")
_TICKED = re.compile(r"[xX✓✔☒☑]")
# Words beside a name that make the line ask something else, or more than one thing.
_FAMILY = re.compile(r"famil|relative|mother|father|parent|sibling|partner", re.IGNORECASE)
_ELSE = re.compile(
    r"famil|relative|mother|father|parent|sibling|risk|screen|partner|diab|hypert|demen|cancer|smok|an(?:a)?emi|angina|past|prev",
    re.IGNORECASE,
)


def ruled_edits(text: str) -> Iterator[Edit]:
    """Yield what to replace so that answers and values in columns stand behind their names."""
    head: tuple[tuple[str, int], ...] = ()
    at = 0
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\n")
        if len(bare) > _LONGEST:
            head = ()
        elif found := _HEAD.fullmatch(bare):
            head = tuple((found[part].lower(), found.start(part)) for part in ("first", "second"))
        elif not bare.strip():
            head = ()
        elif head and (edit := _under(bare, at, head)):
            yield edit
        else:
            yield from _answered(bare, at, head)
            for match in _NUMBERED.finditer(bare):
                yield Edit(at + match.start("gap"), at + match.end("gap"), " ")
        at += len(line)


def _answered(line: str, at: int, head: tuple[tuple[str, int], ...]) -> Iterator[Edit]:
    for match in _ANSWERED.finditer(line):
        if match["boxes"]:
            ticks = [_TICKED.search(box.group()) is not None for box in re.finditer(_BOX, match["boxes"])]
            words = [word for word, _ in head]
            answer = words[ticks.index(True)] if len(ticks) == len(words) and sum(ticks) == 1 else "?"
            answer = "no" if answer in ("no", "n", "absent") else answer if answer == "?" else "yes"
        else:
            answer = "no" if match["no"] else "yes" if match["yes"] else "?"
        yield _edit(match["label"], at + match.start("label"), at + match.end(), answer)


def _under(line: str, at: int, head: tuple[tuple[str, int], ...]) -> Edit | None:
    """Return the edit of a line with one bare cross under a heading of two answers."""
    marks = list(_MARK.finditer(line))
    label = re.match(rf"[ \t]*{_LABEL}(?=[ \t]{{2,}})", line)
    if len(marks) != 1 or label is None:
        return None
    place = marks[0].start("mark")
    near = [word for word, column in head if -1 <= place - column <= len(word)]
    answer = "?" if len(near) != 1 else "no" if near[0] in ("no", "n", "absent") else "yes"
    return _edit(label["label"], at + label.start("label"), at + marks[0].end(), answer)


def _edit(label: str, start: int, end: int, answer: str) -> Edit:
    name = re.split(r"\s*[,/(]", label, maxsplit=1)[0].rstrip() or label
    if _ELSE.search(label[len(name) :]) or _FAMILY.search(label):
        answer = "?"
    return Edit(start + len(name), end, f": {answer}")
