"""Keep the decoding libraries from talking: their warnings and log lines may quote what a file says about a patient."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_ONE_AT_A_TIME = threading.Lock()
_LOGGERS = (
    "pydicom",
    "pydicom.pixels.decoders.base",
    "pydicom.pixels.utils",
    "pylibjpeg.utils",
    "openjpeg.utils",
    "PIL.ImageFile",
    "PIL.PngImagePlugin",
    "PIL.TiffImagePlugin",
)


class _DropThread(logging.Filter):
    """Drop the records of one thread; other threads log as before."""

    def __init__(self, thread: int) -> None:
        super().__init__()
        self.thread = thread

    def filter(self, record: logging.LogRecord) -> bool:
        return record.thread != self.thread


@contextmanager
def quiet() -> Iterator[None]:
    """Run one decode at a time with the libraries' warnings and logs muted.

    ``warnings.catch_warnings`` restores the process-wide filters on leaving, but two that overlap in different threads
    restore in the wrong order; hence the lock. What a library warned about and a reader must know is checked by the
    format modules themselves and told in ``Scan.notes``.
    """
    mute = _DropThread(threading.get_ident())
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(mute)
        try:
            yield
        finally:
            for name in _LOGGERS:
                logging.getLogger(name).removeFilter(mute)
