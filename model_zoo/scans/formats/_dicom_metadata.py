"""What a DICOM file says about patient, projection and geometry; nothing of it may reach a message."""

from __future__ import annotations

import re
from datetime import date

from pydicom.dataset import Dataset

from model_zoo.scans.formats._dicom_file import items, number, numbers, text
from model_zoo.scans.marks import SYNTHETIC_ELEMENTS, SYNTHETIC_WORD
from model_zoo.scans.scan import ScanMetadata

_PROJECTION = {"CR", "DX", "MG", "RF", "XA", "RG", "IO", "PX"}
_LATERAL = {"LL", "RL", "LAT", "LATERAL", "LLAT", "RLAT", "LLO", "RLO"}
_VIEW_WORDS = (("POSTERO-ANTERIOR", "PA"), ("ANTERO-POSTERIOR", "AP"), ("LATERAL", "LATERAL"))
_DAYS_PER_UNIT = {"D": 1.0, "W": 7.0, "M": 365.25 / 12, "Y": 365.25}
_MAX_AGE_YEARS = 130
_SPACING_RANGE_MM = (1e-4, 100.0)  # outside, the number is a mistake of unit


def read_metadata(ds: Dataset) -> ScanMetadata:
    """Read the metadata; unreadable or impossible values become ``None``."""
    study_date = _date(text(ds, "StudyDate"))
    marks = " ".join(text(ds, keyword) for keyword in SYNTHETIC_ELEMENTS).upper()
    sex = text(ds, "PatientSex").upper()
    laterality = (text(ds, "ImageLaterality") or text(ds, "Laterality")).upper()
    return ScanMetadata(
        modality=_code(text(ds, "Modality")),
        body_part=_code(text(ds, "BodyPartExamined")),
        view=_view(ds),
        laterality=laterality if laterality in ("L", "R") else None,
        age_years=_age(ds, study_date),
        sex=sex if sex in ("F", "M") else None,
        study_date=study_date.isoformat() if study_date else None,
        patient_id=text(ds, "PatientID") or None,
        synthetic=SYNTHETIC_WORD in marks,
    )


def read_spacing(ds: Dataset, groups: list[Dataset]) -> tuple[tuple[float, float] | None, list[str]]:
    """Return (row, column) spacing in mm and what a reader must know about it.

    PixelSpacing holds at the patient, also for projections when it is calibrated (PS3.3 10.7.1.1 and 10.7.1.3);
    ImagerPixelSpacing holds at the detector, where everything appears magnified; ultrasound states centimetres per pixel of
    its regions. ``groups`` are the functional
    groups of an enhanced file, searched after ``ds`` itself.
    """
    at_patient = next((s for g in (ds, *groups) if (s := _spacing(g, "PixelSpacing"))), None)
    at_patient = at_patient or next(
        (s for g in groups for m in items(g, "PixelMeasuresSequence") if (s := _spacing(m, "PixelSpacing"))), None
    )
    at_patient = at_patient or _ultrasound_spacing(ds)
    at_detector = _spacing(ds, "ImagerPixelSpacing")
    if at_patient is not None:
        calibrated = text(ds, "PixelSpacingCalibrationType").upper()
        if calibrated in ("GEOMETRY", "FIDUCIAL"):
            return at_patient, [f"The pixel spacing is calibrated ({calibrated.lower()})."]
        if text(ds, "Modality").upper() in _PROJECTION and (at_detector is None or at_detector == at_patient):
            return at_patient, ["The pixel spacing is not calibrated to the patient: lengths may appear magnified."]
        return at_patient, []
    if at_detector is not None:
        magnification = number(ds, "EstimatedRadiographicMagnificationFactor")
        if magnification is not None and 1.0 < magnification < 10.0:
            spacing = (at_detector[0] / magnification, at_detector[1] / magnification)
            return spacing, ["The pixel spacing is that of the detector, corrected by the estimated magnification."]
        return at_detector, ["The pixel spacing is that of the detector: lengths in the patient appear magnified."]
    scanned = _spacing(ds, "NominalScannedPixelSpacing")
    if scanned is not None:
        return scanned, ["The pixel spacing is that of the digitised film: lengths may appear magnified."]
    aspect = numbers(ds, "PixelAspectRatio")
    if len(aspect) == 2 and aspect[0] != aspect[1]:
        return None, ["The pixels are not square, and their size is not stated."]
    return None, []


def _ultrasound_spacing(ds: Dataset) -> tuple[float, float] | None:
    """Return the spacing of the two-dimensional regions of ultrasound, ``None`` where they differ: PS3.3 C.8.5.5."""
    found = set()
    for region in items(ds, "SequenceOfUltrasoundRegions"):
        units = (number(region, "PhysicalUnitsXDirection"), number(region, "PhysicalUnitsYDirection"))
        deltas = (number(region, "PhysicalDeltaY"), number(region, "PhysicalDeltaX"))
        if number(region, "RegionSpatialFormat") == 1 and units == (3, 3) and None not in deltas:  # 2D, centimetres
            found.add((round(abs(deltas[0] or 0) * 10, 6), round(abs(deltas[1] or 0) * 10, 6)))
    if len(found) != 1:
        return None
    spacing = found.pop()
    low, high = _SPACING_RANGE_MM
    return spacing if all(low <= value <= high for value in spacing) else None


def _spacing(ds: Dataset, keyword: str) -> tuple[float, float] | None:
    values = numbers(ds, keyword)
    low, high = _SPACING_RANGE_MM
    return (values[0], values[1]) if len(values) == 2 and all(low <= v <= high for v in values) else None


def _code(value: str) -> str | None:
    """Return a coded string in upper case; what is no code (free text, damaged bytes) is left out."""
    value = value.split("\\")[0].strip().upper()
    return value if re.fullmatch(r"[A-Z0-9_ ]{1,16}", value) else None


def _view(ds: Dataset) -> str | None:
    view = _code(text(ds, "ViewPosition"))
    if view is not None:
        return "LATERAL" if view in _LATERAL else view
    for item in items(ds, "ViewCodeSequence"):
        meaning = text(item, "CodeMeaning").upper()
        for words, short in _VIEW_WORDS:
            if words in meaning:
                return short
    return None


def _age(ds: Dataset, study_date: date | None) -> float | None:
    """Return PatientAge in years, or the age at the study from the date of birth."""
    stated = re.fullmatch(r"(\d{1,3})([DWMY])", text(ds, "PatientAge").upper())
    if stated:
        years = int(stated[1]) * _DAYS_PER_UNIT[stated[2]] / 365.25
        return years if years <= _MAX_AGE_YEARS else None
    born = _date(text(ds, "PatientBirthDate"))
    if born and study_date and born <= study_date:
        years = (study_date - born).days / 365.25
        return years if years <= _MAX_AGE_YEARS else None
    return None


def _date(value: str) -> date | None:
    found = re.match(r"(\d{4})\.?(\d{2})\.?(\d{2})$", value)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
