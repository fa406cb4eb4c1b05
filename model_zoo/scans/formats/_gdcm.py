"""A decoder of JPEG frames for pydicom: GDCM with the precision that each stream itself states.

pydicom's own binding of GDCM takes the precision from the header of the file. With it a sample below 8 bits ends the process,
and JPEG Extended of 12 bits is refused although GDCM reads it, to the same values as DCMTK.
"""

from __future__ import annotations

from typing import cast

import gdcm
from pydicom.pixels import get_decoder
from pydicom.pixels.decoders.base import DecodeRunner
from pydicom.uid import JPEGTransferSyntaxes

from model_zoo.scans.formats._codestream import read_jpeg_header

PLUGIN = "diaphane"
DECODER_DEPENDENCIES = dict.fromkeys(JPEGTransferSyntaxes, ("python-gdcm",))


def is_available(uid: str) -> bool:
    return uid in DECODER_DEPENDENCIES


def add_to_pydicom() -> None:
    """Offer this decoder under the name ``PLUGIN`` for baseline, extended and lossless JPEG."""
    for syntax in JPEGTransferSyntaxes:
        decoder = get_decoder(syntax)
        if PLUGIN not in decoder.available_plugins:
            decoder.add_plugin(PLUGIN, (__name__, "decode_frame"))


def decode_frame(src: bytes, runner: DecodeRunner) -> bytes:
    """Decode one frame to cells of ``bits_allocated``, in the colours of the stream.

    Raises ValueError for a stream that is broken off or has more bits than a cell.
    """
    bits = read_jpeg_header(src).bits
    if bits > runner.bits_allocated or runner.bits_allocated not in (8, 16):
        raise ValueError(f"samples of {bits} bits in cells of {runner.bits_allocated}")
    bits = max(bits, 8)
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(src)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())

    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((runner.columns, runner.rows, 1))
    image.SetDataElement(element)
    colours = gdcm.PhotometricInterpretation.GetPIType(str(runner.photometric_interpretation))
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(colours))
    if runner.samples_per_pixel > 1:
        image.SetPlanarConfiguration(runner.planar_configuration)
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(str.__str__(runner.transfer_syntax))))
    image.SetPixelFormat(
        gdcm.PixelFormat(runner.samples_per_pixel, runner.bits_allocated, bits, bits - 1, runner.pixel_representation)
    )
    decoded = image.GetBuffer()
    if decoded is None:
        raise ValueError("a stream that GDCM cannot decode")
    return cast(bytes, decoded.encode("utf-8", "surrogateescape"))
