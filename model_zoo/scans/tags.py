"""What a file says of the machine it came from: a fixed list of technical tags, none of which names a patient."""

from __future__ import annotations

from collections.abc import Callable

from pydicom.dataset import Dataset
from pydicom.uid import UID

from model_zoo.errors import ZooError
from model_zoo.scans.formats._dicom_file import number, numbers, read_dicom, text
from model_zoo.scans.formats._quiet import quiet
from model_zoo.scans.limits import DEFAULT_LIMITS

# Free text and dates are left out on purpose: they hold names more often than the standard admits.
_TEXT_TAGS = (
    "Modality",
    "Manufacturer",
    "ManufacturerModelName",
    "BodyPartExamined",
    "ViewPosition",
    "PatientSex",
    "PresentationIntentType",
    "PhotometricInterpretation",
    "LossyImageCompression",
    "PixelIntensityRelationship",
)
_LONGEST = 40  # characters of a value that is shown


def technical_tags(data: bytes) -> dict[str, str] | None:
    """Return tag name to value of a DICOM file; ``None`` for any other file. A tag without value is left out."""
    if data[128:132] != b"DICM":
        return None
    try:
        with quiet():
            dataset = read_dicom(data, DEFAULT_LIMITS)
            found = {tag: text(dataset, tag) for tag in _TEXT_TAGS}
            found |= {name: read(dataset) for name, read in _MADE.items()}
    except ZooError:
        return None
    return {name: value[:_LONGEST] for name, value in found.items() if value} or None


def _size(dataset: Dataset) -> str:
    rows, cols = number(dataset, "Rows"), number(dataset, "Columns")
    return "" if rows is None or cols is None else f"{cols:.0f} x {rows:.0f}"


def _spacing(dataset: Dataset) -> str:
    values = numbers(dataset, "PixelSpacing") or numbers(dataset, "ImagerPixelSpacing")
    # Two digits: what a detector is made of, not where a child stood.
    return f"{values[0]:.2g} mm" if values else ""


def _voltage(dataset: Dataset) -> str:
    value = number(dataset, "KVP")
    return "" if value is None else f"{round(value / 10) * 10} kV"


def _age(dataset: Dataset) -> str:
    stated = text(dataset, "PatientAge").upper()
    if not (stated[:-1].isdigit() and stated.endswith(("D", "W", "M", "Y"))):
        return ""
    years = int(stated[:-1]) if stated.endswith("Y") else 0
    return next((name for end, name in ((18, "0-17"), (40, "18-39"), (60, "40-59")) if years < end), "60+")


def _syntax(dataset: Dataset) -> str:
    stated = text(getattr(dataset, "file_meta", Dataset()), "TransferSyntaxUID")
    return UID(stated).name if stated else ""


def _bits(dataset: Dataset) -> str:
    value = number(dataset, "BitsStored")
    return "" if value is None else f"{value:.0f}"


_MADE: dict[str, Callable[[Dataset], str]] = {
    "Columns x Rows": _size,
    "Pixel spacing": _spacing,
    "KVP": _voltage,
    "Age group": _age,
    "Transfer syntax": _syntax,
    "BitsStored": _bits,
}
