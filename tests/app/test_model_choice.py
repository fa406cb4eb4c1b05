"""Which model reads the scan: the zoo's own and what is dropped in; a model that vanishes gives way to the default."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file
from streamlit.testing.v1 import AppTest

from dashboard.components.case.inputs import SCAN_KEY
from dashboard.session import DEFAULT_MODEL
from model_zoo.artefact import file_sha256
from model_zoo.classifiers.architectures import build_architecture
from tests.app.reading import held
from tests.tiny_zoo import randomise, tiny_card

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")


def drop(root: Path) -> Path:
    """Put a folder model "dropped" that reads any picture below ``root``."""
    folder = root / "dropped"
    folder.mkdir(parents=True)
    network = build_architecture("local-residual-small", 2)
    randomise(network)
    save_file(network.state_dict(), folder / "model.safetensors")
    card = tiny_card() | {"name": "dropped", "title": "Dropped", "architecture": "local-residual-small"}
    card["input"] |= {"shape": [1, 64, 64], "target_layer": "auto", "modalities": [], "body_parts": []}
    card["populations"] = [
        {"name": "any", "title": "Anybody", "age_years": [0, 125], "crop": "whole", "views": [], "note": ""}
    ]
    quantiles = [float(value) for value in np.linspace(-90, 90, 101)]
    card["outputs"] = [output | {"population": "any", "score_quantiles": quantiles} for output in card["outputs"][:2]]
    card["weights_sha256"] = file_sha256(folder / "model.safetensors")
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    return folder


def choice(app: AppTest):  # type: ignore[no-untyped-def]
    return [box for box in app.selectbox if box.key == "reading-model"]


def test_a_dropped_model_is_offered_read_with_and_gives_way_when_it_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path / "cases"))
    monkeypatch.setenv("DIAPHANE_MODELS", str(tmp_path / "models"))
    app = AppTest.from_file(APP, default_timeout=120).run()
    assert not any("dropped" in option for option in choice(app)[0].options)
    folder = drop(tmp_path / "models")
    app.run()
    assert choice(app)[0].value == DEFAULT_MODEL
    choice(app)[0].select("dropped").run()
    assert held(app).model == "dropped"
    assert "Dropped" in app.file_uploader(key=SCAN_KEY).label
    app.switch_page("app_pages/models.py").run()
    assert not app.exception
    assert any("Dropped" in element.value and "dropped" in element.value for element in app.markdown)
    (folder / "card.json").unlink()
    app.switch_page("app_pages/read.py").run()
    assert not app.exception
    assert held(app).model == DEFAULT_MODEL
    assert not any("dropped" in option for option in choice(app)[0].options)
