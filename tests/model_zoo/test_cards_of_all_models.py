"""No model is loaded whose card or weights hold what is no number: risk models, intensive care, ECG, symptoms, trust, sequences."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from model_zoo.card import WEIGHTS_ROOT, read_card
from model_zoo.ecg.beats import load_ecg_model
from model_zoo.engine.study import read_head
from model_zoo.errors import CardInvalid, CaseUnreadable, NoNumber, WeightsMismatch, ZooError
from model_zoo.fusion import measured
from model_zoo.icu.risk import load_icu_model
from model_zoo.patients.attribution import reference_tensors
from model_zoo.patients.reference_groups import load_reference
from model_zoo.patients.risk import load_risk_model
from model_zoo.patients.risk_models import definitions, risk_model
from model_zoo.quality.release import read_release
from model_zoo.segmenters.entry import SegmenterEntry
from model_zoo.segmenters.unet import UNet
from model_zoo.symptoms.model import symptom_model
from model_zoo.trust.in_distribution import load_gates
from model_zoo.trust.trust_card import read_trust

RISK, ICU, ECG, SYMPTOMS = "heart-failure", "icu-mortality", "ecg-beats", "symptoms-transformer"
LOAD: dict[str, Callable[[Path], object]] = {
    RISK: lambda folder: load_risk_model(definitions()[RISK], folder),
    ICU: lambda folder: load_icu_model(ICU, folder),
    ECG: load_ecg_model,
    SYMPTOMS: lambda folder: symptom_model(SYMPTOMS, folder),
}
OUTCOME = definitions()[RISK].outcomes[0].name
WRONG: list[tuple[str, tuple[Any, ...], Any]] = [
    (RISK, ("thresholds", OUTCOME, "value"), None),
    (RISK, ("thresholds", OUTCOME, "value"), 1.2),
    (RISK, ("thresholds", OUTCOME, "value"), math.nan),
    (RISK, ("calibration", OUTCOME, "slope"), math.inf),
    (RISK, ("calibration", OUTCOME, "slope"), -1.0),
    (RISK, ("calibration", OUTCOME, "intercept"), "0.1"),
    (RISK, ("outputs", OUTCOME, "base_rate"), 40),
    (RISK, ("features", 0, "training_range"), [95.0, 40.0]),
    (RISK, ("metrics",), math.nan),
    (ICU, ("thresholds", "alert", "value"), math.nan),
    (ICU, ("thresholds", "alert", "value"), -0.1),
    (ICU, ("thresholds", "alert"), {}),
    (ICU, ("calibration", "slope_by_clock"), math.inf),
    (ICU, ("variables", 0, "training_range"), [153.0, 41.0]),
    (ICU, ("reference_risk", "by_hour", 3), math.nan),
    (ECG, ("ranges", "amplitude_microvolts"), [5094.0, 418.0]),
    (ECG, ("ranges", "interval_seconds"), [math.nan, 2.0]),
    (ECG, ("ranges",), []),
    (RISK, ("outputs",), {}),
    (RISK, ("title",), 7),
    (RISK, ("split_rule",), None),
    (ICU, ("warnings",), "one"),
    (SYMPTOMS, ("conditions", 0), {"name": "x"}),
    (SYMPTOMS, ("temperature",), 0),
    (SYMPTOMS, ("temperature",), -1.3),
    (SYMPTOMS, ("temperature",), math.nan),
    (SYMPTOMS, ("cannot_tell", "least_top_probability"), 2),
    (SYMPTOMS, ("cannot_tell",), None),
]


def _copy(name: str, to: Path) -> Path:
    return Path(shutil.copytree(WEIGHTS_ROOT / name, to / name))


def _edit(path: Path, where: tuple[Any, ...], value: Any) -> None:
    card = content = json.loads(path.read_text())
    for step in where[:-1]:
        content = content[step]
    content[where[-1]] = value
    path.write_text(json.dumps(card))


@pytest.mark.parametrize(("name", "where", "value"), WRONG)
def test_a_card_with_a_figure_out_of_range_loads_no_model(
    tmp_path: Path, name: str, where: tuple[Any, ...], value: Any
) -> None:
    folder = _copy(name, tmp_path)
    _edit(folder / "card.json", where, value)
    with pytest.raises(CardInvalid) as caught:
        LOAD[name](folder)
    assert caught.value.hint


TRUST_WRONG: list[tuple[tuple[Any, ...], Any]] = [
    (("gate", "accept"), 1.5),
    (("gate", "cells"), "four"),
    (("gate", "populations", "adult", "threshold"), None),
    (("number", "outputs", "lung_opacity", "prevalence"), -0.1),
    (("number", "outputs", "lung_opacity", "sets", "thresholds", "0.90", "present_from"), "low"),
    (("number", "outputs", "lung_opacity", "measured", "coverage", "0.90", "overall", "value"), 1.2),
    (("number", "outputs", "lung_opacity", "measured", "likelihood_ratios", "plus", "value"), -1.0),
    (("shortcuts", "outputs", "lung_opacity", "limits", "border"), 0.0),
    (("shortcuts", "outputs", "lung_opacity", "view_rates"), {"lateral": {"value": 0.5}}),
    (("maps", "methods", "grad-cam", "verdict", "lung_opacity", "told_apart"), "yes"),
    (("maps", "methods", "grad-cam", "verdict", "lung_opacity", "n_films"), -3),
    (("maps", "methods"), []),
]


@pytest.mark.parametrize(("where", "value"), TRUST_WRONG)
def test_a_trust_card_with_a_figure_out_of_range_is_refused_by_its_place(
    tmp_path: Path, where: tuple[Any, ...], value: Any
) -> None:
    shutil.copy(WEIGHTS_ROOT / "chest-xray" / "trust.json", tmp_path)
    _edit(tmp_path / "trust.json", where, value)
    with pytest.raises(CardInvalid, match=where[0]) as caught:
        read_trust(tmp_path, read_card(WEIGHTS_ROOT / "chest-xray").weights_sha256)
    assert caught.value.hint


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("name", LOAD)
def test_weights_that_hold_no_numbers_load_no_model(tmp_path: Path, name: str, value: float) -> None:
    folder = _copy(name, tmp_path)
    path = folder / "model.safetensors"
    state = load_file(path)
    largest = max((t for t in state.values() if t.dtype.is_floating_point), key=torch.Tensor.numel)
    largest.view(-1)[0] = value
    save_file(state, path)
    _edit(folder / "card.json", ("weights_sha256",), hashlib.sha256(path.read_bytes()).hexdigest())
    with pytest.raises(WeightsMismatch, match="no numbers"):
        LOAD[name](folder)


def test_a_risk_that_is_no_number_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    model = risk_model(RISK)
    monkeypatch.setattr(model.network, "member_logits", lambda encoded: torch.full((3, 1, 1), math.nan))
    with pytest.raises(NoNumber, match="risk model"):
        model.probabilities(*reference_tensors(model))


def test_an_hourly_risk_that_is_no_number_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    model = load_icu_model(ICU)
    monkeypatch.setattr(
        model.network, "member_logits", lambda channels, *rest: torch.full((3, *channels.shape[:2]), math.nan)
    )
    values = np.full((2, len(model.variables)), np.nan)
    values[0, 0] = 80
    with pytest.raises(NoNumber, match="risk model"):
        model.risk_by_hour(values)


def test_a_beat_whose_class_is_no_number_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    model = load_ecg_model()
    monkeypatch.setattr(model.network, "member_logits", lambda x, rhythm: torch.full((3, len(x), 4), math.nan))
    with pytest.raises(NoNumber, match="beat model"):
        model.classify(np.zeros((1, 78)), np.ones((1, 4)))


def test_conditions_without_numbers_are_not_ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    model = symptom_model(SYMPTOMS)
    monkeypatch.setattr(model.network, "forward", lambda *batch: torch.full((1, len(model.conditions)), math.nan))
    with pytest.raises(NoNumber, match="symptom model"):
        model.probabilities([model.read("chest pain and fever")])


READ: dict[str, tuple[str, str, Callable[[Path], object], type[ZooError]]] = {
    "trust": ("chest-xray", "trust.json", lambda f: read_trust(f, read_card(f).weights_sha256), CardInvalid),
    "sequence": ("brain-mri-tumour", "sequence.json", lambda f: read_head(f, read_card(f)), CardInvalid),
    "release": ("chest-xray", "quality.json", read_release, CaseUnreadable),
    "reference": (RISK, "reference.json", lambda f: load_reference(risk_model(RISK), f), CardInvalid),
}


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("name", READ)
def test_a_measurement_with_a_figure_that_is_none_is_not_read(tmp_path: Path, name: str, figure: str) -> None:
    model, file, read, error = READ[name]
    folder = _copy(model, tmp_path)
    read(folder)
    text = (folder / file).read_text()
    (folder / file).write_text(text.rstrip().removesuffix("}") + f', "planted": {figure}}}')
    with pytest.raises(error) as caught:
        read(folder)
    assert caught.value.hint


@pytest.mark.parametrize("where", ["quantiles", "threshold", "inside"])
def test_a_gate_whose_figures_are_out_of_order_is_not_loaded(where: str) -> None:
    folder = WEIGHTS_ROOT / "chest-xray"
    section = json.loads((folder / "trust.json").read_text())["gate"]
    load_gates(section, folder / "trust.safetensors")
    stored = next(iter(section["populations"].values()))
    stored[where] = stored["quantiles"][::-1] if where == "quantiles" else None
    with pytest.raises(ValueError, match="expected"):
        load_gates(section, folder / "trust.safetensors")


def test_a_segmenter_whose_card_holds_no_number_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _copy("lungs", tmp_path)
    _edit(folder / "card.json", ("planted",), math.nan)
    monkeypatch.setattr("model_zoo.segmenters.entry.WEIGHTS_ROOT", tmp_path)
    with pytest.raises(CardInvalid):
        SegmenterEntry("lungs", UNet).load()


def test_a_measured_pair_that_holds_no_number_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "some-model").mkdir()
    (tmp_path / "some-model" / measured.FUSION_FILE).write_text('{"auc": NaN}')
    monkeypatch.setattr(measured, "WEIGHTS_FOLDER", tmp_path)
    with pytest.raises(CardInvalid):
        measured.measured_of("some-model")
