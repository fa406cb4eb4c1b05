"""From the bytes of a file to a ``Scan``: recognise, decode within limits, answer every failure in words."""

from __future__ import annotations

import hashlib

from model_zoo.errors import ScanDecodeError, ScanTooLarge, UnsupportedScan, ZooError
from model_zoo.scans.apart import decode_apart
from model_zoo.scans.formats import ScanFormat, scan_formats
from model_zoo.scans.formats._quiet import quiet
from model_zoo.scans.limits import DEFAULT_LIMITS, DecodeLimits
from model_zoo.scans.scan import Scan

HEAD_BYTES = 4096  # enough for the marker at byte 128 of DICOM and for every magic number

# First bytes of the files that people upload by mistake, with the words that name them.
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"%PDF", "a PDF document"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"\x00\x00\x00\x0cjP  ", "a bare JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a bare JPEG 2000 picture"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89HDF", "an HDF5 file"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"\x5c\x01\x00\x00", "a NIfTI volume"),
)


def decode_scan(data: bytes, limits: DecodeLimits = DEFAULT_LIMITS) -> Scan:
    """Decode one file.

    What its header shows to be small is decoded in this thread. Anything else goes to a process of its own, with a bound on
    memory and time: a file of 0.3 MB can hold 40 megapixels, and nobody else waits for it.

    Parameters
    ----------
    data : the whole file, as uploaded.
    limits : bounds of size and memory, checked from the headers before anything is allocated.

    Returns
    -------
    Scan, frames float32 (frames, rows, cols), larger is brighter, identified by the sha256 of ``data``.

    Raises
    ------
    ScanDecodeError : the bytes are no picture, or a broken one.
    ScanTooLarge : the file or the picture it announces exceeds the limits, or decoding takes too long.
    UnsupportedScan : a sound file without a picture, or with an encoding that no installed decoder reads.
    """
    data = bytes(data)
    if not data:
        raise ScanDecodeError("The file is empty.", "Check that the upload or the export finished, and try again.")
    limits.check_file(len(data))
    scan_format = _recognise(data[:HEAD_BYTES])
    sha256 = hashlib.sha256(data).hexdigest()
    return (decode_here if scan_format.is_small(data) else decode_apart)(data, sha256, limits)


def decode_here(data: bytes, sha256: str, limits: DecodeLimits = DEFAULT_LIMITS) -> Scan:
    """Decode one file in this process, whatever it costs; see ``decode_scan``. sha256: of ``data``."""
    scan_format = _recognise(data[:HEAD_BYTES])
    with quiet():
        try:
            return scan_format.decode(data, sha256, limits)
        except ZooError:
            raise
        except MemoryError as e:
            raise ScanTooLarge(
                f"The {scan_format.NAME} file needs more memory than this machine can give.",
                "Export the scan at a lower resolution, or with fewer frames.",
            ) from e
        except Exception as e:  # the libraries answer damaged bytes with exceptions of every kind
            raise ScanDecodeError(
                f"The file looks like a {scan_format.NAME} file but is damaged or incomplete.",
                "Export or download the scan again.",
            ) from e


def accepted_extensions() -> tuple[str, ...]:
    """Return the file extensions of all formats, lower case without dot, for the accepted types of an uploader."""
    return tuple(dict.fromkeys(e for scan_format in scan_formats() for e in scan_format.EXTENSIONS))


def _recognise(head: bytes) -> ScanFormat:
    for scan_format in scan_formats():
        if scan_format.sniff(head):
            return scan_format
    names = ", ".join(scan_format.NAME for scan_format in scan_formats())
    hint = f"Upload the scan itself. Formats that are read: {names}."
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            raise UnsupportedScan(f"This is {what}, not a scan.", hint)
    if not any(head):
        raise ScanDecodeError("The file holds nothing but zeros.", "Export or download the scan again.")
    if _is_text(head):
        raise UnsupportedScan("This is a text file, not a scan.", hint)
    raise ScanDecodeError("The file is in none of the formats that are read.", hint)


def _is_text(head: bytes) -> bool:
    """Tell whether the bytes read as text: UTF-8 (a character cut at the end allowed) without control characters."""
    try:
        text = head[: max(len(head) - 3, 1)].decode("utf-8", errors="strict")
    except UnicodeDecodeError as e:
        if e.start < len(head) - 6:
            return False
        text = head[: e.start].decode("utf-8")
    return bool(text) and all(c.isprintable() or c in "\r\n\t\f\ufeff" for c in text)
