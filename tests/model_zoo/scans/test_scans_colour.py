"""Colour is kept as it is looked at, beside the brightness that is read; grey stored as colour stays grey."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from model_zoo.phantoms.eye.examination import render_fundus
from model_zoo.phantoms.picture_files import write_picture_dicom, write_picture_png
from model_zoo.scans import decode_scan
from model_zoo.scans.apart import decode_apart
from model_zoo.scans.limits import DEFAULT_LIMITS

SEED = 20260112


def picture(kind: str = "PNG", mode: str = "RGB", **options: object) -> tuple[np.ndarray, bytes]:
    pixels = np.random.default_rng(SEED).integers(0, 256, (12, 9, len(mode)), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels, mode).save(buffer, kind, **options)
    return pixels, buffer.getvalue()


def test_the_colour_of_a_picture_is_kept_to_the_letter() -> None:
    pixels, data = picture()
    scan = decode_scan(data)
    assert scan.is_colour
    assert scan.colour is not None
    np.testing.assert_array_equal(scan.colour[0], pixels)
    assert not scan.colour.flags.writeable
    assert scan.colour.shape[:3] == scan.frames.shape


def test_what_is_transparent_is_black() -> None:
    pixels, data = picture(mode="RGBA")
    colour = decode_scan(data).colour
    assert colour is not None
    np.testing.assert_allclose(colour[0], pixels[..., :3] * (pixels[..., 3:] / 255.0), atol=0.51)


def test_colour_is_turned_with_its_brightness() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels, data = picture(exif=exif.tobytes())
    scan = decode_scan(data)
    assert scan.colour is not None
    np.testing.assert_array_equal(scan.colour[0], np.rot90(pixels, -1))
    assert scan.colour.shape[:3] == scan.frames.shape


def test_grey_stored_as_colour_has_none() -> None:
    grey = np.repeat(np.random.default_rng(SEED).integers(0, 256, (12, 9, 1), dtype=np.uint8), 3, axis=2)
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "PNG")
    scan = decode_scan(buffer.getvalue())
    assert (scan.is_colour, scan.colour) == (False, None)


@pytest.mark.parametrize("write", [write_picture_png, write_picture_dicom])
def test_an_eye_keeps_its_colour_here_and_from_another_process(write: object) -> None:
    data = write(render_fundus(2, size=160))  # type: ignore[operator]
    here = decode_scan(data)
    there = decode_apart(data, here.sha256, DEFAULT_LIMITS)
    assert here.colour is not None
    assert there.colour is not None
    np.testing.assert_array_equal(here.colour, there.colour)
    np.testing.assert_array_equal(here.frames, there.frames)
