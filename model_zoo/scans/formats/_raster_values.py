"""From an opened Pillow picture to grey float32 values in full depth, the right way up."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from PIL import Image, ImageFile

from model_zoo.scans.formats._luminance import to_eight_bits, to_luminance

_ORIENTATION = 0x0112
_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0
_BITS, _SAMPLE_FORMAT, _UNSIGNED, _SIGNED = 258, 339, 1, 2
_NO_POLARITY = "The file does not say whether its lowest value is black or white. Check that bone is white."
COLOUR_NOTE = "Networks see the brightness of the picture, not its colour."
TURNED_NOTE = "The picture was turned or mirrored as its EXIF orientation says."
ASIDES = (COLOUR_NOTE, TURNED_NOTE)  # they hold of every such file: no caution for the reader of this one
# Pillow keeps one byte of a 16-bit colour sample; the twin raw mode of the other byte order yields the other byte.
_OTHER_BYTE = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}


@dataclass(frozen=True)
class Picture:
    """values: float32 (rows, cols). full_scale: value of white, ``None`` when the depth does not tell.

    negated: white was zero, and the values carry the opposite sign. colour: uint8 (rows, cols, 3), for real colour alone.
    """

    values: np.ndarray
    full_scale: float | None
    is_colour: bool = False
    notes: list[str] = field(default_factory=list)
    negated: bool = False
    colour: np.ndarray | None = None


def picture_values(image: ImageFile.ImageFile, reopen: Callable[[], ImageFile.ImageFile], page: int = 0) -> Picture:
    """Decode the current page of ``image``.

    ``reopen`` opens the same file again: 16-bit colour is read in two passes, high bytes and low bytes.
    """
    rawmode = _rawmode(image)
    # Pillow turns pictures of up to 8 bits itself.
    tags = getattr(image, "tag_v2", {})
    inverted = tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO
    sample = (image.mode, tags.get(_BITS), (*tags.get(_SAMPLE_FORMAT, ()), _UNSIGNED)[0])
    polarity = [_NO_POLARITY] if tags and _PHOTOMETRIC not in tags else []
    image.load()
    if ";16" in rawmode and image.mode in ("RGB", "RGBA", "CMYK"):
        picture = _deep_colour(image, reopen, page, rawmode)
    elif image.mode in ("I", "F") or image.mode.startswith("I;16"):
        raw = np.asarray(image)
        # Pillow reads whole numbers of 32 bits as signed ones whatever the file says.
        picture = _deep_grey(raw.view(np.uint32) if sample == ("I", (32,), _UNSIGNED) else raw, inverted)
    elif sample == ("L", (8,), _SIGNED):
        picture = _deep_grey(np.asarray(image).view(np.int8), False)
    else:
        picture = _shallow(image)
    return _turned(replace(picture, notes=[*picture.notes, *polarity]), image)


def _rawmode(image: ImageFile.ImageFile) -> str:
    if not image.tile:
        return ""
    args = image.tile[0].args
    return str(args[0] if isinstance(args, tuple) and args else args or "")


def _deep_grey(raw: np.ndarray, inverted: bool) -> Picture:
    values = raw.astype(np.float32)
    finite = np.isfinite(values)
    if inverted and raw.dtype == np.uint16:
        values = np.float32(65535) - values
    elif inverted:  # no depth to turn about: left to whoever knows the range of all pages
        values = -values
    notes = []
    if not finite.all():
        notes.append("Some pixels hold no number; they are shown as the darkest value.")
        values = np.where(finite, values, values[finite].min() if finite.any() else np.float32(0))
    return Picture(values, None, notes=notes, negated=inverted and raw.dtype != np.uint16)


def _deep_colour(
    image: ImageFile.ImageFile, reopen: Callable[[], ImageFile.ImageFile], page: int, rawmode: str
) -> Picture:
    """Join high and low bytes; grey with opacity (LA, 16 bit) is read as four plain bytes."""
    if rawmode.startswith("LA;16"):
        parts = np.asarray(_second_pass(reopen(), page, "RGBA"))
        grey = parts[..., 0].astype(np.uint16) << 8 | parts[..., 1]
        alpha = parts[..., 2].astype(np.uint16) << 8 | parts[..., 3]
        return _on_black(np.repeat(grey[..., np.newaxis], 3, axis=2), alpha, None)
    low = _second_pass(reopen(), page, rawmode[:-1] + _OTHER_BYTE[rawmode[-1]])
    samples = np.asarray(image).astype(np.uint16)
    samples <<= 8
    samples |= np.asarray(low)
    if image.mode == "CMYK":
        ink = np.uint16(65535) - samples
        black = ink[..., 3:].astype(np.uint32)
        return _on_black((ink[..., :3] * black // 65535).astype(np.uint16), None, None)
    return _on_black(samples[..., :3], samples[..., 3] if samples.shape[2] == 4 else None, None)


def _second_pass(image: ImageFile.ImageFile, page: int, rawmode: str) -> Image.Image:
    if page:
        image.seek(page)
    image.tile = [
        tile._replace(args=(rawmode, *tile.args[1:]) if isinstance(tile.args, tuple) else rawmode)
        for tile in image.tile
    ]
    image.load()
    return image


def _shallow(image: ImageFile.ImageFile) -> Picture:
    """Read a picture of 8 bits per sample or fewer."""
    if image.mode == "LAB":
        return Picture(np.asarray(image)[..., 0].astype(np.float32), 255.0, is_colour=True)
    if image.mode in ("1", "L"):
        return Picture(np.asarray(image.convert("L")).astype(np.float32), 255.0)
    transparent = "A" in image.mode or "a" in image.mode or (image.mode == "P" and "transparency" in image.info)
    pixels = np.asarray(image.convert("RGBA" if transparent else "RGB"))
    return _on_black(pixels[..., :3], pixels[..., 3] if transparent else None, 255.0)


def _on_black(pixels: np.ndarray, alpha: np.ndarray | None, full_scale: float | None) -> Picture:
    white = full_scale or 65535.0
    if alpha is not None and int(alpha.min()) >= white:
        alpha = None
    values, is_colour = to_luminance(pixels, white, alpha)
    notes = [COLOUR_NOTE] if is_colour else []
    if alpha is not None:
        notes.append("Transparent parts are shown black.")
    colour = to_eight_bits(pixels, white, alpha) if is_colour else None
    return Picture(values, full_scale, is_colour, notes, colour=colour)


def _turned(picture: Picture, image: ImageFile.ImageFile) -> Picture:
    """Apply the EXIF orientation (the TIFF reader has done so and removed the tag)."""
    notes = list(picture.notes)
    try:
        orientation = int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # a damaged EXIF block must not cost the picture
        orientation = 1
        notes.append("The orientation mark of the file is damaged; the picture may be turned or mirrored.")
    if orientation in range(2, 9):
        notes.append(TURNED_NOTE)
    colour = None if picture.colour is None else _oriented(picture.colour, orientation)
    return replace(picture, values=_oriented(picture.values, orientation), colour=colour, notes=notes)


def _oriented(values: np.ndarray, orientation: int) -> np.ndarray:
    """Turn (rows, cols) or (rows, cols, 3) as an EXIF orientation of 1 to 8 asks for."""
    if orientation in (5, 6, 7, 8):
        values = values.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    return np.ascontiguousarray(values)
