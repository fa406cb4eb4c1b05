"""PNG, JPEG, TIFF and WebP through Pillow, in full depth.

The Pillow reader is chosen here by the magic number and opened directly: the general ``Image.open`` would check the
size against a process-wide setting, where this module checks the header against the limits it was given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import ImageFile, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from model_zoo.errors import ScanDecodeError, ScanTooLarge, UnsupportedScan
from model_zoo.scans.formats._codestream import check_passes, read_jpeg_header
from model_zoo.scans.formats._metered import MeteredBytes
from model_zoo.scans.formats._raster_values import ASIDES, Picture, picture_values
from model_zoo.scans.limits import DecodeLimits
from model_zoo.scans.marks import SYNTHETIC_KEY
from model_zoo.scans.scan import Scan, ScanMetadata, Window

NAME = "PNG, JPEG, TIFF or WebP"
EXTENSIONS = ("png", "jpg", "jpeg", "tif", "tiff", "webp")
PRIORITY = 20

_TIFF_MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
# LZMA and old-style JPEG are left out: the first allocates what its stream asks for, the second is a swamp.
_TIFF_COMPRESSIONS = {
    "raw", "tiff_ccitt", "group3", "group4", "tiff_lzw", "jpeg", "tiff_adobe_deflate", "tiff_deflate", "packbits",
    "zstd", "webp",
}  # fmt: skip
# Below these a picture takes less than half a second and 100 MB, in the costliest kind; a usual JPEG has ten passes.
_SMALL_BYTES, _SMALL_PIXELS, _SMALL_PASSES = 4 * 2**20, 4_000_000, 16
_MAX_SAMPLES = 4  # R, G, B and opacity, or C, M, Y and K
_MAX_READS = 400_000
_TIFF_TILE_WIDTH, _TIFF_TILE_LENGTH = 322, 323
_TIFF_BITS, _TIFF_PLANES = 258, 284
_TIFF_NEW_SUBFILE, _TIFF_SUBFILE, _TIFF_PHOTOMETRIC, _MASK_PHOTOMETRIC = 254, 255, 262, 4
_WHOLE = "whole"


@dataclass(frozen=True)
class _Kind:
    name: str
    reader: type[ImageFile.ImageFile]


_PNG = _Kind("PNG", PngImagePlugin.PngImageFile)
_JPEG = _Kind("JPEG", JpegImagePlugin.JpegImageFile)
_TIFF = _Kind("TIFF", TiffImagePlugin.TiffImageFile)
_WEBP = _Kind("WebP", WebPImagePlugin.WebPImageFile)


def sniff(head: bytes) -> bool:
    """Tell whether the magic number is that of PNG, JPEG, TIFF or WebP."""
    return _kind(head) is not None


def is_small(data: bytes) -> bool:
    """Tell a PNG, JPEG or WebP of few bytes, pixels and passes; the pages of a TIFF are not known before they are read."""
    kind = _kind(data)
    if kind is _TIFF or kind is None or len(data) > _SMALL_BYTES:
        return False
    try:
        passes = read_jpeg_header(data).scans if kind is _JPEG else 1
        rows, cols = _announced(kind, data)
    except ScanDecodeError:
        return True  # refused by its header
    return rows * cols <= _SMALL_PIXELS and passes <= _SMALL_PASSES


def decode(data: bytes, sha256: str, limits: DecodeLimits) -> Scan:
    """Decode a picture file; the pages of a TIFF become frames, of other animations the first picture is read.

    Returns
    -------
    Scan, frames float32 in the values of the file (8 bit: 0 to 255, 16 bit: 0 to 65535), EXIF orientation applied.
    No pixel spacing: the resolution in these formats is that of a printer or a scanner, not of the patient.
    """
    kind = _kind(data)
    if kind is None:
        raise ScanDecodeError("The file is no PNG, JPEG, TIFF or WebP picture.", "Export the scan again.")
    _check_header(kind, data, limits)
    image = _open(kind, data)
    if kind is _TIFF:
        pages, notes = _tiff_pages(image, data, limits)
    else:
        limits.check_frames(1, image.height, image.width)
        pages, notes = [picture_values(image, lambda: _open(kind, data))], []
        if getattr(image, "n_frames", 1) > 1:
            notes.append("The file is an animation; only its first picture is shown.")
    frames = np.stack([p.values for p in pages]) if len(pages) > 1 else pages[0].values[np.newaxis]
    first = pages[0]
    if first.negated:
        frames = frames - (frames.min() + frames.max())  # back into the range that the file holds
    said = tuple(dict.fromkeys([*notes, *(n for p in pages for n in p.notes)]))
    return Scan(
        sha256=sha256,
        format=kind.name,
        frames=frames,
        window=_window(frames, first.full_scale),
        is_colour=any(p.is_colour for p in pages),
        # Pages in colour beside grey ones are an album, not a scan: brightness does for it.
        colour=np.stack([p.colour for p in pages if p.colour is not None])
        if all(p.colour is not None for p in pages)
        else None,
        metadata=ScanMetadata(synthetic=kind is _PNG and SYNTHETIC_KEY in getattr(image, "text", {})),
        notes=said,
        cautions=tuple(note for note in said if note not in ASIDES),
    )


def _kind(head: bytes) -> _Kind | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _PNG
    if head.startswith(b"\xff\xd8\xff"):
        return _JPEG
    if head.startswith(_TIFF_MAGIC):
        return _TIFF
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return _WEBP
    return None


def _check_header(kind: _Kind, data: bytes, limits: DecodeLimits) -> None:
    """Check the announced size before Pillow opens the file (the WebP reader allocates while opening)."""
    if kind is _TIFF:
        return  # the TIFF reader allocates nothing before it is asked for pixels
    limits.check_frames(1, *_announced(kind, data))
    if kind is _JPEG:
        header = read_jpeg_header(data)
        check_passes(header)
        if header.bits != 8:
            raise UnsupportedScan(
                f"JPEG pictures with {header.bits} bits per sample are not read outside DICOM.",
                "Export the scan as DICOM, or as a 16-bit PNG.",
            )


def _announced(kind: _Kind, data: bytes) -> tuple[int, int]:
    """Return (rows, cols) by the header of a PNG, JPEG or WebP; (0, 0) where it states none."""
    rows = cols = 0
    if kind is _JPEG:
        header = read_jpeg_header(data)
        rows, cols = header.rows, header.cols
    elif kind is _WEBP:
        cols, rows = _webp_size(data)
    elif data[12:16] == b"IHDR" and len(data) >= 24:
        cols, rows = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    return rows, cols


def _webp_size(data: bytes) -> tuple[int, int]:
    """Return (cols, rows) from the first chunk, see RFC 9649; (0, 0) when it is not one of the three kinds."""
    chunk, body = data[12:16], data[20:30]
    if chunk == b"VP8X" and len(body) == 10:
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if chunk == b"VP8 " and body[3:6] == b"\x9d\x01\x2a" and len(body) == 10:
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    if chunk == b"VP8L" and body[:1] == b"\x2f" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return 0, 0


def _open(kind: _Kind, data: bytes) -> ImageFile.ImageFile:
    try:
        return kind.reader(MeteredBytes(data, _MAX_READS, 4 * len(data) + 2**20))
    except SyntaxError as e:
        if "unknown pixel mode" not in str(e):
            raise
        raise UnsupportedScan(
            f"The {kind.name} picture stores its pixels in a way that is not read.",
            "Export the picture in 8 or 16 bit grey, or in RGB, or as PNG.",
        ) from e


def _tiff_pages(image: ImageFile.ImageFile, data: bytes, limits: DecodeLimits) -> tuple[list[Picture], list[str]]:
    """Decode the pages that hold the picture: the largest ones that are no reduced copy and no mask of another."""
    sizes: list[tuple[int, int]] = []
    kinds: list[str] = []
    while True:
        limits.check_frames(1, image.height, image.width)
        if len(sizes) + 1 > limits.max_frames:
            raise ScanTooLarge(
                f"The TIFF file has more than {limits.max_frames} pages.", "Export only the pages of interest."
            )
        sizes.append(image.size)
        kinds.append(_tiff_page_kind(image))
        try:
            image.seek(len(sizes))
        except EOFError:
            break
    wanted = [i for i, kind in enumerate(kinds) if kind == _WHOLE]
    if not wanted:
        raise UnsupportedScan(
            "The TIFF file holds a reduced picture only, where the whole one is not read.",
            "Export the whole picture as PNG or as a plain TIFF.",
        )
    largest = max((sizes[i] for i in wanted), key=lambda size: size[0] * size[1])
    wanted = [i for i in wanted if sizes[i] == largest]
    limits.check_frames(len(wanted), largest[1], largest[0])
    pages = []
    for index in wanted:
        image.seek(index)
        _check_tiff_page(image, limits)
        pages.append(picture_values(image, lambda: _open(_TIFF, data), index))
    if len({p.values.shape for p in pages}) > 1:
        raise UnsupportedScan(
            "The pages of the TIFF file have different orientations.", "Export each page as a file of its own."
        )
    skipped = len(sizes) - len(pages)
    return pages, [f"Pages left out, smaller than the picture or masks of it: {skipped}."] if skipped else []


def _tiff_page_kind(image: ImageFile.ImageFile) -> str:
    """Tell by NewSubfileType, or the older SubfileType, whether a page is the picture, a reduced copy of it, or a mask."""
    tags = getattr(image, "tag_v2", {})
    if tags.get(_TIFF_PHOTOMETRIC) == _MASK_PHOTOMETRIC or int(tags.get(_TIFF_NEW_SUBFILE, 0)) & 4:
        return "mask"
    reduced = int(tags.get(_TIFF_NEW_SUBFILE, 0)) & 1 or int(tags.get(_TIFF_SUBFILE, 0)) == 2
    return "reduced" if reduced else _WHOLE


def _check_tiff_page(image: ImageFile.ImageFile, limits: DecodeLimits) -> None:
    tags = getattr(image, "tag_v2", {})
    compression = str(image.info.get("compression", "raw"))
    if compression not in _TIFF_COMPRESSIONS:
        raise UnsupportedScan(
            f"TIFF pictures with the compression '{compression}' are not read.",
            "Export the picture with LZW or Deflate compression, or as PNG.",
        )
    # Pillow reads such planes byte by byte.
    if tags.get(_TIFF_PLANES) == 2 and len(image.getbands()) > 1 and max(tags.get(_TIFF_BITS, (8,))) > 8:
        raise UnsupportedScan(
            "TIFF pictures with more than 8 bits in separate colour planes are not read.",
            "Export the picture with its colours together, or as PNG.",
        )
    tile = int(tags.get(_TIFF_TILE_WIDTH, 1)) * int(tags.get(_TIFF_TILE_LENGTH, 1))
    if tile > limits.max_pixels or len(image.getbands()) > _MAX_SAMPLES:
        raise ScanTooLarge(
            "The TIFF picture is built of larger parts than are read.", "Export it again in strips, or as PNG."
        )


def _window(frames: np.ndarray, full_scale: float | None) -> Window:
    """Return the display window: black to white for 8 bit, the range that occurs for deeper pictures."""
    if full_scale is not None:
        return Window(full_scale / 2, full_scale)
    low, high = float(frames.min()), float(frames.max())
    return Window((low + high) / 2, max(high - low, 1e-6))
