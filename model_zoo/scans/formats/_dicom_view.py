"""From where a film was taken: ViewPosition, ViewCodeSequence, or else PatientOrientation."""

from __future__ import annotations

import re

from pydicom.dataset import Dataset

from model_zoo.scans.formats._dicom_file import items, text
from model_zoo.scans.formats._remarks import Remarks
from model_zoo.scans.orientation import Orientation

_LATERAL = {"LL", "RL", "LAT", "LATERAL", "LLAT", "RLAT", "LLO", "RLO"}
_FRONTAL = {"PA", "AP"}
_COMPARED = {*_FRONTAL, "LATERAL", "OBLIQUE"}  # of other views there are too many names for one
_SPELLED = (
    ("POSTEROANTERIOR", "PA"),
    ("POSTERO ANTERIOR", "PA"),
    ("ANTEROPOSTERIOR", "AP"),
    ("ANTERO POSTERIOR", "AP"),
)
_SAID_ANYWAY = {"VIEW", "PROJECTION", "CHEST", "ERECT", "SUPINE", "PORTABLE"}
# PS3.16 CID 4010: SNOMED CT, and the older SNOMED RT.
_CODES = {
    "272479007": "PA", "R-10214": "PA", "399348003": "AP", "R-10206": "AP",
    "399173006": "LATERAL", "R-10236": "LATERAL", "399198007": "LATERAL", "R-10232": "LATERAL", "R-102CD": "LATERAL",
}  # fmt: skip
_PROJECTION = {"", "CR", "DX", "DR", "RG", "RF", "XA"}
_TWO_VIEWS = "The file states two views that contradict each other"


def read_view(ds: Dataset, orientation: Orientation | None, remarks: Remarks) -> str | None:
    """Return "PA", "AP", "LATERAL" or another view as stated; ``None`` where nothing tells.

    Rows that run to the front or the back are a film from the side, whatever else is left out.
    """
    written, *more = text(ds, "ViewPosition").split("\\")
    position, coded = _view_of_words(written), _coded_views(ds)
    if written.strip() and position is None:
        remarks.unreadable("ViewPosition")
    if items(ds, "ViewCodeSequence") and not coded and position is None:
        remarks.unreadable("ViewCodeSequence")
    by_orientation = None
    if orientation is not None and orientation.lateral and text(ds, "Modality").upper() in _PROJECTION:
        by_orientation = "LATERAL"
    found = [view for view in (position, *coded, by_orientation, *map(_view_of_words, more)) if view]
    if len({view for view in found if view in _COMPARED}) > 1:
        remarks.doubt(_TWO_VIEWS)
    return found[0] if found else None


def _coded_views(ds: Dataset) -> list[str]:
    """Return what the code says, and what its meaning says in words."""
    for item in items(ds, "ViewCodeSequence"):
        found = (_CODES.get(text(item, "CodeValue").upper()), _view_of_words(text(item, "CodeMeaning")))
        views = [view for view in found if view]
        if views:
            return views
    return []


def _view_of_words(words: str) -> str | None:
    """Return the view that a code or a few words name; words that name none of the known ones stand for themselves."""
    plain = " ".join(re.findall(r"[A-Z0-9]+", words.upper()))
    for spelled, short in _SPELLED:
        plain = plain.replace(spelled, short)
    plain = " ".join(word for word in plain.split() if word not in _SAID_ANYWAY)
    if plain in _FRONTAL or not plain:
        return plain or None
    if plain in _LATERAL or plain in ("LEFT LATERAL", "RIGHT LATERAL"):
        return "LATERAL"
    if "OBLIQUE" in plain:
        return "OBLIQUE"
    return plain if len(plain) <= 16 else None
