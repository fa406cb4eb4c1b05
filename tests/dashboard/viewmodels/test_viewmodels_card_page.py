"""The written card of a model under the title of a page: no heading beside that title, no column without a name."""

from __future__ import annotations

from itertools import pairwise

from dashboard.viewmodels.models.card_page import below
from model_zoo.card import WEIGHTS_ROOT

PAGE = "# Chest\n\n## Figures\n\n| | a |\n|---|---|\n| | 1 |\n\n| b | c |\n|---|---|\n| # 2 | |\n"


def test_headings_go_down_and_a_first_column_gets_a_name() -> None:
    assert below(PAGE, 1, "Row") == (
        "## Chest\n\n### Figures\n\n| Row | a |\n|---|---|\n| | 1 |\n\n| b | c |\n|---|---|\n| # 2 | |\n"
    )


def test_no_heading_goes_below_the_sixth() -> None:
    assert below("#### Deep\n", 3, "Row") == "###### Deep\n"


def test_every_installed_card_has_one_heading_of_the_second_level_first() -> None:
    for path in WEIGHTS_ROOT.glob("*/CARD.md"):
        lines = below(path.read_text(encoding="utf-8"), 1, "Row").splitlines()
        levels = [len(line.split(" ")[0]) for line in lines if line.startswith("#")]
        assert levels[0] == 2, path
        assert all(after - before <= 1 for before, after in pairwise(levels)), path
        assert min(levels) == 2
