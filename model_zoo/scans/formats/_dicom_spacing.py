"""The size of a pixel as a DICOM file states it, and where that size holds."""

from __future__ import annotations

from pydicom.dataset import Dataset

from model_zoo.scans.formats._dicom_file import items, number, numbers, text
from model_zoo.scans.formats._remarks import Remarks

_PROJECTION = {"CR", "DX", "MG", "RF", "XA", "RG", "IO", "PX"}
_SLICED = {"CT", "MR", "PT", "NM", "RTDOSE", "OPT", "SEG"}  # where a millimetre a pixel is a usual size
_SPACING_RANGE_MM = (1e-4, 100.0)  # outside, the number is a mistake of unit
_PLACEHOLDER = (1.0, 1.0)


def read_spacing(ds: Dataset, groups: list[Dataset], remarks: Remarks) -> tuple[float, float] | None:
    """Return (row, column) spacing in mm; what a reader must know about it goes to the remarks.

    PixelSpacing holds at the patient, also for projections when it is calibrated (PS3.3 10.7.1.1 and 10.7.1.3);
    ImagerPixelSpacing holds at the detector, where everything appears magnified; ultrasound states centimetres per pixel of
    its regions. A millimetre a pixel on anything but slices is what software writes that does not know. ``groups`` are the
    functional groups of an enhanced file, searched after ``ds`` itself.
    """
    measures = [item for group in groups for item in items(group, "PixelMeasuresSequence")]
    found = (_spacing(source, "PixelSpacing", ds, remarks) for source in (ds, *groups, *measures))
    at_patient = next((s for s in found if s), None) or _ultrasound_spacing(ds)
    at_detector = _spacing(ds, "ImagerPixelSpacing", ds, remarks)
    if at_patient is not None:
        calibrated = text(ds, "PixelSpacingCalibrationType").upper()
        if calibrated in ("GEOMETRY", "FIDUCIAL"):
            remarks.aside(f"The pixel spacing is calibrated ({calibrated.lower()}).")
        elif text(ds, "Modality").upper() in _PROJECTION and (at_detector is None or at_detector == at_patient):
            remarks.aside("The pixel spacing is not calibrated to the patient: lengths may appear magnified.")
        return at_patient
    if at_detector is not None:
        return _at_detector(ds, at_detector, remarks)
    scanned = _spacing(ds, "NominalScannedPixelSpacing", ds, remarks)
    if scanned is not None:
        remarks.aside("The pixel spacing is that of the digitised film: lengths may appear magnified.")
        return scanned
    aspect = numbers(ds, "PixelAspectRatio")
    if len(aspect) == 2 and aspect[0] != aspect[1]:
        remarks.aside("The pixels are not square, and their size is not stated.")
    return None


def _at_detector(ds: Dataset, spacing: tuple[float, float], remarks: Remarks) -> tuple[float, float]:
    magnification = number(ds, "EstimatedRadiographicMagnificationFactor")
    if magnification is not None and 1.0 < magnification < 10.0:
        remarks.aside("The pixel spacing is that of the detector, corrected by the estimated magnification.")
        return spacing[0] / magnification, spacing[1] / magnification
    remarks.aside("The pixel spacing is that of the detector: lengths in the patient appear magnified.")
    return spacing


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


def _spacing(source: Dataset, keyword: str, ds: Dataset, remarks: Remarks) -> tuple[float, float] | None:
    values = numbers(source, keyword)
    if not values:
        return None
    low, high = _SPACING_RANGE_MM
    if len(values) != 2 or not all(low <= v <= high for v in values):
        remarks.unreadable(keyword)
        return None
    if values == _PLACEHOLDER and text(ds, "Modality").upper() not in _SLICED:
        remarks.aside(f"{keyword} holds a placeholder, 1 mm a pixel: nothing is measured in millimetres by it.")
        return None
    return values[0], values[1]
