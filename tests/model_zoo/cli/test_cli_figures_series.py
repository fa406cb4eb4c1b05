"""The README's tables of hourly series, beats, text and notes: from the cards, with intervals, and plain where it is worse."""

from __future__ import annotations

import json

import pytest

from model_zoo.card import WEIGHTS_ROOT
from model_zoo.figures import notes as figures_notes
from model_zoo.figures import series as figures_series
from model_zoo.figures import text as figures_text
from model_zoo.figures.series import CHALLENGE_2012, against_words, series_tables
from model_zoo.figures.text import NOTES_FILE, text_tables
from model_zoo.text.scoring.measured import SETS, measure_notes
from model_zoo.upkeep import known_models as all_models


def card_of(name):
    return json.loads((WEIGHTS_ROOT / name / "card.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def series():
    return "\n".join(series_tables())


@pytest.fixture(scope="module")
def texts():
    return "\n".join(text_tables())


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.1, 0.2, "better"), (-0.2, -0.1, "WORSE"), (-0.1, 0.1, "no difference shown"), (None, None, "not defined")],
)
def test_a_model_that_loses_is_said_to_lose(low, high, words):
    assert against_words({"value": 0.0, "low": low, "high": high}) == words


@pytest.mark.parametrize("name", ["icu-mortality", "icu-sepsis", "ecg-beats"])
def test_every_score_of_the_card_stands_beside_the_model_with_the_published_one(series, name):
    card = card_of(name)
    assert f"`{name}`" in series
    assert card["published"] in series
    for entry in card["metrics"]["baselines"]:
        assert (entry if isinstance(entry, str) else entry["title"]) in series
    for entry in card["metrics"].get("alerts", ()):
        assert f"{entry['alerts_per_100_patient_days']['value']:.0f} [" in series


@pytest.mark.parametrize(
    ("low", "value", "high", "words"),
    [
        (0.54, 0.6, 0.7, "above the winner's"),
        (0.3, 0.4, 0.5, "BELOW the winner's"),
        (0.5, 0.53, 0.6, "below, but not told apart from, the winner's"),
        (0.5, 0.54, 0.6, "above, but not told apart from, the winner's"),
    ],
)
def test_the_winner_of_the_challenge_stands_beside_ours(low, value, high, words):
    sentence = figures_series._challenge({"low": low, "value": value, "high": high})
    assert f"{words} {CHALLENGE_2012}" in sentence


def test_the_challenge_is_the_one_of_the_card():
    assert f"winner {CHALLENGE_2012}" in card_of("icu-mortality")["published"]


def test_the_loss_on_wordings_never_seen_is_in_words(texts):
    found = card_of("symptoms-transformer")["metrics"]["variants"]["colloquial"]
    assert f"{found['top1']['value']:.3f} [" in texts
    line = next(line for line in texts.splitlines() if line.startswith("The Transformer against"))
    assert found["baselines"]["tfidf_altered"]["top1_difference"]["verdict"] == "worse"
    assert "WORSE on" in line
    assert "colloquial" in line.split("WORSE on")[1]
    assert "saturated" in texts


def test_recorded_figures_of_the_notes_are_those_that_are_measured(texts):
    recorded = json.loads(NOTES_FILE.read_text(encoding="utf-8"))
    measured = {which: measure_notes(which) for which in SETS}
    assert {found["set"]: found["all"] for found in recorded["sets"]} == {k: v["all"] for k, v in measured.items()}
    assert f"| all | {measured['frozen']['all']['expected']} |" in texts


def test_notes_are_recorded_by_the_command(cli, monkeypatch, tmp_path):
    monkeypatch.setattr(figures_text, "NOTES_FILE", tmp_path / "notes.json")
    monkeypatch.setattr(figures_notes, "FIGURES_FILE", tmp_path / "FIGURES.md")
    assert cli("evaluate", "notes").code == 0
    assert not (tmp_path / "notes.json").exists()
    answer = cli("evaluate", "notes", "--record", "--json")
    assert json.loads((tmp_path / "notes.json").read_text(encoding="utf-8")) == answer.json
    kept = figures_notes.FIGURES_FILE.read_text(encoding="utf-8")
    assert f"{answer.json['filled'][0]['right']} of {answer.json['filled'][0]['filled']}" in kept


def test_without_weights_there_is_no_table(monkeypatch, tmp_path):
    monkeypatch.setattr(all_models, "WEIGHTS_ROOT", tmp_path)
    monkeypatch.setattr(figures_text, "NOTES_FILE", tmp_path / "none.json")
    monkeypatch.setattr(all_models, "installed_symptom_models", lambda: ())
    assert list(series_tables()) == []
    assert list(text_tables()) == []
