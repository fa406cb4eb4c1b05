"""An engine that outlines what it is told to, and a review with its regions: for tests of what stands on outlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from model_zoo.card import MaskCard
from model_zoo.case import CaseReview, ReadRequest, begin_review, explain_finding, with_regions
from model_zoo.engine import InferenceEngine
from model_zoo.results import LesionBox, LesionMasks
from model_zoo.scans.scan import Scan
from tests.tiny_zoo import made_scan

TARGET = "lung_opacity"


def plane_of(shape: tuple[int, int], square: tuple[int, int, int, int], value: float = 0.9) -> np.ndarray:
    """Return a plane with ``value`` in (top, left, height, width) and a little elsewhere."""
    plane = np.full(shape, 0.05, np.float32)
    top, left, height, width = square
    plane[top : top + height, left : left + width] = value
    return plane


class OutliningEngine:
    """The tiny engine, but for what it outlines. planes: (name, kind, threshold, plane) each."""

    def __init__(
        self,
        engine: InferenceEngine,
        planes: Sequence[tuple[str, str, float, np.ndarray]] = (),
        boxes: Sequence[LesionBox] = (),
        lungs: np.ndarray | None = None,
    ) -> None:
        self._engine, self._planes, self._boxes, self._lungs = engine, planes, tuple(boxes), lungs
        masks = tuple(MaskCard(name, name.capitalize(), kind, limit) for name, kind, limit, _ in self._planes)
        self.card = replace(engine.card, box_threshold=0.5 if boxes else None, masks=masks)
        self.entry = SimpleNamespace(segmenter=None if lungs is None else "lungs")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def lesions(self, model_input: Any) -> LesionMasks:
        names, kinds, thresholds, planes = zip(*self._planes, strict=True) if self._planes else ((), (), (), ())
        shape = model_input.geometry.scan_shape
        stacked = np.stack(planes) if planes else np.zeros((0, *shape), np.float32)
        none = (0.0,) * len(names)
        return LesionMasks(names, tuple(n.capitalize() for n in names), kinds, thresholds, none, stacked)

    def boxes(self, model_input: Any) -> tuple[LesionBox, ...]:
        return self._boxes

    def lungs(self, scan: Scan, frame: int = 0) -> np.ndarray:
        assert self._lungs is not None
        return self._lungs


def outlined_review(engine: InferenceEngine, scan: Scan | None = None, **outlined: Any) -> CaseReview:
    """Read a made scan with one map, and outline on it what ``OutliningEngine`` is given."""
    scan = made_scan() if scan is None else scan
    stub: Any = OutliningEngine(engine, **outlined)
    review, model_input = begin_review(stub, scan, ReadRequest())
    review = explain_finding(stub, review, model_input, "grad-cam", TARGET)
    return with_regions(stub, review, scan, model_input)
