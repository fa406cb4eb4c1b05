"""What the server does as it starts, in a thread of its own: it imports what the page needs, loads a network, computes a film."""

from __future__ import annotations

import gc
import importlib
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from dashboard.components.case.uploads import keep_upload_addresses

# Who opens the page with the server sees it before torch is imported; a server that nobody looks at goes on after this.
PATIENCE_S = 8.0
# Who presses the first sample at once gets its number before the libraries of the maps are imported.
QUIET_S = 3.0
# Each call of NumPy lets go of the interpreter and waits up to this long for it while another thread runs Python alone; with
# Python's own 5 ms a film computed beside the imports takes four times as long.
SWITCH_S = 0.0005

first_page = threading.Event()


@asynccontextmanager
async def warming(_: Any) -> AsyncIterator[None]:
    """Warm up beside the server, which listens at once; what a reader asks for meanwhile goes first."""
    keep_upload_addresses()
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    yield


def _warm_up() -> None:
    importlib.import_module("dashboard.screens.reading.page")
    first_page.wait(PATIENCE_S)
    films = threading.Thread(target=_compute_sample, name="warm-up-films", daemon=True)
    films.start()
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    importlib.import_module("dashboard.screens.reading.case")
    importlib.import_module("dashboard.services").warm_up()
    films.join()
    sys.setswitchinterval(usual)
    collect_garbage()
    time.sleep(QUIET_S)
    importlib.import_module("model_zoo.explainers").EXPLAINERS.names()
    importlib.import_module("torchvision.transforms.functional")
    collect_garbage()


def _compute_sample() -> None:
    """Compute the films of the first sample, which are kept: who comes first opens it as fast as the next."""
    first = importlib.import_module("model_zoo.phantoms.all_samples").ALL_CASES[0]
    first.scan_bytes(), first.prior_bytes()


def collect_garbage() -> None:
    """Free what nobody reaches any more; called where a case is let go, which may be held in a circle alone.

    What is left is passed over until the next call: every run of a page ends with a collection, and would look at all the
    libraries each time, for a third of a second.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
