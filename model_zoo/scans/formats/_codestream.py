"""Read the headers of JPEG and JPEG 2000 codestreams, so that what they announce is known before a decoder believes it.

A JPEG inside a DICOM file has a size of its own, and decoders allocate by that one: a DICOM file of 10 x 10 pixels may
carry a JPEG of 65,500 x 65,500.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from model_zoo.errors import ScanDecodeError, ScanTooLarge

_NOT_A_FRAME_HEADER = {0xC4, 0xC8, 0xCC}  # Huffman tables, reserved, arithmetic conditioning: inside the SOF range
_JPEG_LS_HEADER = 0xF7
_LOSSY_HEADERS = (0xC0, 0xC1, 0xC2)  # baseline, extended, progressive
_MAX_SCAN_WORK = 1_000_000_000  # pixels times scans: a progressive file passes over the picture once per scan
_MAX_TILES = 4096  # OpenJPEG keeps 6 kB per tile; 40 megapixels in tiles of 128 x 128 are 2,500
_MIN_PRECINCT_EXPONENT = 5  # precincts of 32 x 32; each costs memory, and smaller ones are of no use


@dataclass(frozen=True)
class CodestreamHeader:
    """What the codestream itself announces.

    scans: passes over the picture, of a progressive JPEG. colours: "RGB" or "YBR_FULL" of a lossy JPEG that tells.
    """

    rows: int
    cols: int
    samples: int
    bits: int
    scans: int = 1
    colours: str | None = None


def check_passes(header: CodestreamHeader) -> None:
    """Raise ScanTooLarge when decoding would take minutes: a small file can ask for thousands of passes."""
    if header.scans * header.rows * header.cols > _MAX_SCAN_WORK:
        raise ScanTooLarge(
            "The JPEG picture is built in far more passes than usual.", "Export it as a standard JPEG or PNG."
        )


def read_jpeg_header(data: bytes) -> CodestreamHeader:
    """Read the frame header (SOF) of a JPEG, lossless JPEG or JPEG-LS stream.

    Raises ScanDecodeError when there is none before the first scan.
    """
    at = 2
    said = None  # of the colours, by an application marker
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise _damaged()
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:  # markers without a segment
            at += 2
            continue
        if marker in (0xD9, 0xDA):  # end of image or start of scan: no frame header came
            raise _damaged()
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if (0xC0 <= marker <= 0xCF and marker not in _NOT_A_FRAME_HEADER) or marker == _JPEG_LS_HEADER:
            if length < 8 or at + 10 > len(data):
                raise _damaged()
            bits, rows, cols, samples = struct.unpack(">BHHB", data[at + 4 : at + 10])
            parts = data[at + 10 : at + 10 + 3 * samples]
            colours = _jpeg_colours(said, parts) if samples == 3 and marker in _LOSSY_HEADERS else None
            # Entropy-coded data never contains FFDA, so this counts scans (and those of embedded thumbnails).
            return CodestreamHeader(rows, cols, samples, bits, data.count(b"\xff\xda"), colours)
        body = data[at + 4 : at + 2 + length]
        if marker == 0xE0 and body.startswith(b"JFIF\0"):
            said = "YBR_FULL"
        if marker == 0xEE and body.startswith(b"Adobe") and len(body) >= 12 and said is None:
            said = "YBR_FULL" if body[11] else "RGB"
        at += 2 + max(length, 2)
    raise _damaged()


def _jpeg_colours(said: str | None, parts: bytes) -> str | None:
    """Return what colours a lossy JPEG holds: by its components (id, sampling, table), else by its JFIF or Adobe marker.

    ``None`` where nothing tells, and the label of the file stands: components without the usual names, none of them coarser
    than the others.
    """
    ids, sampling = parts[::3], parts[1::3]
    if ids.upper() == b"RGB":
        return "RGB"
    if said is None and (ids == b"\1\2\3" or len(set(sampling)) > 1):
        return "YBR_FULL"
    return said


def read_jpeg2000_header(data: bytes) -> CodestreamHeader:
    """Read the image size (SIZ) of a JPEG 2000 stream, bare or in a JP2 box; refuse absurd tilings and precincts."""
    start = data.find(b"\xff\x4f\xff\x51", 0, 4096)
    if start < 0 or start + 42 > len(data):
        raise _damaged()
    x1, y1, x0, y0, tile_w, tile_h, tile_x, tile_y, samples = struct.unpack(">8IH", data[start + 8 : start + 42])
    if x1 <= x0 or y1 <= y0 or not tile_w or not tile_h or tile_x > x0 or tile_y > y0:
        raise _damaged()
    tiles = -(-(x1 - tile_x) // tile_w) * -(-(y1 - tile_y) // tile_h)
    if tiles > _MAX_TILES:
        raise _absurd()
    depths = data[start + 42 : start + 42 + 3 * samples]
    if len(depths) < 3 * samples or samples < 1:
        raise _damaged()
    _check_precincts(data, start + 2)
    return CodestreamHeader(y1 - y0, x1 - x0, samples, max(d & 0x7F for d in depths[::3]) + 1)


def _check_precincts(data: bytes, at: int) -> None:
    """Walk the marker segments of the main header up to the first tile (SOT)."""
    while at + 4 <= len(data):
        marker, length = struct.unpack(">HH", data[at : at + 4])
        if marker == 0xFF90:
            return
        if marker >> 8 != 0xFF or length < 2:
            raise _damaged()
        body = data[at + 4 : at + 2 + length]
        if marker == 0xFF52 and len(body) > 10 and body[0] & 1:  # COD with precinct sizes listed
            full_resolution = body[-1]  # listed last; coarser ones are legally smaller
            if min(full_resolution & 15, full_resolution >> 4) < _MIN_PRECINCT_EXPONENT:
                raise _absurd()
        at += 2 + length
    raise _damaged()


def _damaged() -> ScanDecodeError:
    return ScanDecodeError(
        "The compressed picture in the file is damaged or incomplete.", "Export or download the scan again."
    )


def _absurd() -> ScanTooLarge:
    return ScanTooLarge(
        "The compressed picture is cut into far more pieces than usual.", "Export the scan with another compression."
    )
