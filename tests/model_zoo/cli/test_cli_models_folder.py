"""Dropped-in folders: found at once, read through the engine, and refused with the reason where they must be."""

import json
import pickle

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from model_zoo.artefact import file_sha256
from model_zoo.case import ReadRequest, read_case
from model_zoo.classifiers.architectures import build_architecture
from model_zoo.classifiers.folder_entry import ForeignWeights
from model_zoo.classifiers.models_folder import ClassifierRegistry, folder_models, models_root, refused_files
from model_zoo.engine import InferenceEngine
from model_zoo.errors import CardInvalid, UnknownName, WeightsMismatch
from tests.tiny_zoo import made_scan, randomise, tiny_card

SIDE = 64


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("DIAPHANE_MODELS", str(tmp_path))
    return tmp_path


def drop(root, name="dropped", architecture="shufflenet_v2_x0_5", **changes):
    """Put a model of torchvision into the folder, as somebody would who has only weights and writes the card."""
    folder = root / name
    folder.mkdir()
    network = build_architecture(architecture, 2)
    randomise(network)
    save_file({key: value.contiguous() for key, value in network.state_dict().items()}, folder / "model.safetensors")
    card = tiny_card() | {"name": name, "architecture": architecture}
    card["input"] |= {"shape": [1, SIDE, SIDE], "target_layer": "auto", "modalities": [], "body_parts": []}
    card["populations"] = [
        {"name": "any", "title": "Anybody", "age_years": [0, 125], "crop": "whole", "views": [], "note": ""}
    ]
    card["outputs"] = [
        o | {"population": "any", "score_quantiles": list(np.linspace(-90, 90, 101))} for o in card["outputs"][:2]
    ]
    card["weights_sha256"] = file_sha256(folder / "model.safetensors")
    card |= changes
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    return folder


def test_a_dropped_folder_is_a_model_at_once_and_is_read_and_explained(root):
    registry = ClassifierRegistry()
    assert registry.names() == registry.built_in()
    drop(root)
    assert registry.names() == (*registry.built_in(), "dropped")
    engine = InferenceEngine("dropped")
    assert engine.card.target_layer == "stage3"
    scan = made_scan(3, 80, 80, modality=None, body_part=None, view=None, age_years=None)
    review = read_case(engine, scan, ReadRequest())
    assert review.violations == ()
    assert review.prediction.population == "any"
    assert {m.attribution.method for m in review.maps} == {"grad-cam", "integrated-gradients"}
    assert all(m.verdict is not None for m in review.maps)
    again = InferenceEngine("dropped")
    assert again.predict(again.prepare(scan, "any")) == review.prediction


def test_list_card_and_verify_take_it(root, cli):
    drop(root)
    entry = next(m for m in cli("list", "--json").json["models"] if m["name"] == "dropped")
    assert entry["problem"] is None
    assert cli("card", "dropped").out.startswith("# Tiny (dropped 0)")
    answer = cli("verify", "dropped")
    assert answer.code == 0, answer.out
    assert "stage3 gives" in answer.out


class Bomb:
    """A pickle that would write a file when it is opened."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def foreign(kind, folder, trap):
    if kind == "pickle":
        (folder / "model.pkl").write_bytes(pickle.dumps(Bomb(trap)))
    elif kind == "checkpoint":
        torch.save({"weights": torch.ones(2)}, folder / "model.ckpt")
    elif kind == "script":
        torch.jit.script(nn.Conv2d(1, 2, 3)).save(str(folder / "model.pt"))
    else:
        torch.save({"weights": torch.ones(2)}, folder / "model.safetensors")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("pickle", "a pickle"),
        ("checkpoint", "a PyTorch pickle"),
        ("script", "TorchScript"),
        ("renamed", "a PyTorch pickle"),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pickles_and_torchscript_are_refused_unopened_with_the_way_out(root, cli, kind, reason):
    folder = drop(root)
    (folder / "model.safetensors").unlink()
    foreign(kind, folder, root / "opened")
    with pytest.raises(ForeignWeights, match=reason) as caught:
        InferenceEngine("dropped")
    assert "save_file" in caught.value.hint
    entry = next(m for m in cli("list", "--json").json["models"] if m["name"] == "dropped")
    assert reason in entry["problem"]
    assert cli("verify", "dropped").code == 1
    assert not (root / "opened").exists()


def test_a_pickle_beside_the_folders_is_listed_with_the_reason(root, cli):
    (root / "stray.pt").write_bytes(pickle.dumps([1]))
    assert list(refused_files()) == ["stray"]
    assert "a pickle" in cli("list").out


def test_what_contradicts_itself_is_named(root):
    folder = drop(root)
    registry = ClassifierRegistry()
    for change, error, words in (
        ({"name": "other"}, CardInvalid, "that of 'other'"),
        ({"architecture": None}, CardInvalid, "names no architecture"),
        ({"architecture": "resnet_18"}, UnknownName, "resnet18"),
        ({"weights_sha256": "0" * 64}, WeightsMismatch, "not those its card describes"),
        ({"architecture": "mobilenet_v3_small"}, WeightsMismatch, "do not fit"),
    ):
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        (folder / "card.json").write_text(json.dumps(card | change), encoding="utf-8")
        with pytest.raises(error, match=words):
            registry.get("dropped").load()
        (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    (folder / "card.json").write_text("{", encoding="utf-8")
    with pytest.raises(CardInvalid, match="'dropped' cannot be read"):
        InferenceEngine("dropped")


def test_a_name_of_the_zoo_cannot_be_taken_over(root, cli):
    drop(root, "chest-xray")
    assert InferenceEngine("chest-xray").card.title == "Chest X-ray"
    assert "has the name of one of the zoo's own" in cli("list").out


def test_names_lead_nowhere_else(root):
    (root / "Upper").mkdir()
    (root / ".hidden").mkdir()
    (root / "empty").mkdir()
    assert folder_models() == ()
    for name in ("../x", "chest-xray@1", "nothing@1"):
        with pytest.raises(UnknownName):
            ClassifierRegistry().get(name)
    assert models_root() == root
