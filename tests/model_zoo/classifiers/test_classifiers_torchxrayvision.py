"""The adapter for torchxrayvision, held against the real package with randomly drawn weights: none can be fetched here."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from model_zoo.classifiers.third_party import torchxrayvision_nets as nets
from model_zoo.classifiers.third_party.torchxrayvision_nets import PRETRAINED, adopt, build_torchxrayvision, missing
from model_zoo.engine import InferenceEngine
from model_zoo.errors import DataNotFound, UnknownName
from model_zoo.training.folder_models.local_calibration import calibrate
from model_zoo.training.folder_models.torchxrayvision_card import fetch, rescaled_quantiles, write_model
from model_zoo.upkeep.promotion import failed_checks
from tests.tiny_zoo import made_scan

DENSENET, RESNET = PRETRAINED


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("DIAPHANE_MODELS", str(tmp_path / "models"))
    return tmp_path


@pytest.fixture(scope="module")
def theirs():
    """The package's own DenseNet with its operating points, as it is after fetching, but with drawn weights."""
    xrv = nets.package()
    torch.manual_seed(5)
    network = xrv.models.DenseNet(weights=None).eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2.0)
    # As trained weights answer: logits of a few units, and not of thousands, to values up to 1024.
    network.features.conv0.weight.data /= 1024
    known = xrv.models.model_urls["densenet121-res224-all"]
    network.targets, network.op_threshs = known["labels"], torch.tensor(known["op_threshs"])
    network.input_resolution = known["input_resolution"]
    return network


@pytest.mark.optional
def test_our_network_gives_the_logits_of_the_package_on_its_own_input(theirs):
    network, labels, points = adopt(DENSENET, theirs)
    assert labels == theirs.targets
    unit = torch.rand(2, 1, 224, 224, generator=torch.Generator().manual_seed(1)) * 2 - 1
    with torch.no_grad():
        mine = network(unit)
        rescaled = theirs(unit * 1024)
    # The package's own rescaling of our logits is what the package answers.
    from torchxrayvision.models import op_norm

    torch.testing.assert_close(op_norm(torch.sigmoid(mine), torch.tensor(points)), rescaled, rtol=1e-3, atol=1e-4)
    assert not [name for name, module in network.named_modules() if getattr(module, "inplace", False)]


@pytest.mark.optional
def test_the_input_contract_is_kept(root, theirs):
    """What reaches the package's first convolution is 224 x 224 and -1024 to 1024, the central square as it is shown."""
    import torchxrayvision as xrv

    write_model(DENSENET, *adopt(DENSENET, theirs))
    engine = InferenceEngine(DENSENET.name)
    scan = made_scan(2, 224, 260)
    model_input = engine.prepare(scan, "adult")
    seen = []
    handle = engine._network.features.conv0.register_forward_hook(lambda m, i, o: seen.append(i[0]))
    engine.predict(model_input)
    handle.remove()
    film = scan.presentation()[:, 18 : 18 + 224]
    expected = xrv.utils.normalize(film, 1.0)
    assert seen[0].shape == (1, 1, 224, 224)
    assert -1024 <= float(seen[0].min()) < float(seen[0].max()) <= 1024
    np.testing.assert_allclose(seen[0][0, 0].numpy(), expected, atol=0.5)


@pytest.mark.optional
def test_it_is_a_model_whose_scores_are_called_what_they_are_until_calibrated(root, theirs):
    from dashboard.catalogue import text
    from dashboard.viewmodels.numbers.findings import build_findings

    model, version = write_model(DENSENET, *adopt(DENSENET, theirs))
    assert failed_checks(model, version) == []
    engine = InferenceEngine(DENSENET.name)
    scan = made_scan(2, 224, 224)
    prediction = engine.predict(engine.prepare(scan, "adult"))
    assert all(f.kind == "report_score" and f.probability is None for f in prediction.findings)
    view = build_findings(prediction, engine.card, ())
    assert view.probability_rows == ()
    assert {row.kind_words for row in view.score_rows} == {text("numbers.kind.rescaled")}
    with torch.no_grad():
        rescaled = theirs(engine.prepare(scan, "adult").tensor * 1024)[0]
    for finding, value in zip(prediction.findings, rescaled, strict=True):
        # Weights are stored in float16, and the score is read between 101 points.
        assert finding.score == pytest.approx(100 * float(value), abs=2.0)
        assert finding.threshold_score == pytest.approx(50, abs=0.5)
    attribution = engine.explain(engine.prepare(scan, "adult"), "grad-cam", "effusion")
    assert np.isfinite(attribution.values).all()


@pytest.mark.optional
def test_the_resnet_of_the_package_has_our_form():
    import torchvision

    inner = torchvision.models.resnet50(num_classes=18)
    inner.conv1 = torch.nn.Conv2d(1, 64, 7, 2, 3, bias=False)

    class Theirs(torch.nn.Module):
        """As the package's ResNet holds its network; its own class cannot be made without fetching weights."""

        def __init__(self):
            super().__init__()
            self.model = inner
            self.targets = nets.package().models.model_urls["resnet50-res512-all"]["labels"]
            self.op_threshs = torch.tensor(nets.package().models.model_urls["resnet50-res512-all"]["op_threshs"])

    network, labels, points = adopt(RESNET, Theirs().eval())
    # Two outputs of these weights have no operating point and are not offered.
    assert (len(labels), len(points)) == (16, 16)
    assert "Lung Lesion" not in labels
    x = torch.rand(1, 1, 128, 128) * 2 - 1
    inner.eval()
    with torch.no_grad():
        kept = [Theirs().targets.index(label) for label in labels]
        # Logits of thousands: the order of additions, which differs by threads, is seen in the sixth digit.
        torch.testing.assert_close(network(x), inner(x * 1024)[:, kept], rtol=1e-5, atol=1e-5)


@pytest.mark.slow
@pytest.mark.optional
def test_calibration_on_local_films_makes_probabilities(root, theirs):
    write_model(DENSENET, *adopt(DENSENET, theirs))
    from PIL import Image

    folder = root / "local"
    folder.mkdir()
    lines = ["file,patient_id,age_years,sex,view,effusion"]
    for index in range(24):
        frame = made_scan(index, 224, 224).presentation()
        Image.fromarray((255 * frame).astype(np.uint8)).save(folder / f"{index}.png")
        lines.append(f"{index}.png,p{index},60,F,PA,{index % 2}")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _, version, measured = calibrate(DENSENET.name, folder)
    assert measured["effusion"]["fitted"]
    assert not measured["mass"]["fitted"]
    card = InferenceEngine(f"{DENSENET.name}@{version}").card
    assert card.output("effusion").kind == "probability"
    assert card.output("mass").kind == "report_score"


def test_the_score_of_a_rescaled_output_is_that_of_the_package():
    for point in (0.07, 0.5, 0.3):
        quantiles = np.array(rescaled_quantiles(point))
        assert (np.diff(quantiles) > 0).all()
        assert quantiles[50] == pytest.approx(np.log(point / (1 - point)))


def test_without_the_package_it_is_listed_with_the_command(root, monkeypatch):
    monkeypatch.setattr(nets.importlib.util, "find_spec", lambda name: None)
    what, command = missing(DENSENET)
    assert "torchxrayvision" in what
    assert command.startswith("pip install torchxrayvision && ")
    with pytest.raises(DataNotFound, match="not installed"):
        build_torchxrayvision("torchxrayvision/densenet121", 18)
    with pytest.raises(DataNotFound, match="not installed"):
        fetch(DENSENET.name)
    with pytest.raises(UnknownName, match="xrv-densenet121"):
        fetch("xrv-densenet")
