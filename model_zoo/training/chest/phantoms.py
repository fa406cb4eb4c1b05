"""How the shipped network reads phantoms of the sample settings, which it was not trained on. Never pooled with films."""

from __future__ import annotations

from typing import Any

import numpy as np

from model_zoo.engine.inference import InferenceEngine
from model_zoo.evaluation import metrics
from model_zoo.evaluation.metrics import bootstrap_interval
from model_zoo.phantoms import SAMPLE_SETTINGS, Phantom, random_phantom
from model_zoo.phantoms.files import write_phantom_png
from model_zoo.scans import decode_scan

COUNT = 200
# Far from the seeds of the sample cases and of the training phantoms.
FIRST_SEED = 900_000


def phantom_figures(engine: InferenceEngine, count: int = COUNT) -> dict[str, Any]:
    """Return AUC of lung opacity on adult phantoms, and how often the Grad-CAM peak lies in a planted opacity.

    Lesions are at random; half of the phantoms have none. A hit: the largest Grad-CAM value, carried to the scan, lies
    inside the box of a planted opacity (pointing game, Zhang et al. 2016, arXiv:1608.00507, without tolerance margin).
    """
    target = "lung_opacity"
    truth, logits, hits, chance = [], [], [], []
    for index in range(count):
        phantom = random_phantom(SAMPLE_SETTINGS, seed=FIRST_SEED + index, size=256, body="adult")
        scan = decode_scan(write_phantom_png(phantom, "Phantom for evaluation"))
        item = engine.prepare(scan, "adult")
        logits.append(engine.predict(item).finding(target).logit)
        boxes = _opacity_masks(phantom)
        truth.append(float(bool(boxes)))
        if boxes:
            peak = engine.explain(item, "grad-cam", target).on_scan()
            row, col = np.unravel_index(int(peak.argmax()), peak.shape)
            hits.append(float(any(mask[row, col] for mask in boxes) and peak.max() > 0))
            lung = phantom.lung_mask
            chance.append(float(np.mean(np.any(boxes, axis=0)[lung])))
    y, patients = np.array(truth), np.arange(count).astype(str)
    auc = bootstrap_interval(metrics.auroc, y, np.array(logits), patients)
    return {
        "count": count,
        "settings": "sample settings (other texture, anatomy and detector than the training phantoms)",
        "lung_opacity_auroc": auc.figure,
        "grad_cam_peak_in_lesion": _share(np.array(hits)),
        "random_place_in_lungs": float(np.mean(chance)),
        "n_with_opacity": len(hits),
    }


def _opacity_masks(phantom: Phantom) -> list[np.ndarray]:
    masks = []
    for lesion in phantom.lesions:
        if lesion.kind == "opacity":
            x, y, width, height = (round(v) for v in lesion.box)
            mask = np.zeros(phantom.image.shape, dtype=bool)
            mask[y : y + height, x : x + width] = True
            masks.append(mask)
    return masks


def _share(hits: np.ndarray) -> dict[str, float]:
    generator = np.random.default_rng(0)
    draws = generator.choice(hits, (1000, len(hits))).mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return {"value": float(hits.mean()), "low": float(low), "high": float(high)}
