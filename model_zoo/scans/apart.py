"""Decode a large file in a process of its own, with a bound on memory and time: what it costs holds up nobody else.

The process is a plain ``python -m model_zoo.scans.apart_child``, kept for the next file. Bytes go to it through its standard
input; plain JSON and the frames come back, never a pickle, because what a file made of that process is not known.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import IO, Any

import numpy as np
from pydantic import TypeAdapter

import model_zoo.errors as errors
from model_zoo.errors import ScanDecodeError, ScanTooLarge
from model_zoo.scans.limits import DecodeLimits
from model_zoo.scans.scan import Scan, ScanMetadata, Window

# Files decoded at the same time; the next one waits, so that memory stays within twice the bound of one.
MOST_AT_ONCE = 2
# The costliest file within the default limits takes 35 s on two cores that have fourteen others to serve.
SECONDS_VARIABLE, SECONDS = "DIAPHANE_DECODE_LIMIT_S", 120.0
_LENGTH_BYTES = 8
_MOST_WORDS = 2**20  # of the JSON that comes back: metadata and remarks take some kilobytes
_ROOT = Path(__file__).resolve().parents[2]


class _Decoders:
    """The processes of this program: at most ``MOST_AT_ONCE`` at work, those without work kept."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._idle: list[subprocess.Popen[bytes]] = []
        self._started = False
        self._lock = threading.Lock()

    def take(self) -> subprocess.Popen[bytes]:
        self._free.acquire()
        try:
            with self._lock:
                while self._idle:
                    process = self._idle.pop()
                    if process.poll() is None:
                        return process
                self._started = True
            return _start()
        except BaseException:
            self._free.release()
            raise

    def give_back(self, process: subprocess.Popen[bytes], sound: bool) -> None:
        if sound:
            with self._lock:
                self._idle.append(process)
        else:
            _end(process)
        self._free.release()

    def warm(self) -> None:
        """Start the first process; it gets ready while nobody waits for it."""
        with self._lock:
            if not self._started:
                self._started = True
                with suppress(ScanDecodeError):
                    self._idle.append(_start())

    def close(self) -> None:
        with self._lock:
            while self._idle:
                _end(self._idle.pop())


_decoders = _Decoders()
_making = threading.Lock()


def warm_decoder() -> None:
    """Have a process ready before the first large file comes."""
    _own().warm()


def decode_apart(data: bytes, sha256: str, limits: DecodeLimits) -> Scan:
    """Decode one file in another process; see ``decode_scan``.

    Raises ScanTooLarge when it takes too long or too much memory, ScanDecodeError when it ends the process, and what
    decoding itself raises.
    """
    decoders = _own()
    process = decoders.take()
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(_seconds(), stop)
    timer.daemon = True
    timer.start()
    sound = False
    try:
        answer, frames, colour = _converse(process, data, sha256, limits)
        sound = True
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise _refusal(late.is_set()) from error
    finally:
        timer.cancel()
        decoders.give_back(process, sound and not late.is_set())
    if frames is None:
        kind = getattr(errors, str(answer["error"]), ScanDecodeError)
        kind = kind if isinstance(kind, type) and issubclass(kind, ScanDecodeError) else ScanDecodeError
        raise kind(str(answer["message"]), str(answer["hint"]))
    try:
        return unpacked(answer, frames, sha256, colour)
    except (ValueError, LookupError, TypeError) as error:
        raise _refusal(late=False) from error


def packed(scan: Scan) -> dict[str, Any]:
    """Return everything of a scan but its pictures and identity, as JSON can carry it."""
    return {
        name: asdict(value) if isinstance(value, Window | ScanMetadata) else value
        for name, value in vars(scan).items()
        if name not in ("frames", "colour", "sha256")
    }


def unpacked(raw: dict[str, Any], frames: np.ndarray, sha256: str, colour: np.ndarray | None = None) -> Scan:
    """Return the scan of ``packed``. Raises ValueError or TypeError for anything else."""
    window, metadata = (
        _form(Window).validate_python(raw.pop("window")),
        _form(ScanMetadata).validate_python(raw.pop("metadata")),
    )
    return Scan(sha256=sha256, frames=frames, colour=colour, window=window, metadata=metadata, **_tuples(raw))


@cache
def _form(kind: type[Any]) -> TypeAdapter[Any]:
    """Return what makes a dataclass of its JSON again, with the dataclasses in it."""
    return TypeAdapter(kind)


def send(stream: IO[bytes], words: dict[str, Any], *parts: bytes | memoryview) -> None:
    """Write JSON, its length before it, and bytes behind it."""
    text = json.dumps(words, default=lambda value: value.item()).encode()
    stream.write(len(text).to_bytes(_LENGTH_BYTES, "big") + text)
    for part in parts:
        view = memoryview(part).cast("B")
        while view:
            view = view[stream.write(view) :]
    stream.flush()


def receive(stream: IO[bytes]) -> dict[str, Any]:
    """Read what ``send`` wrote first. Raises ValueError where the other side is gone or wrote something else."""
    length = int.from_bytes(receive_bytes(stream, _LENGTH_BYTES), "big")
    if length > _MOST_WORDS:
        raise ValueError("more words than a scan has")
    found = json.loads(bytes(receive_bytes(stream, length)))
    if not isinstance(found, dict):
        raise ValueError("no table")
    return found


def receive_bytes(stream: IO[bytes], count: int) -> bytearray:
    """Read exactly ``count`` bytes. Raises ValueError where the stream ends before."""
    found = bytearray(count)
    fill(stream, memoryview(found))
    return found


def fill(stream: IO[bytes], view: memoryview) -> None:
    """Read exactly as many bytes as the view holds. Raises ValueError where the stream ends before."""
    while view:
        count = stream.readinto(view)  # type: ignore[attr-defined]
        if not count:
            raise ValueError("the other process is gone")
        view = view[count:]


def _converse(
    process: subprocess.Popen[bytes], data: bytes, sha256: str, limits: DecodeLimits
) -> tuple[dict[str, Any], np.ndarray | None, np.ndarray | None]:
    """Return what the process answers, the frames and their colour; ``None`` for both in a refusal."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("a process without pipes")
    send(process.stdin, {"bytes": len(data), "sha256": sha256, "limits": asdict(limits)}, data)
    answer = receive(process.stdout)
    if "error" in answer:
        return answer, None, None
    count, rows, cols = (int(side) for side in answer.pop("shape"))
    limits.check_frames(count, rows, cols)
    frames = np.empty((count, rows, cols), np.float32)
    fill(process.stdout, frames.data.cast("B"))
    colour = np.empty((count, rows, cols, 3), np.uint8) if answer.pop("coloured") else None
    if colour is not None:
        fill(process.stdout, colour.data.cast("B"))
    return answer, frames, colour


def _start() -> subprocess.Popen[bytes]:
    # One thread for the libraries of linear algebra: each further one takes address space, which is bounded.
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "model_zoo.scans.apart_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what libraries say there may name a patient
            bufsize=0,
            cwd=_ROOT,
            env={**os.environ, **threads, "PYTHONPATH": str(_ROOT)},
        )
    except OSError as error:
        raise ScanDecodeError(
            "The program that decodes large files cannot be started.",
            "Free memory on this machine and try again.",
        ) from error


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    process.wait()


def _own() -> _Decoders:
    """Return the processes of this program; one that was forked off another makes its own."""
    global _decoders
    with _making:
        if _decoders.pid != os.getpid():
            _decoders = _Decoders()
        return _decoders


def _seconds() -> float:
    try:
        stated = float(os.environ.get(SECONDS_VARIABLE, SECONDS))
    except ValueError:
        return SECONDS
    return stated if 0 < stated < threading.TIMEOUT_MAX else SECONDS


def _refusal(late: bool) -> ScanDecodeError:
    if late:
        return ScanTooLarge(
            f"Decoding the file takes longer than {_seconds():g} seconds.",
            "Export the scan at a lower resolution, with fewer frames or without compression.",
        )
    return ScanDecodeError(
        "The file broke off the program that decodes it: it is damaged, or needs more memory than one file may take.",
        "Export the scan again from its source, at a lower resolution or with fewer frames.",
    )


def _tuples(value: Any) -> Any:
    """Return JSON values with tuples for lists, as the dataclasses hold them."""
    if isinstance(value, list):
        return tuple(_tuples(entry) for entry in value)
    return {key: _tuples(entry) for key, entry in value.items()} if isinstance(value, dict) else value


@atexit.register
def _close() -> None:
    if _decoders.pid == os.getpid():
        _decoders.close()
