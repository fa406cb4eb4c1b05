"""A file is written whole, or as it was before, and the writer is told; what lies in wait in a folder holds up no reader."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from model_zoo import disk
from model_zoo.disk import (
    append_lines,
    make_private,
    open_to_others,
    read_plain,
    remove_leftovers,
    trouble,
    write_whole,
)

ROOT = Path(__file__).resolve().parents[2]


def failing(code: int):
    def fail(*_args: object, **_kinds: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("where", ["write", "fsync", "close", "replace"])
def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch, where, code):
    path = tmp_path / "case.json"
    write_whole(path, b"old")
    with monkeypatch.context() as patched:
        patched.setattr(disk.os, where, failing(code))
        with pytest.raises(OSError, match=os.strerror(code)) as caught:
            write_whole(path, b"new")
    assert trouble(caught.value) != "the system refused"
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["case.json"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("where", ["write", "fsync"])
def test_a_line_that_could_not_be_added_leaves_nothing_of_itself(tmp_path, monkeypatch, where, code):
    path = tmp_path / "log"
    append_lines(path, b"one\n")
    with monkeypatch.context() as patched:
        patched.setattr(disk.os, where, failing(code))
        with pytest.raises(OSError, match=os.strerror(code)):
            append_lines(path, b"two\n")
    assert path.read_bytes() == b"one\n"


def test_a_short_write_is_gone_on_with(tmp_path, monkeypatch):
    whole = os.write
    monkeypatch.setattr(disk.os, "write", lambda handle, data: whole(handle, bytes(data)[:3]))
    write_whole(tmp_path / "case.json", b"0123456789")
    append_lines(tmp_path / "log", b"0123456789\n")
    assert (tmp_path / "case.json").read_bytes() + (tmp_path / "log").read_bytes() == b"01234567890123456789\n"


def test_a_disk_that_fills_up_in_the_middle_of_a_line_is_noticed_and_the_line_cut_back(tmp_path):
    """The system's own short write: beyond the size that a process may write, it takes a part and then refuses."""
    code = f"""
import pathlib, resource, signal
from model_zoo.disk import append_lines, write_whole
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = pathlib.Path({str(tmp_path)!r})
append_lines(folder / "log", b"one\\n")
write_whole(folder / "case.json", b"old")
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
for write in (lambda: append_lines(folder / "log", b"two\\n" * 4), lambda: write_whole(folder / "case.json", b"new" * 9)):
    try:
        write()
    except OSError as error:
        print(error.errno)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == [str(errno.EFBIG)] * 2
    assert (tmp_path / "log").read_bytes() == b"one\n"
    assert (tmp_path / "case.json").read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["case.json", "log"]


def lay(path: Path, what: str) -> None:
    if what == "link":
        (path.parent / "elsewhere").write_bytes(b"{}")
        path.symlink_to(path.parent / "elsewhere")
    elif what == "loop":
        path.symlink_to(path)
    elif what == "nowhere":
        path.symlink_to(path.parent / "nowhere")
    elif what == "device":
        path.symlink_to("/dev/zero")
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    elif what == "large":
        with path.open("wb") as file:
            file.truncate(50 * 2**30)  # a sparse file: no disk has to hold it


@pytest.mark.timeout(120)  # a pipe that is opened waits for ever, without any work
@pytest.mark.parametrize("what", ["link", "loop", "nowhere", "device", "pipe", "folder", "large"])
def test_what_is_no_plain_file_of_bounded_size_is_refused_at_once(tmp_path, what):
    path = tmp_path / "x.json"
    lay(path, what)
    start = time.process_time()
    with pytest.raises(disk.NotPlain) as caught:
        read_plain(path, 1000)
    assert time.process_time() - start < 2
    assert trouble(caught.value) != "the system refused"
    assert str(tmp_path) not in trouble(caught.value)


@pytest.mark.parametrize("what", ["link", "nowhere", "device", "pipe", "folder"])
def test_nothing_is_written_through_what_is_no_plain_file(tmp_path, what):
    path = tmp_path / "log"
    lay(path, what)
    with pytest.raises(OSError, match=r"link|plain|directory|symbolic"):
        append_lines(path, b"line\n")
    assert not (tmp_path / "nowhere").exists()
    assert what != "link" or (tmp_path / "elsewhere").read_bytes() == b"{}"


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_written_through(tmp_path):
    lay(tmp_path / "x.json", "link")
    write_whole(tmp_path / "x.json", b"[]")
    assert (tmp_path / "elsewhere").read_bytes() == b"{}"
    assert not (tmp_path / "x.json").is_symlink()


def test_only_old_leftovers_of_its_own_are_removed(tmp_path):
    old = time.time() - 2 * disk.LEFT_AFTER_SECONDS
    names = (".case.json.0a1b2c3d.partial", ".case.json.ffffffff.partial", "mine.partial", ".case.json", "notes.txt")
    for name in names:
        (tmp_path / name).write_bytes(b"x")
        if name != names[1]:
            os.utime(tmp_path / name, (old, old))
    (tmp_path / ".linked.00000000.partial").symlink_to(tmp_path / "notes.txt")
    remove_leftovers(tmp_path)
    assert set(os.listdir(tmp_path)) == {*names[1:], ".linked.00000000.partial"}


def test_every_folder_made_on_the_way_is_private_and_a_given_one_stays(tmp_path):
    given = tmp_path / "given"
    given.mkdir()
    given.chmod(0o755)
    before = os.umask(0)
    try:
        make_private(given / "a" / "b" / "c")
    finally:
        os.umask(before)
    assert [stat.S_IMODE(p.stat().st_mode) for p in (given, given / "a", given / "a" / "b", given / "a" / "b" / "c")] == [
        0o755, 0o700, 0o700, 0o700,
    ]  # fmt: skip
    assert (open_to_others(given), open_to_others(given / "a"), open_to_others(given / "none")) == (True, False, False)
    (given / "file").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        make_private(given / "file" / "x")
