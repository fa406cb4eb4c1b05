"""The README's figures are those of the cards, and no hand has touched them."""

from __future__ import annotations

from pathlib import Path

import pytest

from model_zoo.cli.figures import BEGIN, END, run, written_in
from model_zoo.errors import DataNotFound
from model_zoo.figures.pages import figures_pages
from model_zoo.figures.summary import summary_table

README = Path(__file__).resolve().parents[3] / "README.md"


class _Arguments:
    def __init__(self, write: str | None) -> None:
        self.write = write


def test_readme_holds_what_the_cards_say() -> None:
    rows = written_in(README).splitlines()
    assert rows == list(summary_table())
    assert 15 < len(rows) <= 25
    assert all(row.count("|") == rows[0].count("|") for row in rows)


def test_every_page_of_figures_is_what_the_cards_say() -> None:
    pages = figures_pages()
    assert len(pages) > 3
    assert {place: (README.parent / place).read_text(encoding="utf-8") for place in pages} == pages


def test_every_figure_has_its_interval_and_its_baseline() -> None:
    text = "\n".join(figures_pages().values())
    rows = [line for line in text.splitlines() if line.startswith("| Lung opacity, adults")]
    assert len(rows) == 1
    assert rows[0].count("[") >= 3, "AUC, thumbnail and difference each carry an interval"


def test_writing_replaces_only_what_stands_between_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(f"before\n{BEGIN}\nstale words\n{END}\nafter\n", encoding="utf-8")
    assert run(_Arguments(str(page))) == 0  # type: ignore[arg-type]
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "stale words" not in text
    assert "| `chest-xray` |" in text
    for place, figures in figures_pages().items():
        assert (tmp_path / place).read_text(encoding="utf-8") == figures


def test_a_file_without_marks_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text("nothing here", encoding="utf-8")
    with pytest.raises(DataNotFound):
        run(_Arguments(str(page)))  # type: ignore[arg-type]
    assert page.read_text(encoding="utf-8") == "nothing here"
