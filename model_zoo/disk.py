"""Files that outlive a run: written whole or not at all, added to with nothing lost, and read without being held up.

What others can put into a folder is opened as a plain file of bounded size or not at all: no link is followed, no pipe and no
device is waited for. A folder may itself be a link, its owner's choice where things are kept; what lies in it may not.
Errors are ``OSError``; ``trouble`` says one in words.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from model_zoo.finite import read_json

# A write of a case takes seconds; what lies there after an hour belongs to a program that was killed.
LEFT_AFTER_SECONDS = 3600
_WAIT_SECONDS = 5.0  # for another writer, who takes milliseconds
OWNER_ALONE, FOR_ALL = 0o600, 0o644  # what the system's umask leaves of it
_PARTIAL = ".partial"
_LEFTOVER = re.compile(r"\..+\.[a-z0-9_]{8}\.partial")  # as ``write_whole`` names them, or ``mkstemp`` did
# Absent on Windows, which has neither: 0 changes nothing.
_NO_LINK, _NO_WAIT, _BINARY = (getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than the system allows",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "this account may not",
    errno.EPERM: "this account may not",
    errno.EISDIR: "a folder lies where a file is expected",
    errno.ENOTDIR: "a file lies where a folder is expected",
    errno.ENOENT: "it is not there",
    errno.ELOOP: "it is a link, and links are not followed",
    errno.ENAMETOOLONG: "its name is too long",
    errno.EIO: "the disk reports an error",
    errno.ENXIO: "it is not a plain file",
    errno.EAGAIN: "another program holds it",
}


class NotPlain(OSError):
    """A link, pipe, device or folder where a plain file is expected, or a file beyond the size that is read."""


def trouble(error: OSError) -> str:
    """Return what stood in the way, in words without a path: half a sentence, lower case."""
    if isinstance(error, NotPlain):
        return str(error)
    return _WORDS.get(error.errno or 0, "the system refused")


def read_json_file(path: Path, most_bytes: int = 4 * 2**20) -> Any:
    """Return what a JSON file holds, a card or a table: the largest of the zoo has 175 kB.

    Raises OSError as ``read_plain``, ValueError as ``finite.read_json``.
    """
    return read_json(read_plain(path, most_bytes))


def read_plain(path: Path, most_bytes: int) -> bytes:
    """Return the bytes of a plain file. Raises FileNotFoundError, NotPlain, and OSError as the system says."""
    with open_plain(path, most_bytes) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:  # it has grown since
        raise _too_large(most_bytes)
    return content


def open_plain(path: Path, most_bytes: int) -> BinaryIO:
    """Open a plain file for reading, without waiting; errors as of ``read_plain``."""
    try:
        handle = os.open(path, os.O_RDONLY | _NO_LINK | _NO_WAIT | _BINARY)
    except OSError as error:
        if error.errno == errno.ELOOP or path.is_symlink():
            raise NotPlain(_WORDS[errno.ELOOP]) from error
        raise
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise NotPlain(_WORDS[errno.EISDIR if stat.S_ISDIR(found.st_mode) else errno.ENXIO])
        if found.st_size > most_bytes:
            raise _too_large(most_bytes)
    except OSError:
        os.close(handle)
        raise
    return os.fdopen(handle, "rb")


def write_whole(path: Path, content: bytes, mode: int = OWNER_ALONE) -> None:
    """Write beside the file and move over it: after any failure the old file is whole.

    Parameters
    ----------
    path
        The file.
    content
        All of it.
    mode
        Rights of the file.
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}{_PARTIAL}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK | _BINARY, mode)
    try:
        try:
            _write_all(handle, content)
            os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(partial, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(partial)
        raise
    _sync_folder(path.parent)


def append_lines(path: Path, content: bytes, mode: int = OWNER_ALONE) -> None:
    """Add whole lines to a file, made where it is missing; several processes may do so at once.

    Either all of it is on the disk afterwards, or OSError is raised and the file is as long as before. A line that a crash left
    torn is ended first.

    Parameters
    ----------
    path
        The file.
    content
        Whole lines, each with its end.
    mode
        Rights of a file that is made.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _NO_LINK | _NO_WAIT | _BINARY, mode)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise NotPlain(_WORDS[errno.ENXIO])
        with _alone(handle):
            before = os.fstat(handle).st_size
            torn = bool(before) and os.lseek(handle, before - 1, os.SEEK_SET) >= 0 and os.read(handle, 1) != b"\n"
            try:
                _write_all(handle, b"\n" + content if torn else content)
                os.fsync(handle)
            except BaseException:
                # What was reported as lost must not turn up later as half a line, or as one.
                with suppress(OSError):
                    os.ftruncate(handle, before)
                raise
    finally:
        os.close(handle)
    if not before:
        _sync_folder(path.parent)


def make_private(folder: Path) -> None:
    """Make a folder with all that is missing above it, each readable by its owner alone; one that is there stays as it is."""
    # One by one: the mode of a parent that is made on the way would be left to chance.
    for place in (*reversed(folder.parents), folder):
        if not place.is_dir():
            with suppress(FileExistsError):
                place.mkdir(mode=0o700)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "no folder", str(folder))


def open_to_others(folder: Path) -> bool:
    """Tell whether other accounts of this machine may look into a folder; False where it is missing, or the system has none."""
    try:
        return os.name == "posix" and bool(folder.stat().st_mode & 0o077)
    except OSError:
        return False


def remove_leftovers(folder: Path) -> None:
    """Remove what writes that were killed left in a folder: old files under names that ``write_whole`` gives, nothing else."""
    before = time.time() - LEFT_AFTER_SECONDS
    with suppress(OSError):
        for entry in os.scandir(folder):
            plain = _LEFTOVER.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)
            if plain and entry.stat(follow_symlinks=False).st_mtime < before:
                os.unlink(entry.path)


def _too_large(most_bytes: int) -> NotPlain:
    return NotPlain(f"it is larger than {most_bytes / 2**20:g} MiB")


def _write_all(handle: int, content: bytes) -> None:
    """Write every byte: the system may take fewer than it was given, as it does on a disk that fills up."""
    left = memoryview(content)
    while left:
        taken = os.write(handle, left)
        if taken <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left = left[taken:]


def _sync_folder(folder: Path) -> None:
    """Bring the new name of a file to the disk too; where the system cannot, the file itself is there all the same."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _alone(handle: int) -> Iterator[None]:
    """Hold a file against other writers that ask, so that cutting back a failed line takes none of theirs away."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    until = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
        except OSError:
            break  # a disk of the network that has no locks: added to all the same, as one write
        else:
            break
    yield  # closing the file lets go of it
