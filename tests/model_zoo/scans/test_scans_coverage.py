"""Which population a scan belongs to, and each reason not to read it, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model_zoo.card import ModelCard, read_card
from model_zoo.scans.coverage import Coverage, StatedFacts, check_coverage, stated_facts
from model_zoo.scans.scan import Scan
from tests.tiny_zoo import made_scan, tiny_card, write_card


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> ModelCard:
    folder = tmp_path_factory.mktemp("card")
    write_card(folder, tiny_card() | {"weights_sha256": "0" * 64})
    return read_card(folder)


def _check(card: ModelCard, scan: Scan, age: float | None = 60, view: str | None = None) -> Coverage:
    return check_coverage(card, scan, stated_facts(scan, age, None, view))


def test_a_covered_scan_has_neither_violation_nor_remark(card: ModelCard) -> None:
    coverage = _check(card, made_scan())
    assert coverage.population == card.population("adult")
    assert coverage.violations == ()
    assert coverage.remarks == ()


@pytest.mark.parametrize(
    ("age", "population"),
    [(0.5, None), (0.99, None), (1, "child"), (5.9, "child"), (6, None), (17, None), (17.99, None), (18, "adult")],
)
def test_the_stated_age_names_the_population(card: ModelCard, age: float, population: str | None) -> None:
    coverage = _check(card, made_scan(age_years=None, view=None), age, "AP")
    assert (coverage.population and coverage.population.name) == population
    if population is None:
        assert coverage.violations == (
            f"No model was trained for a patient of {age:g} years; covered are adults and children aged 1 to 5",
        )
    else:
        assert coverage.violations == ()


def test_without_any_age_there_is_no_population(card: ModelCard) -> None:
    coverage = _check(card, made_scan(age_years=None), None)
    assert coverage.population is None
    assert coverage.violations == ("The age of the patient is not stated, and the model is chosen by it",)


@pytest.mark.parametrize(
    ("scan", "words"),
    [
        (made_scan(modality="MR"), "The file says modality MR; the model reads CR, DX"),
        (made_scan(body_part="KNEE"), "The file says body part KNEE; the model reads CHEST"),
        (made_scan(view="LATERAL"), "The view is LATERAL; for adults the model reads PA, AP"),
        (replace(made_scan(), is_colour=True), "The picture is in colour; a radiograph is grey"),
        (made_scan(rows=50, cols=100), "Width to height is 2.00; the model was trained on 0.6 to 1.8"),
        (made_scan(rows=100, cols=50), "Width to height is 0.50; the model was trained on 0.6 to 1.8"),
        (made_scan(rows=39, cols=48), "The picture is 48 x 39 pixels; at least 40 on each side are needed"),
    ],
)
def test_each_violation_is_named_alone(card: ModelCard, scan: Scan, words: str) -> None:
    assert _check(card, scan).violations == (words,)


def test_all_violations_are_reported_at_once(card: ModelCard) -> None:
    scan = replace(made_scan(rows=20, cols=60, modality="US", body_part="ABDOMEN", view="LATERAL"), is_colour=True)
    assert len(_check(card, scan).violations) == 6
    assert (
        len(_check(card, scan, age=10).violations) == 7
    )  # the age twice, instead of the view, which no population judges


@pytest.mark.parametrize(
    ("scan", "start"),
    [
        (made_scan(modality=None), "The file does not state its modality"),
        (made_scan(view=None), "The view is not stated"),
    ],
)
def test_what_the_file_leaves_open_is_a_remark(card: ModelCard, scan: Scan, start: str) -> None:
    coverage = _check(card, scan)
    assert coverage.violations == ()
    assert len(coverage.remarks) == 1
    assert coverage.remarks[0].startswith(start)


def test_a_missing_body_part_is_no_violation(card: ModelCard) -> None:
    assert _check(card, made_scan(body_part=None)) == _check(card, made_scan())


def test_the_views_are_those_of_the_population(card: ModelCard) -> None:
    assert _check(card, made_scan(age_years=3.0), 3, "PA").violations == (
        "The view is PA; for children aged 1 to 5 the model reads AP",
    )
    assert _check(card, made_scan(age_years=3.0, view=None), 3, "ap").violations == ()


def test_the_word_of_the_reader_comes_before_the_file() -> None:
    scan = made_scan(age_years=60.0, sex="F", view="PA")
    assert stated_facts(scan, None, None, None) == StatedFacts(60.0, "F", "PA")
    assert stated_facts(scan, 0.0, "M", "AP") == StatedFacts(0.0, "M", "AP")


def test_the_population_is_never_guessed_from_the_file_when_the_reader_says_otherwise(card: ModelCard) -> None:
    coverage = _check(card, made_scan(age_years=3.0, view="AP"), 40)
    assert coverage.population == card.population("adult")


def test_pixels_are_not_looked_at(card: ModelCard) -> None:
    assert _check(card, made_scan(seed=1)) == _check(card, made_scan(seed=2))


def test_contradicting_the_file_is_a_violation_and_names_both(card: ModelCard) -> None:
    scan = made_scan(age_years=3.0, view="LATERAL", sex="F")
    coverage = check_coverage(card, scan, StatedFacts(40.0, "M", "AP"))
    assert coverage.violations == (
        "The file says 3 years of age, you state 40",
        "The file says view LATERAL, you state AP",
    )
    assert coverage.remarks == ("The file states another sex than you do.",)
    assert check_coverage(card, made_scan(age_years=59.5), StatedFacts(60.0, "F", "PA")).violations == ()
