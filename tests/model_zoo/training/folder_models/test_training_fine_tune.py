"""Fine-tuning: what each method trains, adapters that merge exactly, and a report on the same folds."""

from dataclasses import replace

import pytest
import torch

from model_zoo.classifiers.architectures import build_architecture
from model_zoo.classifiers.folder_entry import ForeignWeights
from model_zoo.engine import InferenceEngine
from model_zoo.errors import UnknownName, WeightsMismatch
from model_zoo.training.folder_models.adapters import AdaptedConv2d, add_adapters, merge_adapters
from model_zoo.training.folder_models.fine_tune import ADAPTERS, ALL, HEAD, base_of, choose_parameters, fine_tune
from model_zoo.training.folder_models.initial_weights import fill_from
from model_zoo.training.folder_models.run import train_pictures
from tests.drawn_pictures import QUICK, recipe, write_classes


@pytest.mark.parametrize("name", ["local-residual-small", "resnet18"])
def test_adapters_start_as_nothing_and_merge_to_what_they_compute(name):
    torch.manual_seed(4)
    network = build_architecture(name, 2, {"exclusive": True}).eval()
    x = torch.rand(2, 1, 64, 64)
    names = list(network.state_dict())
    with torch.no_grad():
        before = network(x)
        assert add_adapters(network, 2) > 0
        torch.testing.assert_close(network(x), before)
        for module in network.modules():
            if isinstance(module, AdaptedConv2d):
                module.up.weight.normal_(0, 0.05)
        adapted = network(x)
        merge_adapters(network)
        torch.testing.assert_close(network(x), adapted, rtol=1e-3, atol=1e-4)
    assert not torch.allclose(adapted, before)
    assert list(network.state_dict()) == names


def test_each_method_trains_what_it_says():
    counts = {}
    for method in (ALL, HEAD, ADAPTERS):
        network = build_architecture("local-residual-small", 2, {"exclusive": True})
        counts[method] = choose_parameters(network, method, 2)
    assert counts[HEAD] == 2 * 32 + 2 + 3 * 2  # local head, and three numbers of the pooling per output
    assert counts[HEAD] < counts[ADAPTERS] < counts[ALL] / 3


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("DIAPHANE_MODELS", str(tmp_path / "models"))
    return tmp_path


@pytest.mark.slow
def test_fine_tuning_reports_every_method_on_the_same_folds_and_ships_one(root):
    data = write_classes(root / "pictures", 48)
    train_pictures(recipe(data, "base", settings=replace(QUICK, epochs=10)), root / "runs")
    more = write_classes(root / "more", 40, start=500)
    asked = recipe(more, "tuned", architecture="", settings=replace(QUICK, epochs=3, rate=5e-4))
    model, version, tried = fine_tune("base", asked, (ALL, HEAD, ADAPTERS), 2, root / "runs")
    assert [entry["method"] for entry in tried] == [ALL, HEAD, ADAPTERS]
    assert tried[0]["trained"] == tried[0]["parameters"] > tried[2]["trained"] > tried[1]["trained"]
    assert all(entry["held_out_auc"]["value"] is not None for entry in tried)
    card = InferenceEngine("tuned").card.raw
    assert card["fine_tuning"]["base"] == "base 1"
    best = min(tried, key=lambda entry: entry["validation_loss"])
    assert card["fine_tuning"]["chosen"] == best["method"]
    assert card["architecture"] == "local-residual-small"
    shown = card["metrics"]["any"]["all_classes"]["figures"]["macro_auc"]["value"]
    assert shown == pytest.approx(best["held_out_auc"]["value"], abs=0.1)
    assert "## Fine-tuning of base 1" in (model.place / version / "CARD.md").read_text(encoding="utf-8")


def test_the_chest_model_can_be_a_base_and_an_unknown_method_cannot(root):
    assert base_of("chest-xray").architecture == "local-residual"
    data = write_classes(root / "pictures", 20)
    with pytest.raises(UnknownName, match="Known: adapters, all, head"):
        fine_tune("chest-xray", recipe(data, "x"), ("half",), 2, root)


def test_initial_weights_fit_or_are_refused(tmp_path):
    from safetensors.torch import save_file
    from torchvision import models

    torch.manual_seed(1)
    save_file(models.resnet18(num_classes=1000).state_dict(), tmp_path / "imagenet.safetensors")
    network = build_architecture("resnet18", 2, {"exclusive": True})
    assert fill_from(network, tmp_path / "imagenet.safetensors") == ("fc.weight", "fc.bias")
    with pytest.raises(WeightsMismatch, match="another architecture"):
        fill_from(build_architecture("mobilenet_v3_small", 2), tmp_path / "imagenet.safetensors")
    torch.save(network.state_dict(), tmp_path / "weights.pth")
    with pytest.raises(ForeignWeights, match="PyTorch pickle"):
        fill_from(network, tmp_path / "weights.pth")
    with pytest.raises(WeightsMismatch, match="no file"):
        fill_from(network, tmp_path / "none.safetensors")
