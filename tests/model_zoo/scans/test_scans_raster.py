"""PNG, JPEG, TIFF and WebP: values in full depth, colour, opacity, orientation, pages."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from model_zoo.errors import ScanTooLarge, UnsupportedScan
from model_zoo.scans import DecodeLimits, Window, accepted_extensions, decode_scan
from model_zoo.scans.marks import SYNTHETIC_KEY
from tests.model_zoo.scans.scan_files import deep_png, picture

RNG = np.random.default_rng(21)
GREY8 = RNG.integers(0, 256, (12, 17), dtype=np.uint8)
GREY16 = RNG.integers(0, 65536, (12, 17), dtype=np.uint16)
RGB8 = RNG.integers(0, 256, (12, 17, 3), dtype=np.uint8)
LUMA = np.array([0.299, 0.587, 0.114])


@pytest.mark.parametrize(("kind", "name"), [("PNG", "PNG"), ("TIFF", "TIFF")])
@pytest.mark.parametrize("array", [GREY8, GREY16], ids=["8bit", "16bit"])
def test_grey_values_survive_exactly(kind, name, array):
    scan = decode_scan(picture(array, kind))
    np.testing.assert_array_equal(scan.frames[0], array.astype(np.float32))
    assert (scan.format, scan.shape, scan.is_colour, scan.spacing_mm) == (name, (12, 17), False, None)
    assert not scan.frames.flags.writeable


def test_eight_bits_are_shown_from_black_to_white_and_sixteen_over_their_range():
    assert decode_scan(picture(GREY8, "PNG")).window == Window(127.5, 255.0)
    deep = decode_scan(picture(GREY16 // 16, "PNG"))
    assert deep.presentation().min() == 0.0
    assert deep.presentation().max() == 1.0


@pytest.mark.parametrize(
    ("kind", "options"),
    [("PNG", {}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"}), ("WEBP", {"lossless": True})],
)
def test_colour_becomes_luminance(kind, options):
    scan = decode_scan(picture(RGB8, kind, **options))
    np.testing.assert_allclose(scan.frames[0], RGB8 @ LUMA, atol=1e-3)
    assert scan.is_colour


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "JPEG"])
def test_grey_stored_as_rgb_is_not_colour(kind):
    smooth = np.repeat(np.tile(np.arange(64, dtype=np.uint8)[:, None] * 3, (1, 64))[..., None], 3, axis=2)
    scan = decode_scan(picture(smooth, kind))
    assert not scan.is_colour
    np.testing.assert_allclose(scan.frames[0], smooth[..., 0], atol=3)


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_sixteen_bit_colour_png_keeps_its_low_bytes(channels):
    array = RNG.integers(0, 65536, (9, 11, channels), dtype=np.uint16)
    colour = array[..., :3] if channels > 2 else np.repeat(array[..., :1], 3, axis=2)
    opacity = array[..., -1] / 65535 if channels != 3 else 1.0
    scan = decode_scan(deep_png(array))
    np.testing.assert_allclose(scan.frames[0], (colour @ LUMA) * opacity, rtol=1e-5, atol=0.05)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compressed", [False, True])
def test_sixteen_bit_colour_tiff_keeps_its_low_bytes(order, compressed):
    array = RNG.integers(0, 65536, (9, 11, 3), dtype=np.uint16)
    scan = decode_scan(deep_tiff(array, order, photometric=2, compressed=compressed))
    np.testing.assert_allclose(scan.frames[0], array @ LUMA, rtol=1e-5)


def test_white_is_zero_tiff_is_turned_so_that_larger_is_brighter():
    scan = decode_scan(deep_tiff(GREY16[..., np.newaxis], "<", photometric=0))
    np.testing.assert_array_equal(scan.frames[0], 65535 - GREY16.astype(np.float32))


def test_a_sound_tiff_of_an_unread_kind_is_not_called_damaged():
    with pytest.raises(UnsupportedScan, match="TIFF"):
        decode_scan(deep_tiff(GREY16[..., np.newaxis], ">", photometric=0))


def test_palette_and_its_transparency():
    image = Image.fromarray(np.array([[0, 1], [2, 3]], dtype=np.uint8), "L").convert("P")
    image.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255])
    buffer = io.BytesIO()
    image.save(buffer, "PNG", transparency=1)
    scan = decode_scan(buffer.getvalue())
    index = np.asarray(image)
    expected = np.array([0, 0, 149.685, 29.07])[index]  # the red entry is transparent, hence black
    np.testing.assert_allclose(scan.frames[0], expected, atol=1e-3)
    assert scan.is_colour
    assert "Transparent parts are shown black." in scan.notes


def test_bilevel_cmyk_and_opaque_rgba():
    bilevel = decode_scan(picture(GREY8, "PNG", mode="1"))
    assert set(np.unique(bilevel.frames)) == {0.0, 255.0}
    cmyk = decode_scan(picture(RGB8, "TIFF", mode="CMYK"))
    np.testing.assert_allclose(cmyk.frames[0], RGB8 @ LUMA, atol=1.5)
    cmyk_jpeg = decode_scan(picture(np.full((16, 16, 3), 200, np.uint8), "JPEG", mode="CMYK"))
    np.testing.assert_allclose(cmyk_jpeg.frames[0], 200, atol=4)
    opaque = decode_scan(picture(RGB8, "PNG", mode="RGBA"))
    np.testing.assert_allclose(opaque.frames[0], RGB8 @ LUMA, atol=1e-3)
    assert not any("ransparent" in note for note in opaque.notes)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "JPEG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_once(kind, orientation):
    stored = np.zeros((16, 24), np.uint8)
    stored[:4, :4] = 250  # a bright corner, top left as stored
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    shown = decode_scan(picture(stored, kind, exif=exif, **options)).frames[0]
    corner = {1: (0, 0), 2: (0, -1), 3: (-1, -1), 4: (-1, 0), 5: (0, 0), 6: (0, -1), 7: (-1, -1), 8: (-1, 0)}
    row, col = corner[orientation]
    assert shown.shape == ((16, 24) if orientation < 5 else (24, 16))
    assert shown[row, col] > 200
    assert np.count_nonzero(shown > 125) == pytest.approx(16, abs=4)


def test_pages_of_a_tiff_are_frames_and_previews_are_left_out():
    buffer = io.BytesIO()
    pages = [Image.fromarray(GREY8), Image.fromarray(255 - GREY8), Image.fromarray(GREY8[:6, :8])]
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:])
    scan = decode_scan(buffer.getvalue())
    np.testing.assert_array_equal(scan.frames, np.stack([GREY8, 255 - GREY8]).astype(np.float32))
    assert scan.notes == ("Pages left out, smaller than the picture or masks of it: 1.",)
    with pytest.raises(ScanTooLarge):
        decode_scan(buffer.getvalue(), DecodeLimits(max_frames=1))


def test_float_tiff_without_numbers_is_shown_dark():
    array = np.array([[1.5, np.nan], [np.inf, 0.25]], dtype=np.float32)
    scan = decode_scan(picture(array, "TIFF"))
    np.testing.assert_array_equal(scan.frames[0], [[1.5, 0.25], [0.25, 0.25]])
    assert scan.notes


def test_animation_shows_its_first_picture():
    buffer = io.BytesIO()
    first, second = Image.fromarray(RGB8), Image.fromarray(255 - RGB8)
    first.save(buffer, "WEBP", save_all=True, append_images=[second], lossless=True)
    scan = decode_scan(buffer.getvalue())
    np.testing.assert_allclose(scan.frames[0], RGB8 @ LUMA, atol=1e-3)
    assert "The file is an animation; only its first picture is shown." in scan.notes


def test_synthetic_mark_is_read():
    info = PngImagePlugin.PngInfo()
    info.add_text(SYNTHETIC_KEY, "Diaphane phantom")
    assert decode_scan(picture(GREY8, "PNG", pnginfo=info)).metadata.synthetic
    assert not decode_scan(picture(GREY8, "PNG")).metadata.synthetic


def test_exotic_tiff_compression_is_named():
    with pytest.raises(UnsupportedScan, match="lzma"):
        decode_scan(picture(GREY8, "TIFF", compression="lzma"))


def test_extensions_feed_the_uploader():
    extensions = accepted_extensions()
    assert {"png", "jpg", "jpeg", "tif", "tiff", "webp", "dcm"} <= set(extensions)
    assert all(e == e.lower() and not e.startswith(".") for e in extensions)
    assert len(set(extensions)) == len(extensions)


def deep_tiff(array, order, photometric, compressed=False):
    """Write a 16-bit TIFF with any number of channels by hand: one strip, optionally deflated."""
    rows, cols, channels = array.shape
    strip = array.astype(f"{order}u2").tobytes()
    strip = zlib.compress(strip) if compressed else strip
    n_tags = 9
    bits_at = 8 + 2 + 12 * n_tags + 4
    tags = [
        (256, 3, 1, cols),
        (257, 3, 1, rows),
        (258, 3, channels, bits_at if channels > 2 else 16),
        (259, 3, 1, 8 if compressed else 1),
        (262, 3, 1, photometric),
        (273, 4, 1, bits_at + 2 * channels),
        (277, 3, 1, channels),
        (278, 3, 1, rows),
        (279, 4, 1, len(strip)),
    ]
    out = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 8) + struct.pack(f"{order}H", n_tags)
    for tag, kind, count, value in tags:
        short = kind == 3 and count == 1
        out += struct.pack(f"{order}HHI", tag, kind, count)
        out += struct.pack(f"{order}HH", value, 0) if short else struct.pack(f"{order}I", value)
    return out + struct.pack(f"{order}I", 0) + struct.pack(f"{order}{channels}H", *[16] * channels) + strip


def test_white_is_zero_holds_for_floats_and_an_unread_depth_is_refused():
    with pytest.raises(UnsupportedScan, match="TIFF"):
        decode_scan(picture(np.array([[0, 9]], dtype=np.int32), "TIFF", tiffinfo={262: 0}))
    array = np.array([[0, 10], [25, 100]], dtype=np.float32)
    dark = decode_scan(picture(array, "TIFF", tiffinfo={262: 0}))
    np.testing.assert_array_equal(dark.frames[0], 100 - array)
    np.testing.assert_allclose(dark.presentation(), 1 - decode_scan(picture(array, "TIFF")).presentation(), atol=1e-6)


def test_white_is_zero_of_floats_turns_all_pages_about_one_range_and_leaves_what_is_no_number_dark():
    pages = [Image.fromarray(np.array([[0, top]], dtype=np.float32)) for top in (1, 4)]
    buffer = io.BytesIO()
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:], tiffinfo={262: 0})
    np.testing.assert_array_equal(decode_scan(buffer.getvalue()).frames, [[[4, 3]], [[4, 0]]])
    gaps = np.array([[0.0, np.nan, 2.0]], dtype=np.float32)
    np.testing.assert_array_equal(decode_scan(picture(gaps, "TIFF", tiffinfo={262: 0})).frames[0], [[2, 0, 0]])


def test_eight_bits_with_white_as_zero_are_turned_once():
    ramp = np.arange(200, dtype=np.uint8).reshape(10, 20)
    np.testing.assert_array_equal(decode_scan(picture(255 - ramp, "TIFF")).frames[0], 255 - ramp)
    written = picture(ramp, "TIFF", tiffinfo={262: 0})
    np.testing.assert_array_equal(decode_scan(written).frames[0], np.asarray(Image.open(io.BytesIO(written))))


def paged(*pages):
    """Return a TIFF file of pages (array, tags)."""
    images = []
    for array, tags in pages:
        image = Image.fromarray(array)
        image.encoderinfo = {"tiffinfo": tags}
        images.append(image)
    buffer = io.BytesIO()
    images[0].save(buffer, "TIFF", save_all=True, append_images=images[1:], tiffinfo=pages[0][1])
    return buffer.getvalue()


SMALL = GREY8[:6, :8].copy()


@pytest.mark.parametrize(
    "pages",
    [
        [(SMALL, {254: 1}), (GREY8, {})],
        [(SMALL, {255: 2}), (GREY8, {})],
        [(SMALL, {}), (GREY8, {})],
        [(SMALL, {254: 1}), (GREY8, {254: 0})],
        [(GREY8, {}), (SMALL, {254: 1})],
        [(255 - GREY8, {254: 1}), (GREY8, {})],
        [(255 - GREY8, {254: 4}), (GREY8, {})],
        [(SMALL, {}), (255 - GREY8, {254: 5}), (GREY8, {})],
    ],
)
def test_the_whole_page_is_read_wherever_reduced_ones_and_masks_stand(pages):
    scan = decode_scan(paged(*pages))
    np.testing.assert_array_equal(scan.frames, GREY8[np.newaxis].astype(np.float32))
    assert scan.notes == (f"Pages left out, smaller than the picture or masks of it: {len(pages) - 1}.",)


def test_a_file_with_nothing_but_a_reduced_page_is_refused_with_the_reason():
    with pytest.raises(UnsupportedScan, match="reduced picture only"):
        decode_scan(paged((SMALL, {254: 1})))


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_turned_page_behind_a_reduced_one_is_turned_once(orientation):
    stored = np.zeros((16, 24), np.uint8)
    stored[:4, :4] = 250
    shown = decode_scan(paged((SMALL, {254: 1}), (stored, {274: orientation}))).frames[0]
    row, col = {3: (-1, -1), 6: (0, -1), 8: (-1, 0)}[orientation]
    assert shown[row, col] > 200
    assert shown.shape == ((16, 24) if orientation == 3 else (24, 16))
