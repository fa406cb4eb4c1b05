"""The lesion models as they ship, on the real held-out pictures: the same inputs as in training, the figures of the card."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from model_zoo.engine import InferenceEngine
from model_zoo.engine.scoring import BASELINE_FILE
from model_zoo.evaluation.metrics import auroc
from model_zoo.evaluation.thumbnail import ThumbnailBaseline
from model_zoo.scans import decode_scan
from model_zoo.training.data_folder import imaging_folder
from model_zoo.training.lesions.models import lesion_model
from model_zoo.training.lesions.pictures import load_pictures

pytestmark = [pytest.mark.data, pytest.mark.slow]
NAMES = ("breast-ultrasound", "fundus-retinopathy", "brain-mri-tumour")


@pytest.fixture(scope="module", params=NAMES)
def held_out(request):
    return InferenceEngine(request.param), load_pictures(lesion_model(request.param), (4,))


def test_training_saw_what_an_upload_becomes(held_out):
    engine, pictures = held_out
    folder = imaging_folder(lesion_model(engine.card.name).data)
    for i in np.linspace(0, len(pictures) - 1, 4).astype(int):
        scan = decode_scan((folder / pictures.files[i]).read_bytes())
        assert torch.equal(engine.prepare(scan, "adult").tensor[0], pictures.images[i])


def test_the_card_states_the_auc_that_is_measured(held_out):
    engine, pictures = held_out
    read = pictures.where(pictures.read)
    sample = read.where(np.arange(len(read)) % max(len(read) // 120, 1) == 0) if len(read) > 200 else read
    logits = np.concatenate([engine.logits(part) for part in sample.images.split(16)])
    for k, output in enumerate(engine.card.raw["metrics"]["adult"]["outputs"]):
        measured = auroc(sample.targets[:, k].numpy(), logits[:, k])
        # The whole fold must give the figure itself; a sample of a large one lies near it.
        tolerance = 1e-6 if len(sample) == len(read) else 0.1
        assert measured == pytest.approx(output["auroc"]["value"], abs=tolerance)


def test_the_gate_keeps_its_own_and_refuses_the_others(held_out):
    engine, pictures = held_out
    rates = engine.trust["gate"]["measured"]["adult"]
    assert np.mean(engine.accepts("adult", pictures.images[:24])) > 0.5
    assert all(found["refused"] > 0.9 for name, found in rates.items() if name != "held-out pictures")


def test_the_stored_thumbnail_is_the_one_that_the_card_compares_with(held_out):
    engine, pictures = held_out
    read = pictures.where(pictures.read)
    baseline = ThumbnailBaseline.load(engine.entry.folder / BASELINE_FILE)
    scores = baseline.score_thumbnails(read.thumbnails)
    for k, output in enumerate(engine.card.raw["metrics"]["adult"]["outputs"]):
        stated = output["comparisons"]["thumbnail"]["auroc"]["value"]
        assert auroc(read.targets[:, k].numpy(), scores[:, k]) == pytest.approx(stated, abs=1e-9)
