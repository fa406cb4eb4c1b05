"""The exported review: complete, harmless to open, and the same from the page and from the command line."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.catalogue import text
from dashboard.export import review_file
from dashboard.export.review_page import POLICY, build_review_page, live_texts, review_file_name
from model_zoo.card import ModelCard, read_card
from model_zoo.evaluation.model_review import ModelReview, with_drift
from model_zoo.evaluation.review_json import write_review
from model_zoo.evaluation.review_words import Nouns
from tests.review_runs import SECRET, made_drift, made_review, with_title
from tests.tiny_zoo import write_tiny_zoo


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> ModelCard:
    return read_card(write_tiny_zoo(tmp_path_factory.mktemp("zoo")) / "tiny")


@pytest.fixture(scope="module")
def review(card: ModelCard) -> ModelReview:
    return with_drift(made_review(card), made_drift(card, 4.0))


@pytest.fixture(scope="module")
def page(review: ModelReview) -> str:
    return build_review_page(review)


def body(page: str) -> str:
    """The page without its scripts."""
    return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def test_everything_of_the_review_stands_in_it(page: str) -> None:
    for words in (
        text("review.page.synthetic"),
        "Lung opacity",
        text("review.roc"),
        text("review.decision"),
        text("review.subgroups"),
        text("review.subgroup", kind="sex", group="male"),
        text("review.subgroup.too_few", least=50),
        "Sister",
        text("review.column.new", pictures="films"),
        text("review.drift.tag", tag="Manufacturer"),
        text("review.page.notice"),
        text("review.card.not_for"),
        "everything else",
    ):
        assert words in body(page), words


def test_plotly_stands_in_it_once_and_nothing_is_fetched(page: str) -> None:
    assert page.count("* plotly.js v") == 1
    outside = body(page)
    assert POLICY in outside
    assert "default-src 'none'" in POLICY
    assert not re.search(r"""(src|href|action|data)\s*=\s*["']""", outside)
    assert "http" not in re.sub(r"http-equiv|doi:\S+", "", outside)
    assert not re.search(r"<script[^>]+src", page)


def test_the_figures_are_those_of_the_review(page: str, review: ModelReview) -> None:
    held = json.loads(re.search(r'id="figures">(.*?)</script>', page, re.DOTALL)[1])["values"]  # type: ignore[index]
    assert set(held) >= {"o0-roc", "o0-pr", "o0-calibration", "o0-decision", "o0-subgroups", "o1-roc", "drift-distance"}
    assert all(f'id="{name}"' in body(page) for name in held)


def test_the_script_asks_for_its_texts_and_for_no_other(page: str) -> None:
    script = (Path(review_file.__file__).parent / "review_page.js").read_text(encoding="utf-8")
    assert set(re.findall(r'\bsay\(\s*"([a-z_]+)"', script)) == set(live_texts())
    assert json.loads(re.search(r'id="texts">(.*?)</script>', page, re.DOTALL)[1])["values"] == live_texts()  # type: ignore[index]


def test_nobody_is_named(page: str) -> None:
    assert SECRET not in page


def test_words_of_a_card_cannot_become_markup(review: ModelReview) -> None:
    made = build_review_page(with_title(review, "</script><script>alert(1)</script><b>&"))
    assert "alert(1)</script>" not in made
    assert "&lt;/script&gt;" in made


def test_the_file_name_holds_model_and_day(review: ModelReview) -> None:
    named = replace(review, created_at="2026-03-04T10:00:00+00:00")
    assert review_file_name(named) == "review-synthetic-tiny-2026-03-04.html"
    assert review_file_name(replace(named, synthetic=False)) == "review-tiny-2026-03-04.html"


def test_the_program_writes_the_same_page(review: ModelReview, tmp_path: Path) -> None:
    write_review(review, tmp_path / "review.json")
    assert review_file.main([str(tmp_path / "review.json"), str(tmp_path / "out.html")]) == 0
    assert text("review.subgroups") in (tmp_path / "out.html").read_text(encoding="utf-8")
    assert review_file.main([str(tmp_path / "nothing.json"), str(tmp_path / "other.html")]) == 2
    assert review_file.main(["one"]) == 2
    assert not (tmp_path / "other.html").exists()


def test_the_words_of_a_stored_review_are_no_markup(review: ModelReview) -> None:
    planted = "<img src='http://evil.example'>"
    drift = replace(
        review.drift, shifts=tuple(replace(shift, name=f'{shift.name}"{planted}') for shift in review.drift.shifts)
    )
    found = body(build_review_page(replace(review, nouns=Nouns(planted, planted, planted), drift=drift)))
    assert "<img" not in found
    assert "&lt;img" in found
