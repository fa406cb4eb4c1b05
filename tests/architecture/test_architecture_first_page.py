"""The first page is drawn before torch is imported: what it needs is loaded without it, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What the first page is made of besides its own parts: frame, menu, session, services, sample cases, the forms' definitions.
NEEDED = (
    "dashboard.navigation",
    "dashboard.session",
    "dashboard.services",
    "dashboard.records",
    "dashboard.boundary",
    "dashboard.catalogue",
    "dashboard.components.case.uploads",
    "dashboard.components.page.closed_pages",
    "dashboard.components.page.shell",
    "dashboard.components.page.theme",
    "dashboard.components.case.held",
    "dashboard.components.page.idle_cover",
    "dashboard.screens.reading.page",
    "model_zoo.engine",
    "model_zoo.case",
    "model_zoo.case.request",
    "model_zoo.protocols",
    "model_zoo.patients.risk_models",
    "model_zoo.phantoms.all_samples",
    "model_zoo.phantoms.companions",
    "model_zoo.scans",
)
HEAVY = ("torch", "torchvision", "captum", "sklearn")
_PROGRAM = """
import importlib, json, sys
for name in {needed!r}:
    importlib.import_module(name)
from dashboard.session import Session
from model_zoo.patients.risk_models import definitions
from model_zoo.phantoms.all_samples import samples_of
from model_zoo.protocols import ordered_protocols
from model_zoo.scans import accepted_extensions
state = Session()
used = [samples_of(p.name) for p in ordered_protocols()], definitions(), accepted_extensions(), state.patient_model
assert all(used)
print(json.dumps([name for name in {heavy!r} if name in sys.modules]))
"""


def test_what_the_first_page_needs_is_loaded_without_torch() -> None:
    program = _PROGRAM.format(needed=NEEDED, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


def test_the_first_number_of_the_reading_page_waits_for_no_library_of_the_maps() -> None:
    """torchvision alone takes a second to import; the zoo's own networks answer without it."""
    program = """
import importlib, json, sys
importlib.import_module("dashboard.screens.reading.case")
importlib.import_module("dashboard.services").warm_up()
from model_zoo.engine.outlines import open_engine
assert open_engine("chest-xray").card.name == "chest-xray"
print(json.dumps([name for name in ("torchvision", "captum", "matplotlib", "reportlab") if name in sys.modules]))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


def test_a_package_names_what_it_makes_when_it_is_asked() -> None:
    """The table of a lazy package and what it promises are one thing."""
    import model_zoo.case
    import model_zoo.engine

    for package in (model_zoo.engine, model_zoo.case):
        assert set(package._HOMES) == set(package.__all__)
        for name in package.__all__:
            assert callable(found := getattr(package, name)) or isinstance(found, int | str | tuple), name
