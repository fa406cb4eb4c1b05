"""``verify`` of hourly series, beats and text: the shipped models pass, and each check fails on what was tampered with."""

from __future__ import annotations

import json
import shutil
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from model_zoo.card import WEIGHTS_ROOT
from model_zoo.ecg.beats import load_ecg_model
from model_zoo.icu.risk import load_icu_model
from model_zoo.symptoms.model import symptom_model
from model_zoo.training.recipes import recipe
from model_zoo.upkeep import example_predictions, monitoring_checks, symptom_checks
from model_zoo.upkeep.card_checks import small_weights
from model_zoo.upkeep.checks import _tried
from model_zoo.upkeep.example_predictions import EXAMPLES_FILE, write_examples
from model_zoo.upkeep.known_models import BEATS, MONITORING, SYMPTOMS, KnownModel, find_model
from model_zoo.upkeep.monitoring_checks import beat_checks_of, icu_checks_of
from model_zoo.upkeep.symptom_checks import symptom_checks_of

COMPLETE, INTERVALS, SMALL = (
    "the card is complete",
    "every figure lies in its interval",
    "weights are float16 and small",
)
ICU = "icu-mortality"
TEXT = "symptoms-transformer"


@pytest.fixture(scope="module")
def stays():
    return load_icu_model(ICU)


@pytest.fixture(scope="module")
def beats():
    return load_ecg_model()


@pytest.fixture(scope="module")
def texts():
    return symptom_model(TEXT)


@pytest.fixture
def folder(tmp_path: Path):
    """A copy of a model's folder, made by name."""

    def copy(name: str) -> Path:
        return Path(shutil.copytree(WEIGHTS_ROOT / name, tmp_path / name))

    return copy


def failed(checks: list) -> list[str]:
    model = KnownModel("tried", MONITORING)
    return [result.check for result in (_tried(model, name, check) for name, check in checks) if not result.ok]


def altered(model: Any, *path: str | int, to: Any) -> Any:
    """Return the model with one entry of its card replaced; ``to`` None takes the entry away."""
    card = deepcopy(dict(model.card))
    place: Any = card
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return replace(model, card=card)


def only(checks: list, *names: str) -> list:
    found = [entry for entry in checks if entry[0] in names]
    assert len(found) == len(names)
    return found


@pytest.mark.parametrize(("name", "task"), [(ICU, MONITORING), ("ecg-beats", BEATS), (TEXT, SYMPTOMS)])
def test_the_models_are_known_by_their_task(name, task):
    model = find_model(name)
    assert model.task == task == model.raw_card()["task"]
    assert name in model.page()


@pytest.mark.parametrize(
    ("path", "to", "check"),
    [
        (("published",), "", COMPLETE),
        (("data", "licence"), None, COMPLETE),
        (("split_rule",), None, COMPLETE),
        (("metrics", "baselines"), [], COMPLETE),
        (("metrics", "by_time", "48 hours", "auroc", "value"), 0.99, INTERVALS),
        (("metrics", "by_time", "48 hours", "auroc", "low"), float("nan"), INTERVALS),
        (("metrics", "additivity", "largest_share_of_risk"), 0.02, "the reported stays keep the promised additivity"),
        (("training", "members"), 6, "members and parameters are those of the card"),
        (("training", "parameters_per_member"), 1, "members and parameters are those of the card"),
        (("variables", 0, "training_range"), [41.0, 400.0], "training ranges are plausible"),
        (("variables", 0, "training_range"), [90.0, 80.0], "training ranges are plausible"),
        (
            ("thresholds", "alert", "value"),
            1.2,
            "the alert threshold is a probability, calibration increases at every hour",
        ),
        (
            ("calibration", "slope_by_clock"),
            -1.2,
            "the alert threshold is a probability, calibration increases at every hour",
        ),
        (("reference_risk", "by_hour"), [0.1] * 47, "there is a reference risk for every hour"),
        (("reference_risk", "by_hour"), [0.1] * 47 + [1.4], "there is a reference risk for every hour"),
        (("calibration", "intercept"), -0.2, "synthetic stays get the risks kept beside the weights"),
        (("weights_sha256",), "0" * 64, "synthetic stays get the risks kept beside the weights"),
    ],
)
def test_a_card_of_an_hourly_model_that_promises_what_is_not_so(stays, path, to, check):
    checks = icu_checks_of(altered(stays, *path, to=to), WEIGHTS_ROOT / ICU)
    assert failed(only(checks, check)) == [check]


def test_a_risk_that_knows_what_follows_is_found(stays, monkeypatch):
    told = stays.network.member_logits

    def knowing(channels, *rest):
        return told(channels, *rest) + 0.01 * channels.shape[1]

    monkeypatch.setattr(stays.network, "member_logits", knowing)
    check = "the risk of an hour does not know what follows"
    assert failed(only(icu_checks_of(stays, WEIGHTS_ROOT / ICU), check)) == [check]


def test_contributions_that_miss_the_risk_are_found(stays, monkeypatch):
    whole = monitoring_checks.attribute_risk_at

    def short(*words, **named):
        found = whole(*words, **named)
        return replace(found, values=found.values * 0.5)

    monkeypatch.setattr(monitoring_checks, "attribute_risk_at", short)
    check = "contributions add up to the risk within 1 %"
    assert failed(only(icu_checks_of(stays, WEIGHTS_ROOT / ICU), check)) == [check]


@pytest.mark.parametrize(
    ("path", "to", "check"),
    [
        (("chosen",), None, COMPLETE),
        (("metrics", "macro_f1", "high"), 0.1, INTERVALS),
        (("classes", 0, "name"), "Q", "classes and members are those of the card"),
        (("training", "members"), 3, "classes and members are those of the card"),
        (("weights_sha256",), "0" * 64, "beats of a synthetic strip get the probabilities kept beside the weights"),
    ],
)
def test_a_card_of_the_beat_model_that_promises_what_is_not_so(beats, path, to, check):
    checks = beat_checks_of(altered(beats, *path, to=to), WEIGHTS_ROOT / "ecg-beats")
    assert failed(only(checks, check)) == [check]


def test_beats_whose_contributions_miss_the_log_odds_are_found(beats, monkeypatch):
    monkeypatch.setattr("model_zoo.ecg.beats.QUADRATURE_POINTS", 1)
    check = "contributions add up to the log-odds within 1 %"
    assert failed(only(beat_checks_of(beats, WEIGHTS_ROOT / "ecg-beats"), check)) == [check]


@pytest.mark.parametrize(
    ("path", "to", "check"),
    [
        (("red_flags",), None, COMPLETE),
        (("metrics", "variants", "statements", "top1", "low"), 1.0, INTERVALS),
        (
            ("metrics", "variants", "colloquial", "baselines", "tfidf_altered"),
            None,
            "both baselines stand beside every kind of text",
        ),
        (("temperature",), 2.0, "written complaints get the probabilities kept beside the weights"),
        (
            ("metrics", "negation", "largest_rise_denied_handled"),
            1e-6,
            "denied complaints change no more than the card states",
        ),
    ],
)
def test_a_card_of_a_text_model_that_promises_what_is_not_so(texts, path, to, check):
    checks = symptom_checks_of(altered(texts, *path, to=to), WEIGHTS_ROOT / TEXT)
    assert failed(only(checks, check)) == [check]


def test_a_text_model_that_changes_its_mind_is_found(texts, monkeypatch):
    def unsteady(self, read):
        return np.random.default_rng().dirichlet(np.ones(len(self.conditions)), size=len(read))

    monkeypatch.setattr(type(texts), "probabilities", unsteady)
    check = "probabilities add up to one, twice alike"
    assert failed(only(symptom_checks_of(texts, WEIGHTS_ROOT / TEXT), check)) == [check]


def test_words_that_miss_the_logit_are_found(texts, monkeypatch):
    whole = symptom_checks.attribute_text
    monkeypatch.setattr(
        symptom_checks, "attribute_text", lambda *words: replace(whole(*words), delta=9.0, converged=False)
    )
    check = "contributions of the words add up to the logit"
    assert failed(only(symptom_checks_of(texts, WEIGHTS_ROOT / TEXT), check)) == [check]


@pytest.mark.parametrize("spoilt", ["", "not JSON", "{}"])
def test_predictions_that_are_not_beside_the_weights(stays, folder, spoilt):
    place = folder(ICU)
    if spoilt:
        (place / EXAMPLES_FILE).write_text(spoilt, encoding="utf-8")
    else:
        (place / EXAMPLES_FILE).unlink()
    check = "synthetic stays get the risks kept beside the weights"
    assert failed(only(icu_checks_of(stays, place), check)) == [check]


def test_predictions_of_other_inputs(stays, folder):
    place = folder(ICU)
    stored = json.loads((place / EXAMPLES_FILE).read_text(encoding="utf-8"))
    stored["predictions"]["stable"].pop()
    (place / EXAMPLES_FILE).write_text(json.dumps(stored), encoding="utf-8")
    check = "synthetic stays get the risks kept beside the weights"
    assert failed(only(icu_checks_of(stays, place), check)) == [check]


def test_wide_or_large_weights_are_found(folder):
    path = folder(ICU) / "model.safetensors"
    state = load_file(path)
    assert small_weights(path)[0]
    save_file({name: tensor.float() for name, tensor in state.items()}, path)
    assert small_weights(path) == (False, small_weights(path)[1])
    assert "not float16" in small_weights(path)[1]
    save_file(state | {"more": torch.zeros(2**20, dtype=torch.float16)}, path)
    assert "more than 1024 KiB" in small_weights(path)[1]
    assert not small_weights(path)[0]


def test_the_recipe_writes_what_is_shipped(folder, monkeypatch, tmp_path):
    for name in (ICU, "ecg-beats"):
        (folder(name) / EXAMPLES_FILE).unlink()
    assert write_examples(tmp_path) == (ICU, "ecg-beats")
    for name in (ICU, "ecg-beats"):
        shipped, made = (json.loads((root / name / EXAMPLES_FILE).read_text()) for root in (WEIGHTS_ROOT, tmp_path))
        assert shipped["weights_sha256"] == made["weights_sha256"]
        for key, row in shipped["predictions"].items():
            assert made["predictions"][key] == pytest.approx(row, abs=1e-6)
    monkeypatch.setattr(example_predictions, "write_examples", lambda: ("a", "b"))
    assert recipe("example-predictions").train(tmp_path)["written"] == ("a", "b")
