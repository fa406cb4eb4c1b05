"""Ask the networks what they outline on the frame of a case, and hold the maps of the case against it.

``regions_of`` makes the records that a case keeps, ``with_regions`` puts them into it, ``map_on_lesions`` says in one sentence
whether the classifier looks where the segmenter sees the lesion.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from scipy.ndimage import label

from model_zoo.card import ModelCard
from model_zoo.case.case_review import CaseReview
from model_zoo.case.outlines.lung_sides import JOINED, split_sides
from model_zoo.case.outlines.notes import box_note, mask_note
from model_zoo.case.outlines.polygons import coverage, trace
from model_zoo.case.outlines.regions import LANDMARK, LESION, ORGAN, ScanRegion
from model_zoo.engine.inference import InferenceEngine
from model_zoo.errors import ZooError
from model_zoo.results import LesionBox, LesionMasks, ModelInput, Prediction
from model_zoo.scans.coverage import ADULT_AGE_YEARS
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.scans.scan import Scan
from model_zoo.segmenters import SEGMENTERS
from model_zoo.segmenters.lungs import MIN_LUNG_SHARE
from model_zoo.trust.map_on_lesion import LIMITS, MapOnLesion, map_on_lesion

LUNGS, LUNGS_TITLE = "lungs", "Lungs (outline, includes the lung behind the heart)"
# Sides of the patient, by the convention that a film is hung as if the reader faced the patient.
RIGHT_LUNG = ("right-lung", "Right lung (on the left of the picture, as films are hung)")
LEFT_LUNG = ("left-lung", "Left lung (on the right of the picture, as films are hung)")
# On a film whose tags say that the patient's left is at the left of the picture.
RIGHT_LUNG_AT_RIGHT = ("right-lung", "Right lung (on the right of the picture, as its tags say)")
LEFT_LUNG_AT_LEFT = ("left-lung", "Left lung (on the left of the picture, as its tags say)")
LUNG_THRESHOLD = 0.5  # that of the crop, of the anatomy check and of the Dice on the card
LUNGS_SEEN = "On adults this outline was looked at by eye, not measured; on children it was."
NO_HEART_SIZE = "Nothing is derived of the heart or its size."
NOT_CALIBRATED = "not calibrated to the patient"
# What is too little to be drawn is lowered to this share of its threshold: just below it.
BELOW = 0.999
# Boxes below the threshold are named only where nothing reaches it, and then only the best of them.
MOST_BOXES = 20
# A corner may move by a twelfth of what one pixel of the network covers: no network here outlines more finely.
TOLERANCE_CELLS = 0.08


@dataclass(frozen=True)
class ComparedMap:
    """A map of the case held against the lesions outlined on it; names the map by method and target."""

    method: str
    target: str
    result: MapOnLesion

    def to_json(self) -> dict[str, Any]:
        return {"method": self.method, "target": self.target, **asdict(self.result), "limits": LIMITS}


def with_regions(
    engine: InferenceEngine, review: CaseReview, scan: Scan, model_input: ModelInput | None = None
) -> CaseReview:
    """Return the review with what is outlined on its frame. model_input: of the reading; prepared anew where it is not given."""
    if model_input is None:
        model_input = engine.prepare(scan, review.prediction.population, review.scan.frame)
    return replace(review, regions=regions_of(engine, review, model_input, scan))


def regions_of(
    engine: InferenceEngine, review: CaseReview, model_input: ModelInput, scan: Scan
) -> tuple[ScanRegion, ...]:
    """Return what the model outlines and boxes on one frame, lesions first, and the organ its segmenter outlines.

    A plane of which nothing reaches its threshold is a region without contours: that nothing was found is said, not left out.
    """
    cell = _cell_px(model_input.geometry)
    masks = engine.lesions(model_input)
    regions = [
        *_mask_regions(engine.card, review.prediction, masks, scan, cell),
        *_box_regions(engine, model_input, scan),
    ]
    if engine.entry.segmenter is not None:
        plane = engine.lungs(scan, review.scan.frame)
        organ = _lungs(plane, scan, cell, _lungs_note(engine.entry.segmenter, _is_child(engine, review)))
        # Where the outline is all that is read, it is drawn without being asked for.
        regions += [organ] if engine.card.outputs else _both_lungs(plane, organ, scan, cell)
    order = {LESION: 0, LANDMARK: 1, ORGAN: 2}
    return tuple(sorted(regions, key=lambda region: order.get(region.kind, 1)))


def maps_on_lesions(review: CaseReview) -> tuple[ComparedMap, ...]:
    """Hold every map of the case against all outlined lesions; empty where there are none."""
    return tuple(
        ComparedMap(m.attribution.method, m.attribution.target, result)
        for m in review.maps
        if (result := map_on_lesions(review, m.attribution.method, m.attribution.target)) is not None
    )


def map_on_lesions(review: CaseReview, method: str, target: str) -> MapOnLesion | None:
    """Hold one map against all outlined lesions; ``None`` where none lies where the network read.

    Parameters
    ----------
    review
        The case.
    method
        Name of the method.
    target
        Name of the finding.
    """
    lesions = [r for r in review.regions if r.kind == LESION and r.above_threshold and r.polygons]
    if not lesions:
        return None
    attribution = review.map_of(method, target).attribution
    crop = attribution.geometry.crop
    top, left = round(crop.top), round(crop.left)
    extent = (top, left, round(crop.top + crop.height) - top, round(crop.left + crop.width) - left)
    rows, cols = attribution.values.shape
    inside = coverage([lesion.polygons for lesion in lesions], extent, (rows, cols))
    if not inside.any():
        return None
    boxed = all(lesion.box is not None for lesion in lesions)
    several = len(lesions) > 1 or lesions[0].pieces > 1
    return map_on_lesion(attribution.values, inside, review.prediction.finding(target).title, boxed, several)


def _mask_regions(
    card: ModelCard, prediction: Prediction, masks: LesionMasks, scan: Scan, cell: float
) -> list[ScanRegion]:
    found, drawn = [], {mask.name: bool(masks.outline(mask.name).any()) for mask in card.masks}
    any_drawn = any(drawn[mask.name] for mask in card.masks if mask.kind == LESION)
    for mask, plane in zip(card.masks, masks.probabilities, strict=True):
        # Less than the least share counts as nothing, in the figures of the card too.
        kept = plane if drawn[mask.name] else np.minimum(plane, np.float32(BELOW * mask.threshold))
        region = _outlined(mask.name, mask.title, mask.kind, kept, mask.threshold, scan, cell)
        note = mask_note(card, mask, prediction, drawn[mask.name], any_drawn)
        found.append(replace(region, note=note or None))
    return found


def _outlined(
    name: str, title: str, kind: str, plane: np.ndarray, threshold: float, scan: Scan, cell: float
) -> ScanRegion:
    inside = plane >= threshold
    pixels = int(inside.sum())
    mean = float(plane[inside].mean()) if pixels else None
    return ScanRegion(
        name=name,
        title=title,
        kind=kind,
        contours=trace(plane, threshold, TOLERANCE_CELLS * cell),
        # Joined over corners too, as an eye would.
        pieces=int(label(inside, structure=np.ones((3, 3)))[1]),
        area_px=float(pixels),
        area_mm2=_area_mm2(pixels, scan),
        share=pixels / plane.size,
        mean_probability=mean,
        box=None,
        score=float(plane.max()) if mean is None else mean,
        threshold=threshold,
        above_threshold=pixels > 0,
        spacing_note=_spacing_note(scan),
    )


def _box_regions(engine: InferenceEngine, model_input: ModelInput, scan: Scan) -> list[ScanRegion]:
    threshold, boxes = engine.card.box_threshold, engine.boxes(model_input)
    if threshold is None or not boxes:
        return []
    shown = [found for found in boxes if found.above_threshold][:MOST_BOXES] or list(boxes[:1])
    note = " ".join(filter(None, ("The area is that of the box, not of what lies in it.", box_note(engine.card))))
    return [_boxed(found, index, threshold, scan, note) for index, found in enumerate(shown, start=1)]


def _boxed(found: LesionBox, index: int, threshold: float, scan: Scan, note: str) -> ScanRegion:
    rows, cols = scan.shape
    top, left = min(max(found.box.top, 0.0), rows), min(max(found.box.left, 0.0), cols)
    bottom, right = min(found.box.top + found.box.height, rows), min(found.box.left + found.box.width, cols)
    box = Box(top, left, max(bottom - top, 0.0), max(right - left, 0.0))
    area = box.height * box.width
    return ScanRegion(
        name=f"box-{index}",
        title=f"Box {index}",
        kind=LESION,
        contours=(),
        pieces=1,
        area_px=area,
        area_mm2=_area_mm2(area, scan),
        share=area / (rows * cols),
        mean_probability=None,
        box=box,
        score=found.score,
        threshold=threshold,
        above_threshold=found.above_threshold,
        spacing_note=_spacing_note(scan),
        note=note,
    )


def _lungs(plane: np.ndarray, scan: Scan, cell: float, note: str) -> ScanRegion:
    """Return the lungs; without contours where what is found is too little to be lungs, as for the crop."""
    if float((plane > LUNG_THRESHOLD).mean()) < MIN_LUNG_SHARE:
        plane = np.minimum(plane, np.float32(BELOW * LUNG_THRESHOLD))
        note = f"No lungs were found: less than {100 * MIN_LUNG_SHARE:.0f} % of the picture. {note}"
    return replace(_outlined(LUNGS, LUNGS_TITLE, ORGAN, plane, LUNG_THRESHOLD, scan, cell), note=note)


def _both_lungs(plane: np.ndarray, organ: ScanRegion, scan: Scan, cell: float) -> list[ScanRegion]:
    """Return each lung by itself and both together, or both as one where they are not told apart."""
    if not organ.above_threshold:
        return [organ]
    names, sides = _side_names(scan), split_sides(plane, LUNG_THRESHOLD)
    if names is None or sides is None:
        return [replace(organ, kind=LANDMARK, note=f"{JOINED} {organ.note}")]
    named = zip(names, sides, strict=True)
    lungs = [_outlined(name, title, LANDMARK, side, LUNG_THRESHOLD, scan, cell) for (name, title), side in named]
    return [*lungs, organ]


def _side_names(scan: Scan) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """Return name and title of the lung on the left of the picture and of that on its right; ``None``: neither side is there."""
    orientation = scan.metadata.orientation
    if orientation is None or orientation.side_at_left == "R":
        return RIGHT_LUNG, LEFT_LUNG
    return None if orientation.side_at_left is None else (LEFT_LUNG_AT_LEFT, RIGHT_LUNG_AT_RIGHT)


def _lungs_note(segmenter: str, child: bool) -> str:
    """Return what was measured of the outline, from the card of the segmenter where it says."""
    if not child:
        return f"{LUNGS_SEEN} {NO_HEART_SIZE}"
    try:
        dice = SEGMENTERS.get(segmenter).card.get("metrics", {}).get("dice", {}).get("value")
    except ZooError:
        dice = None  # a segmenter that is not installed under its own name has no figures
    measured = "" if dice is None else f"Dice {dice:.2f} on held-out children. "
    return f"{measured}{NO_HEART_SIZE}"


def _is_child(engine: InferenceEngine, review: CaseReview) -> bool:
    return engine.card.population(review.prediction.population).age_years[1] <= ADULT_AGE_YEARS


def _cell_px(geometry: Geometry) -> float:
    """Return how many pixels of the scan one pixel of the network covers, along the finer side."""
    rows, cols = geometry.model_shape
    return min(geometry.crop.height / rows, geometry.crop.width / cols)


def _area_mm2(pixels: float, scan: Scan) -> float | None:
    return None if scan.spacing_mm is None else pixels * scan.spacing_mm[0] * scan.spacing_mm[1]


def _spacing_note(scan: Scan) -> str | None:
    """Return what the spacing lacks; the decoder says so in the notes of the scan (see ``read_spacing``)."""
    return NOT_CALIBRATED if scan.spacing_mm and any("magnified" in note for note in scan.notes) else None
