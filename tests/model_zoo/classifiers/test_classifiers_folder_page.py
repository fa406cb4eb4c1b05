"""The page of a folder model: every text of its card shows as it is, whatever it holds."""

from __future__ import annotations

import re

from model_zoo.classifiers.folder_page import folder_page
from tests.tiny_zoo import tiny_card

PLANTED = "![p](http://evil.example/p.png) <img src=x> [c](http://evil.example) $x$ :red[x]\n# head\n| a |"


def planted(value, key=""):
    if isinstance(value, dict):
        return {name: planted(entry, name) for name, entry in value.items()}
    if isinstance(value, list):
        return [planted(entry, key) for entry in value]
    return f"{value} {PLANTED}" if isinstance(value, str) and key not in ("name", "kind", "method") else value


def test_nothing_of_a_card_is_markdown():
    card = planted(tiny_card())
    page = folder_page(card | {"data": [{"name": PLANTED, "citation": PLANTED, "licence": PLANTED}]})
    assert page.count("evil") > 5
    assert not re.search(r"(?<!\\)[\[\]<$]", page)
    assert len(re.findall("^#", page, re.MULTILINE)) == len(re.findall("^#", folder_page(tiny_card()), re.MULTILINE))


def test_ordinary_words_stay():
    assert "\\" not in folder_page(tiny_card())
