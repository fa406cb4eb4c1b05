"""What the shipped weights answer to synthetic inputs, kept beside them: later code has to give the same numbers.

The sha256 of the weights says that the file is the right one, not that it is still read as it was: units, the encoding of
a stay, the cutting of beats, the words of a text and the calibration are code. ``python -m model_zoo train
example-predictions`` writes the files anew; nothing in them comes from a patient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from model_zoo.artefact import write_json
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.disk import read_json_file
from model_zoo.ecg.beats import CLASSES, EcgBeatModel, load_ecg_model
from model_zoo.ecg.beats import NAME as BEAT_MODEL
from model_zoo.ecg.demo import synthetic_strip
from model_zoo.ecg.strip import read_strip
from model_zoo.errors import DataNotFound
from model_zoo.icu.demo import SCENARIOS, synthetic_stay
from model_zoo.icu.risk import IcuRiskModel, load_icu_model
from model_zoo.icu.variables import FORMS
from model_zoo.symptoms.model import SYMPTOM_MODELS, SymptomModel, symptom_model

EXAMPLES_FILE = "examples.json"
HOURS = (6, 12, 24, 48)
COMPLAINTS = "60 year old male. Chest pain, shortness of breath and palpitations. I smoke cigarettes."
DENIALS = f"{COMPLAINTS} No fever, no cough."
DIGITS = 8
# Of a probability: series and beats are computed in float64, texts in float32, which other processors round otherwise.
TOLERANCE = {"series": 1e-6, "texts": 1e-4}
Predictions = dict[str, list[float]]


def stay_predictions(model: IcuRiskModel) -> Predictions:
    """Return the risk of every synthetic stay after HOURS."""
    found = {}
    for scenario in SCENARIOS:
        stay = synthetic_stay(scenario, model.name)
        risk = model.risk_by_hour(stay.values, facts=stay.facts).risk
        found[scenario] = [round(float(risk[hour - 1]), DIGITS) for hour in HOURS]
    return found


def beat_predictions(model: EcgBeatModel) -> Predictions:
    """Return per class the probability of every beat of the synthetic strip."""
    strip = synthetic_strip()
    read = read_strip(strip.microvolts, strip.rate_hz)
    probabilities = model.classify(read.windows, read.rr).probabilities
    return {name: np.round(probabilities[:, i], DIGITS).tolist() for i, name in enumerate(CLASSES)}


def text_predictions(model: SymptomModel) -> Predictions:
    """Return the probabilities of all conditions for written complaints, with and without denials."""
    found = model.probabilities([model.read(COMPLAINTS), model.read(DENIALS)])
    return {name: np.round(row, DIGITS).tolist() for name, row in zip(("complaints", "denials"), found, strict=True)}


def example_difference(folder: Path, weights_sha256: str, found: Mapping[str, list[float]]) -> float:
    """Return the largest difference to the stored predictions.

    Raises DataNotFound where there are none, or where they are of other weights or other inputs.
    """
    hint = "Run: python -m model_zoo train example-predictions"
    try:
        stored = read_json_file(folder / EXAMPLES_FILE)
    except (OSError, ValueError) as error:
        raise DataNotFound(f"There is no readable {EXAMPLES_FILE} beside the weights.", hint) from error
    if stored.get("weights_sha256") != weights_sha256:
        raise DataNotFound(f"{EXAMPLES_FILE} belongs to other weights.", hint)
    kept = stored.get("predictions", {})
    if {name: len(row) for name, row in kept.items()} != {name: len(row) for name, row in found.items()}:
        raise DataNotFound(f"{EXAMPLES_FILE} holds other examples.", hint)
    return max(float(np.abs(np.subtract(kept[name], row)).max()) for name, row in found.items())


def write_examples(root: Path = WEIGHTS_ROOT) -> tuple[str, ...]:
    """Write the file of every installed model of series, beats and text; return their names."""
    written = []
    makers: dict[str, Callable[[Path], tuple[Mapping[str, Any], Predictions]]] = {
        **dict.fromkeys(FORMS, _of_stays),
        BEAT_MODEL: _of_beats,
        **dict.fromkeys(SYMPTOM_MODELS, _of_texts),
    }
    for name, make in makers.items():
        folder = root / name
        if not (folder / "model.safetensors").is_file():
            continue
        card, predictions = make(folder)
        content = {"synthetic": True, "weights_sha256": card["weights_sha256"], "predictions": predictions}
        write_json(folder / EXAMPLES_FILE, content)
        written.append(name)
    return tuple(written)


def _of_stays(folder: Path) -> tuple[Mapping[str, Any], Predictions]:
    model = load_icu_model(folder.name, folder)
    return model.card, stay_predictions(model)


def _of_beats(folder: Path) -> tuple[Mapping[str, Any], Predictions]:
    model = load_ecg_model(folder)
    return model.card, beat_predictions(model)


def _of_texts(folder: Path) -> tuple[Mapping[str, Any], Predictions]:
    model = symptom_model(folder.name, folder)
    return model.card, text_predictions(model)
