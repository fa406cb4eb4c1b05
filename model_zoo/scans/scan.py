"""The decoded scan: what every later step reads, immutable, identified by the sha256 of the bytes it came from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from model_zoo.finite import finite
from model_zoo.scans.orientation import Orientation


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
    orientation: Orientation | None = None  # where the patient lies in the picture
    laterality: str | None = None  # "L" or "R": of the body part, such as a hand; never the side of the picture
    age_years: float | None = None  # ``None`` too where the file states two
    contradicting_ages: tuple[float, float] | None = None  # stated in words and by birth date, where they differ
    sex: str | None = None  # "F" or "M"
    study_date: str | None = None  # ISO 8601 date
    patient_id: str | None = field(default=None, repr=False)
    synthetic: bool = False  # the file says it holds a computed phantom

    @property
    def stated_ages(self) -> tuple[float, ...]:
        """Every age in years that the file states: none, one, or two that contradict each other."""
        return self.contradicting_ages or (() if self.age_years is None else (self.age_years,))


@dataclass(frozen=True, eq=False)
class Scan:
    """One decoded file.

    frames: float32 (frames, rows, cols), grey, in modality units after rescale, larger is brighter
        (MONOCHROME1 is already inverted), read-only. Colour pictures are reduced to luminance.
    window: the display window the file asks for, or the full range of the values.
    spacing_mm: (row, column) distance between pixel centres, ``None`` when the file does not say.
    is_colour: the picture carried real colour (not grey stored as RGB): no X-ray film does.
    colour: the picture as it is looked at, uint8 (frames, rows, cols, 3) RGB, read-only; ``None`` for grey, and where the
        file keeps its colour in a form (palette, Lab) that is read as brightness alone. No network sees it.
    notes: remarks for the reader about the decoding, free of patient data.
    doubts: what the file says against being read as it lies, without a full stop; each is also among the notes.
    cautions: those notes that bear on this picture, for the reader to see beside the finding: an element that was left out,
        grey values that may be shown wrongly.
    """

    sha256: str
    format: str  # "PNG", "JPEG", "TIFF", "WebP", "DICOM"
    frames: np.ndarray
    window: Window
    spacing_mm: tuple[float, float] | None = None
    is_colour: bool = False
    metadata: ScanMetadata = ScanMetadata()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    colour: np.ndarray | None = None
    cautions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.frames.setflags(write=False)
        if self.colour is not None:
            self.colour.setflags(write=False)

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
