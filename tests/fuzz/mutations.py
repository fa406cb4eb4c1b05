"""How an input is changed: bytes, the tree of a JSON document, the cells of a table or the words of a text.

Hypothesis draws every choice, so that a failure is shrunk to few changes and can be repeated by its seed.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

MOST_CHANGES = 3  # more of them, and a reader gives up at the first: what lies behind would never be met
_CHUNKS = (
    b"", b"\x00", b"\xff", b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00",
    b"\xfe\xff", b"\xff\xfe", b"\x00" * 300, b"A" * 300, b"\xe2\x80\xae", b"\xed\xa0\x80", b"\r\n", b'"', b"{",
    b"[" * 500, b"-1", b"1e999", b"%n%s",
)  # fmt: skip
_WORDS = (
    "", " ", "-", "--", "0", "-1", "1e308", "1e999", "NaN", "inf", "-inf", "1_000", "1,200", "1.200", "0x1F",
    "٣", "１２", "1/2", "120/80", "80/120", "<5", "99999999999999999999", "1" * 400, "2026-02-30",
    "31.12.2026 25:61", "24:00", "20260131143", "Ünïcode", "\u202e", "\x1b[31m", "\x00", "\ufeff", "=1+1",
    "![x](http://x)", "<img src=x>", '"', "'", "\\", ";", ",", "\t", "\n", "no", "denies", "F", "M", "mg/dl",
    "%", "(" * 200, "a" * 600,
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, -0.0, 1e308, float("nan"), float("inf"), 10**30, 2**63, "", "high", "1",
    "NaN", "é" * 300, [], {}, [None], [[[]]], {"a": 1}, [1, 2, 3], "2026-13-45", "#p", "Patient/1", "../../x",
    "\u202e", "\x00",
)  # fmt: skip


@st.composite
def changed_bytes(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """Draw a file with some places overwritten, cut out, doubled, filled in or cut off, or with the end of another seed."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, MOST_CHANGES))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.integers(1, 40))
        kind = draw(st.integers(0, 6))
        if kind == 0:
            data[at : at + 1] = bytes([draw(st.integers(0, 255))])
        elif kind == 1:
            chunk = draw(st.sampled_from(_CHUNKS))
            data[at : at + len(chunk)] = chunk
        elif kind == 2:
            data[at:at] = draw(st.sampled_from(_CHUNKS))
        elif kind == 3:
            del data[at : at + length]
        elif kind == 4:
            data[at:at] = data[at : at + length]
        elif kind == 5:
            del data[at:]
        else:
            other = draw(st.sampled_from(seeds))
            data[at:] = other[draw(st.integers(0, max(len(other) - 1, 0))) :]
    return bytes(data)


@st.composite
def changed_json(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """Draw a JSON document with values exchanged, keys lost, doubled or renamed, entries repeated; sometimes its bytes too."""
    tree = json.loads(draw(st.sampled_from(seeds)))
    doubled = False
    for _ in range(draw(st.integers(1, MOST_CHANGES))):
        holders = [tree] if isinstance(tree, (dict, list)) and tree else []
        while holders:  # go down by chance, so that what lies deep is changed as often as what lies at the top
            holder = holders.pop()
            key = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
            inner = holder[key]
            if isinstance(inner, (dict, list)) and inner and draw(st.integers(0, 3)):
                holders.append(inner)
                continue
            kind = draw(st.integers(0, 5))
            if kind <= 2:
                holder[key] = deepcopy(draw(st.sampled_from(_VALUES)))  # later changes go into it
            elif kind == 3:
                del holder[key]
            elif kind == 4 and isinstance(holder, list):
                holder[key:key] = [inner] * draw(st.integers(1, 50))
            elif isinstance(holder, dict):
                holder[draw(st.sampled_from(["x", "", "id", "focus", "modifierExtension", *holder]))] = inner
        doubled = doubled or draw(st.integers(0, 20)) == 0
    text = json.dumps(tree)
    if doubled and text.startswith("{"):
        text = "{" + text[1:-1] + "," + text[1:]
    data = text.encode("utf-8")
    return draw(changed_bytes([data])) if draw(st.integers(0, 9)) == 0 else data


@st.composite
def changed_text(draw: st.DrawFn, seeds: Sequence[bytes], cells: str = ",") -> bytes:
    """Draw a table or a text with cells or words exchanged, lost or doubled, lines moved; sometimes its bytes too."""
    lines = [line.split(cells) for line in draw(st.sampled_from(seeds)).decode("utf-8").split("\n")]
    divider = draw(st.sampled_from([cells] * 6 + [",", ";", "\t", " "]))
    for _ in range(draw(st.integers(1, MOST_CHANGES))):
        line = draw(st.integers(0, len(lines) - 1))
        cell = draw(st.integers(0, max(len(lines[line]) - 1, 0)))
        kind = draw(st.integers(0, 5))
        if kind <= 1:
            lines[line][cell : cell + 1] = [draw(st.sampled_from(_WORDS))]
        elif kind == 2:
            lines[line][cell:cell] = [draw(st.sampled_from(_WORDS))]
        elif kind == 3:
            del lines[line][cell : cell + 1]
        elif kind == 4:
            lines.insert(draw(st.integers(0, len(lines))), list(lines[line]))
        elif len(lines) > 1:
            del lines[line]
    data = "\n".join(divider.join(line) for line in lines).encode("utf-8", "surrogatepass")
    return draw(changed_bytes([data])) if draw(st.integers(0, 9)) == 0 else data


@st.composite
def changed_png(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """Draw a changed PNG; mostly with the check sums of its chunks made right again, without which no reader looks further."""
    data = draw(changed_bytes(seeds))
    if draw(st.integers(0, 5)) == 0:
        return data
    repaired, at = bytearray(data[:8]), 8
    while at + 8 <= len(data):
        length = min(struct.unpack(">I", data[at : at + 4])[0], len(data) - at - 8)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        repaired += struct.pack(">I", length) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        at += 12 + length
    return bytes(repaired)


Mutation = Callable[[Sequence[bytes]], st.SearchStrategy[bytes]]
