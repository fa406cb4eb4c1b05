"""Parse a DICOM file within bounds, with or without preamble, and read single elements without trusting their values.

Text is taken from the raw bytes of an element: pydicom's own conversion warns with the value in the message, and that
value may be a patient identifier.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import pydicom
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from model_zoo.errors import ScanDecodeError, ScanTooLarge, ZooError
from model_zoo.scans.formats._metered import MeteredBytes
from model_zoo.scans.limits import DecodeLimits

_READS_PER_ELEMENT = 3  # tag and short length, long length, value
_MAX_SEQUENCE_BYTES = 2 * 2**20  # of a sequence that is looked into: about 1 kB per frame in enhanced multi-frame files
_VALUE_REPRESENTATIONS = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV".split()
)
_BINARY_NUMBERS = ("US", "SS", "UL", "SL", "UV", "SV", "FL", "FD")
_DECIMAL = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)  # one and a half, or one thousand five hundred?
_LONG_LENGTH = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())  # 4-byte length after 2 reserved bytes


def looks_like_dicom(head: bytes) -> bool:
    """Tell DICOM by the prefix at byte 128 or, for files without preamble, by a plausible first element."""
    if head[128:132] == b"DICM":
        return True
    if len(head) < 16:
        return False
    vr = head[4:6]
    if head[:2] in (b"\x08\x00", b"\x02\x00") and head[3] == 0:
        return vr in _VALUE_REPRESENTATIONS or int.from_bytes(head[4:8], "little") <= 64
    return head[:3] == b"\x00\x08\x00" and vr in _VALUE_REPRESENTATIONS


def read_dicom(data: bytes, limits: DecodeLimits) -> Dataset:
    """Parse the file; a deflated one is inflated first, up to ``limits.max_bytes``.

    Raises
    ------
    ScanDecodeError : the structure is broken, or the file ends within an element.
    ScanTooLarge : more elements or more inflated bytes than allowed.
    """
    data = _inflated(data, limits)
    source = MeteredBytes(data, _READS_PER_ELEMENT * limits.max_elements, 8 * len(data) + 2**20)
    try:
        return pydicom.dcmread(source, force=True)
    except ZooError:
        raise
    except Exception as e:
        raise ScanDecodeError(
            "The DICOM file is damaged or incomplete: its structure cannot be followed.",
            "Export or download the scan again.",
        ) from e


def transfer_syntax(ds: Dataset) -> UID:
    """Return the transfer syntax the file states, or the one its first elements showed when it states none."""
    stated = text(getattr(ds, "file_meta", Dataset()), "TransferSyntaxUID")
    if stated:
        return UID(stated)
    implicit, little = ds.original_encoding
    if implicit:
        return UID("1.2.840.10008.1.2")
    return ExplicitVRLittleEndian if little else UID("1.2.840.10008.1.2.2")


def text(ds: Dataset, keyword: str) -> str:
    """Return the value of a text element (several values joined by a backslash), "" when absent or unreadable."""
    try:
        element = ds.get_item(keyword)
    except Exception:  # pydicom parses on access, and the bytes may be anything
        return ""
    value = None if element is None else element.value
    if isinstance(value, bytes):
        try:
            value = value.decode("utf-8")
        except UnicodeDecodeError:
            value = value.decode("latin-1")
    elif isinstance(value, (list, tuple)) or (hasattr(value, "__iter__") and not isinstance(value, str)):
        value = "\\".join(str(v) for v in value)
    return "" if value is None else str(value).strip(" \x00")


def numbers(ds: Dataset, keyword: str) -> tuple[float, ...]:
    """Return the finite numbers of an element, () when it is absent or holds no number.

    A decimal comma is read where it can be nothing else ("1500,0", "0,125", but not "1,500"); empty values at the end are
    left out.
    """
    if Tag(keyword) not in ds:
        return ()
    try:
        element = ds.get_item(keyword)
        if isinstance(element, RawDataElement) and element.VR in _BINARY_NUMBERS:
            value: Any = ds[keyword].value
        elif element is not None and element.VR in (*_BINARY_NUMBERS, "US or SS"):
            value = element.value
        elif element is not None and element.VR in ("UN", None):  # pydicom knows what standard elements are
            value = ds[keyword].value
        else:
            value = text(ds, keyword)
        value = value.rstrip("\\ ").split("\\") if isinstance(value, str) else value
        parts = list(value) if _is_multi(value) else [value]
        found = tuple(_number(p) for p in parts)
    except Exception:  # pydicom parses on access, and the conversion may fail in any way
        return ()
    return found if all(abs(v) < 1e15 for v in found) else ()


def unreadable(ds: Dataset, keywords: tuple[str, ...]) -> list[str]:
    """Return which of these numeric elements hold something that is no number."""
    return [k for k in keywords if Tag(k) in ds and text(ds, k).strip("\\ ") and not numbers(ds, k)]


def _number(part: Any) -> float:
    """Return one value as a number; ValueError for text that is none, or that could be two different ones."""
    if not isinstance(part, str):
        return float(part)
    part = part.strip(" \x00")
    if not _DECIMAL.fullmatch(part) or _THOUSANDS.fullmatch(part):
        raise ValueError("no number")
    return float(part.replace(",", "."))


def number(ds: Dataset, keyword: str) -> float | None:
    """Return the first number of an element, ``None`` when there is none."""
    found = numbers(ds, keyword)
    return found[0] if found else None


def items(ds: Dataset, keyword: str) -> list[Dataset]:
    """Return the items of a sequence, [] when it is absent, broken, or too long to be looked into."""
    if Tag(keyword) not in ds:
        return []
    try:
        element = ds.get_item(keyword)
        raw = element.value if isinstance(element, RawDataElement) else b""
        if isinstance(raw, bytes) and len(raw) > _MAX_SEQUENCE_BYTES:
            return []
        return [item for item in ds[keyword].value if isinstance(item, Dataset)]
    except Exception:  # as above
        return []


def _is_multi(value: object) -> bool:
    return hasattr(value, "__iter__") and not isinstance(value, (str, bytes))


def _inflated(data: bytes, limits: DecodeLimits) -> bytes:
    """Return the file with a deflated data set inflated and labelled as Explicit VR Little Endian."""
    meta = list(_meta_elements(data))
    syntax = [m for m in meta if m.value.rstrip(b"\x00 ") == DeflatedExplicitVRLittleEndian.encode()]
    if not syntax:
        return data
    end = meta[-1].end  # the data set starts after the last element of the meta group
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        body = inflater.decompress(data[end:], limits.max_bytes + 1)
    except zlib.error as e:
        raise ScanDecodeError(
            "The compressed part of the DICOM file is damaged.", "Export or download the scan again."
        ) from e
    if len(body) > limits.max_bytes:
        raise ScanTooLarge(
            f"The compressed DICOM file unpacks to more than the {limits.max_bytes / 2**20:.0f} MiB that are read.",
            "Export the scan with JPEG 2000 or JPEG lossless compression, or export fewer frames.",
        )
    if not inflater.eof:
        raise ScanDecodeError(
            "The compressed part of the DICOM file is incomplete.", "Export or download the scan again."
        )
    label = ExplicitVRLittleEndian.encode().ljust(len(syntax[0].value), b"\x00")
    return data[: syntax[0].start] + label + data[syntax[0].start + len(label) : end] + body


class _MetaElement(NamedTuple):
    start: int  # offset of the value
    value: bytes
    end: int  # offset of what follows


def _meta_elements(data: bytes) -> Iterator[_MetaElement]:
    """Yield the elements of group 0002, which are always explicit VR little endian."""
    at = 132 if data[128:132] == b"DICM" else 0
    while data[at : at + 2] == b"\x02\x00" and at + 8 <= len(data):
        if data[at + 4 : at + 6] in _LONG_LENGTH:
            if at + 12 > len(data):
                return
            start, length = at + 12, struct.unpack("<I", data[at + 8 : at + 12])[0]
        else:
            start, length = at + 8, struct.unpack("<H", data[at + 6 : at + 8])[0]
        at = start + length
        if at > len(data):
            return
        yield _MetaElement(start, data[start:at], at)
