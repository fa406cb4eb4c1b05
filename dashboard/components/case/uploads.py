"""A file that a reader brought: its bytes are taken once and released at once, in Streamlit's store as well as in the widget.

Streamlit keeps every upload until its uploader goes or the session has ended, minutes after the tab was closed. Its own chat
input takes files out of the store in the way that is used here; no public call does.
"""

from __future__ import annotations

import io
from typing import Any, NamedTuple

import streamlit as st
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

# What may lie in the store for one session and was not taken yet: two files of the largest kind, as scan and prior film.
MOST_WAITING_BYTES = 2 * 64 * 2**20


class Upload(NamedTuple):
    """A file as it was brought. name: as its owner called it, for the format alone; it is shown and logged nowhere."""

    data: bytes
    name: str


def take_upload(key: str) -> Upload | None:
    """Return what came with the uploader ``key`` and release it; ``None`` where nothing came, or it was taken before.

    The uploader goes on showing the name of the file; read again it cannot be.
    """
    uploaded = st.session_state.get(key)
    if not isinstance(uploaded, io.BytesIO) or _is_emptied(uploaded):
        return None
    taken = Upload(uploaded.getvalue(), getattr(uploaded, "name", ""))
    if isinstance(uploaded, UploadedFile):
        _release(uploaded.file_id)
    # Not closed: its uploader is drawn again, and Streamlit copies what it holds.
    uploaded.truncate(0)
    return taken


def _is_emptied(uploaded: io.BytesIO) -> bool:
    return getattr(uploaded, "size", 1) > 0 and not uploaded.getbuffer().nbytes


def keep_upload_addresses() -> None:
    """Let a browser hear where it may send a file, also when a run begins at that moment; called once, as the server starts.

    A run that begins clears what waits for the browser, this answer with it: the file would never be sent, without a word.
    """
    clear = ForwardMsgQueue.clear
    if getattr(clear, "keeps_upload_addresses", False):
        return

    def clear_but_addresses(
        queue: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, *args: Any, **more: Any
    ) -> None:
        addresses = [message for message in queue._queue if message.WhichOneof("type") == "file_urls_response"]
        clear(queue, retain_lifecycle_msgs, *args, **more)
        if retain_lifecycle_msgs:  # a run begins; else everything was sent
            queue._queue += [message for message in addresses if message not in queue._queue]

    clear_but_addresses.keeps_upload_addresses = True  # type: ignore[attr-defined]
    ForwardMsgQueue.clear = clear_but_addresses  # type: ignore[assignment, method-assign]


def bound_uploads() -> None:
    """Release the oldest files of this session that nobody took, beyond ``MOST_WAITING_BYTES``; called in every run."""
    store, session = _store()
    if store is None:
        return
    # A copy: the web server may add a file meanwhile.
    waiting = list(dict(store.file_storage.get(session, {})).values())
    total = sum(len(file.data) for file in waiting)
    for file in waiting:
        if total <= MOST_WAITING_BYTES:
            return
        store.remove_file(session, file.file_id)
        total -= len(file.data)


def _release(file_id: str) -> None:
    store, session = _store()
    if store is not None:
        store.remove_file(session, file_id)


def _store() -> tuple[MemoryUploadedFileManager | None, str]:
    """Return the store of uploads and the id of this session; ``None`` outside a run, or for a store of another kind."""
    running = get_script_run_ctx()
    if running is None or not isinstance(running.uploaded_file_mgr, MemoryUploadedFileManager):
        return None, ""
    return running.uploaded_file_mgr, running.session_id
