"""Which bits of a cell are the pixel: high bit, bits beyond BitsStored, padding."""

import numpy as np
import pytest

from model_zoo.scans import decode_scan
from model_zoo.scans.formats._dicom_bits import MORE_BITS, WHICH_BITS
from tests.model_zoo.scans.scan_files import ANATOMY, dataset, dicom

FLOAT = ANATOMY.astype(np.float32)
SIGNED = ANATOMY.astype(np.int16) - 2048


def read(pixels, **elements):
    return decode_scan(dicom(dataset(pixels, **elements)))


@pytest.mark.parametrize("shift", [1, 2, 3, 4])
def test_a_high_bit_above_the_stored_bits_shifts(shift):
    scan = read(ANATOMY << shift, HighBit=11 + shift)
    np.testing.assert_array_equal(scan.frames[0], FLOAT)
    assert scan.doubts == ()


def test_bits_below_a_shifted_pixel_are_dropped_and_signed_ones_keep_their_sign():
    np.testing.assert_array_equal(read(ANATOMY << 4 | 5, HighBit=15).frames[0], FLOAT)
    np.testing.assert_array_equal(read(SIGNED << 4, HighBit=15, BitsStored=12).frames[0], SIGNED)


def test_a_high_bit_that_the_pixels_contradict_is_named_and_nothing_is_lost():
    scan = read(ANATOMY, HighBit=15)
    np.testing.assert_array_equal(scan.frames[0], FLOAT)
    assert scan.doubts == (WHICH_BITS,)
    assert f"{WHICH_BITS}." in scan.notes


@pytest.mark.parametrize("high_bit", [7, 10, 16, 200])
def test_an_impossible_high_bit_is_a_slip(high_bit):
    np.testing.assert_array_equal(read(ANATOMY, HighBit=high_bit).frames[0], FLOAT)


def test_a_decoder_aligns_to_the_right_whatever_the_high_bit():
    ds = dataset()
    ds.compress("1.2.840.10008.1.2.4.90", encoding_plugin="pylibjpeg")
    ds.HighBit = 15
    scan = decode_scan(dicom(ds))
    np.testing.assert_array_equal(scan.frames[0], FLOAT)
    assert scan.doubts == ()


@pytest.mark.parametrize("stored", [8, 10, 11])
def test_pixels_beyond_bits_stored_are_shown_whole_and_named(stored):
    scan = read(ANATOMY, BitsStored=stored, HighBit=stored - 1)
    np.testing.assert_array_equal(scan.frames[0], FLOAT)
    assert scan.doubts == (MORE_BITS,)


def test_signed_pixels_beyond_bits_stored():
    scan = read(SIGNED, BitsStored=10, HighBit=9)
    np.testing.assert_array_equal(scan.frames[0], SIGNED)
    assert scan.doubts == (MORE_BITS,)


def test_signed_pixels_with_zeros_above_their_sign_are_negative():
    scan = read((SIGNED & 0x0FFF).astype(np.int16), BitsStored=12, HighBit=11)
    np.testing.assert_array_equal(scan.frames[0], SIGNED)
    assert scan.doubts == ()


def test_drawings_in_the_unused_bits_are_no_pixels():
    ds = dataset(ANATOMY | 1 << 12)
    ds.add_new(0x60000102, "US", 12)
    scan = decode_scan(dicom(ds))
    np.testing.assert_array_equal(scan.frames[0], FLOAT)
    assert scan.doubts == ()


@pytest.mark.parametrize("vr", ["SS", "US"])
def test_padding_of_signed_pixels_is_out_of_the_window_however_it_is_written(vr):
    pixels = SIGNED.copy()
    pixels[:2] = -32000
    ds = dataset(pixels)
    ds.add_new("PixelPaddingValue", vr, -32000 if vr == "SS" else 65536 - 32000)
    scan = decode_scan(dicom(ds))
    assert scan.window.centre - scan.window.width / 2 == pixels[2:].min()


@pytest.mark.parametrize(("value", "limit"), [(0, 9), (9, 0)])
def test_a_range_of_padding_is_out_of_the_window(value, limit):
    pixels = np.clip(ANATOMY, 100, 3000).astype(np.uint16)
    pixels[0, :10] = np.arange(10)
    scan = read(pixels, PixelPaddingValue=value, PixelPaddingRangeLimit=limit)
    assert (scan.window.centre - scan.window.width / 2, scan.window.centre + scan.window.width / 2) == (100, 3000)


@pytest.mark.parametrize(("photometric", "shown"), [("MONOCHROME2", 0.0), ("MONOCHROME1", 0.0)])
def test_padding_outside_the_stored_bits_is_black_and_no_doubt(photometric, shown):
    pixels = ANATOMY.copy()
    pixels[0] = 63536
    scan = read(
        pixels, PixelPaddingValue=63536, PhotometricInterpretation=photometric, WindowCenter="2048", WindowWidth="4096"
    )
    assert scan.doubts == ()
    np.testing.assert_allclose(scan.presentation()[0], shown, atol=1e-3)


def test_padding_of_a_picture_aligned_to_the_left():
    pixels = np.clip(ANATOMY, 100, 3000).astype(np.uint16)
    pixels[0] = 7
    scan = read(pixels << 4, HighBit=15, PixelPaddingValue=7)
    assert scan.window.centre - scan.window.width / 2 == 100
