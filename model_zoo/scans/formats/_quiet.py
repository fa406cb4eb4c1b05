"""Keep the decoding libraries from talking: their warnings and log lines may quote what a file says about a patient."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_COUNTING = threading.Lock()
_inside: list[warnings.catch_warnings] = []
_decodes = 0
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
    """Decode with the libraries' warnings and logs muted.

    ``warnings.catch_warnings`` restores the process-wide filters on leaving, but two that overlap in different threads
    restore in the wrong order: the first of several decodes mutes, the last one restores. What a library warned about and
    a reader must know is checked by the format modules themselves and told in ``Scan.notes``.
    """
    mute = _DropThread(threading.get_ident())
    _count(1)
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(mute)
    try:
        yield
    finally:
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(mute)
        _count(-1)


def _count(change: int) -> None:
    """Mute the warnings with the first decode of those that run at the same time, restore them with the last."""
    global _decodes
    with _COUNTING:
        _decodes += change
        if change > 0 and _decodes == 1:
            muted = warnings.catch_warnings()
            muted.__enter__()
            warnings.simplefilter("ignore")
            _inside.append(muted)
        elif _decodes == 0:
            _inside.pop().__exit__(None, None, None)
