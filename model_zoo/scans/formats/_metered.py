"""A file in memory that counts what is read from it, so that no parser can be led in circles."""

from __future__ import annotations

import io

from model_zoo.errors import ScanTooLarge


class MeteredBytes(io.BytesIO):
    """Bytes that may be read only so often and so much.

    A file of 64 MiB can announce eight million empty elements, or 65,535 tags that all point at the same 60 MiB; both
    are small on disk and huge once parsed.
    """

    def __init__(self, data: bytes, max_reads: int, max_read_bytes: int) -> None:
        super().__init__(data)
        self._reads_left = max_reads
        self._bytes_left = max_read_bytes

    def read(self, size: int | None = -1, /) -> bytes:
        self._reads_left -= 1
        if self._reads_left < 0 or self._bytes_left < 0:
            raise ScanTooLarge(
                "The file is built of far more parts than a scan has.", "Export the scan again from its source."
            )
        part = super().read(size)
        self._bytes_left -= len(part)
        return part
