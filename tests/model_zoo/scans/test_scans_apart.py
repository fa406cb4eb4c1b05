"""Large files are decoded in a process of their own: the same scan, bounded in time and memory, and nobody else waits."""

from __future__ import annotations

import io
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model_zoo.errors import ScanDecodeError, ScanTooLarge, UnsupportedScan
from model_zoo.scans import DecodeLimits, apart, decode_scan
from model_zoo.scans import decode as decode_module
from model_zoo.scans.apart import decode_apart, packed, unpacked
from model_zoo.scans.decode import decode_here
from model_zoo.scans.formats import dicom as dicom_format
from model_zoo.scans.formats import raster
from tests.model_zoo.scans.scan_files import ANATOMY, dataset, dicom, picture, png, shipped

LIMITS = DecodeLimits()
PYTHON = sys.executable


def png16(side: int) -> bytes:
    """Return a grey PNG of side x side in 16 bits: a few hundred kB that hold some hundred MB."""
    return png((side, side, 16, 0), (b"\0" + np.linspace(0, 60_000, side).astype(">u2").tobytes()) * side)


FILM = (ANATOMY / ANATOMY.max() * 255).astype(np.uint8)
LARGE, VERY_LARGE = png16(2100), png16(6000)

FILES = {
    "a PNG of 16 bit": LARGE,
    "a compressed DICOM file": shipped("JPEG2000.dcm"),
    "a DICOM file with runs": shipped("MR_small_RLE.dcm"),
    "a small DICOM file": dicom(dataset(PatientSex="F", PatientAge="063Y")),
    "a file that says how the patient lies": dicom(dataset(PatientOrientation=["R", "F"], PixelSpacing=["0.2", "0.3"])),
    "a TIFF of two pages": picture(FILM, "TIFF", save_all=True, append_images=[Image.fromarray(FILM)]),
    "a colour JPEG": picture(np.dstack([FILM, FILM // 2, FILM]), "JPEG"),
    "a WebP": picture(np.dstack([FILM] * 3), "WEBP"),
}


@pytest.fixture(autouse=True)
def _no_process_left() -> None:
    """Every test begins with no process, so that it can count its own."""
    apart._decoders.close()


@pytest.mark.parametrize("name", FILES)
def test_the_same_scan_comes_back_from_the_other_process(name: str) -> None:
    data = FILES[name]
    here, there = decode_here(data, "ab" * 32), decode_apart(data, "ab" * 32, LIMITS)
    assert there.frames.dtype == np.float32
    assert not there.frames.flags.writeable
    assert np.array_equal(here.frames, there.frames)
    assert packed(here) == packed(there)
    assert (here.metadata, here.window) == (
        there.metadata,
        there.window,
    )  # the same objects, not tables of their values
    assert there.sha256 == "ab" * 32


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (shipped("JPEG2000.dcm")[:2000], UnsupportedScan),
        (LARGE[:2000], ScanDecodeError),
        (dicom(dataset(None)), UnsupportedScan),
        (picture(FILM, "TIFF")[:60], ScanDecodeError),
    ],
)
def test_a_refusal_comes_back_in_the_same_words(data: bytes, kind: type[ScanDecodeError]) -> None:
    with pytest.raises(ScanDecodeError) as here:
        decode_here(data, "")
    with pytest.raises(ScanDecodeError) as there:
        decode_apart(data, "", LIMITS)
    assert type(here.value) is type(there.value) is kind
    assert (here.value.message, here.value.hint) == (there.value.message, there.value.hint)


def test_limits_hold_in_the_other_process() -> None:
    with pytest.raises(ScanTooLarge, match="megapixels"):
        decode_apart(LARGE, "", DecodeLimits(max_pixels=1000))


def test_large_files_go_apart_and_small_ones_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[int] = []

    def noted(data: bytes, sha256: str, limits: DecodeLimits) -> object:
        went.append(len(data))
        return decode_here(data, sha256, limits)

    monkeypatch.setattr(decode_module, "decode_apart", noted)
    for name in ("a small DICOM file", "a colour JPEG", "a WebP"):
        decode_scan(FILES[name])
    assert went == []
    for name in ("a PNG of 16 bit", "a compressed DICOM file", "a DICOM file with runs", "a TIFF of two pages"):
        decode_scan(FILES[name])
    assert len(went) == 4


def test_how_large_is_read_from_the_header_alone() -> None:
    native = dicom(dataset())
    assert dicom_format.is_small(native)
    assert not dicom_format.is_small(native + bytes(3 * 2**20))
    assert not dicom_format.is_small(native[132:])  # without the part that names the transfer syntax
    deflated = native.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99\0")
    assert not dicom_format.is_small(deflated)
    assert raster.is_small(LARGE[:16] + struct.pack(">II", 100, 100) + LARGE[24:])
    assert not raster.is_small(LARGE)
    assert not raster.is_small(picture(FILM, "TIFF"))
    assert not raster.is_small(picture(FILM, "PNG") + bytes(5 * 2**20))
    passes = picture(FILM, "JPEG").replace(b"\xff\xd9", b"\xff\xda" * 40)
    assert not raster.is_small(passes)
    assert raster.is_small(b"\xff\xd8\xff\xe0")  # refused by its header


def test_nobody_waits_for_a_large_file() -> None:
    small = FILES["a colour JPEG"]
    decode_scan(small)
    with ThreadPoolExecutor(2) as readers:
        begun = time.monotonic()
        large = [readers.submit(decode_scan, LARGE) for _ in range(2)]
        took = []
        while not all(answer.done() for answer in large):
            start = time.monotonic()
            decode_scan(small)
            took.append(time.monotonic() - start)
            time.sleep(0.01)
        whole = time.monotonic() - begun
        assert all(answer.result().shape == (2100, 2100) for answer in large)
    assert len(took) > 3
    # Against the large ones and not a number of seconds: a busy machine stretches both.
    assert sorted(took)[len(took) // 2] < whole / 4


def test_a_file_that_takes_too_long_is_refused_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_seconds", lambda: 0.2)
    with pytest.raises(ScanTooLarge, match="longer than") as caught:
        decode_apart(VERY_LARGE, "", LIMITS)
    assert caught.value.hint
    monkeypatch.undo()
    assert decode_apart(LARGE, "", LIMITS).shape == (2100, 2100)


@pytest.mark.parametrize("name", [signal.SIGKILL, signal.SIGSEGV])
def test_a_process_that_is_killed_is_a_refusal_and_the_next_file_is_read(name: signal.Signals) -> None:
    decode_apart(LARGE, "", LIMITS)
    (process,) = apart._decoders._idle
    os.kill(process.pid, name)
    process.wait(10)
    assert decode_apart(LARGE, "", LIMITS).shape == (2100, 2100)
    (process,) = apart._decoders._idle
    with ThreadPoolExecutor(1) as readers:
        answer = readers.submit(decode_apart, VERY_LARGE, "", LIMITS)
        deadline = time.monotonic() + 120
        while apart._decoders._idle:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        os.kill(process.pid, name)
        with pytest.raises(ScanDecodeError, match="broke off") as caught:
            answer.result(120)
    assert caught.value.hint
    assert decode_apart(LARGE, "", LIMITS).shape == (2100, 2100)


def test_memory_beyond_the_bound_is_a_refusal() -> None:
    code = (
        "import sys\n"
        "from model_zoo.scans import apart_child\n"
        "apart_child.MEMORY_BYTES = 450 * 2**20\n"
        "apart_child.main()\n"
    )
    process = subprocess.Popen(
        [PYTHON, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        cwd=Path(__file__).resolve().parents[3],
    )
    try:
        answer, frames, _ = apart._converse(process, png16(6300), "", LIMITS)
        assert (answer["error"], frames) == ("ScanTooLarge", None)
        assert "memory" in answer["message"]
        again, small, _ = apart._converse(process, FILES["a colour JPEG"], "", LIMITS)
        assert small is not None
        assert again["format"] == "JPEG"
    finally:
        apart._end(process)


def test_one_process_serves_file_after_file_and_two_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    start = apart._start

    def counted() -> subprocess.Popen[bytes]:
        process = start()
        started.append(process.pid)
        return process

    monkeypatch.setattr(apart, "_start", counted)
    for _ in range(3):
        decode_apart(LARGE, "", LIMITS)
    assert len(started) == 1
    with ThreadPoolExecutor(5) as readers:
        list(readers.map(lambda _: decode_apart(LARGE, "", LIMITS), range(5)))
    assert len(started) == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0" * 7,
        b"\xff" * 8,
        b"\0\0\0\0\0\0\0\x02[]",
        b"\0\0\0\0\0\0\0\x02{}",
        b"\0\0\0\0\0\0\0\x02{,",
        b"\0\0\0\0\0\0\0\x11" + b'{"shape":[1,2,3]}',
        b"\0\0\0\0\0\0\0\x14" + b'{"shape":[1,999999]}',
        b"\0\0\0\0\0\0\0\x1a" + b'{"shape":[9999,9999,9999]}',
        b"\0\0\0\0\0\0\0\x17" + b'{"shape":["a",1,1]}    ',
    ],
)
def test_whatever_the_other_process_says_is_a_refusal(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    said = f"import sys; sys.stdout.buffer.write({answer!r}); sys.stdout.flush(); sys.stdin.buffer.read(10)"

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([PYTHON, "-c", said], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)

    monkeypatch.setattr(apart, "_start", start)
    with pytest.raises(ScanDecodeError):
        decode_apart(FILES["a colour JPEG"], "", LIMITS)


def test_what_cannot_be_started_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/there/is/no/such/python")
    with pytest.raises(ScanDecodeError, match="cannot be started") as caught:
        decode_apart(LARGE, "", LIMITS)
    assert caught.value.hint
    monkeypatch.undo()
    assert decode_apart(LARGE, "", LIMITS).shape == (2100, 2100)


def test_no_process_outlives_the_program() -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from model_zoo.scans import apart, decode_scan\n"
        "decode_scan(Path(sys.argv[1]).read_bytes())\n"
        "print(apart._decoders._idle[0].pid)\n"
    )
    film = Path(__file__).resolve().parents[3] / "tests"
    done = subprocess.run(
        [PYTHON, "-c", code.replace("Path(sys.argv[1]).read_bytes()", "sys.stdin.buffer.read()"), str(film)],
        input=LARGE,
        capture_output=True,
        timeout=120,
        cwd=Path(__file__).resolve().parents[3],
        check=True,
    )
    pid = int(done.stdout)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_decodes_at_the_same_time_leave_the_filters_of_warnings_as_they_were() -> None:
    import warnings

    before = list(warnings.filters)
    start = threading.Barrier(6)

    def read(_: int) -> None:
        start.wait(20)
        for _ in range(5):
            decode_here(FILES["a compressed DICOM file"], "")

    with ThreadPoolExecutor(6) as readers:
        list(readers.map(read, range(6)))
    assert warnings.filters == before


def test_a_scan_survives_the_way_there_and_back() -> None:
    scan = decode_here(FILES["a small DICOM file"], "cd" * 32)
    assert packed(unpacked(packed(scan), scan.frames, scan.sha256)) == packed(scan)
    stream = io.BytesIO()
    apart.send(stream, packed(scan))
    stream.seek(0)
    assert packed(unpacked(apart.receive(stream), scan.frames, scan.sha256)) == packed(scan)
