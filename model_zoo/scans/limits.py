"""What one decoded file may cost, checked from the headers before any pixel is allocated."""

from __future__ import annotations

from dataclasses import dataclass

from model_zoo.errors import ScanDecodeError, ScanTooLarge


@dataclass(frozen=True)
class DecodeLimits:
    """Upper bounds of one decode.

    Peak memory stays below about 24 bytes per pixel plus four times the file (measured on colour pictures with
    transparency in 16 bit, the costliest kind): some 1.2 GB with the values below, reached by no usual scan.
    """

    max_bytes: int = 64 * 2**20  # an uncompressed mammogram has 27 MiB; a deflated file counts as inflated
    max_pixels: int = 40_000_000  # rows x columns of one frame; the largest detectors have 4096 x 3328
    max_total_pixels: int = 64_000_000  # over all frames: 256 MB of float32
    max_frames: int = 2_000  # more than any cine run; each frame costs time even when tiny
    max_elements: int = 50_000  # data elements of a DICOM file, nested ones included: 30 microseconds and 1 kB each

    def check_file(self, n_bytes: int) -> None:
        """Raise ScanTooLarge when the file, inflated or not, has more bytes than allowed."""
        if n_bytes > self.max_bytes:
            raise ScanTooLarge(
                f"The file has {n_bytes / 2**20:.0f} MiB; at most {self.max_bytes / 2**20:.0f} MiB are read.",
                "Export the scan with lossless compression, or export fewer frames.",
            )

    def check_frames(self, n_frames: int, rows: int, cols: int) -> None:
        """Raise ScanDecodeError for an empty picture, ScanTooLarge for one beyond the limits."""
        if rows < 1 or cols < 1 or n_frames < 1:
            raise ScanDecodeError(
                f"The file announces an empty picture ({n_frames} frames of {cols} x {rows} pixels).",
                "Export the scan again from its source.",
            )
        if rows * cols > self.max_pixels:
            raise ScanTooLarge(
                f"The picture announces {cols} x {rows} pixels ({rows * cols / 1e6:.0f} megapixels); "
                f"at most {self.max_pixels / 1e6:g} megapixels are read.",
                "Export the scan at a lower resolution.",
            )
        if n_frames > self.max_frames or n_frames * rows * cols > self.max_total_pixels:
            raise ScanTooLarge(
                f"The file announces {n_frames} frames of {cols} x {rows} pixels; at most {self.max_frames} frames "
                f"with {self.max_total_pixels / 1e6:g} megapixels in all are read.",
                "Export only the frames of interest.",
            )


DEFAULT_LIMITS = DecodeLimits()
