"""``list``, ``card`` and ``verify``: what the cards say, and whether it is true."""

import json
import shutil

import pytest
import torch
from torch import nn

from model_zoo.card import WEIGHTS_ROOT
from model_zoo.classifiers.entry import ClassifierEntry
from model_zoo.figures.described import figure
from model_zoo.upkeep import checks
from model_zoo.upkeep import known_models as all_models
from model_zoo.upkeep.checks import check_model
from model_zoo.upkeep.known_models import (
    BEATS,
    CLASSIFICATION,
    MONITORING,
    ORIENTATION,
    RISK,
    SYMPTOMS,
    KnownModel,
    known_models,
)
from tests.tiny_zoo import tiny_card, tiny_network, write_card, write_tiny_zoo

SHIPPED = tuple(model.name for model in known_models())


@pytest.fixture
def moved_weights(tmp_path, monkeypatch):
    """A copy of the lung segmenter's folder that may be damaged."""
    shutil.copytree(WEIGHTS_ROOT / "lungs", tmp_path / "lungs")
    monkeypatch.setattr("model_zoo.segmenters.entry.WEIGHTS_ROOT", tmp_path)
    monkeypatch.setattr(all_models, "WEIGHTS_ROOT", tmp_path)
    return tmp_path / "lungs"


def test_list_names_every_model_method_sample_and_format(cli):
    text = cli("list").out
    for word in (*SHIPPED, "grad-cam", "integrated-gradients", "opacity", "DICOM", "(dcm"):
        assert word in text


def test_listed_figures_are_those_of_the_cards(cli):
    for model in cli("list", "--json").json["models"]:
        raw = json.loads((WEIGHTS_ROOT / model["name"] / "card.json").read_text(encoding="utf-8"))
        metrics = raw.get("metrics", {})
        for output in model["outputs"]:
            if model["task"] == CLASSIFICATION:
                reported = metrics.get(output["population"], {}).get("outputs", [])
                stated = next((o["auroc"]["value"] for o in reported if o["name"] == output["name"]), None)
            elif model["task"] == RISK:
                stated = metrics.get("outcomes", {}).get(output["name"], {}).get("auc", {}).get("value")
            elif model["task"] == SYMPTOMS:
                stated = metrics["variants"][output["name"]]["top1"]["value"]
            elif model["task"] == MONITORING:
                time = output["name"].removeprefix("risk-").replace("-", " ")
                stated = metrics["by_time"][time]["auroc"]["value"]
            elif model["task"] == BEATS:
                classes = metrics["classes"]
                own = classes[output["name"]]["auroc"] if output["name"] in classes else metrics["macro_f1"]
                stated = own["value"]
            elif model["task"] == ORIENTATION:
                stated = metrics["groups"][0]["mirrored"]["remarked"]["value"]
            else:
                stated = metrics.get("dice", {}).get("value")
            assert (output["held_out"] or {}).get("value") == stated


def test_models_of_series_beats_and_text_have_their_baselines_beside_them(cli):
    models = {model["name"]: model for model in cli("list", "--json").json["models"]}
    last = models["icu-mortality"]["outputs"][-1]
    assert last["baseline"]["name"].startswith("partial NEWS2")
    assert {"SAPS-I", "SOFA", "boosted trees, table of 48 hours"} <= {b["name"] for b in last["other_baselines"]}
    assert last["held_out"]["sampled"] == "stays"
    assert models["ecg-beats"]["outputs"][0]["baseline"]["beaten"]
    unseen = next(o for o in models["symptoms-lstm"]["outputs"] if o["name"] == "colloquial")
    assert unseen["baseline"]["difference"]["high"] < 0
    for name in ("icu-mortality", "icu-sepsis", "ecg-beats", "symptoms-transformer", "symptoms-lstm"):
        assert models[name]["problem"] is None
        assert models[name]["populations"][0]["title"]
        assert models[name]["explanation_methods"]
    assert "worse than this baseline" in cli("list").out


def test_missing_figure_is_null_and_no_zero():
    assert figure("AUC", None) is None
    assert figure("AUC", {"value": None, "low": None, "high": None}) is None


def test_model_without_card_is_listed_with_the_reason(cli, moved_weights):
    (moved_weights / "card.json").unlink()
    lungs = next(m for m in cli("list", "--json").json["models"] if m["name"] == "lungs")
    assert lungs["problem"] == "The card of 'lungs' is not there."
    assert lungs["outputs"] == []
    assert "Not usable: The card of 'lungs' is not there." in cli("list").out


@pytest.mark.parametrize("name", SHIPPED)
def test_card_prints_page_and_json(cli, name):
    folder = WEIGHTS_ROOT / name
    assert cli("card", name).out.strip() == (folder / "CARD.md").read_text(encoding="utf-8").strip()
    assert cli("card", name, "--json").json == json.loads((folder / "card.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("command", ["card", "verify"])
def test_unknown_model_suggests_the_nearest(cli, command):
    answer = cli(command, "chest-xry", "--json")
    assert answer.code == 2
    assert answer.json["error"]["hint"].startswith("Did you mean 'chest-xray'?")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_model_verifies(cli, name):
    answer = cli("verify", name)
    assert answer.code == 0, answer.out
    assert "FAIL" not in answer.out


def test_altered_weights_fail_with_exit_code_one(cli, moved_weights):
    path = moved_weights / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    answer = cli("verify", "lungs", "--json")
    assert answer.code == 1
    assert [c["check"] for c in answer.json["checks"] if not c["ok"]] == [
        "the weights are those of the card",
        "the network loads",
    ]


class InPlace(nn.Module):
    """A network that answers in the right shape and works in place."""

    def __init__(self, outputs):
        super().__init__()
        self.inner = tiny_network(outputs)
        self.inner.stem[2].inplace = True

    def forward(self, x):
        return self.inner(x)


class Unsteady(nn.Module):
    """A network that never answers twice alike."""

    def __init__(self, outputs):
        super().__init__()
        self.inner = tiny_network(outputs)

    def forward(self, x):
        return self.inner(x) + torch.rand(1)


def failed(monkeypatch, root, card, build=tiny_network, rename=""):
    """Return the failed checks of the tiny model with that card."""
    from safetensors.torch import load_file, save_file

    from model_zoo.artefact import file_sha256

    write_tiny_zoo(root)
    weights = root / "tiny" / "model.safetensors"
    if rename:
        state = load_file(weights)
        save_file({f"{rename}{key}": value for key, value in state.items()}, weights)
    card["weights_sha256"] = file_sha256(weights)
    write_card(root / "tiny", card)
    (root / "tiny" / "CARD.md").write_text("page", encoding="utf-8")
    monkeypatch.setattr(all_models, "WEIGHTS_ROOT", root)
    monkeypatch.setattr("model_zoo.classifiers.entry.WEIGHTS_ROOT", root)

    class Registry:
        def get(self, name):
            return ClassifierEntry("tiny", build)

    monkeypatch.setattr(checks, "CLASSIFIERS", Registry())
    results = list(check_model(KnownModel("tiny", CLASSIFICATION)))
    return [result.check for result in results if not result.ok]


def test_sound_tiny_model_passes_every_check(monkeypatch, tmp_path):
    assert failed(monkeypatch, tmp_path, tiny_card()) == []


def altered(**changes):
    card = tiny_card()
    for path, value in changes.items():
        place = card
        *parts, last = path.split("__")
        for part in parts:
            place = place[int(part) if part.isdigit() else part]
        place[last] = value
    return card


@pytest.mark.parametrize(
    ("card", "check"),
    [
        (altered(input__target_layer="nowhere"), "the target layer gives a fine convolutional map"),
        (altered(input__target_layer="pool"), "the target layer gives a fine convolutional map"),
        (altered(input__value_range=[-0.1, 0.1]), "a prepared film lies in the value range"),
        (
            altered(outputs__0__threshold={"logit": float("nan"), "rule": ""}),
            "the card is sound and its page is there",
        ),
        (altered(outputs__0__threshold={"logit": 9.0, "rule": ""}), "thresholds are finite and inside the scores"),
        (altered(outputs__1__score_quantiles=[-4.0, 1.0, 0.0, 4.0]), "the card is sound and its page is there"),
        (altered(outputs__0__calibration=None), "calibrations increase with the logit"),
        (altered(outputs__2__population="aged"), "the card is sound and its page is there"),
        (altered(input__shape=[3, 32, 32]), "outputs match the card"),
    ],
)
def test_each_contradiction_of_a_card_is_found(monkeypatch, tmp_path, card, check):
    assert check in failed(monkeypatch, tmp_path, card)


def test_in_place_relu_is_found(monkeypatch, tmp_path):
    assert failed(monkeypatch, tmp_path, altered(input__target_layer="inner.fuse"), InPlace, "inner.") == [
        "no ReLU works in place"
    ]


def test_network_that_changes_its_mind_is_found(monkeypatch, tmp_path):
    assert failed(monkeypatch, tmp_path, altered(input__target_layer="inner.fuse"), Unsteady, "inner.") == [
        "the network answers twice alike"
    ]
