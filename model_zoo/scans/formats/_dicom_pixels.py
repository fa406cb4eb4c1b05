"""Decode the pixel data of a DICOM file frame by frame, after checking what it announces against what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.pixels import get_decoder
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    JPEG2000TransferSyntaxes,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLSTransferSyntaxes,
    JPEGTransferSyntaxes,
    RLELossless,
)

from model_zoo.errors import ScanDecodeError, UnsupportedScan, ZooError
from model_zoo.scans.formats import _gdcm
from model_zoo.scans.formats._codestream import CodestreamHeader, check_passes, read_jpeg2000_header, read_jpeg_header
from model_zoo.scans.formats._dicom_file import number, text, transfer_syntax
from model_zoo.scans.formats._rle import unpack_rle_frame
from model_zoo.scans.limits import DecodeLimits

PIXEL_KEYWORDS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_BITS_ALLOCATED = (1, 8, 16, 32, 64)
_J2K = tuple(JPEG2000TransferSyntaxes)  # HTJ2K included
_JPEG = (*JPEGTransferSyntaxes, *JPEGLSTransferSyntaxes)
_LOSSY_JPEG = (JPEGBaseline8Bit, JPEGExtended12Bit)
_GREY = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR")  # one sample a pixel
# One plug-in per family, named, so that a damaged frame is not tried three times over and that the pixels do not depend on
# what else is installed. OpenJPEG's own binding (pylibjpeg) stops at a damaged stream that keeps Pillow busy for minutes.
_PLUGINS = (
    (JPEGTransferSyntaxes, _gdcm.PLUGIN),
    (JPEGLSTransferSyntaxes, "pyjpegls"),
    (JPEG2000TransferSyntaxes, "pylibjpeg"),
)
_gdcm.add_to_pydicom()


@dataclass(frozen=True)
class PixelLayout:
    """What the image pixel module announces, already checked against the limits."""

    rows: int
    cols: int
    n_frames: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    photometric: str
    is_float: bool

    @property
    def shift(self) -> int:
        """How many bits lie below the pixel in its cell: 0 in all files but old ones that are aligned to the left."""
        return self.high_bit + 1 - self.bits_stored

    @property
    def stored_range(self) -> tuple[float, float]:
        """Lowest and highest value that the stored bits can hold."""
        if self.signed:
            return -float(2 ** (self.bits_stored - 1)), float(2 ** (self.bits_stored - 1) - 1)
        return 0.0, float(2**self.bits_stored - 1)


def read_layout(ds: Dataset, limits: DecodeLimits) -> PixelLayout:
    """Read and check the image pixel module (PS3.3 C.7.6.3).

    Raises
    ------
    ScanDecodeError : a size is missing or impossible. ScanTooLarge : beyond the limits.
    UnsupportedScan : a photometric interpretation that is not read.
    """
    rows, cols, bits = (number(ds, k) for k in ("Rows", "Columns", "BitsAllocated"))
    if rows is None or cols is None:
        raise _damaged("it does not say how many rows and columns the picture has")
    n_frames = int(number(ds, "NumberOfFrames") or 1)
    limits.check_frames(n_frames, int(rows), int(cols))
    if bits is None or int(bits) not in _BITS_ALLOCATED:
        raise _damaged("it does not say how many bits a pixel has")
    samples = int(number(ds, "SamplesPerPixel") or 1)
    photometric = text(ds, "PhotometricInterpretation").upper() or ("RGB" if samples == 3 else "MONOCHROME2")
    expected = 1 if photometric in _GREY else 3
    if photometric not in _GREY and not _converted(photometric, transfer_syntax(ds)):
        raise UnsupportedScan(
            "The DICOM file stores its pixels in a colour space that is not read.", "Export the scan in grey or RGB."
        )
    if samples != expected:
        raise _damaged(f"it announces {samples} samples per pixel where its colour space has {expected}")
    stored = int(number(ds, "BitsStored") or bits)
    stored = stored if 1 <= stored <= bits else int(bits)
    high_bit = number(ds, "HighBit")
    return PixelLayout(
        rows=int(rows),
        cols=int(cols),
        n_frames=n_frames,
        samples=samples,
        bits_allocated=int(bits),
        bits_stored=stored,
        # A high bit outside the cell, or below what is stored, is a slip of the header.
        high_bit=stored - 1 if high_bit is None or not stored <= high_bit < bits else int(high_bit),
        signed=number(ds, "PixelRepresentation") == 1,
        photometric=photometric,
        is_float="PixelData" not in ds,
    )


def _converted(photometric: str, syntax: UID) -> bool:
    """Tell whether a colour space comes out of the decoders as RGB."""
    if photometric in ("RGB", "YBR_FULL", "YBR_FULL_422"):
        return True
    return photometric.startswith("YBR_") and (syntax in _J2K or syntax in _LOSSY_JPEG)


def decoded_frames(ds: Dataset, layout: PixelLayout) -> Iterator[np.ndarray]:
    """Yield ``layout.n_frames`` frames of pixel cells as they lie, (rows, cols) or (rows, cols, 3) in RGB.

    Which bits of a cell are the pixel is not looked at here: see ``stored_frames``.

    Raises
    ------
    ScanDecodeError : fewer pixels than announced, or damaged ones.
    UnsupportedScan : no installed decoder reads the transfer syntax.
    """
    syntax = transfer_syntax(ds)
    if syntax == RLELossless:
        _unpack_rle(ds, layout)
        syntax = ExplicitVRLittleEndian
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError as e:
        raise _no_decoder(syntax) from e
    plugin = ""
    if syntax.is_encapsulated:
        _check_encapsulated(ds, layout, syntax)
        plugin = next((name for family, name in _PLUGINS if syntax in family), "")
        if plugin not in decoder.available_plugins:
            raise _no_decoder(syntax)
    else:
        _check_native(ds, layout)
    _complete(ds, layout)
    count = 0
    try:
        for pixels, _ in decoder.iter_array(ds, decoding_plugin=plugin, correct_unused_bits=False):
            if pixels.shape[:2] != (layout.rows, layout.cols):
                raise _damaged("a frame has another size than announced")
            yield pixels
            count += 1
            if count == layout.n_frames:
                return
    except (ZooError, MemoryError):
        raise
    except Exception as e:  # decoders answer damaged bytes with exceptions of every kind
        raise _damaged("its pixels cannot be decoded") from e
    raise _damaged(f"it announces {layout.n_frames} frames but holds {count}")


def _check_native(ds: Dataset, layout: PixelLayout) -> None:
    keyword = next(k for k in PIXEL_KEYWORDS if k in ds)
    value = ds[keyword].value
    bits = layout.rows * layout.cols * layout.n_frames * layout.samples * layout.bits_allocated
    if layout.photometric == "YBR_FULL_422":
        bits = bits * 2 // 3  # two luminance samples share one pair of chroma samples
    if value is None or len(value) < -(-bits // 8):
        raise _damaged(f"it announces {layout.n_frames} x {layout.cols} x {layout.rows} pixels but holds fewer of them")


def _unpack_rle(ds: Dataset, layout: PixelLayout) -> None:
    """Replace RLE pixel data by native pixel data, frame by frame."""
    if layout.bits_allocated % 8 or not ds["PixelData"].value:
        raise _damaged("its picture is missing")
    n_pixels = layout.rows * layout.cols
    frames: list[bytes] = []
    try:
        for frame in generate_frames(ds["PixelData"].value, number_of_frames=layout.n_frames):
            if len(frames) == layout.n_frames:
                break
            frames.append(unpack_rle_frame(frame, n_pixels, layout.samples, layout.bits_allocated // 8))
    except (ZooError, MemoryError):
        raise
    except Exception as e:  # pydicom's walk over the fragments
        raise _damaged("its compressed frames cannot be told apart") from e
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.add_new("PixelData", "OW" if layout.bits_allocated > 8 else "OB", b"".join(frames))
    if layout.samples > 1:
        ds.PlanarConfiguration = 1


def _check_encapsulated(ds: Dataset, layout: PixelLayout, syntax: UID) -> None:
    """Compare the size in every compressed frame with the announced one: decoders allocate by the former.

    The colours that a JPEG stream says it holds go before the label of the file, as in all viewers.
    """
    value = ds["PixelData"].value
    if not value:
        raise _damaged("its picture is missing")
    if syntax not in _J2K and syntax not in _JPEG:
        return
    read = read_jpeg2000_header if syntax in _J2K else read_jpeg_header
    try:
        for count, frame in enumerate(generate_frames(value, number_of_frames=layout.n_frames)):
            if count == layout.n_frames:
                break
            header = read(frame)
            _check_frame(header, layout)
            check_passes(header)
            if count == 0 and syntax in _LOSSY_JPEG and header.colours is not None:
                ds.PhotometricInterpretation = header.colours
    except ZooError:
        raise
    except Exception as e:  # pydicom's walk over the fragments
        raise _damaged("its compressed frames cannot be told apart") from e


def _check_frame(header: CodestreamHeader, layout: PixelLayout) -> None:
    if (header.rows, header.cols) != (layout.rows, layout.cols):
        raise _damaged(
            f"it announces {layout.cols} x {layout.rows} pixels but holds a picture of {header.cols} x {header.rows}"
        )
    if header.samples != layout.samples or header.bits > 32:
        raise _damaged("its compressed picture has another number of colours or bits than announced")


def _complete(ds: Dataset, layout: PixelLayout) -> None:
    """Fill in what pydicom insists on and what old files leave out or garble."""
    announced = [
        ("PhotometricInterpretation", layout.photometric),
        ("NumberOfFrames", layout.n_frames),
        ("SamplesPerPixel", layout.samples),
        ("BitsStored", layout.bits_stored),
        ("PixelRepresentation", int(layout.signed)),
    ]
    if layout.samples > 1:
        announced.append(("PlanarConfiguration", 0))
    for keyword, value in announced:
        readable = text(ds, keyword) if isinstance(value, str) else number(ds, keyword) is not None
        if not readable:
            setattr(ds, keyword, value)


def _damaged(what: str) -> ScanDecodeError:
    return ScanDecodeError(
        f"The DICOM file is damaged or incomplete: {what}.", "Export or download the scan again from its source."
    )


def _no_decoder(syntax: UID) -> UnsupportedScan:
    known = syntax.name if syntax.name != syntax else "an unknown or private encoding"
    return UnsupportedScan(
        f"The pixels of the DICOM file are compressed with {known}, which no installed decoder reads.",
        "Export the scan uncompressed, or with JPEG 2000 or JPEG lossless compression.",
    )
