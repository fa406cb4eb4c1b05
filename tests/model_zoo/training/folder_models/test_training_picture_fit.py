"""Fitting: the same seed gives the same weights, a kill loses nothing, and each setting does what it says."""

import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from model_zoo.classifiers.architectures import build_architecture
from model_zoo.classifiers.models_folder import ModelFolder
from model_zoo.engine import InferenceEngine
from model_zoo.errors import DuplicateName, ZooError
from model_zoo.scans import decode_scan
from model_zoo.training.folder_models.fit import FitSettings, exclusive_loss, fit, predict
from model_zoo.training.folder_models.run import Watch, fit_material, initial_network, read_material, train_pictures
from tests.drawn_pictures import QUICK, recipe, write_classes

ROOT = Path(__file__).resolve().parents[4]
SHORT = replace(QUICK, epochs=4, intensity=0.5, dropout=0.2)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_classes(tmp_path_factory.mktemp("pictures"), 40)


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("DIAPHANE_MODELS", str(tmp_path / "models"))
    return tmp_path


class Stop(Exception):
    """As a kill between two epochs."""


def weights(data, settings, checkpoint, stop_at=None):
    """Return the weights after a fit, or, with ``stop_at``, those with which it was stopped after that epoch."""
    asked = recipe(data, "discs", settings=settings)
    material = read_material(asked, ModelFolder("discs", checkpoint.parent / "none"), Watch())
    network = initial_network(asked, material.pictures)
    epochs = []

    def on_epoch(report):
        epochs.append(report.epoch)
        if report.epoch == stop_at:
            raise Stop

    with suppress(Stop):
        fit_material(network, material, asked, checkpoint, Watch(on_epoch=on_epoch))
    return {name: value.clone() for name, value in network.state_dict().items()}, epochs


def same(first, second):
    return all(torch.equal(first[name], second[name]) for name in first)


def test_the_same_seed_gives_the_same_weights_and_another_one_others(data, tmp_path):
    one, two, three = (
        weights(data, replace(SHORT, seed=seed), tmp_path / f"{i}.ckpt")[0] for i, seed in enumerate((0, 0, 1))
    )
    assert same(one, two)
    assert not same(one, three)


def test_a_training_that_was_stopped_goes_on_to_the_same_weights(data, tmp_path):
    whole, _ = weights(data, SHORT, tmp_path / "whole.ckpt")
    weights(data, SHORT, tmp_path / "halves.ckpt", stop_at=2)
    halves, epochs = weights(data, SHORT, tmp_path / "halves.ckpt")
    assert epochs == [3, 4]
    assert same(halves, whole)


@pytest.fixture
def one_thread():
    """Two threads add up in another order than one: the process that is killed has one as well."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
def test_a_killed_process_resumes_to_the_same_weights(data, root):
    settings = FitSettings(
        epochs=400, patience=400, batch=8, rate=3e-3, dropout=0.0, intensity=0.0, shift=0.05, crop=0.1
    )
    stated = {"side": 64, "batch": 8, "epochs": 400, "patience": 400, "rate": 0.003, "intensity": 0, "dropout": 0}
    words = [word for name, value in stated.items() for word in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "model_zoo", "train", "killed", "--threads", "1", *words]
    command += ["--data", str(data), "--runs", str(root / "runs")]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 600
    checkpoints = []
    while not checkpoints and time.monotonic() < deadline and process.poll() is None:
        checkpoints = list((root / "runs").glob("killed-*/*.ckpt"))
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    assert checkpoints, "no checkpoint was written before the process ended"
    done = torch.load(checkpoints[0], weights_only=True)["epoch"]
    # Both go on for three epochs only: the rate depends on the whole number, which is part of the run's name.
    killed, _ = weights(data, settings, checkpoints[0], stop_at=done + 3)
    whole, _ = weights(data, settings, root / "whole.ckpt", stop_at=done + 3)
    assert same(killed, whole)


def separable(count=24, side=32):
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(count) % 2
    images = 0.3 * torch.rand(count, 1, side, side, generator=generator)
    images[labels == 1, :, 8:24, 8:24] += 0.6
    return images, labels


@pytest.mark.parametrize(
    "changes", [{}, {"optimiser": "sgd", "rate": 0.02}, {"balance": "sampling"}, {"balance": "none"}]
)
def test_every_optimiser_and_balance_learns(tmp_path, changes):
    images, labels = separable()
    torch.manual_seed(0)
    network = build_architecture("local-residual-small", 2, {"exclusive": True}, 0.0)
    settings = replace(QUICK, epochs=12, **changes)
    result = fit(network, images, labels, (images, labels), settings, tmp_path / "x.ckpt")
    assert (predict(network, images).argmax(1) == labels).all()
    assert result.history[result.best_epoch - 1]["validation_loss"] == pytest.approx(result.validation_loss)


def test_it_stops_early_and_keeps_the_best_epoch(tmp_path):
    images, labels = separable()
    network = build_architecture("local-residual-small", 2, {"exclusive": True}, 0.0)
    settings = replace(QUICK, epochs=200, patience=3)
    result = fit(network, images, labels, (images, labels), settings, tmp_path / "x.ckpt")
    assert result.epochs_run == result.best_epoch + 3 < 200
    losses = [entry["validation_loss"] for entry in result.history]
    loss = exclusive_loss(predict(network, images), labels, torch.ones(2))
    assert float(loss) == pytest.approx(losses[result.best_epoch - 1], rel=1e-4)


def test_the_loss_is_the_weighted_cross_entropy():
    from model_zoo.classifiers.residual import log_odds

    z = torch.randn(9, 3, generator=torch.Generator().manual_seed(2))
    labels, weights = torch.arange(9) % 3, torch.tensor([1.0, 2.0, 0.5])
    expected = torch.nn.functional.cross_entropy(z, labels, weight=weights)
    torch.testing.assert_close(exclusive_loss(log_odds(z), labels, weights), expected)


def test_the_rate_follows_the_cosine_and_frozen_norms_stay(tmp_path):
    images, labels = separable()
    network = build_architecture("local-residual-small", 2, {"exclusive": True}, 0.0)
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(name.startswith(("local_head", "pool")))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    result = fit(network, images, labels, (images, labels), replace(QUICK, epochs=6, patience=6), tmp_path / "x.ckpt")
    rates = [entry["rate"] for entry in result.history]
    assert rates[0] > rates[-1]
    moved = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    assert moved
    assert all(name.startswith(("local_head", "pool")) for name in moved)


@pytest.mark.slow
def test_training_with_cross_validation_gives_a_model_that_reads(data, root):
    train_pictures(
        recipe(data, "crossed", folds=4, cross_validate=True, settings=replace(QUICK, epochs=10)), root / "runs"
    )
    engine = InferenceEngine("crossed")
    crossed = engine.card.raw["training"]["cross_validation"]
    assert len(crossed["auc_by_fold"]) == crossed["folds"] == 3
    assert crossed["auc"]["low"] <= crossed["auc"]["value"] <= crossed["auc"]["high"]
    scan = decode_scan((data / "disc" / "000.png").read_bytes())
    prediction = engine.predict(engine.prepare(scan, "any"))
    # Two exclusive classes: one logit is the other's negative.
    first, second = (finding.logit for finding in prediction.findings)
    assert first == pytest.approx(-second, abs=1e-4)
    assert not list((root / "runs").glob("*/*.ckpt"))


def test_the_gate_is_fitted_on_enough_pictures_and_refuses_noise(root):
    data = write_classes(root / "many", 176)
    train_pictures(recipe(data, "gated", settings=replace(QUICK, epochs=3)), root / "runs")
    engine = InferenceEngine("gated")
    gate = engine.card.raw["gate"]
    assert gate["fitted"]
    assert gate["noise_refused"] > 0.9
    scan = decode_scan((data / "disc" / "000.png").read_bytes())
    judged = engine.judge_distribution(engine.prepare(scan, "any"))
    assert judged is not None
    assert judged.accepted
    assert np.isfinite(judged.distance)


def test_names_and_settings_that_cannot_be_are_refused(data, root):
    with pytest.raises(DuplicateName, match="zoo's own"):
        train_pictures(recipe(data, "chest-xray"), root)
    with pytest.raises(ZooError, match="small letters"):
        train_pictures(recipe(data, "My Model"), root)
    with pytest.raises(ZooError, match="Three folds"):
        train_pictures(recipe(data, "few", folds=2), root)
    with pytest.raises(ZooError, match="Unknown optimiser"):
        FitSettings(optimiser="adam")
