"""Text that is not ours: shown as it is in a terminal, as Markdown and in a cell, and read back from a cell unchanged."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest

from model_zoo.plain import MOST_CHARACTERS, cell, plain, read_cell, visible, write_csv


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x9b2J", r"\x9b2J"),  # the one-byte form of ESC [
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\x1b]8;;http://evil.example\x1b\\here", r"\x1b]8;;http://evil.example\x1b\here"),
        ("safe\rforged", "safe forged"),
        ("line\nforged line\tx", "line forged line x"),
        ("a\x08\x08b", r"a\x08\x08b"),
        ("nul\x00", r"nul\x00"),
        ("exe\u202egnp", r"exe\u202egnp"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("\u200bzero\ufeff", r"\u200bzero\ufeff"),
        ("\u2028next\u2029", " next "),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("lone\ud800", r"lone\ud800"),
        ("Ωµé 漢 m² ≥ ‰ 👩\u200d⚕️", "Ωµé 漢 m² ≥ ‰ 👩\u200d⚕️"),
        (None, ""),
        (7, "7"),
    ],
)  # fmt: skip
def test_what_shows_nothing_is_written_out(text: object, shown: str) -> None:
    assert visible(text) == shown
    assert visible(shown) == shown


def test_every_control_character_is_written_out() -> None:
    every = "".join(map(chr, range(0x3000))) + "".join(map(chr, range(0xFE00, 0x10000)))
    left = {unicodedata.category(c) for c in "".join(visible(c) for c in every) if c not in "\u200c\u200d\u2060"}
    assert not left & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def test_a_text_without_end_is_bounded() -> None:
    assert len(visible("a" * 10**7)) == MOST_CHARACTERS + 1
    assert len(visible("\x1b" * 10**6)) == MOST_CHARACTERS + 1


@pytest.mark.parametrize(
    "name",
    ["chest_xray", "P(disease) 0.25 to 0.5.", "37.5 °C, 12/min; n = 4", "a_b_c", "Grad-CAM: x", "3.5 (2 to 5) %"],
)
def test_ordinary_words_stay_as_they_are(name: str) -> None:
    assert plain(name) == name


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("=1+1", True),
        ("=HYPERLINK(\"http://evil.example\",\"x\")", True),
        ("+cmd|' /C calc'!A0", True),
        ("-2+3+cmd", True),
        ("@SUM(1)", True),
        ("\tx", True),
        ("\rx", True),
        ("\nx", True),
        ("\uff1d1", True),
        ("'=1", True),  # else it would be read back as =1
        ("-3.5", False),
        ("+1e5", False),
        ("-inf", False),
        ("0012", False),
        ("film.png", False),
        ("it's", False),
        ("'quoted'", False),
        ("", False),
    ],
)  # fmt: skip
def test_a_cell_is_no_formula_and_reads_back(text: str, formula: bool) -> None:
    assert cell(text) == (f"'{text}" if formula else text)
    assert read_cell(cell(text)) == text


def test_a_table_reads_back() -> None:
    rows = [["file", "patient_id"], ["=a.png", "-P1"], ["'=b", 'x,"y"\nz'], ["", "-0.5"]]
    stream = io.StringIO()
    write_csv(stream, rows)
    assert [[read_cell(one) for one in row] for row in csv.reader(io.StringIO(stream.getvalue(), newline=""))] == rows
