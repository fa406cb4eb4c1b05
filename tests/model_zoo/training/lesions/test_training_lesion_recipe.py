"""The recipe of the lesion models on made pictures: it runs whole, resumes, repeats, and its card and answers hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from model_zoo.card import read_card
from model_zoo.case import ReadRequest, read_case
from model_zoo.engine import InferenceEngine
from model_zoo.figures.described import described
from model_zoo.scans import decode_scan
from model_zoo.training.lesions.fit import fit_lesions
from model_zoo.training.lesions.pictures import load_pictures
from model_zoo.training.lesions.recipe import train_lesion_model
from model_zoo.training.lesions.runs import build_network
from model_zoo.upkeep.checks import check_model
from model_zoo.upkeep.known_models import CLASSIFICATION, KnownModel
from tests.lesion_sets import tiny_lesion_models, tiny_model, write_lesion_sets

# The gate is measured on photographs that come with scikit-image.
pytestmark = [pytest.mark.slow, pytest.mark.peers]

NAMES = ("breast-ultrasound", "brain-mri-tumour", "fundus-retinopathy")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    root = write_lesion_sets(tmp_path_factory.mktemp("data"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIAPHANE_DATA", str(root))
        patch.setenv("DIAPHANE_DEVICE", "cpu")
        # Intervals are tested where they are computed; here they only have to be there.
        patch.setattr("model_zoo.evaluation.metrics.RESAMPLES", 20)
        patch.setattr("model_zoo.training.calibration.RESAMPLES", 10)
        yield root


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    """All three models trained for a moment: the weights folder, inside the small declarations."""
    runs, weights = tmp_path_factory.mktemp("runs"), tmp_path_factory.mktemp("weights")
    with tiny_lesion_models(weights):
        for name in NAMES:
            train_lesion_model(name, runs, weights)
        yield weights


@pytest.mark.parametrize("name", NAMES)
def test_inputs_are_those_of_an_uploaded_file(data, trained, name):
    engine, pictures = InferenceEngine(name), load_pictures(tiny_model(name), (4,))
    folder = data / "imaging" / tiny_model(name).data
    for i in range(3):
        scan = decode_scan((folder / pictures.files[i]).read_bytes())
        assert torch.equal(engine.prepare(scan, "adult").tensor[0], pictures.images[i])


@pytest.mark.parametrize("name", NAMES)
def test_the_card_can_be_read_and_verified(trained, name, monkeypatch):
    monkeypatch.setattr("model_zoo.upkeep.known_models.WEIGHTS_ROOT", trained)
    card = read_card(trained / name)
    assert card.labels == tiny_model(name).outputs
    assert all(0 < mask.threshold < 1 for mask in card.masks)
    known = KnownModel(name, CLASSIFICATION)
    assert described(known)["problem"] is None
    # A network trained for a moment may rank nothing or the wrong way round: its calibration then falls, and even odds may
    # lie beyond all scores. Every other check must hold.
    failed = [r.check for r in check_model(known) if not r.ok]
    assert set(failed) <= {"calibrations increase with the logit", "thresholds are finite and inside the scores"}


@pytest.mark.parametrize("name", NAMES)
def test_the_page_says_whether_the_baselines_are_beaten(trained, name):
    page = (trained / name / "CARD.md").read_text(encoding="utf-8")
    assert "## Verdict" in page
    assert "the 16x16 thumbnail" in page


def test_outlines_lie_on_the_grid_of_the_scan(data, trained):
    engine = InferenceEngine("fundus-retinopathy")
    scan = decode_scan((data / "imaging/fundus_retinopathy/images/59.png").read_bytes())
    found = engine.lesions(engine.prepare(scan, "adult"))
    assert found.probabilities.shape == (5, *scan.shape)
    assert found.probabilities.dtype == np.float32
    assert found.kinds[found.names.index("optic_disc")] == "landmark"
    assert found.outline("hard_exudates").shape == scan.shape
    assert engine.boxes(engine.prepare(scan, "adult")) == ()


def test_boxes_are_in_pixels_of_the_scan(data, trained):
    engine = InferenceEngine("brain-mri-tumour")
    scan = decode_scan((data / "imaging/brain_mri_tumour/images/4.png").read_bytes())
    model_input = engine.prepare(scan, "adult")
    found = engine.boxes(model_input)
    scores = [box.score for box in found]
    assert found
    assert scores == sorted(scores, reverse=True)
    assert max(box.box.top + box.box.height for box in found) <= scan.shape[0] + 1e-3
    assert engine.lesions(model_input).probabilities.shape == (0, *scan.shape)


def test_the_gate_is_installed(data, trained):
    engine = InferenceEngine("breast-ultrasound")
    scan = decode_scan((data / "imaging/breast_ultrasound/images/4.png").read_bytes())
    result = engine.judge_distribution(engine.prepare(scan, "adult"))
    assert result is not None
    measured = engine.trust["gate"]["measured"]["adult"]
    assert {"held-out pictures", "brain MRI", "chest films of adults"} <= set(measured)


@pytest.mark.parametrize("name", NAMES)
def test_a_case_is_read_with_maps_and_checks(data, trained, name):
    scan = decode_scan((data / "imaging" / tiny_model(name).data / "images/9.png").read_bytes())
    request = ReadRequest(
        age_years=50, insist=True, population="adult", parameters={"integrated-gradients": {"steps": 8}}
    )
    review = read_case(InferenceEngine(name), scan, request)
    assert [f.output for f in review.prediction.findings] == list(tiny_model(name).outputs)
    target = review.maps[0].attribution.target
    assert all(review.map_of(m, target).checks for m in ("grad-cam", "integrated-gradients"))


def test_one_seed_gives_one_network_and_a_killed_run_resumes(data, tmp_path):
    model = tiny_model("brain-mri-tumour", epochs=2)
    pictures = load_pictures(model, (0,))

    def fit(run: Path, epochs: int) -> dict[str, torch.Tensor]:
        options = tiny_model("brain-mri-tumour", epochs=epochs).options
        network = build_network(model, options.seed)
        return fit_lesions(model, network, pictures, options, run, pictures).state_dict()

    first, second = fit(tmp_path / "a", 2), fit(tmp_path / "b", 2)
    assert all(torch.equal(value, second[name]) for name, value in first.items())
    # The checkpoint of the first epoch, kept aside, stands for a run that was killed in the second.
    checkpoint = tmp_path / "c" / "last.pt"
    checkpoint.parent.mkdir()
    _stop_after_one_epoch(model, pictures, tmp_path / "c")
    assert torch.load(checkpoint, weights_only=True)["epoch"] == 1
    resumed = fit(tmp_path / "c", 2)
    assert all(torch.equal(value, resumed[name]) for name, value in first.items())


class _Killed(Exception):
    pass


def _stop_after_one_epoch(model, pictures, run: Path) -> None:
    from model_zoo.training.lesions import fit as lesion_fit

    saved = lesion_fit.Checkpoint.save

    def save_and_die(self, **state):
        saved(self, **state)
        raise _Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lesion_fit.Checkpoint, "save", save_and_die)
        with pytest.raises(_Killed):
            fit_lesions(model, build_network(model, model.options.seed), pictures, model.options, run, pictures)
