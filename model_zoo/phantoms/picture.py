"""What the computed pictures of all further protocols share: the record of a picture, of a sequence, and of their truth."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Literal

import numpy as np

Protocol = Literal["breast", "brain", "eye"]
Side = Literal["R", "L"]


@dataclass(frozen=True, eq=False)
class LocatedLesion:
    """Where a lesion lies: ``mask`` bool (rows, cols) and its ``box`` (x, y, width, height) in pixels.

    ``kind`` is what was drawn, e.g. "cyst" or "haemorrhage"; a name of a look, never of a histology.
    """

    kind: str
    mask: np.ndarray
    box: tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class ComputedPicture:
    """A computed picture with its truth.

    image: float32 in [0, 1], larger is brighter; (rows, cols), or (rows, cols, 3) red, green, blue for the eye.
    lesions: what was planted and where; empty for a clear picture. organ_mask: bool (rows, cols), tissue in view.
    landmarks: further known places, bool (rows, cols), e.g. "optic_disc". label: the look that was asked for ("none" when
    nothing was planted). grade: of the whole picture, where the protocol has one. plane, laterality: how it was taken.
    spacing_mm: distance of pixels, the same along rows and columns. thickness_mm: of a slice. position_mm: centre of the first
    pixel, and orientation: direction of rows and of columns, in the patient axes of DICOM (left, back, head).
    """

    protocol: Protocol
    label: str
    image: np.ndarray
    lesions: tuple[LocatedLesion, ...]
    organ_mask: np.ndarray
    landmarks: dict[str, np.ndarray]
    spacing_mm: float
    seed: int
    plane: str | None = None
    laterality: Side | None = None
    grade: int | None = None
    thickness_mm: float | None = None
    position_mm: tuple[float, float, float] | None = None
    orientation: tuple[float, ...] | None = None

    def mask_of(self, kind: str) -> np.ndarray:
        """Return the union of the masks of all lesions of one kind, bool (rows, cols)."""
        union = np.zeros(self.image.shape[:2], bool)
        for lesion in self.lesions:
            if lesion.kind == kind:
                union |= lesion.mask
        return union


@dataclass(frozen=True, eq=False)
class ComputedSequence:
    """Frames of one examination in their order: slices of one head, or a sweep of the probe over one breast.

    pictures: one per frame, all of one grid. step_mm: distance of neighbouring frames. frame_time_ms: of a cine, ``None``
    for a stack of slices.
    """

    pictures: tuple[ComputedPicture, ...]
    step_mm: float
    frame_time_ms: float | None = None

    @property
    def frames(self) -> np.ndarray:
        """All frames, float32 (frames, rows, cols) in [0, 1]."""
        return np.stack([picture.image for picture in self.pictures])

    @property
    def lesion_frames(self) -> tuple[int, ...]:
        """Indices, from 0, of the frames that hold a lesion."""
        return tuple(i for i, picture in enumerate(self.pictures) if picture.lesions)


def stream(protocol: Protocol, seed: int, name: str) -> np.random.Generator:
    """Return the random generator of one part: a function of protocol, seed and the part's name alone.

    Parts that draw from their own stream stay as they are when a lesion is planted elsewhere.

    Parameters
    ----------
    protocol
        Of the computed picture.
    seed
        Of every draw; the same seed gives the same answer.
    name
        Of the part.
    """
    return np.random.default_rng([zlib.crc32(f"{protocol}/{name}".encode()), seed])


def located(kind: str, mask: np.ndarray) -> LocatedLesion | None:
    """Return the record of a lesion, or ``None`` when its mask (rows, cols) is empty."""
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    box = (int(cols[0]), int(rows[0]), int(cols[-1] - cols[0] + 1), int(rows[-1] - rows[0] + 1))
    return LocatedLesion(kind, mask, box)
