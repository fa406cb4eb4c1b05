"""Recipe of the trust card of the chest X-ray model: ``python -m model_zoo train chest-xray-trust``.

Fits what has to be fitted (gate, prediction sets, limits), measures every rate on held-out patients, writes
``trust.json``, ``trust.safetensors`` and ``TRUST.md`` beside the weights. ``evaluate chest-xray --trust`` measures the
same rates again with what is installed, and writes nothing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from model_zoo.card import WEIGHTS_ROOT
from model_zoo.engine.inference import InferenceEngine
from model_zoo.training.chest.recipe import NAME
from model_zoo.training.trust.cascade import measure_cascade
from model_zoo.training.trust.corner_marker import FILE as FIXTURE_FILE
from model_zoo.training.trust.corner_marker import FOLDER as FIXTURE_FOLDER
from model_zoo.training.trust.corner_marker import train_corner_marker
from model_zoo.training.trust.folds import FOLDER as FOLDS_FOLDER
from model_zoo.training.trust.folds import export_fold_networks
from model_zoo.training.trust.gate import fit_gates, measure_gate
from model_zoo.training.trust.maps import FOLDS, all_methods, measure_films, measure_phantoms, read_rows
from model_zoo.training.trust.number import fit_number, measure_number
from model_zoo.training.trust.page import trust_to_markdown
from model_zoo.training.trust.shortcuts import fit_shortcuts, measure_shortcuts
from model_zoo.training.trust.verdict import summarise_maps
from model_zoo.trust.in_distribution import save_gates
from model_zoo.trust.trust_card import TENSORS_FILE, read_trust, write_trust

log = logging.getLogger(__name__)

PAGE = "TRUST.md"
_FOLDS_ABOUT = """# Sister networks for evaluation

Three networks of the chest X-ray recipe (12 epochs), each held out of one of the folds 0 to 2, so that maps can be judged
on every patient with an outlined lesion. Used by `evaluate chest-xray --trust` and by nothing else; the shipped network is
`chest-xray`.
"""
_FIXTURE_ABOUT = """# Fixture of the wrong-reason alarm

A small network trained on purpose to see a marker in the corner of a film. It reads nothing of a patient and is no model
of the zoo: tests and `evaluate chest-xray --trust` check that the alarm catches it.
"""


def train_trust(runs: Path, weights: Path = WEIGHTS_ROOT) -> dict[str, Any]:
    """Run or resume the recipe; the long part, the maps, resumes from ``runs/trust``."""
    folder = weights / NAME
    if not (weights / FOLDS_FOLDER / "fold0.safetensors").is_file():
        export_fold_networks(runs, weights)
    (weights / FOLDS_FOLDER / "ABOUT.md").write_text(_FOLDS_ABOUT, encoding="utf-8")
    if not (weights / FIXTURE_FOLDER / FIXTURE_FILE).is_file():
        train_corner_marker(weights)
    (weights / FIXTURE_FOLDER / "ABOUT.md").write_text(_FIXTURE_ABOUT, encoding="utf-8")
    # Without the installed trust card, which may be that of other weights: it is about to be measured.
    engine = InferenceEngine(NAME, trust=False)
    card: dict[str, Any] = {"model": NAME, "weights_sha256": engine.card.weights_sha256}
    stages = _Stages(runs, engine.card.weights_sha256)
    card["gate"] = stages.get("gate", lambda: _fitted_gate(engine, folder / TENSORS_FILE))
    card["number"] = stages.get("number", lambda: fit_number(engine))
    card["shortcuts"] = stages.get("shortcuts", lambda: fit_shortcuts(engine))
    card["maps"] = measure_maps(runs, engine.card.weights_sha256)
    write_trust(folder, card)
    # Reloaded: what is measured is what is installed, rounded as it is stored.
    engine = InferenceEngine(NAME)
    card["number"] = stages.get("number measured", lambda: measure_number(engine, card["number"]))
    card["gate"]["measured"] = stages.get("gate measured", lambda: measure_gate(engine))
    card["shortcuts"]["measured"] = stages.get("shortcuts measured", lambda: measure_shortcuts(engine))
    card["maps"]["cascade"] = stages.get("cascade", lambda: measure_cascade(engine, all_methods()))
    write_trust(folder, card)
    (folder / PAGE).write_text(trust_to_markdown(card), encoding="utf-8")
    return {"name": NAME, **card}


class _Stages:
    """Finished stages of the recipe, kept in the runs folder so that a killed run resumes."""

    def __init__(self, runs: Path, weights_sha256: str) -> None:
        self.folder = runs / "trust" / f"stages-{weights_sha256[:12]}"
        self.folder.mkdir(parents=True, exist_ok=True)

    def get(self, name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        path = self.folder / f"{name.replace(' ', '-')}.json"
        if not path.is_file():
            log.info("%s", name)
            path.write_text(json.dumps(make()), encoding="utf-8")
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found


def _fitted_gate(engine: InferenceEngine, tensors: Path) -> dict[str, Any]:
    gates, section = fit_gates(engine)
    section["populations"] = save_gates(gates, {}, tensors)
    return section


def measure_maps(runs: Path, weights_sha256: str, tick: Callable[[str], None] = log.info) -> dict[str, Any]:
    """Return the section "maps": every boxed film, every method; resumes from ``runs/trust``, by weights."""
    folder = runs / "trust" / f"maps-{weights_sha256[:12]}"
    rows = []
    for fold in FOLDS:
        path = folder / f"{fold}.jsonl"
        measure_films(fold, path, all_methods(), tick=tick)
        rows += read_rows(path)
    phantoms = folder / "phantoms.jsonl"
    measure_phantoms(phantoms, tick=tick)
    return summarise_maps(rows, read_rows(phantoms))


def evaluate_trust(engine: InferenceEngine, runs: Path, tick: Callable[[str], None] = log.info) -> dict[str, Any]:
    """Return every rate of the trust layer, measured now on held-out data with what is installed.

    Parameters
    ----------
    engine
        Of the model.
    runs
        Folder of checkpoints.
    tick
        Called with what is measured now.
    """
    installed = read_trust(engine.entry.folder, engine.card.weights_sha256) or {}
    answer: dict[str, Any] = {"model": engine.card.name, "weights_sha256": engine.card.weights_sha256}
    tick("measuring the prediction sets")
    answer["number"] = measure_number(engine, installed["number"])
    tick("measuring the gate")
    answer["gate"] = {"measured": measure_gate(engine)}
    tick("measuring the shortcut probes and the alarm")
    answer["shortcuts"] = {"measured": measure_shortcuts(engine)}
    answer["maps"] = measure_maps(runs, engine.card.weights_sha256, tick)
    tick("measuring the cascade")
    answer["maps"]["cascade"] = measure_cascade(engine, all_methods())
    return answer
