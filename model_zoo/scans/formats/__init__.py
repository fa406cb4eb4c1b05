"""One file per format family; a file that is here is read, without being listed anywhere.

Bytes and their sha256 flow in, a ``Scan`` flows out. A format module declares ``NAME``, ``EXTENSIONS``, ``sniff``,
``is_small`` and ``decode`` as in ``ScanFormat``; modules whose name starts with an underscore are parts that formats share.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Protocol, cast

from model_zoo.errors import DuplicateName
from model_zoo.scans.limits import DecodeLimits
from model_zoo.scans.scan import Scan


class ScanFormat(Protocol):
    """What a module in this folder provides."""

    NAME: str  # shown to the reader
    EXTENSIONS: tuple[str, ...]  # lower case, without dot
    PRIORITY: int  # lower is asked first: a DICOM file may open with a TIFF header, never the reverse

    def sniff(self, head: bytes) -> bool:
        """Tell from the first bytes whether this module should decode the file."""

    def is_small(self, data: bytes) -> bool:
        """Tell from the header that decoding takes a moment and little memory; anything else is decoded apart."""

    def decode(self, data: bytes, sha256: str, limits: DecodeLimits) -> Scan:
        """Decode the file, or raise a ZooError or any exception of a library that shows damage."""


@cache
def scan_formats() -> tuple[ScanFormat, ...]:
    """Return the format modules in the order in which they are asked."""
    modules = [
        cast(ScanFormat, importlib.import_module(f"{__name__}.{info.name}"))
        for info in pkgutil.iter_modules(__path__)
        if not info.name.startswith("_")
    ]
    names = [m.NAME for m in modules]
    if len(set(names)) != len(names):
        raise DuplicateName(f"Two scan formats carry the same name: {sorted(names)}.")
    return tuple(sorted(modules, key=lambda m: m.PRIORITY))
