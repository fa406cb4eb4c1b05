"""What is shared by all sessions: the engine, the patient model, the case store. Nothing derived from a patient is cached.

The one place of the page that loads networks. Whatever brings torch is imported inside the functions: the first page is drawn
before it (``starting``).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.browser import COOKIE, owner_of
from dashboard.records import CaseStore, FolderCaseStore
from dashboard.session import DEFAULT_MODEL, OpenScan, held_session
from dashboard.viewmodels.viewer.scan import encode_scan
from model_zoo.engine.worker import WANTED, Wanted
from model_zoo.errors import ZooError
from model_zoo.patients.risk import RiskModel
from model_zoo.patients.risk_models import risk_model
from model_zoo.protocols import DEFAULT_RISK_MODEL
from model_zoo.scans import decode_scan

if TYPE_CHECKING:
    from model_zoo.engine import InferenceEngine
    from model_zoo.icu.hourly_risk import HourlyRiskModel
    from model_zoo.symptoms import SymptomModel

# Networks kept in memory at once: the zoo's own and those that readers compare; each takes up to some hundred megabytes.
MOST_ENGINES = 6


def engine(name: str) -> InferenceEngine:
    """Return the one owner of a network, loaded when first asked for."""
    from dashboard.viewmodels.models.choice import installed_state

    return _answering(_engine, name, installed_state(name))


@st.cache_resource(show_spinner=False, max_entries=MOST_ENGINES)
def _engine(name: str, state: str) -> InferenceEngine:
    """Load a model as it is installed; another state (a promotion, a new file) is another entry."""
    from model_zoo.engine.outlines import open_engine

    return open_engine(name)


def are_networks_imported() -> bool:
    """Whether what every network needs is in memory. Outside a server nothing imports it behind the page: it counts as there."""
    return not runtime.exists() or hasattr(sys.modules.get("dashboard.viewmodels.models.choice"), "installed_state")


def warm_up(models: tuple[str, ...] = (DEFAULT_MODEL,)) -> None:
    """Load networks before a reader asks for them."""
    from dashboard.viewmodels.models.choice import installed_state

    for name in models:
        try:
            _engine(name, installed_state(name)).warm_up()
        except ZooError:
            continue  # said to whoever asks for it


def review_engine(key: str) -> InferenceEngine:
    """Return the one owner of a network under review; an installed one is shared with the reading page."""
    from dashboard.viewmodels.models.choice import installed_state
    from model_zoo.engine.inference import CLASSIFIERS
    from model_zoo.model_review.candidates import candidate

    if key in CLASSIFIERS.names():
        return engine(key)
    return _answering(_review_engine, key, installed_state(candidate(key).model))


@st.cache_resource(show_spinner="Loading the network …", max_entries=4)
def _review_engine(key: str, state: str) -> InferenceEngine:
    """Load a version or a sister network; another state (a version made anew) is another entry."""
    from model_zoo.model_review.candidates import candidate

    return candidate(key).load()


def _answering(load: Any, name: str, state: str) -> InferenceEngine:
    """Return the shared engine, or a new one where that was found not to answer; it is asked for this session."""
    held = held_session()
    if held is not None:
        held.wanted.still, held.wanted.closed = partial(_still_wanted, held.wanted), False
        WANTED.set(held.wanted)
    found: InferenceEngine = load(name, state)
    if found.stalled:
        load.clear(name, state)
        found = load(name, state)
    return found


def _still_wanted(wanted: Wanted) -> None:
    """End this run where the page is closed, or is to be drawn anew: Streamlit says so at any look at the session state."""
    running = get_script_run_ctx()
    if running is None:
        return
    if runtime.exists() and not runtime.get_instance().is_active_session(running.session_id):
        wanted.closed = True
        st.stop()
    held_session()


@st.cache_resource(show_spinner=False)
def _synthetic_home() -> Path:
    return Path(tempfile.mkdtemp(prefix="diaphane-synthetic-"))


def synthetic_folder(name: str, write: Callable[[Path], object]) -> Path:
    """Return a folder of computed films, written once for all sessions: there is no patient in it."""
    home = _synthetic_home()
    target = home / name
    if not target.is_dir():
        # Written aside and moved, so that another session never finds it half full.
        work = Path(tempfile.mkdtemp(dir=home))
        write(work)
        try:
            work.rename(target)
        except OSError:  # another session was first, with the same films
            shutil.rmtree(work, ignore_errors=True)
    return target


def patient_model(name: str | None) -> RiskModel:
    """Return a risk model, which also builds its form; the zoo's first where a protocol has none of its own."""
    return _patient_model(name or DEFAULT_RISK_MODEL)


@st.cache_resource(show_spinner=False)
def _patient_model(name: str) -> RiskModel:
    return risk_model(name)


def hourly_risk_models() -> tuple[tuple[HourlyRiskModel, ...], tuple[str, ...]]:
    """Return the hourly risk models that are installed, and why others of them cannot be used."""
    from model_zoo.icu.hourly_models import installed_weights

    return _hourly_risk_models(installed_weights())


@st.cache_resource(show_spinner=False, max_entries=1)
def _hourly_risk_models(state: tuple[object, ...]) -> tuple[tuple[HourlyRiskModel, ...], tuple[str, ...]]:
    """Load them as they are installed; another state (weights made anew) is another entry."""
    from model_zoo.icu.hourly_models import hourly_models

    return hourly_models()


@st.cache_resource(show_spinner=False)
def symptom_network() -> SymptomModel:
    """Return the encoder that ranks conditions for a text; it keeps nothing of what it reads."""
    from model_zoo.symptoms import symptom_model

    return symptom_model()


@st.cache_resource(show_spinner=False)
def reference_patients(name: str) -> Mapping[str, Any]:
    """Return the stored aggregates of a risk model's training patients."""
    from model_zoo.patients.reference_groups import load_reference

    return load_reference(patient_model(name))


@st.cache_resource(show_spinner=False)
def case_store() -> CaseStore:
    """Return where cases are saved."""
    return FolderCaseStore()


def open_bytes(data: bytes, label: str) -> OpenScan:
    """Decode a file and pack it for the viewer. Raises ZooError for anything that is no readable scan."""
    scan = decode_scan(data)
    return OpenScan(scan, encode_scan(scan), label)


def browser_owner() -> str | None:
    """Return under what this browser keeps cases and pictures on the server; ``None`` where it has no cookie of ours."""
    cookie = st.context.cookies.get(COOKIE)
    return (
        owner_of(cookie) if isinstance(cookie, str) else None
    )  # a page that is run without a server has no connection
