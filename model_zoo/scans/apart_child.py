"""The process that decodes large files for another one: a file comes in on standard input, the scan goes out."""

from __future__ import annotations

import os
import sys
from typing import IO

import numpy as np

from model_zoo.errors import ZooError
from model_zoo.scans.apart import packed, receive, receive_bytes, send
from model_zoo.scans.decode import decode_here
from model_zoo.scans.formats import scan_formats
from model_zoo.scans.limits import DecodeLimits

# Of address space: 24 bytes for each of 64 megapixels, four times a file of 64 MiB, and the program itself.
MEMORY_BYTES = 5 * 2**29


def main() -> None:
    """Answer file after file until standard input ends."""
    stdin = os.fdopen(os.dup(0), "rb", buffering=0)
    stdout = os.fdopen(os.dup(1), "wb", buffering=0)
    # What a library prints must not get between the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _bound_memory(MEMORY_BYTES)
    scan_formats()  # imported before the first file comes
    while _answer(stdin, stdout):
        pass


def _answer(stdin: IO[bytes], stdout: IO[bytes]) -> bool:
    """Decode one file; False where there is none any more."""
    try:
        asked = receive(stdin)
    except (OSError, ValueError):
        return False
    data = bytes(receive_bytes(stdin, asked["bytes"]))
    try:
        scan = decode_here(data, asked["sha256"], DecodeLimits(**asked["limits"]))
    except ZooError as error:
        send(stdout, {"error": type(error).__name__, "message": error.message, "hint": error.hint})
        return True
    parts = [np.ascontiguousarray(part).data for part in (scan.frames, scan.colour) if part is not None]
    send(stdout, {**packed(scan), "shape": scan.frames.shape, "coloured": scan.colour is not None}, *parts)
    return True


def _bound_memory(most: int) -> None:
    """Let an allocation beyond the bound fail here, instead of the machine; not every system has such a bound."""
    try:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        ceiling = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, hard))
    except (ImportError, ValueError, OSError):
        sys.stderr.write("no bound on memory here\n")


if __name__ == "__main__":
    main()
