"""What was outlined on the scan, as shapes of the viewer and as a list beside the findings."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.catalogue import counted, text
from dashboard.viewmodels.viewer.payload import ViewerOutline
from model_zoo.case.case_review import CaseReview
from model_zoo.case.outlines.outlining import map_on_lesions
from model_zoo.case.outlines.regions import LESION, ORGAN, ScanRegion, area_words, score_words, side_words
from model_zoo.trust.map_on_lesion import LIMITS


@dataclass(frozen=True)
class OutlineRow:
    """One line of the list. above: it reached its threshold, and is drawn. side: whether it is outlined, in words."""

    title: str
    kind: str
    score: str
    area: str
    side: str
    above: bool
    note: str = ""


@dataclass(frozen=True)
class OutlinesView:
    """The list of what is outlined. compares: a lesion is outlined that the maps are held against; remarks: of all rows."""

    rows: tuple[OutlineRow, ...]
    compares: bool
    remarks: tuple[str, ...]


def viewer_outlines(review: CaseReview) -> tuple[ViewerOutline, ...]:
    """Return what is drawn: all that reached its threshold."""
    return tuple(_shape(region, review.scan.frame) for region in review.regions if _drawn(region))


def build_outlines(review: CaseReview) -> OutlinesView | None:
    """Return the list, ``None`` where the model outlines nothing at all."""
    if not review.regions:
        return None
    lesions = [region for region in review.regions if region.kind == LESION]
    compares = any(_drawn(region) for region in lesions)
    remarks = [text("outlines.by_network")]
    if lesions:
        remarks.append(LIMITS if compares else text("outlines.nothing_to_compare"))
    return OutlinesView(tuple(_row(region) for region in review.regions), compares, tuple(remarks))


def lesion_words(review: CaseReview, method: str, target: str) -> str:
    """Return whether a map lies where the lesions are outlined, in one measured sentence; "" where none is outlined."""
    compared = map_on_lesions(review, method, target)
    return "" if compared is None else compared.sentence


def _drawn(region: ScanRegion) -> bool:
    return region.above_threshold and bool(region.polygons)


def _shape(region: ScanRegion, frame: int) -> ViewerOutline:
    title = _short(region)
    label = title if region.kind == ORGAN else f"{title} {region.score:.2f}"
    words = text("outlines.readout", title=title, score=score_words(region), area=area_words(region))
    return ViewerOutline(label, words, region.kind, region.polygons, frame)


def _short(region: ScanRegion) -> str:
    """Return the title without what stands in brackets: that is for the list, where there is room."""
    return region.title.split(" (")[0]


def _row(region: ScanRegion) -> OutlineRow:
    side = side_words(region)
    if region.kind == ORGAN and region.above_threshold:
        side = text("outlines.on_request")
    area = area_words(region)
    return OutlineRow(
        title=region.title,
        kind=region.kind,
        score=score_words(region),
        area=counted("outlines.pieces", region.pieces, area=area) if region.pieces > 1 else area,
        side=side,
        above=region.above_threshold,
        note=region.note or "",
    )
