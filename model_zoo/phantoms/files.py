"""Phantoms as files that say what they are: marked synthetic in the pixels, in the header and in the title."""

from __future__ import annotations

import io
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin
from pydicom import dcmwrite
from pydicom.uid import (
    DigitalXRayImageStorageForPresentation,
    JPEG2000Lossless,
    RLELossless,
)

from model_zoo.phantoms.chest.phantom import Phantom
from model_zoo.phantoms.dicom_start import start_dataset
from model_zoo.scans.marks import SYNTHETIC_KEY

MARK = "SYNTHETIC PHANTOM"
NO_PATIENT = "Computed by a projection model. This is no patient's image."
BITS = 12  # what a digital chest system stores
Compression = Literal["none", "rle", "jpeg2000"]
# With the encoder named, so that the bytes of a file do not depend on what else is installed.
_ENCODERS = {"rle": (RLELossless, "pydicom"), "jpeg2000": (JPEG2000Lossless, "pylibjpeg")}


def burn_mark(image: np.ndarray, label: str = "") -> np.ndarray:
    """Return a copy of ``image`` (rows, cols) in [0, 1] with the mark at the lower left edge, below the lungs."""
    rows, cols = image.shape
    font = ImageFont.load_default(max(8, round(rows / 42)))
    text = f"{MARK} {label}".strip()
    left, top, right, bottom = font.getbbox(text)
    tag = Image.new("L", (int(right - left) + 6, int(bottom - top) + 4), 0)
    ImageDraw.Draw(tag).text((3 - left, 2 - top), text, fill=230, font=font)
    pixels = np.asarray(tag, np.float32)[:rows, :cols] / 255.0
    marked = image.copy()
    y = max(rows - pixels.shape[0] - max(1, rows // 170), 0)
    x = min(max(1, cols // 85), max(cols - pixels.shape[1], 0))
    marked[y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels
    return marked


def write_phantom_png(phantom: Phantom, label: str = "", bits: Literal[8, 16] = 16) -> bytes:
    """Return a grey PNG whose pixels carry the mark and whose text chunks say the same.

    Parameters
    ----------
    phantom
        The computed film.
    label
        A few words burned in after the mark and stored as the title, e.g. "case 1".
    bits
        Per pixel.
    """
    pixels = burn_mark(phantom.image, label)
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text(SYNTHETIC_KEY, f"{MARK}. {NO_PATIENT}")
    chunks.add_text("Title", f"{MARK} {label}".strip())
    depth, kind = (65535, np.uint16) if bits == 16 else (255, np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(np.round(pixels * depth).astype(kind)).save(buffer, "PNG", pnginfo=chunks)
    return buffer.getvalue()


def write_phantom_dicom(
    phantom: Phantom,
    patient_id: str = "PHANTOM-000",
    age_years: int | None = None,
    sex: Literal["F", "M"] | None = None,
    study_date: str = "2024-01-01",
    label: str = "",
    compression: Compression = "none",
) -> bytes:
    """Return a DICOM file (digital X-ray, 12 bit, MONOCHROME2), the same bytes for the same arguments.

    Parameters
    ----------
    phantom
        The computed film.
    patient_id
        Gets the prefix "PHANTOM-" when it lacks it.
    age_years, sex
        Of the invented patient; without them the age is left out and the sex is "O".
    study_date
        ISO 8601.
    label
        A few words burned in after the mark.
    compression
        "none", "rle" or "jpeg2000" (lossless; needs pylibjpeg-openjpeg).
    """
    stored = np.round(burn_mark(phantom.image, label) * (2**BITS - 1)).astype(np.uint16)
    entropy = [phantom.settings, str(phantom.seed), str(stored.shape)]
    sop_class = DigitalXRayImageStorageForPresentation
    ds = start_dataset(sop_class, patient_id, age_years, sex, study_date, label, entropy, MARK, NO_PATIENT)
    ds.Modality, ds.PresentationIntentType = "DX", "FOR PRESENTATION"
    ds.BodyPartExamined, ds.ViewPosition, ds.ImageLaterality = "CHEST", phantom.view, "U"
    ds.PatientOrientation = ["L", "F"]  # columns run to the patient's left, rows to the feet
    ds.PixelSpacing = ds.ImagerPixelSpacing = [f"{phantom.spacing_mm:.6f}"] * 2
    ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = "LOG", -1  # dense is bright
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = 0, 1, "US"
    ds.WindowCenter, ds.WindowWidth = 2 ** (BITS - 1), 2**BITS
    ds.PresentationLUTShape = "IDENTITY"
    ds.LossyImageCompression = "00"
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = stored.shape
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, BITS, BITS - 1, 0
    ds.PixelData = stored.tobytes()
    ds["PixelData"].VR = "OW"
    if compression != "none":
        syntax, encoder = _ENCODERS[compression]
        ds.compress(syntax, encoding_plugin=encoder, generate_instance_uid=False)
    buffer = io.BytesIO()
    dcmwrite(buffer, ds, enforce_file_format=True)
    return buffer.getvalue()
