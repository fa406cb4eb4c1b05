"""Score a whole label table: what ``evaluate`` and the training recipe's final figures rest on.

Films run through the same decoding, preprocessing and network as on the page; only the forward passes are batched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from scipy.special import expit
from torch.nn import functional

from model_zoo.engine.inference import InferenceEngine
from model_zoo.errors import DataNotFound, ZooError
from model_zoo.evaluation.labels import FilmLabels, LabelTable
from model_zoo.evaluation.predictions import OutputScores, PredictionTable
from model_zoo.evaluation.report import ReportedOutput
from model_zoo.evaluation.thumbnail import ThumbnailBaseline
from model_zoo.results import ModelInput
from model_zoo.scans import Scan, decode_scan

BASELINE_FILE = "thumbnail.safetensors"
# Side at which the baseline takes its own 16 x 16: the resolution of the network, so that neither sees more.
BASELINE_SIDE = 128
_CHUNK = 64


def score_table(
    engine: InferenceEngine, table: LabelTable, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> PredictionTable:
    """Return the scores of every output for every film whose population has that output; NaN elsewhere.

    Comparisons: ``thumbnail`` for every output that the baseline of the model has, ``lungs_painted_out`` for populations that
    are cropped to the lungs.

    Parameters
    ----------
    engine
        Of the model.
    table
        Films and labels.
    on_progress
        Called with how many are done and how many there are.

    Raises
    ------
    ZooError
        Of the decoder, naming the film by its line.
    DataNotFound
        For an age no population covers.
    """
    card = engine.card
    path = engine.entry.folder / BASELINE_FILE
    baseline = ThumbnailBaseline.load(path) if path.is_file() else None  # a model that was brought along may have none
    known_outputs = () if baseline is None else baseline.outputs
    n, outputs = len(table), card.labels
    logits = np.full((n, len(outputs)), np.nan)
    painted = np.full((n, len(outputs)), np.nan)
    thumbs = np.full((n, len(known_outputs)), np.nan)
    for start in range(0, n, _CHUNK):
        rows = range(start, min(start + _CHUNK, n))
        scans = [load_film(table, i) for i in rows]
        names = [population_of(engine, table.rows[i], i) for i in rows]
        inputs = [engine.prepare(scan, name) for scan, name in zip(scans, names, strict=True)]
        raw = engine.logits(torch.cat([item.tensor for item in inputs]))
        if baseline is not None:
            thumbs[rows.start : rows.stop] = baseline.score(np.stack([baseline_image(scan) for scan in scans]))
        without = _without_lungs(engine, scans, inputs)
        for position, (i, name) in enumerate(zip(rows, names, strict=True)):
            for column, output in enumerate(card.outputs):
                if output.population == name:
                    logits[i, column] = raw[position, column]
                    painted[i, column] = without[position, column]
        on_progress(rows.stop, n)
    scores: dict[str, OutputScores] = {}
    for column, output in enumerate(card.outputs):
        values = logits[:, column]
        comparisons: dict[str, np.ndarray] = {}
        if output.name in known_outputs:
            known = np.isfinite(values)
            comparisons["thumbnail"] = np.where(known, thumbs[:, known_outputs.index(output.name)], np.nan)
        if card.population(output.population).crop == "lungs":
            comparisons["lungs_painted_out"] = painted[:, column]
        probability = None
        if output.kind == "probability" and output.calibration is not None:
            z = output.calibration.slope * values + output.calibration.intercept
            probability = expit(z)
        scores[output.name] = OutputScores(values, probability, comparisons)
    return PredictionTable(table, scores)


def reported_outputs(engine: InferenceEngine, table: LabelTable) -> list[ReportedOutput]:
    """Return the outputs of the card for which the table has a column, with their operating thresholds."""
    found = []
    for output in engine.card.outputs:
        if output.name not in table.outputs:
            continue
        threshold = output.threshold_logit
        if output.kind == "probability" and output.calibration is not None:
            threshold = output.calibration.probability(threshold)
        found.append(ReportedOutput(output.name, threshold, output.kind == "report_score"))
    return found


def load_film(table: LabelTable, index: int) -> Scan:
    """Decode one film of a table, its original aspect restored where the table knows it."""
    try:
        scan = decode_scan(table.path(index).read_bytes())
    except OSError as error:
        raise DataNotFound(f"Film {index + 1} of the table cannot be read.", "Check the column 'file'.") from error
    except ZooError as error:
        raise type(error)(f"Film {index + 1} of the table: {error.message}", error.hint) from error
    size = table.rows[index].original_size
    return scan if size is None else restore_aspect(scan, size[0] / size[1])


def restore_aspect(scan: Scan, aspect: float) -> Scan:
    """Return the scan with its columns resampled so that width / height is ``aspect``."""
    rows = scan.shape[0]
    frames = torch.from_numpy(scan.frames.copy())[:, None]
    resized = functional.interpolate(
        frames, size=(rows, max(round(rows * aspect), 16)), mode="bilinear", align_corners=False, antialias=True
    )
    return replace(scan, frames=resized[:, 0].numpy())


def population_of(engine: InferenceEngine, row: FilmLabels, index: int) -> str:
    """Return the population of a film: by its age, or as the table states it where the age is empty."""
    for population in engine.card.populations:
        low, high = population.age_years
        if (row.age_years is not None and low <= row.age_years < high) or (
            row.age_years is None and row.population == population.name
        ):
            return population.name
    raise DataNotFound(
        f"Film {index + 1} of the table belongs to no population of the model.",
        "Fill age_years, or population where the age is not known; leave out films the model does not cover.",
    )


def baseline_image(scan: Scan) -> np.ndarray:
    """Return the whole film as the baseline takes it, float32 (128, 128) in [0, 1]."""
    frame = torch.from_numpy(scan.presentation().copy())[None, None]
    small = functional.interpolate(
        frame, size=(BASELINE_SIDE, BASELINE_SIDE), mode="bilinear", align_corners=False, antialias=True
    )
    return small[0, 0].clamp(0, 1).numpy()


def paint_out_lungs(tensor: torch.Tensor, lung: np.ndarray) -> torch.Tensor:
    """Return a model input (1, 1, H, W) with the lungs, widened by three pixels, in the mean grey of what is around."""
    mask = functional.max_pool2d(torch.from_numpy(lung > 0.5).float()[None, None], 7, 1, 3) > 0
    around = tensor[~mask]
    grey = around.mean() if around.numel() else tensor.mean()
    return torch.where(mask, grey, tensor)


def _without_lungs(engine: InferenceEngine, scans: list[Scan], inputs: list[ModelInput]) -> np.ndarray:
    """Return the logits (films, outputs) with the lungs painted out; NaN for populations that are read whole."""
    logits = np.full((len(inputs), len(engine.card.outputs)), np.nan)
    cropped = [i for i, item in enumerate(inputs) if engine.card.population(item.population).crop == "lungs"]
    if cropped:
        painted = [
            paint_out_lungs(inputs[i].tensor, inputs[i].geometry.to_model(engine.lungs(scans[i]))) for i in cropped
        ]
        logits[cropped] = engine.logits(torch.cat(painted))
    return logits
