"""What a DICOM file says about patient and projection; none of its values may reach a message."""

from __future__ import annotations

import re
from datetime import date

from pydicom.dataset import Dataset

from model_zoo.scans.formats._dicom_file import items, number, numbers, text, unreadable
from model_zoo.scans.formats._dicom_view import read_view
from model_zoo.scans.formats._remarks import Remarks
from model_zoo.scans.marks import SYNTHETIC_ELEMENTS, SYNTHETIC_WORD
from model_zoo.scans.orientation import Orientation, orientation_of_cosines, orientation_of_letters
from model_zoo.scans.scan import ScanMetadata

_YEARS_PER_UNIT = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0}
_MAX_AGE_YEARS = 130
# An age is rounded down to its unit, and may have been taken on another day than the study.
_AGE_SLACK_UNITS, _AGE_SLACK_YEARS = 1.1, 0.05
_RAW_SOP_CLASSES = tuple(f"1.2.840.10008.5.1.4.1.1.1.{kind}.1" for kind in (1, 2, 3))  # X-ray, breast, intra-oral
_RAW = "The file holds raw detector data (FOR PROCESSING), not the picture meant for reading"
_ANIMAL = "The file is of an animal"
_HUMAN = {"337915000", "L-85B00"}  # PS3.16 CID 7454: Homo sapiens, in SNOMED CT and RT
_TWO_ORIENTATIONS = "PatientOrientation and ImageOrientationPatient contradict each other"
_TWO_BODY_PARTS = "BodyPartExamined and AnatomicRegionSequence contradict each other"
# PS3.16 CID 4009 and 4031: the regions that models here read. Other regions stand for themselves.
_REGIONS = {
    "51185008": "CHEST", "T-D3000": "CHEST", "39607008": "LUNG", "T-28000": "LUNG", "76752008": "BREAST", "T-04000": "BREAST",
    "12738006": "BRAIN", "T-A0100": "BRAIN", "69536005": "HEAD", "T-D1100": "HEAD", "81745001": "EYE", "T-AA000": "EYE",
    "5665001": "RETINA", "T-AA610": "RETINA",
}  # fmt: skip
_SAME_REGION = ({"CHEST", "THORAX", "LUNG"}, {"BRAIN", "HEAD", "SKULL"}, {"EYE", "RETINA"}, {"BREAST"})
_CODE = re.compile(r"[A-Z0-9_ ]{1,16}")
_FILMS = (None, "CR", "DX", "DR", "RG")
# Elements whose numbers change what is shown or measured, by where they may stand.
_NUMERIC = (
    "RescaleSlope", "RescaleIntercept", "WindowCenter", "WindowWidth", "PixelPaddingValue", "PixelPaddingRangeLimit",
    "PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing", "PixelAspectRatio",
    "EstimatedRadiographicMagnificationFactor", "BitsStored", "HighBit",
)  # fmt: skip
_GROUPS = ("PixelValueTransformationSequence", "FrameVOILUTSequence", "PixelMeasuresSequence")


def read_metadata(ds: Dataset, groups: list[Dataset], remarks: Remarks) -> ScanMetadata:
    """Read the metadata; unreadable or impossible values become ``None`` and are named. groups: of the first frame."""
    study_date = _date(ds, "StudyDate", remarks)
    marks = " ".join(text(ds, keyword) for keyword in SYNTHETIC_ELEMENTS).upper()
    if text(ds, "PresentationIntentType").upper() == "FOR PROCESSING" or text(ds, "SOPClassUID") in _RAW_SOP_CLASSES:
        remarks.doubt(_RAW)
    if _is_animal(ds):
        remarks.doubt(_ANIMAL)
    orientation = _orientation(ds, groups, remarks)
    modality, body_part = _code(ds, "Modality", remarks), _body_part(ds, remarks)
    fault = None if orientation is None or orientation.lateral else orientation.fault()
    if fault is not None and modality in _FILMS and body_part in (None, "CHEST"):
        remarks.aside(f"{fault}. It is shown as it lies.")
    age, contradicting = _ages(ds, study_date, remarks)
    return ScanMetadata(
        modality=modality,
        body_part=body_part,
        view=read_view(ds, orientation, remarks),
        orientation=orientation,
        laterality=_laterality(ds, remarks),
        age_years=age,
        contradicting_ages=contradicting,
        sex=_sex(ds, remarks),
        study_date=study_date.isoformat() if study_date else None,
        patient_id=text(ds, "PatientID") or None,
        synthetic=SYNTHETIC_WORD in marks,
    )


def name_unreadable(ds: Dataset, groups: list[Dataset], remarks: Remarks) -> None:
    """Name every number that the file states and that cannot be read: what is not used must not vanish in silence."""
    parts = [ds, *(item for group in groups for keyword in _GROUPS for item in items(group, keyword))]
    for keyword in dict.fromkeys(k for part in parts for k in unreadable(part, _NUMERIC)):
        remarks.unreadable(keyword)
    if any(number(part, "RescaleSlope") == 0 for part in parts):
        remarks.note("RescaleSlope is zero and is left out.")


def _orientation(ds: Dataset, groups: list[Dataset], remarks: Remarks) -> Orientation | None:
    """Return where the patient lies: PatientOrientation of a film, the direction cosines of a slice."""
    in_frame = [item for group in groups for item in items(group, "PatientOrientationInFrameSequence")]
    for source in (ds, *in_frame):
        stated = text(source, "PatientOrientation")
        if stated.strip("\\ "):
            found = orientation_of_letters(stated.split("\\"))
            by_cosines = orientation_of_cosines(numbers(source, "ImageOrientationPatient"))
            if found is None:
                remarks.unreadable("PatientOrientation")
            elif by_cosines is not None and found.contradicts(by_cosines):
                remarks.doubt(_TWO_ORIENTATIONS)
            return found
    planes = [item for group in groups for item in items(group, "PlaneOrientationSequence")]
    for source in (ds, *planes):
        stated_cosines = numbers(source, "ImageOrientationPatient")
        if stated_cosines:
            return orientation_of_cosines(stated_cosines)
    return None


def _is_animal(ds: Dataset) -> bool:
    species = text(ds, "PatientSpeciesDescription").upper()
    coded = [text(item, "CodeValue").upper() for item in items(ds, "PatientSpeciesCodeSequence")]
    return (
        text(ds, "AnatomicalOrientationType").upper() == "QUADRUPED"
        or not (species in ("", "HUMAN") or "HOMO SAPIENS" in species)
        or any(code and code not in _HUMAN for code in coded)
    )


def _laterality(ds: Dataset, remarks: Remarks) -> str | None:
    """Return the side of the body that is shown, "L" or "R"; B (both) and U (unpaired) are none."""
    stated = {k: v for k in ("ImageLaterality", "Laterality") if (v := text(ds, k).upper())}
    for keyword, value in stated.items():
        if value not in ("L", "R", "B", "U"):
            remarks.unreadable(keyword)
    sides = {value for value in stated.values() if value in ("L", "R")}
    if len(sides) > 1:
        remarks.note("ImageLaterality and Laterality contradict each other; neither is used.")
    return sides.pop() if len(sides) == 1 else None


def _body_part(ds: Dataset, remarks: Remarks) -> str | None:
    """Return BodyPartExamined, or else the region that is coded; both are compared where the region is a known one."""
    written = _code(ds, "BodyPartExamined", remarks)
    for item in items(ds, "AnatomicRegionSequence")[:1]:
        known = _REGIONS.get(text(item, "CodeValue").upper())
        if written is None:
            return known or _region_in_words(item, remarks)
        groups = [next((i for i, same in enumerate(_SAME_REGION) if part in same), None) for part in (written, known)]
        if None not in groups and groups[0] != groups[1]:
            remarks.doubt(_TWO_BODY_PARTS)
    return written


def _region_in_words(item: Dataset, remarks: Remarks) -> str | None:
    words = text(item, "CodeMeaning").strip().upper()
    if words and not _CODE.fullmatch(words):
        remarks.unreadable("AnatomicRegionSequence")
    return words if _CODE.fullmatch(words) else None


def _code(ds: Dataset, keyword: str, remarks: Remarks) -> str | None:
    """Return a coded string in upper case; what is no code (free text, damaged bytes) is named and left out."""
    value = text(ds, keyword).split("\\")[0].strip().upper()
    if _CODE.fullmatch(value):
        return value
    if value:
        remarks.unreadable(keyword)
    return None


def _sex(ds: Dataset, remarks: Remarks) -> str | None:
    sex = text(ds, "PatientSex").upper()
    if sex not in ("", "F", "M", "O"):
        remarks.unreadable("PatientSex")
    return sex if sex in ("F", "M") else None


def _ages(ds: Dataset, study_date: date | None, remarks: Remarks) -> tuple[float | None, tuple[float, float] | None]:
    """Return the age in years, and both ages where PatientAge and the birth date contradict each other (then no age)."""
    stated, slack = _stated_age(ds, remarks)
    at_study = _age_at(ds, study_date, remarks)
    if stated is None or at_study is None:
        return (at_study if stated is None else stated), None
    if abs(stated - at_study) > slack:
        return None, (stated, at_study)
    return stated, None


def _stated_age(ds: Dataset, remarks: Remarks) -> tuple[float | None, float]:
    """Return PatientAge in years, and by how much it may differ from the exact age."""
    value = text(ds, "PatientAge").upper()
    found = re.fullmatch(r"(\d{1,3})([DWMY])", value, re.ASCII)
    years = int(found[1]) * _YEARS_PER_UNIT[found[2]] if found else None
    if found is None or years is None or years > _MAX_AGE_YEARS:
        if value:
            remarks.unreadable("PatientAge")
        return None, 0.0
    return years, _AGE_SLACK_UNITS * _YEARS_PER_UNIT[found[2]] + _AGE_SLACK_YEARS


def _age_at(ds: Dataset, study_date: date | None, remarks: Remarks) -> float | None:
    """Return the age at the study by the date of birth."""
    born = _date(ds, "PatientBirthDate", remarks)
    day = study_date or next(
        (
            d
            for k in ("AcquisitionDate", "AcquisitionDateTime", "SeriesDate", "ContentDate")
            if (d := _date(ds, k, remarks))
        ),
        None,
    )
    if born is None or day is None:
        return None
    years = (day - born).days / 365.25
    if not 0 <= years <= _MAX_AGE_YEARS:
        remarks.note("PatientBirthDate does not fit the date of the study and is left out.")
        return None
    return years


def _date(ds: Dataset, keyword: str, remarks: Remarks) -> date | None:
    value = text(ds, keyword)
    value = value[:8] if keyword.endswith("DateTime") else value
    found = re.fullmatch(r"(\d{4})([.\-/]?)(\d{2})\2(\d{2})", value, re.ASCII)
    try:
        if found:
            return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        pass
    if value:
        remarks.unreadable(keyword)
    return None
