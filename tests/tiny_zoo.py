"""A complete but tiny model in a folder of its own: weights, card, lung segmenter. Fast, and no figure of a real card."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

from model_zoo.artefact import file_sha256
from model_zoo.case import CaseReview, ReadRequest, read_case
from model_zoo.classifiers.entry import ClassifierEntry
from model_zoo.classifiers.residual import LocalResidualNet
from model_zoo.engine import InferenceEngine
from model_zoo.patients import PatientRecord
from model_zoo.patients.attribution import FeatureContribution, RiskAttribution
from model_zoo.patients.risk import OutcomeRisk, RiskEstimate
from model_zoo.scans.scan import Scan, ScanMetadata, Window
from model_zoo.segmenters.entry import SegmenterEntry
from model_zoo.segmenters.unet import UNet

SIDE = 32
LAYER = "centre"  # the last convolutional map
WEIGHTS_SEED = 17
IDENTIFIER = "ZZ-TEST-IDENTIFIER-4711"


def tiny_network(outputs: int = 3) -> LocalResidualNet:
    return LocalResidualNet(outputs, widths=(4, 6, 8, 8), depths=(1, 1, 1, 1), fused=6)


def tiny_unet() -> UNet:
    return UNet(widths=(4, 6))


def randomise(network: nn.Module, seed: int = WEIGHTS_SEED) -> None:
    """Give every weight and running statistic a value that a trained network could have, the same each time."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if not value.dtype.is_floating_point:
                continue
            noise = torch.randn(value.shape, generator=generator)
            if value.ndim > 1:
                value.copy_(noise * (2 / value[0].numel()) ** 0.5)
            elif name.endswith(("running_var", "raw_sharpness", "scale")) or ".norm" in name:
                value.copy_((1 + 0.3 * noise).clamp_min(0.3))
            else:
                value.copy_(0.3 * noise)


def tiny_card() -> dict[str, Any]:
    """Return the card without sha256: one output of each kind for adults, one for children."""

    def output(name: str, population: str, kind: str) -> dict[str, Any]:
        calibration = {
            "slope": 1.2,
            "intercept": -0.3,
            "covariance": [[0.01, 0.0], [0.0, 0.02]],
            "fitted_on": "nothing: a test card",
        }
        return {
            "name": name,
            "title": name.replace("_", " ").capitalize(),
            "population": population,
            "kind": kind,
            "threshold": {"logit": 0.0, "rule": "a test card"},
            "score_quantiles": [float(v) for v in np.linspace(-4, 4, 101)],
            "calibration": calibration if kind == "probability" else None,
        }

    return {
        "schema_version": 1,
        "name": "tiny",
        "title": "Tiny",
        "version": "0",
        "task": "classification",
        "input": {
            "shape": [1, SIDE, SIDE],
            "value_range": [-1.5, 1.5],
            "target_layer": LAYER,
            "modalities": ["CR", "DX"],
            "body_parts": ["CHEST"],
            "aspect_range": [0.6, 1.8],
            "min_side": 40,
        },
        "populations": [
            {
                "name": "adult",
                "title": "Adults",
                "age_years": [18, 121],
                "crop": "whole",
                "views": ["PA", "AP"],
                "note": "",
            },
            {
                "name": "child",
                "title": "Children aged 1 to 5",
                "age_years": [1, 6],
                "crop": "lungs",
                "views": ["AP"],
                "note": "",
            },
        ],
        "outputs": [
            output("lung_opacity", "adult", "probability"),
            output("report_effusion", "adult", "report_score"),
            output("pneumonia", "child", "probability"),
        ],
        "not_assessed": ["everything else"],
        "intended_use": "Tests.",
        "not_for": ["anything else"],
    }


def write_tiny_zoo(root: Path) -> Path:
    """Write the folders ``tiny`` and ``tiny-lungs`` below ``root``."""
    for name, network in (("tiny", tiny_network()), ("tiny-lungs", tiny_unet())):
        folder = root / name
        folder.mkdir(parents=True)
        randomise(network)
        state = {k: v.half() if v.dtype.is_floating_point else v for k, v in network.state_dict().items()}
        save_file(state, folder / "model.safetensors")
        card = tiny_card() if name == "tiny" else {"schema_version": 1, "name": name}
        card["weights_sha256"] = file_sha256(folder / "model.safetensors")
        write_card(folder, card)
    return root


def write_card(folder: Path, card: dict[str, Any]) -> None:
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")


class _OneEntry:
    """A registry of one entry."""

    def __init__(self, entry: Any) -> None:
        self.entry = entry

    def get(self, name: str) -> Any:
        return self.entry


@contextmanager
def tiny_registries(root: Path) -> Iterator[None]:
    """Let the engine find the tiny model and its segmenter, in ``root``, whatever name is asked for."""
    with (
        patch("model_zoo.classifiers.entry.WEIGHTS_ROOT", root),
        patch("model_zoo.segmenters.entry.WEIGHTS_ROOT", root),
        patch("model_zoo.engine.inference.CLASSIFIERS", _OneEntry(ClassifierEntry("tiny", tiny_network, "tiny-lungs"))),
        patch("model_zoo.engine.inference.SEGMENTERS", _OneEntry(SegmenterEntry("tiny-lungs", tiny_unet))),
    ):
        yield


def tiny_engine(root: Path) -> InferenceEngine:
    """Write the tiny model below ``root`` and load it."""
    with tiny_registries(write_tiny_zoo(root)):
        return InferenceEngine("tiny", torch.device("cpu"))


def made_scan(seed: int = 0, rows: int = 60, cols: int = 52, **metadata: Any) -> Scan:
    """Return a scan of smooth random blobs, as a radiograph of an adult unless told otherwise."""
    generator = np.random.default_rng(seed)
    y, x = np.mgrid[0:rows, 0:cols]
    frame = np.zeros((rows, cols))
    for _ in range(6):
        cy, cx, width = generator.uniform(0, rows), generator.uniform(0, cols), generator.uniform(4, 15)
        frame += generator.uniform(0.2, 1) * np.exp(-((y - cy) ** 2 + (x - cx) ** 2) / (2 * width**2))
    frames = (1000 * frame / frame.max())[None].astype(np.float32)
    facts = {"modality": "DX", "body_part": "CHEST", "view": "PA", "age_years": 60.0, "sex": "F"} | metadata
    return Scan(f"{seed:064x}", "PNG", frames, Window(500.0, 1000.0), (0.2, 0.2), metadata=ScanMetadata(**facts))


def example_review(engine: InferenceEngine, seed: int = 0, with_patient: bool = True) -> CaseReview:
    """Read a made scan, with both maps and, if asked, a written patient and risk; the identifier is ``IDENTIFIER``."""
    scan = made_scan(seed, patient_id=IDENTIFIER, study_date="2024-05-06", synthetic=True)
    request = ReadRequest(parameters={"integrated-gradients": {"steps": 8}})
    review = read_case(engine, scan, request)
    if not with_patient:
        return review
    record = PatientRecord(
        IDENTIFIER,
        60.0,
        "F",
        {"arterial_ph": 7.31, "diagnosis": "copd", "urea_mmol_l": None},
        "written",
        synthetic=True,
    )
    risk = RiskEstimate(
        "support-respiratory",
        "Risk",
        "ab" * 32,
        (OutcomeRisk("death", "Death", 0.25, 0.2, 0.3, 180, 0.4, False, 0.35),),
        "A population",
        "An interval",
        ("Urea",),
        ("A remark",),
    )
    contributions = (
        FeatureContribution("arterial_ph", "pH", 7.31, 7.4, 0.125),
        FeatureContribution("diagnosis", "Diagnosis", "copd", "arf", -0.0625),
    )
    why = RiskAttribution("death", 0.25, "a reference", 0.1875, contributions, 0.0, 0.0)
    return replace(review, record=record, risk=risk, risk_absent=None, risk_attributions=(why,))
