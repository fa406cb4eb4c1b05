"""Uploads: taken once, released at once, whether they were read or refused; what nobody took is bounded."""

from __future__ import annotations

import gc
import json
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec
from streamlit.testing.v1 import AppTest

from dashboard.components.case import uploads
from dashboard.session import MOST_HELD_BYTES, OpenScan, Session
from model_zoo.errors import ScanTooLarge
from model_zoo.phantoms.samples import SAMPLE_CASES
from tests.tiny_zoo import made_scan

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")
CASE = SAMPLE_CASES[0]


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> list[MemoryUploadedFileManager]:
    """Return the stores of uploads that got a file, one for each run of the page."""
    found: list[MemoryUploadedFileManager] = []
    add = MemoryUploadedFileManager.add_file

    def added(self: MemoryUploadedFileManager, session_id: str, file: UploadedFileRec) -> None:
        found.append(self)
        add(self, session_id, file)

    monkeypatch.setattr(MemoryUploadedFileManager, "add_file", added)
    return found


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[weakref.ref[UploadedFile]]:
    """Return every file that was handed to an uploader, without holding it."""
    found: list[weakref.ref[UploadedFile]] = []
    make = UploadedFile.__init__

    def made(self: UploadedFile, *args: object, **options: object) -> None:
        make(self, *args, **options)  # type: ignore[arg-type]
        found.append(weakref.ref(self))

    monkeypatch.setattr(UploadedFile, "__init__", made)
    return found


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    monkeypatch.setattr("dashboard.screens.reading.case.next_step", lambda state: None)  # what is brought waits unread
    monkeypatch.setattr("dashboard.screens.reading.case.read_at_once", lambda state: None)
    return AppTest.from_file(APP, default_timeout=120).run()


def held(app: AppTest) -> Session:
    return app.session_state["diaphane_session"]


def uploader(app: AppTest, start: str):
    return next(box for box in app.get("file_uploader") if str(box.key).startswith(start))


def left(stores: list[MemoryUploadedFileManager]) -> int:
    """Count the files with bytes in the stores; the test's own browser brings one that was taken again, empty."""
    return sum(bool(file.data) for store in stores for files in store.file_storage.values() for file in files.values())


def held_bytes(files: list[weakref.ref[UploadedFile]]) -> int:
    return sum(file.getbuffer().nbytes for file in (reference() for reference in files) if file is not None)


def incidents(app: AppTest) -> list[str]:
    """Return what the page says instead of itself after a fault: it is caught, so that it is no exception of the run."""
    return [str(error.value) for error in app.error if "incident" in str(error.value)]


UPLOADS = {
    "a scan": ("scan-upload", "film.png", CASE.scan_bytes(), True),
    "a scan that is refused": ("scan-upload", "film.png", CASE.scan_bytes()[:200], False),
    "an empty file": ("scan-upload", "film.png", b"", False),
    "text for a scan": ("scan-upload", "film.dcm", b"no scan at all", False),
    "a record": ("patient-upload", "patient.json", json.dumps(CASE.patient).encode(), True),
    "a record that is refused": ("patient-upload", "patient.json", b"{", False),
}


@pytest.mark.parametrize("name", UPLOADS)
def test_the_store_holds_nothing_after_an_upload(
    app: AppTest, stores: list[MemoryUploadedFileManager], files: list[weakref.ref[UploadedFile]], name: str
) -> None:
    box, file, data, read = UPLOADS[name]
    uploader(app, box).upload(file, data, "application/octet-stream").run()
    assert not app.exception
    assert stores
    assert files
    assert left(stores) == 0
    assert held_bytes(files) == 0
    assert not incidents(app)
    state = held(app)
    assert read == ((state.case.current or state.record) is not None)
    assert read == (state.case.scan_error is None and state.patient_error is None)


def test_a_refused_file_is_said_once_and_not_read_again(app: AppTest, stores: list[MemoryUploadedFileManager]) -> None:
    uploader(app, "scan-upload").upload("film.png", b"no scan", "image/png").run()
    error = held(app).case.scan_error
    assert error is not None
    app.run()
    assert held(app).case.scan_error is error
    assert not app.exception
    assert not incidents(app)
    # AppTest sends the emptied file again, where a browser sends its id alone.
    assert not any(file.data for store in stores for files in store.file_storage.values() for file in files.values())


def test_a_refusal_holds_nothing_of_the_file(app: AppTest) -> None:
    uploader(app, "scan-upload").upload("film.png", CASE.scan_bytes()[:200], "image/png").run()
    error = held(app).case.scan_error
    assert error is not None
    assert (error.__traceback__, error.__cause__, error.__context__) == (None, None, None)


def test_a_prior_film_is_released_as_well(app: AppTest, stores: list[MemoryUploadedFileManager]) -> None:
    uploader(app, "scan-upload").upload("film.png", CASE.scan_bytes(), "image/png").run()
    uploader(app, "prior-upload").upload("film.png", CASE.scan_bytes(), "image/png").run()
    assert held(app).case.prior is not None
    assert left(stores) == 0


def test_what_nobody_took_is_bounded_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryUploadedFileManager("/upload")
    for number in range(6):
        store.add_file("mine", UploadedFileRec(str(number), "f", "t", bytes(40)))
    store.add_file("another", UploadedFileRec("9", "f", "t", bytes(500)))
    monkeypatch.setattr(uploads, "_store", lambda: (store, "mine"))
    monkeypatch.setattr(uploads, "MOST_WAITING_BYTES", 100)
    uploads.bound_uploads()
    assert list(store.file_storage["mine"]) == ["4", "5"]
    assert list(store.file_storage["another"]) == ["9"]
    uploads.bound_uploads()
    assert list(store.file_storage["mine"]) == ["4", "5"]


def test_a_run_that_begins_takes_nothing_from_a_browser_that_asked_where_to_send_a_file() -> None:
    uploads.keep_upload_addresses()
    uploads.keep_upload_addresses()  # once is enough, twice no harm
    queue = ForwardMsgQueue()
    answer, drawn = ForwardMsg(), ForwardMsg()
    answer.file_urls_response.response_id = "asked"
    drawn.delta.new_element.markdown.body = "of the run before"
    for fragments in (None, ["one"]):
        queue.enqueue(answer)
        queue.enqueue(drawn)
        queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=fragments)
        sent = [message.WhichOneof("type") for message in queue.flush()]
        assert sent.count("file_urls_response") == 1
    queue.enqueue(drawn)
    queue.clear(retain_lifecycle_msgs=True)
    assert queue.flush() == []


def test_outside_a_run_there_is_no_store() -> None:
    assert uploads._store() == (None, "")
    uploads.bound_uploads()


def test_two_scans_beyond_what_a_session_may_hold_are_refused_and_the_first_stays() -> None:
    class _Large(OpenScan):
        @property
        def held_bytes(self) -> int:
            return MOST_HELD_BYTES // 2 + 1

    state = Session()
    state.open_scan(_Large(made_scan(1), None, "first"))  # type: ignore[arg-type]
    with pytest.raises(ScanTooLarge, match="together") as caught:
        state.set_prior(_Large(made_scan(2), None, "second"))  # type: ignore[arg-type]
    assert caught.value.hint
    assert state.case.prior is None
    assert state.case.current is not None


def test_what_a_session_holds_is_counted_in_pixels() -> None:
    scan = made_scan(rows=60, cols=52)
    opened = OpenScan(replace(scan, frames=np.zeros((3, 60, 52), np.float32)), None, "x")  # type: ignore[arg-type]
    assert opened.held_bytes == 3 * 60 * 52 * 4
    gc.collect()
