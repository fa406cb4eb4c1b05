"""What the whole suite shares: which tests can run here, on how many cores, clean caches, no network, one thread each."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

# Every core has a worker of its own, so further threads of a library would only wait for each other. Set here, before any
# library that reads them is imported; workers, servers and commands that the tests start inherit them.
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
# A worker may hold networks, a server and a browser at once, some three gigabytes.
MOST_WORKERS = 8

# Whatever models a developer keeps in the project's own folder: no test sees them.
os.environ["DIAPHANE_MODELS"] = str(Path(tempfile.gettempdir()) / "diaphane-tests-have-no-models")

# How long an example takes says how busy the machine is. Where time is the matter, a test measures that of the processor.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

# The modules of the development dependencies that tests marked 'peers' hold ours against, or take photographs from.
PEERS = ("pytorch_grad_cam", "quantus", "fhir", "neurokit2", "skimage")
# The packages that adapters wrap and logs are written with: none is needed to read a case.
OPTIONAL = ("torchxrayvision", "tensorboard")


def _missing(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if importlib.util.find_spec(name) is None]


def _peers_missing() -> list[str]:
    """Return what the tests marked 'peers' lack: Python packages, and DCMTK, which renders the scans for comparison."""
    return [*_missing(PEERS), *(["dcmtk"] if shutil.which("dcmj2pnm") is None else [])]


def _chromium() -> str | None:
    named = os.environ.get("DIAPHANE_CHROMIUM")
    found = named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return found if found and Path(found).exists() else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what cannot run here, and say so in the header; under CI nothing is deselected."""
    required = os.environ.get("CI", "").lower() == "true"
    out = []
    if not required and not os.environ.get("DIAPHANE_DATA"):
        out.append("data")
    if not required and _chromium() is None:
        out.append("browser")
    if not required and _peers_missing():
        out.append("peers")
    if not required and _missing(OPTIONAL):
        out.append("optional")
    gone = [item for item in items if any(item.get_closest_marker(name) for name in out)]
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in set(gone)]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Return how many workers the tests are spread over: one a core for folders; none where files or tests are named."""
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None  # xdist reads it
    if all(".py" in argument for argument in config.args):
        return 0  # to begin further processes would take longer than the tests
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_WORKERS)


def pytest_report_header(config: pytest.Config) -> list[str]:
    lines = []
    if not os.environ.get("DIAPHANE_DATA"):
        lines.append("DIAPHANE_DATA is not set: tests marked 'data' are deselected (they fail under CI).")
    if _chromium() is None:
        lines.append("No Chromium found: tests marked 'browser' are deselected (they fail under CI).")
    if missing := _missing(OPTIONAL):
        lines.append(
            f"Not installed: {', '.join(missing)}: tests marked 'optional' are deselected (they fail under CI)."
        )
    if missing := _peers_missing():
        lines.append(f"Not installed: {', '.join(missing)}: tests marked 'peers' are deselected (they fail under CI).")
    return lines


@pytest.fixture(autouse=True)
def _clear_streamlit_caches() -> Iterator[None]:
    """Streamlit's caches belong to the process and would leak from one AppTest into the next."""
    yield
    streamlit = sys.modules.get("streamlit")
    if streamlit is not None:
        streamlit.cache_data.clear()
        streamlit.cache_resource.clear()
