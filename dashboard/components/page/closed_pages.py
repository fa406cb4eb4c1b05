"""What a session holds goes when its page has been closed for longer than a lost connection may last.

Streamlit forgets a closed session only when another one comes or goes, so that the last case of the day would stay in memory
over night. A thread looks after it: for a page that is closed it empties the session's own object. The case itself stays open in
its store, for a page that comes back, until nobody used it for a shift; that is looked after here too.
"""

from __future__ import annotations

import threading
import time
import weakref

from streamlit import config, runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.open_cases import open_cases
from dashboard.resources import resources
from dashboard.session import Session
from dashboard.starting import collect_garbage

_LOOK_S = 10.0


class ClosedPages:
    """The sessions of this server, by their ids; held weakly, so that nothing lives longer for being watched."""

    def __init__(self) -> None:
        self._sessions: dict[str, weakref.ref[Session]] = {}
        self._closed_at: dict[str, float] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def watch(self, session_id: str, state: Session) -> None:
        """Look after a session from now on; called in every run of its page."""
        with self._lock:
            self._sessions[session_id] = weakref.ref(state)
            self._closed_at.pop(session_id, None)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look_on, name="closed-pages", daemon=True)
                self._thread.start()

    def look(self, active: frozenset[str], now: float, patience_s: float) -> int:
        """Empty the sessions that are not active for longer than ``patience_s``; returns how many."""
        emptied = 0
        with self._lock:
            for session_id, reference in list(self._sessions.items()):
                state = reference()
                if session_id in active:
                    self._closed_at.pop(session_id, None)
                elif state is None or now - self._closed_at.setdefault(session_id, now) >= patience_s:
                    del self._sessions[session_id]
                    self._closed_at.pop(session_id, None)
                    if state is not None:
                        state.empty()
                        emptied += 1
        return emptied

    def _look_on(self) -> None:
        while True:
            time.sleep(_LOOK_S)
            if not runtime.exists():
                continue
            server = runtime.get_instance()
            with self._lock:
                active = frozenset(known for known in self._sessions if server.is_active_session(known))
            emptied = self.look(active, time.monotonic(), float(config.get_option("server.disconnectedSessionTTL")))
            if open_cases().forget_unused() + resources().forget_unused() + emptied:
                collect_garbage()  # what Streamlit and a reading hold of each other goes in circles


_pages = ClosedPages()


def watch_page(state: Session) -> None:
    """Let the case of this page go when it is closed."""
    running = get_script_run_ctx()
    if running is not None and runtime.exists():
        _pages.watch(running.session_id, state)
