"""The pictures of a report with what is drawn on them: the film with the reader's marks, and the film under its map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.catalogue import text
from dashboard.export.report.annotation import Overlay, bar_length_mm, drawn_points
from dashboard.export.report.parts import MapLine, Mark, Picture
from dashboard.export.report.picture import legend, overlaid, png, scan_picture
from dashboard.viewmodels.explain.maps import colour_range
from dashboard.viewmodels.viewer.scan import LateralityMarker, laterality_marker
from model_zoo.case.case_review import CaseReview, ExplainedMap
from model_zoo.case.outlines.regions import LESION
from model_zoo.scans.scan import Scan

_OTHER_SIDE = {"R": "L", "L": "R"}


def pictures_of(
    review: CaseReview,
    scan: Scan,
    target: str | None,
    maps: Sequence[MapLine],
    marks: Sequence[Mark],
    colour: np.ndarray | None,
) -> tuple[Picture, ...]:
    """Return the film, and the film under the first map of ``target`` that may be used, where there is one."""
    film = scan_picture(scan, review.scan.frame, colour)
    found = [_film(scan, film, marks)]
    usable = {line.method: line for line in maps if line.usable}
    shown = next((m for m in review.maps if m.attribution.target == target and m.attribution.method in usable), None)
    if shown is not None:
        found.append(_overlay(review, scan, film, shown, usable[shown.attribution.method]))
    return tuple(found)


def _film(scan: Scan, film: np.ndarray, marks: Sequence[Mark]) -> Picture:
    rows, cols = film.shape[:2]
    side, bar = laterality_marker(scan), _bar(scan, cols)
    sheet = _sheet(rows, cols, side, bar)
    for number, mark in enumerate(marks, 1):
        sheet.mark(number, mark.kind, drawn_points(mark, cols / scan.shape[1], rows / scan.shape[0]))
    captions = (_side_words(side), _scale_words(scan, bar))
    return Picture(
        "film", text("report.picture.film"), png(sheet.on(film)), cols, rows, captions, text("report.picture.film_alt")
    )


def _overlay(review: CaseReview, scan: Scan, film: np.ndarray, shown: ExplainedMap, line: MapLine) -> Picture:
    rows, cols = film.shape[:2]
    attribution = shown.attribution
    sheet = _sheet(rows, cols, laterality_marker(scan), _bar(scan, cols))
    for region in review.regions:
        if region.kind == LESION and region.above_threshold:
            for polygon in region.polygons:
                sheet.outline([(col * cols / scan.shape[1], row * rows / scan.shape[0]) for row, col in polygon])
    title = review.prediction.finding(attribution.target).title
    low, high = colour_range(attribution)
    return Picture(
        "overlay",
        text("report.picture.overlay", method=attribution.title, finding=title),
        png(sheet.on(overlaid(film, attribution))),
        cols,
        rows,
        tuple(filter(None, (line.judgement, line.place))),
        text("report.picture.overlay_alt", method=attribution.title, finding=title),
        legend(attribution),
        (f"{low:.2g}", text("report.picture.legend_end", high=f"{high:.2g}", unit=attribution.unit)),
    )


def _sheet(rows: int, cols: int, side: LateralityMarker | None, bar: tuple[float, float] | None) -> Overlay:
    sheet = Overlay(rows, cols)
    if side is not None:
        sheet.sides(side.side, _OTHER_SIDE[side.side])
    if bar is not None:
        sheet.bar(*bar)
    return sheet


def _bar(scan: Scan, cols: int) -> tuple[float, float] | None:
    """Return length of the scale bar and size of a pixel of the picture, in mm; ``None`` without a stated spacing."""
    if scan.spacing_mm is None:
        return None
    wide = scan.shape[1] * scan.spacing_mm[1]
    length = bar_length_mm(wide)
    return None if length is None else (length, wide / cols)


def _side_words(side: LateralityMarker | None) -> str:
    if side is None:
        return text("report.side.unknown")
    return text("report.side.stated") if side.stated else text("report.side.convention")


def _scale_words(scan: Scan, bar: tuple[float, float] | None) -> str:
    if bar is None:
        return text("report.scale.none")
    if any("magnified" in note for note in scan.notes):  # as the decoder says of a spacing at the detector
        return text("report.scale.detector", length=f"{bar[0]:g}")
    return text("report.scale.bar", length=f"{bar[0]:g}")
