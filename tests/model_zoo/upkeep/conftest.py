"""Two trained versions, made once for all tests of upkeep; each test gets its own copy of the folder."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from model_zoo.classifiers.models_folder import ModelFolder
from model_zoo.training.folder_models.run import train_pictures
from tests.drawn_pictures import QUICK, recipe, write_classes


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with "discs": version 2 trained for longer than version 1; beside it the pictures."""
    root = tmp_path_factory.mktemp("zoo")
    data = write_classes(root / "pictures", 64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIAPHANE_MODELS", str(root / "models"))
        train_pictures(recipe(data, settings=replace(QUICK, epochs=10)), root / "runs")
        train_pictures(recipe(data, settings=replace(QUICK, epochs=16)), root / "runs")
    return root


@pytest.fixture
def discs(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelFolder:
    """The model "discs" in a copy that the test may change; version 1 is in use."""
    shutil.copytree(trained / "models", tmp_path / "models")
    monkeypatch.setenv("DIAPHANE_MODELS", str(tmp_path / "models"))
    return ModelFolder("discs", tmp_path / "models")


@pytest.fixture(scope="session")
def pictures(trained: Path) -> Path:
    return trained / "pictures"
