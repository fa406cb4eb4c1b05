"""Maps of held-out films with outlined lesions: measured film by film, resumable, one JSON line each.

Every film is read by a network that has not seen its patient (``trust_folds``). For each method: does the map point into
an outline, how much of it lies inside; for the methods whose verdict is to be validated also every check of the panel.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from model_zoo.engine.inference import InferenceEngine
from model_zoo.errors import ExplainerNotApplicable
from model_zoo.explainers import EXPLAINERS
from model_zoo.phantoms import SAMPLE_SETTINGS, random_phantom
from model_zoo.phantoms.files import write_phantom_png
from model_zoo.results import ModelInput
from model_zoo.scans import decode_scan
from model_zoo.scans.scan import Scan, ScanMetadata, Window
from model_zoo.training.chest.films import FilmSet, box_mask, load_adult_films
from model_zoo.training.trust.folds import engine_for_fold
from model_zoo.trust.check import ordered_checks
from model_zoo.trust.pointing import edges, lung_centre, mean_box, point

log = logging.getLogger(__name__)

TARGET = "lung_opacity"
FOLDS = (0, 1, 2, 3, 4)
CHECKED_METHODS = ("grad-cam", "integrated-gradients")
TRIVIAL = ("mean-box", "lung-centre", "edges")
# Patients with many films would otherwise take most of the time and add little.
FILMS_PER_PATIENT = 2
# Methods without checks are only compared with one another: one film of each patient is enough.
# Beyond its default GradientSHAP doubles its samples until the sum converges; for pointing a fixed number is enough.
PARAMETERS: Mapping[str, Mapping[str, Any]] = {"gradient-shap": {"samples": 193}}
# Phantoms with a planted opacity, of seeds that nothing else uses.
PHANTOMS, FIRST_PHANTOM = 40, 8_000_000


def boxed_films(folds: Sequence[int] = FOLDS) -> FilmSet:
    """Return the adult films on which a radiologist outlined an opacity, at most two of a patient, in a fixed order.

    The first of a patient comes before the second.
    """
    films = load_adult_films(folds)
    seen: dict[str, int] = {}
    kept = []
    for index in sorted(range(len(films)), key=lambda i: films.files[i]):
        if not films.opacity_boxes[index]:
            continue
        patient = films.patient_ids[index]
        seen[patient] = seen.get(patient, 0) + 1
        if seen[patient] <= FILMS_PER_PATIENT:
            kept.append(index)
    return films.take(np.array(kept))


def measure_films(
    fold: int,
    path: Path,
    methods: Sequence[str],
    checked: Sequence[str] = CHECKED_METHODS,
    tick: Callable[[str], None] = log.info,
) -> None:
    """Measure the boxed films of one fold and append a line for each to ``path``; films already there are skipped."""
    films = boxed_films()
    done = {(row["file"], row["method"]) for row in read_rows(path)}
    outlines = {k: [_outline(films, int(i)) for i in np.flatnonzero(films.folds != k)] for k in (fold,)}
    firsts = {films.patient_ids[i]: films.files[i] for i in reversed(range(len(films)))}
    engine = engine_for_fold(fold)
    path.parent.mkdir(parents=True, exist_ok=True)
    mine = np.flatnonzero(films.folds == fold)
    with path.open("a", encoding="utf-8") as stream:
        for position, index in enumerate(mine):
            first = films.files[index] == firsts[films.patient_ids[index]]
            wanted = [
                m
                for m in (*methods, *TRIVIAL)
                if (films.files[index], m) not in done and (first or m in checked or m in TRIVIAL)
            ]
            if not wanted:
                continue
            base = {"file": films.files[index], "patient": films.patient_ids[index], "fold": fold}
            scan = film_scan(films.images[index])
            for row in measure_scan(engine, scan, _outline(films, int(index)), wanted, checked, outlines[fold]):
                stream.write(json.dumps({**base, **row}) + "\n")
            stream.flush()
            tick(f"fold {fold}: {position + 1} of {len(mine)} films")


def measure_phantoms(
    path: Path, methods: Sequence[str] = CHECKED_METHODS, count: int = PHANTOMS, tick: Callable[[str], None] = log.info
) -> None:
    """Measure the shipped network's maps of phantoms with a planted opacity; phantoms already in ``path`` are skipped."""
    done = {row["file"] for row in read_rows(path)}
    engine = InferenceEngine(trust=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    found, seed = 0, FIRST_PHANTOM
    while found < count:
        phantom = random_phantom(SAMPLE_SETTINGS, seed=seed, size=256, body="adult")
        seed += 1
        masks = [lesion.mask for lesion in phantom.lesions if lesion.kind == "opacity"]
        if not masks:
            continue
        found += 1
        name = f"phantom {seed - 1}"
        if name in done:
            continue
        scan = decode_scan(write_phantom_png(phantom))
        planted = engine.prepare(scan, "adult").geometry.to_model(np.any(masks, axis=0).astype(np.float32)) > 0.5
        with path.open("a", encoding="utf-8") as stream:
            for row in measure_scan(engine, scan, planted, methods, methods, ()):
                stream.write(json.dumps({"file": name, "patient": name, "fold": -1, **row}) + "\n")
        tick(f"phantoms: {found} of {count}")


def measure_scan(
    engine: InferenceEngine,
    scan: Scan,
    boxes: np.ndarray,
    methods: Sequence[str],
    checked: Sequence[str],
    outlines: Sequence[np.ndarray],
) -> Iterator[dict[str, Any]]:
    """Yield one row per method, trivial ones included, for a scan with outlined places (bool, grid of the model)."""
    model_input = engine.prepare(scan, "adult")
    base = {"logit": engine.predict(model_input).finding(TARGET).logit, "box_share": float(boxes.mean())}
    shared: dict[str, Any] = {}
    for method in methods:
        if method in TRIVIAL:
            found = point(_trivial(method, outlines, model_input), boxes)
            yield {"method": method, **base, "hit": found.hit, "mass": found.mass}
        else:
            yield {"method": method, **base, **_measure(engine, model_input, method, boxes, method in checked, shared)}


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the measured lines of a file; a line cut off by a kill is left out."""
    if not path.is_file():
        return []
    return list(_parsed(path.read_text(encoding="utf-8")))


def film_scan(image: np.ndarray) -> Scan:
    """Return a uint8 film (rows, cols) as a scan."""
    frames = image[None].astype(np.float32)
    return Scan("0" * 64, "PNG", frames, Window(127.5, 255.0), None, metadata=ScanMetadata(modality="DX"))


def _measure(
    engine: InferenceEngine,
    model_input: ModelInput,
    method: str,
    boxes: np.ndarray,
    checked: bool,
    shared: dict[str, Any],
) -> dict[str, Any]:
    try:
        attribution = engine.explain(model_input, method, TARGET, PARAMETERS.get(method))
    except ExplainerNotApplicable:
        return {"hit": False, "mass": math.nan, "not_applicable": True}
    found = point(attribution.values, boxes)
    row: dict[str, Any] = {"hit": found.hit, "mass": found.mass}
    if checked:
        effect = engine.cover_region(model_input, attribution)
        results = [engine.check_map(model_input, attribution, c.name, effect, shared) for c in ordered_checks()]
        row["checks"] = {r.name: {"outcome": r.outcome, "measure": r.measure} for r in results}
        anatomy = next((r.figures for r in results if r.name == "anatomy"), {})
        row["elsewhere"] = anatomy.get("elsewhere")
        faithful = next((r.figures for r in results if r.name == "faithfulness"), {})
        row["over_random"] = faithful.get("gain_over_random")
    return row


def _trivial(method: str, outlines: Sequence[np.ndarray], model_input: ModelInput) -> np.ndarray:
    if method == "mean-box":
        return mean_box(outlines)
    if method == "lung-centre" and model_input.regions is not None:
        return lung_centre(model_input.regions)
    return edges(model_input.tensor)


def _outline(films: FilmSet, index: int) -> np.ndarray:
    boxes = films.opacity_boxes[index] or []
    return box_mask(boxes).numpy() > 0.5


def _parsed(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def all_methods() -> tuple[str, ...]:
    """Return every method, those with checks first."""
    return (*CHECKED_METHODS, *(name for name in EXPLAINERS.names() if name not in CHECKED_METHODS))
