"""The decoded scan: what every later step reads, immutable, identified by the sha256 of the bytes it came from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from model_zoo.finite import finite


@dataclass(frozen=True)
class Window:
    """Display window in the units of ``Scan.frames``: ``centre`` - ``width``/2 is black, ``centre`` + ``width``/2 white."""

    centre: float
    width: float


@dataclass(frozen=True)
class ScanMetadata:
    """What the file itself says about the picture; ``None`` where it says nothing.

    ``patient_id`` is kept for the wrong-patient check of the running session only: it is left out of every
    representation, log and stored case.
    """

    modality: str | None = None  # DICOM modality code, e.g. "CR", "DX", "US", "MR"
    body_part: str | None = None  # DICOM body part, upper case, e.g. "CHEST"
    view: str | None = None  # "PA", "AP", "LATERAL" ...
    laterality: str | None = None  # "L" or "R"
    age_years: float | None = None
    sex: str | None = None  # "F" or "M"
    study_date: str | None = None  # ISO 8601 date
    patient_id: str | None = field(default=None, repr=False)
    synthetic: bool = False  # the file says it holds a computed phantom


@dataclass(frozen=True, eq=False)
class Scan:
    """One decoded file.

    frames: float32 (frames, rows, cols), grey, in modality units after rescale, larger is brighter
        (MONOCHROME1 is already inverted), read-only. Colour pictures are reduced to luminance.
    window: the display window the file asks for, or the full range of the values.
    spacing_mm: (row, column) distance between pixel centres, ``None`` when the file does not say.
    is_colour: the picture carried real colour (not grey stored as RGB): no X-ray film does.
    notes: remarks for the reader about the decoding, free of patient data.
    """

    sha256: str
    format: str  # "PNG", "JPEG", "TIFF", "WebP", "DICOM"
    frames: np.ndarray
    window: Window
    spacing_mm: tuple[float, float] | None = None
    is_colour: bool = False
    metadata: ScanMetadata = ScanMetadata()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.frames.setflags(write=False)

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, cols) of one frame."""
        return int(self.frames.shape[1]), int(self.frames.shape[2])

    @property
    def n_frames(self) -> int:
        return int(self.frames.shape[0])

    def presentation(self, frame: int = 0) -> np.ndarray:
        """Return one frame as it is shown: float32 (rows, cols) in [0, 1] after the display window.

        Raises NoNumber where a pixel or the window is none: black would be a picture that was never taken.
        """
        for values in (self.frames[frame], np.array([self.window.centre, self.window.width])):
            finite(values, "The picture", "Export the scan again, or read another frame.")
        low = self.window.centre - self.window.width / 2
        return np.clip((self.frames[frame] - low) / max(self.window.width, 1e-6), 0.0, 1.0).astype(np.float32)
