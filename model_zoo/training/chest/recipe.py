"""Recipe of the chest X-ray classifier: ``python -m model_zoo train chest-xray``.

Everything by patient. Runs that hold out folds 0, 1 and 2 and the shipped run that holds out fold 3 give out-of-fold
predictions; by them alone it is decided which findings are offered. Fold 3 then calibrates and sets thresholds, fold 4
is reported once. Every figure on the card is that of the reloaded float16 weights.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from model_zoo.artefact import file_sha256, half, write_card, write_tensors
from model_zoo.card import SCHEMA_VERSION, WEIGHTS_ROOT
from model_zoo.classifiers.residual import LocalResidualNet
from model_zoo.engine.inference import InferenceEngine
from model_zoo.engine.scoring import BASELINE_FILE, reported_outputs, score_table
from model_zoo.evaluation import metrics
from model_zoo.evaluation.given_sets import read_given_set
from model_zoo.evaluation.labels import LabelTable
from model_zoo.evaluation.metrics import bootstrap_interval, paired_bootstrap_difference
from model_zoo.evaluation.predictions import PredictionTable
from model_zoo.evaluation.report import MIN_POSITIVE_PATIENTS, summarise
from model_zoo.evaluation.thumbnail import ThumbnailBaseline, fit_thumbnail
from model_zoo.segmenters import SEGMENTERS
from model_zoo.training.calibration import platt, threshold_at_sensitivity
from model_zoo.training.chest.card import (
    CANDIDATES,
    NEVER_OFFERED,
    OutputText,
    card_skeleton,
    card_to_markdown,
)
from model_zoo.training.chest.films import (
    AUXILIARY_OUTPUTS,
    OUTPUTS,
    load_adult_films,
    load_child_films,
    load_child_thumbnails,
)
from model_zoo.training.chest.fit import mean_features
from model_zoo.training.chest.lungs import train_lungs
from model_zoo.training.chest.phantoms import phantom_figures
from model_zoo.training.chest.runs import (
    SELECTION_FOLDS,
    SELECTION_OPTIONS,
    SHIPPED_FOLD,
    SHIPPED_OPTIONS,
    load_run,
    run_fold,
)
from model_zoo.training.data_folder import imaging_folder
from model_zoo.words import SIGNED, spanned

log = logging.getLogger(__name__)

NAME = "chest-xray"
# The fold on which the network with and without phantoms in training are compared.
PHANTOM_FOLD = 0
# An output that keeps more than this without any lung is not shown to read the lungs.
LUNGLESS_AUC = 0.75


def train_chest_xray(runs: Path, weights: Path = WEIGHTS_ROOT) -> dict[str, Any]:
    """Run or resume the whole recipe in folder ``runs``; write weights, baseline and card; return the card."""
    train_lungs(runs, weights)
    for fold in SELECTION_FOLDS:
        if fold != SHIPPED_FOLD:
            run_fold(runs, fold, SELECTION_OPTIONS, f"fold{fold}")
    shipped = run_fold(runs, SHIPPED_FOLD, SHIPPED_OPTIONS, "shipped")
    bare = run_fold(runs, PHANTOM_FOLD, replace(SELECTION_OPTIONS, phantoms=0), f"nophantom{PHANTOM_FOLD}")
    selection = select_outputs(runs)
    offered = [name for name, entry in selection.items() if entry["offered"]]
    folder = weights / NAME
    folder.mkdir(parents=True, exist_ok=True)
    network = load_run(shipped)
    network.centre_on(mean_features(network, _training_sample()))
    export_weights(network, offered, folder / "model.safetensors")
    fit_baseline(offered, selection).save(folder / BASELINE_FILE)
    card = calibrated_card(folder, offered, selection)
    card["selection"] = selection
    card["phantoms_in_training"] = compare_runs(runs / f"fold{PHANTOM_FOLD}", bare)
    card["training"] = {
        "recipe": "python -m model_zoo train chest-xray",
        "selection_runs": asdict(SELECTION_OPTIONS),
        "shipped_run": asdict(SHIPPED_OPTIONS),
        "shipped_trained_on_folds": [k for k in SELECTION_FOLDS if k != SHIPPED_FOLD],
        "auxiliary_outputs": list(AUXILIARY_OUTPUTS),
        "torch": torch.__version__,
    }
    write_chest_card(folder, card)
    engine = InferenceEngine(NAME, trust=False)
    card["metrics"] = {population: evaluate_given(engine, population) for population in ("adult", "child")}
    mark_lungless(card)
    card["phantom_metrics"] = phantom_figures(engine)
    write_chest_card(folder, card)
    return card


def select_outputs(runs: Path) -> dict[str, dict[str, Any]]:
    """Decide which findings are offered, from out-of-fold predictions of folds 0 to 3.

    Within each held-out fold, scores of network and thumbnail become ranks, because four networks do not share a scale;
    the thumbnail is fitted on the same three folds as the network.
    """
    ranks: dict[str, list[_HeldOut]] = {}
    adults = load_adult_films(SELECTION_FOLDS)
    children = load_child_thumbnails(SELECTION_FOLDS)
    for fold in SELECTION_FOLDS:
        name = "shipped" if fold == SHIPPED_FOLD else f"fold{fold}"
        stored = np.load(runs / name / "held_out.npz", allow_pickle=False)
        for population, films in (("adult", adults), ("child", children)):
            outputs = [c.name for c in CANDIDATES if c.population == population]
            inside, outside = films.take(np.flatnonzero(films.folds != fold)), np.flatnonzero(films.folds == fold)
            held = films.take(outside)
            if list(stored[f"{population}_files"]) != held.files:
                raise ValueError(f"run {name} was made from other films")
            columns = [OUTPUTS.index(output) for output in outputs]
            baseline = fit_thumbnail(inside.images, inside.targets[:, columns], inside.patient_ids, outputs)
            thumb = baseline.score(held.images)
            for position, (output, column) in enumerate(zip(outputs, columns, strict=True)):
                y = held.targets[:, column]
                known = np.isfinite(y)
                patients = np.array(held.patient_ids)[known]
                ranks.setdefault(output, []).append(
                    _HeldOut(
                        y[known],
                        _ranks(stored[f"{population}_logits"][known, column]),
                        _ranks(thumb[known, position]),
                        held.targets[known, OUTPUTS.index("read_as_normal")] == 1,
                        patients,
                        np.array(held.views)[known],
                    )
                )
    selection = {}
    for candidate in CANDIDATES:
        rows = _joined(ranks[candidate.name])
        network, thumbnail = rows.intervals()
        gain = paired_bootstrap_difference(metrics.auroc, rows.y, rows.network, rows.thumbnail, rows.patients)
        offered = network.n_positive_patients >= MIN_POSITIVE_PATIENTS and (gain.low or -1.0) > 0
        selection[candidate.name] = {
            "offered": offered,
            "folds": list(SELECTION_FOLDS),
            "network_auroc": asdict(network),
            "thumbnail_auroc": asdict(thumbnail),
            "difference": asdict(gain),
        }
        if candidate.name == "lung_opacity":
            selection[candidate.name]["against_normal"] = _against_normal(rows)
        log.info("%s: network %.3f thumbnail %.3f %s", candidate.name, network.value, thumbnail.value, offered)
    return selection


@dataclass(frozen=True, eq=False)
class _HeldOut:
    """Held-out films of one output: truth, ranks of network and thumbnail, read as normal, patient, view; all (n,)."""

    y: np.ndarray
    network: np.ndarray
    thumbnail: np.ndarray
    normal: np.ndarray
    patients: np.ndarray
    views: np.ndarray

    def where(self, keep: np.ndarray) -> _HeldOut:
        return _HeldOut(*(getattr(self, f.name)[keep] for f in fields(self)))

    def intervals(self) -> tuple[metrics.Interval, metrics.Interval]:
        """Return the AUC of network and thumbnail."""
        first, second = (
            bootstrap_interval(metrics.auroc, self.y, score, self.patients) for score in (self.network, self.thumbnail)
        )
        return first, second


def _joined(parts: list[_HeldOut]) -> _HeldOut:
    return _HeldOut(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(_HeldOut)))


def _against_normal(rows: _HeldOut) -> dict[str, Any]:
    """Return the out-of-fold AUC of opacity against films read as normal, of all views and by view, with baseline."""
    clear = (rows.y == 1) | rows.normal
    found = {}
    for name, keep in (("all views", clear), *((view, clear & (rows.views == view)) for view in ("PA", "AP"))):
        network, thumbnail = rows.where(keep).intervals()
        found[name] = {"network_auroc": asdict(network), "thumbnail_auroc": asdict(thumbnail)}
    return found


def _training_sample() -> np.ndarray:
    """Return the training films whose mean place is the zero of the maps: as many adults as children, every third."""
    folds = tuple(k for k in SELECTION_FOLDS if k != SHIPPED_FOLD)
    adults = load_adult_films(folds).images[::3]
    children = load_child_films(folds, SEGMENTERS.get("lungs").load()).images[::3]
    n = min(len(adults), len(children))
    return np.concatenate([adults[:n], children[:n]])


def export_weights(network: LocalResidualNet, outputs: list[str], path: Path) -> None:
    """Keep only the offered outputs, in their order, and write float16 safetensors."""
    rows = torch.tensor([OUTPUTS.index(name) for name in outputs])
    state = network.state_dict()
    for key in ("local_head.weight", "local_head.bias", "pool.raw_sharpness", "pool.scale", "pool.shift"):
        state[key] = state[key][rows]
    write_tensors(path, half(state))


def fit_baseline(outputs: list[str], selection: dict[str, dict[str, Any]]) -> ThumbnailBaseline:
    """Fit the committed thumbnail baseline on the folds that the shipped network was trained on."""
    folds = tuple(k for k in SELECTION_FOLDS if k != SHIPPED_FOLD)
    parts: list[ThumbnailBaseline] = []
    for population, films in (("adult", load_adult_films(folds)), ("child", load_child_thumbnails(folds))):
        names = [c.name for c in CANDIDATES if c.population == population and c.name in outputs]
        if names:
            columns = [OUTPUTS.index(name) for name in names]
            parts.append(fit_thumbnail(films.images, films.targets[:, columns], films.patient_ids, names))
    return ThumbnailBaseline(
        outputs=tuple(name for part in parts for name in part.outputs),
        mean=np.concatenate([part.mean for part in parts]),
        scale=np.concatenate([part.scale for part in parts]),
        coef=np.concatenate([part.coef for part in parts]),
        intercept=np.concatenate([part.intercept for part in parts]),
        penalty=tuple(c for part in parts for c in part.penalty),
    )


def calibrated_card(folder: Path, offered: list[str], selection: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Write a first card so that the engine can run, score fold 3 with the float16 weights, and fill in the rest."""
    texts = {candidate.name: candidate for candidate in CANDIDATES}
    card = card_skeleton()
    card["schema_version"] = SCHEMA_VERSION
    card["weights_sha256"] = file_sha256(folder / "model.safetensors")
    card["outputs"] = [_output_entry(texts[name]) for name in offered]
    card["not_offered"] = [
        {"name": c.name, "reason": _not_offered_reason(selection[c.name])} for c in CANDIDATES if c.name not in offered
    ] + [{"name": name, "reason": reason} for name, reason in NEVER_OFFERED.items()]
    card["not_assessed"] = [
        *(texts[name].absent_words or texts[name].title.lower() for name in texts if name not in offered),
        *card["not_assessed"],
    ]
    write_chest_card(folder, card)
    engine = InferenceEngine(NAME, trust=False)
    tables = {population: given_table(population).in_folds(SHIPPED_FOLD) for population in ("adult", "child")}
    scored = {population: score_table(engine, table) for population, table in tables.items()}
    for entry in card["outputs"]:
        _calibrate(entry, texts[entry["name"]], scored[entry["population"]])
    write_chest_card(folder, card)
    return card


def evaluate_given(engine: InferenceEngine, population: str) -> dict[str, Any]:
    """Return the report of the given sets of one population on fold 4."""
    table = given_table(population).reported()
    scored = score_table(engine, table)
    report = summarise(scored, reported_outputs(engine, table), engine.card.name)
    if population == "adult":
        # The figure that other work reports: opacity against films read as normal, the abnormal ones without opacity out.
        clear = np.array(
            [row.labels.get("read_as_normal") == 1 or row.labels["lung_opacity"] == 1 for row in table.rows]
        )
        against = summarise(scored.where(clear), reported_outputs(engine, table)[:1], engine.card.name)
        report["lung_opacity_against_normal"] = against["outputs"][0]
    return report


def given_table(population: str) -> LabelTable:
    """Return the films the card reports on, in the form of ``evaluate``."""
    name = {"adult": "chest_xray_adult", "child": "chest_xray_child"}[population]
    return read_given_set(imaging_folder(name), name)


def compare_runs(with_phantoms: Path, without: Path) -> dict[str, Any]:
    """Return the AUC on held-out real films of two runs that differ in the phantoms alone, per offered candidate."""
    first = np.load(with_phantoms / "held_out.npz", allow_pickle=False)
    second = np.load(without / "held_out.npz", allow_pickle=False)
    result: dict[str, Any] = {"fold": PHANTOM_FOLD, "outputs": {}}
    for candidate in CANDIDATES:
        column = OUTPUTS.index(candidate.name)
        y = first[f"{candidate.population}_targets"][:, column]
        known = np.isfinite(y)
        patients = first[f"{candidate.population}_patients"][known]
        a = first[f"{candidate.population}_logits"][known, column]
        b = second[f"{candidate.population}_logits"][known, column]
        result["outputs"][candidate.name] = {
            "with": metrics.auroc(y[known], a),
            "without": metrics.auroc(y[known], b),
            "difference": asdict(paired_bootstrap_difference(metrics.auroc, y[known], a, b, patients)),
        }
    return result


def mark_lungless(card: dict[str, Any]) -> None:
    """Say on each output of a lung-cropped population whether the network is shown to read the lungs."""
    for entry in card["outputs"]:
        if card_population(card, entry["population"])["crop"] != "lungs":
            continue
        reported = next(o for o in card["metrics"][entry["population"]]["outputs"] if o["name"] == entry["name"])
        without = reported["comparisons"]["lungs_painted_out"]["auroc"]["value"]
        if without is not None and max(without, 1 - without) > LUNGLESS_AUC:
            entry["caution"] = (
                f"Not shown to read the lungs: with the lungs painted out the AUC is still {without:.2f} "
                f"({reported['auroc']['value']:.2f} with them)."
            )


def card_population(card: dict[str, Any], name: str) -> dict[str, Any]:
    """Return one population entry of a card as JSON."""
    return next(p for p in card["populations"] if p["name"] == name)


def write_chest_card(folder: Path, card: dict[str, Any]) -> None:
    """Write ``card.json`` and, once there are metrics, ``CARD.md``."""
    write_card(folder, card, card_to_markdown(card) if "phantom_metrics" in card else None)


def _output_entry(text: OutputText) -> dict[str, Any]:
    return {
        "name": text.name,
        "title": text.title,
        "population": text.population,
        "kind": text.kind,
        "condition": text.condition,
        "caution": text.caution,
        "threshold": {"logit": 0.0, "rule": "not set yet", "operating": {}},
        "score_quantiles": [-1.0, 1.0],
        "calibration": None,
    }


def _calibrate(entry: dict[str, Any], text: OutputText, scored: PredictionTable) -> None:
    scores, y = scored.scores[text.name], scored.labels.labels(text.name)
    usable = np.isfinite(scores.logit)
    known = usable & np.isfinite(y)
    logits, truth, patients = scores.logit[known], y[known], scored.labels.patient_ids[known]
    where = f"fold {SHIPPED_FOLD}, held out of training"
    entry["threshold"] = threshold_at_sensitivity(logits, truth, patients, text.sensitivity, where)
    entry["score_quantiles"] = np.quantile(scores.logit[usable], np.linspace(0, 1, 101)).tolist()
    if text.kind == "probability":
        entry["calibration"] = platt(logits, truth, patients, where)


def _not_offered_reason(entry: dict[str, Any]) -> str:
    network, gain = entry["network_auroc"], entry["difference"]
    if network["n_positive_patients"] < MIN_POSITIVE_PATIENTS:
        return f"only {network['n_positive_patients']} positive patients in the selection folds"
    return f"AUC {network['value']:.3f} does not beat a 16x16 thumbnail: difference {spanned(gain, SIGNED)}"


def _ranks(values: np.ndarray) -> np.ndarray:
    order = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return order / max(len(values) - 1, 1)
