"""The place of one map of a case: which part of the body it is, what is known of its directions, and who names the place."""

from __future__ import annotations

from model_zoo.case.case_review import CaseReview
from model_zoo.case.outlines.polygons import Polygon
from model_zoo.places.brain import brain_key
from model_zoo.places.chest import chest_key
from model_zoo.places.picture import picture_key
from model_zoo.places.place import Place
from model_zoo.places.retina import retina_key
from model_zoo.places.strongest import StrongestPart, strongest_part
from model_zoo.protocols.protocol import protocol_of_model
from model_zoo.results import Attribution
from model_zoo.trust.mirrored import side_in_doubt


def place_of(attribution: Attribution, review: CaseReview) -> Place | None:
    """Return where a map of a case speaks most for its finding; ``None`` where the map is near-empty.

    Lungs and disc are those outlined in ``review.regions``: a case without them yet has the words of the picture.
    """
    part = strongest_part(attribution)
    if part is None:
        return None
    return Place(_body_key(part, review) or picture_key(part))


def _body_key(part: StrongestPart, review: CaseReview) -> str | None:
    protocol = protocol_of_model(review.prediction.model)
    name = None if protocol is None else protocol.name
    shape = review.geometry.scan_shape
    if name == "chest" and _upright(review):
        return chest_key(part, _outlines(review, "lungs"), shape, _side_at_left(review))
    if name == "brain":
        return brain_key(part, review.scan.orientation)
    if name == "eye":
        disc = [polygon for outline in _outlines(review, "optic_disc") for polygon in outline]
        return retina_key(part, disc, shape, review.scan.laterality)
    return None


def _outlines(review: CaseReview, name: str) -> list[tuple[Polygon, ...]]:
    return [region.polygons for region in review.regions if region.name == name and region.above_threshold]


def _upright(review: CaseReview) -> bool:
    """Tell whether up in the picture is up in the patient, on a frontal film; where nothing is stated films are hung so."""
    orientation, view = review.scan.orientation, review.stated.view
    if view is not None and view.upper() == "LATERAL":
        return False
    return orientation is None or (orientation.across in "LR" and orientation.down == "F")


def _side_at_left(review: CaseReview) -> str | None:
    """Return the side of the patient at the left of a frontal film: as stated, else the right one, as films are hung.

    ``None`` where heart and stomach bubble contradict it.
    """
    if side_in_doubt(review.remarks):
        return None
    return "R" if review.scan.orientation is None else review.scan.orientation.side_at_left
