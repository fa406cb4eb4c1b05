"""RLE Lossless of DICOM (PS3.5 Annex G), within the announced size.

Written here because the compiled decoder aborts with a Rust panic on segments that are too long, and pydicom's own one
expands them without bound: 64 MiB of runs become 4 GiB.
"""

from __future__ import annotations

import struct

import numpy as np

from model_zoo.errors import ScanDecodeError, ScanTooLarge

_HEADER_BYTES = 64
_MAX_SEGMENTS = 15
_MAX_RUNS = 16_000_000  # about four seconds; real encoders write far fewer, longer runs


def unpack_rle_frame(frame: bytes, n_pixels: int, samples: int, bytes_per_sample: int) -> bytes:
    """Return one frame as native little endian samples, plane after plane (PlanarConfiguration 1).

    Parameters
    ----------
    frame : RLE header and segments; the segments hold one byte of every pixel each, most significant first.

    Raises
    ------
    ScanDecodeError : segments missing, too short or too long. ScanTooLarge : absurdly many runs.
    """
    if len(frame) < _HEADER_BYTES:
        raise _damaged()
    count, *offsets = struct.unpack("<16I", frame[:_HEADER_BYTES])
    if count != samples * bytes_per_sample or count > _MAX_SEGMENTS:
        raise _damaged()
    ends = [*offsets[1:count], len(frame)]
    pixels = np.empty((samples, n_pixels, bytes_per_sample), dtype=np.uint8)
    runs_left = _MAX_RUNS
    for i, (start, end) in enumerate(zip(offsets[:count], ends, strict=True)):
        if not _HEADER_BYTES <= start < end <= len(frame):
            raise _damaged()
        plane, runs_left = _unpack(frame[start:end], n_pixels, runs_left)
        sample, byte = divmod(i, bytes_per_sample)
        pixels[sample, :, bytes_per_sample - 1 - byte] = np.frombuffer(plane, dtype=np.uint8)
    return pixels.tobytes()


def _unpack(segment: bytes, length: int, runs_left: int) -> tuple[bytearray, int]:
    """Expand one segment (PackBits) to exactly ``length`` bytes; padding behind it is ignored."""
    out = bytearray(length)
    at = read = 0
    size = len(segment)
    while at < length:
        runs_left -= 1
        if read + 1 >= size:
            raise _damaged()
        if runs_left < 0:
            raise ScanTooLarge(
                "The compressed picture is cut into far more pieces than usual.",
                "Export the scan with another compression.",
            )
        head = segment[read]
        if head < 128:
            run = head + 1
            part = segment[read + 1 : read + 1 + run]
            read += 1 + run
        elif head > 128:
            run = 257 - head
            part = segment[read + 1 : read + 2] * run
            read += 2
        else:  # no operation
            read += 1
            continue
        if len(part) < run or at + run > length:
            raise _damaged()
        out[at : at + run] = part
        at += run
    return out, runs_left


def _damaged() -> ScanDecodeError:
    return ScanDecodeError(
        "The DICOM file is damaged or incomplete: its pixels cannot be decoded.",
        "Export or download the scan again from its source.",
    )
