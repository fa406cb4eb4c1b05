"""What is shared by all sessions: the engine, the patient model, the case store. Nothing derived from a patient is cached."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from dashboard.records import CaseStore, FolderCaseStore
from dashboard.state import OpenScan
from dashboard.viewmodels.viewer import encode_scan
from model_zoo.engine import InferenceEngine
from model_zoo.engine.candidates import candidate
from model_zoo.patients.risk import RiskModel
from model_zoo.patients.risk_models import risk_model
from model_zoo.review import DEFAULT_RISK_MODEL
from model_zoo.scans import decode_scan


@st.cache_resource(show_spinner="Loading the network …")
def engine() -> InferenceEngine:
    """Return the one owner of the network."""
    return InferenceEngine()


@st.cache_resource(show_spinner="Loading the network …", max_entries=4)
def review_engine(key: str) -> InferenceEngine:
    """Return the one owner of a network under review; the installed default is shared with the reading page."""
    shared = engine()
    return shared if key == shared.entry.name else candidate(key).load()


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


@st.cache_resource(show_spinner=False)
def patient_model() -> RiskModel:
    """Return the risk model that builds the form."""
    return risk_model(DEFAULT_RISK_MODEL)


@st.cache_resource(show_spinner=False)
def case_store() -> CaseStore:
    """Return where cases are saved."""
    return FolderCaseStore()


def open_bytes(data: bytes, label: str) -> OpenScan:
    """Decode a file and pack it for the viewer. Raises ZooError for anything that is no readable scan."""
    scan = decode_scan(data)
    return OpenScan(scan, encode_scan(scan), label)
