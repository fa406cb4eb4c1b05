"""How a file says that it holds a computed phantom: shared by the reader and by whoever writes phantoms."""

from __future__ import annotations

SYNTHETIC_KEY = "Synthetic"  # keyword of the PNG tEXt chunk; its presence is the mark, whatever its text says
SYNTHETIC_WORD = "SYNTHETIC"  # looked for in the DICOM elements below, in any case
SYNTHETIC_ELEMENTS = ("ImageType", "ImageComments", "SeriesDescription")
