"""Computed pictures of breast, brain and eye as files of their own modality, marked synthetic as the chest films are.

Ultrasound becomes a US image, a slice an MR image, a photograph of the retina an ophthalmic photograph; a sequence becomes
one multi-frame file. The same arguments give the same bytes.
"""

from __future__ import annotations

import io
from typing import Literal

import numpy as np
from PIL import Image, PngImagePlugin
from pydicom import dcmwrite
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import (
    EnhancedMRImageStorage,
    MRImageStorage,
    OphthalmicPhotography8BitImageStorage,
    RLELossless,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
    generate_uid,
)

from model_zoo.phantoms.dicom_start import prefixed, start_dataset
from model_zoo.phantoms.files import MARK, burn_mark
from model_zoo.phantoms.picture import ComputedPicture, ComputedSequence
from model_zoo.scans.marks import SYNTHETIC_KEY

NO_PATIENT = "Computed from a model of the modality's physics. This is no patient's image."
MODALITY = {"breast": "US", "brain": "MR", "eye": "OP"}
BODY_PART = {"breast": "BREAST", "brain": "BRAIN", "eye": "EYE"}
BITS = {"breast": 8, "brain": 12, "eye": 8}  # what the devices store
_STILL = {"breast": UltrasoundImageStorage, "brain": MRImageStorage, "eye": OphthalmicPhotography8BitImageStorage}
_MULTI = {"breast": UltrasoundMultiFrameImageStorage, "brain": EnhancedMRImageStorage}
_TEN_CM = 3  # code of centimetres in a region of ultrasound (PS3.3 C.8.5.5.1.15)


def marked_image(image: np.ndarray, label: str = "") -> np.ndarray:
    """Return a copy of an image in [0, 1], grey (rows, cols) or colour (rows, cols, 3), with the burned-in mark."""
    if image.ndim == 2:
        return burn_mark(image, label)
    return np.stack([burn_mark(np.ascontiguousarray(image[..., c]), label) for c in range(3)], axis=-1)


def write_picture_png(picture: ComputedPicture, label: str = "") -> bytes:
    """Return an 8-bit PNG, grey or RGB, whose pixels carry the mark and whose text chunks say the same.

    Parameters: label: a few words burned in after the mark and stored as the title, e.g. "case 4".
    """
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text(SYNTHETIC_KEY, f"{MARK}. {NO_PATIENT}")
    chunks.add_text("Title", f"{MARK} {label}".strip())
    buffer = io.BytesIO()
    pixels = np.round(marked_image(picture.image, label) * 255).astype(np.uint8)
    Image.fromarray(pixels).save(buffer, "PNG", pnginfo=chunks)
    return buffer.getvalue()


def write_picture_dicom(
    picture: ComputedPicture,
    patient_id: str = "PHANTOM-000",
    age_years: int | None = None,
    sex: Literal["F", "M"] | None = None,
    study_date: str = "2024-01-01",
    label: str = "",
) -> bytes:
    """Return one picture as a DICOM file: US (8 bit), MR (12 bit) or OP (8 bit, colour), RLE compressed, lossless.

    Parameters
    ----------
    picture
        The computed picture.
    patient_id
        Gets the prefix "PHANTOM-" when it lacks it.
    age_years, sex
        Of the invented patient; without them the age is left out and the sex is "O".
    study_date
        ISO 8601.
    label
        A few words burned in after the mark.
    """
    ds = _dataset(picture, _STILL[picture.protocol], patient_id, age_years, sex, study_date, label)
    if picture.protocol == "brain":
        _mr_tags(ds, picture)
        ds.ImagePositionPatient = _decimals(picture.position_mm or (0, 0, 0))
        ds.ImageOrientationPatient = _decimals(picture.orientation or (1, 0, 0, 0, 1, 0))
        ds.PixelSpacing = _decimals((picture.spacing_mm,) * 2)
        ds.SliceThickness = f"{picture.thickness_mm or 0:.3f}"
    elif picture.protocol == "eye":
        ds.PixelSpacing = _decimals((picture.spacing_mm,) * 2)
        ds.HorizontalFieldOfView = 50.0
        ds.PatientEyeMovementCommanded = "NO"
    else:
        ds.SequenceOfUltrasoundRegions = [_ultrasound_region(picture)]
    return _written(ds, marked_image(picture.image, label)[None], BITS[picture.protocol])


def write_sequence_dicom(
    sequence: ComputedSequence,
    patient_id: str = "PHANTOM-000",
    age_years: int | None = None,
    sex: Literal["F", "M"] | None = None,
    study_date: str = "2024-01-01",
    label: str = "",
) -> bytes:
    """Return all frames as one multi-frame DICOM file: an ultrasound cine, or an enhanced MR stack with slice positions.

    Parameters as for ``write_picture_dicom``. Every frame carries the mark.
    """
    first = sequence.pictures[0]
    ds = _dataset(first, _MULTI[first.protocol], patient_id, age_years, sex, study_date, label)
    if first.protocol == "brain":
        _mr_tags(ds, first)
        ds.SharedFunctionalGroupsSequence = [_shared_groups(sequence)]
        ds.PerFrameFunctionalGroupsSequence = [_frame_groups(p, i) for i, p in enumerate(sequence.pictures)]
    else:
        ds.SequenceOfUltrasoundRegions = [_ultrasound_region(first)]
        ds.FrameTime = f"{sequence.frame_time_ms or 0:g}"
        ds.FrameIncrementPointer = 0x00181063  # Frame Time
    frames = np.stack([marked_image(picture.image, label) for picture in sequence.pictures])
    return _written(ds, frames, BITS[first.protocol])


def _dataset(
    picture: ComputedPicture,
    sop_class: str,
    patient_id: str,
    age_years: int | None,
    sex: str | None,
    study_date: str,
    label: str,
) -> FileDataset:
    entropy = [picture.protocol, picture.label, str(picture.seed), str(picture.plane)]
    entropy += [str(picture.image.shape), str(picture.position_mm), sop_class]
    ds = start_dataset(sop_class, patient_id, age_years, sex, study_date, label, entropy, MARK, NO_PATIENT)
    ds.FrameOfReferenceUID = generate_uid(
        entropy_srcs=[prefixed(patient_id), study_date, label, *entropy, "frame of reference"]
    )
    ds.Modality, ds.BodyPartExamined = MODALITY[picture.protocol], BODY_PART[picture.protocol]
    if picture.laterality:
        # A property of the image for an eye, of the series for a breast (PS3.3 C.7.3.1 and C.8.17.5).
        setattr(ds, "ImageLaterality" if picture.protocol == "eye" else "Laterality", picture.laterality)
    return ds


def _mr_tags(ds: Dataset, picture: ComputedPicture) -> None:
    ds.ScanningSequence, ds.SequenceVariant, ds.ScanOptions, ds.MRAcquisitionType = "SE", "NONE", "", "2D"
    ds.RepetitionTime, ds.EchoTime, ds.EchoTrainLength = "550", "12", 1
    ds.ContrastBolusAgent = "SYNTHETIC"
    ds.ProtocolName = f"T1 after contrast, {picture.plane}"


def _ultrasound_region(picture: ComputedPicture) -> Dataset:
    rows, cols = picture.image.shape[:2]
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0  # 2D tissue
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = cols - 1, rows - 1
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = _TEN_CM
    region.PhysicalDeltaX = region.PhysicalDeltaY = picture.spacing_mm / 10
    return region


def _shared_groups(sequence: ComputedSequence) -> Dataset:
    first, shared, measures, orientation = sequence.pictures[0], Dataset(), Dataset(), Dataset()
    measures.PixelSpacing = _decimals((first.spacing_mm,) * 2)
    measures.SliceThickness = f"{first.thickness_mm or 0:.3f}"
    measures.SpacingBetweenSlices = f"{sequence.step_mm:.3f}"
    orientation.ImageOrientationPatient = _decimals(first.orientation or (1, 0, 0, 0, 1, 0))
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [orientation]
    return shared


def _frame_groups(picture: ComputedPicture, index: int) -> Dataset:
    groups, content, position = Dataset(), Dataset(), Dataset()
    content.StackID, content.InStackPositionNumber = "1", index + 1
    content.DimensionIndexValues = [index + 1]
    position.ImagePositionPatient = _decimals(picture.position_mm or (0, 0, 0))
    groups.FrameContentSequence, groups.PlanePositionSequence = [content], [position]
    return groups


def _decimals(values: tuple[float, ...]) -> list[str]:
    return [f"{value:.6f}" for value in values]


def _written(ds: FileDataset, frames: np.ndarray, bits: int) -> bytes:
    """Fill in the pixels, (frames, rows, cols) or (frames, rows, cols, 3) in [0, 1], compress and return the bytes."""
    stored = np.round(frames * (2**bits - 1)).astype(np.uint8 if bits == 8 else np.uint16)
    colour = stored.ndim == 4
    ds.SamplesPerPixel, ds.PhotometricInterpretation = (3, "RGB") if colour else (1, "MONOCHROME2")
    if colour:
        ds.PlanarConfiguration = 0
    else:
        ds.WindowCenter, ds.WindowWidth = 2 ** (bits - 1), 2**bits
        ds.PresentationLUTShape = "IDENTITY"
    ds.LossyImageCompression = "00"
    ds.NumberOfFrames = stored.shape[0]
    ds.Rows, ds.Columns = stored.shape[1:3]
    ds.BitsAllocated = 8 if bits == 8 else 16
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation = bits, bits - 1, 0
    ds.PixelData = stored.tobytes()
    ds["PixelData"].VR = "OB" if bits == 8 else "OW"
    ds.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    buffer = io.BytesIO()
    dcmwrite(buffer, ds, enforce_file_format=True)
    return buffer.getvalue()
