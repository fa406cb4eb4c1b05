"""No text of a file makes the reader's browser ask another address: images, links and markup planted wherever a file has words."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pydicom
import pytest
from playwright.sync_api import Page, expect

from dashboard.catalogue import text
from dashboard.records import FolderCaseStore
from model_zoo.case import case_to_json
from model_zoo.phantoms import SAMPLE_SETTINGS, render_phantom, write_phantom_dicom
from tests.browser.conftest import ROOT, OpenPage, StartApp, WatchedPage
from tests.browser.reading_page import SLOW, bring_scan, bring_values, complete, go, keyed, open_drawer, upload
from tests.model_zoo.cli.test_cli_models_folder import drop
from tests.tiny_zoo import example_review, tiny_engine

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Names, units and signs that are looked up stay as they are: a case or a card that cannot be read shows nothing of itself.
LOOKED_UP = re.compile(
    r"^values_float32$|"
    r"(sha256|_id|^id|_at|name|kind|version|method|output|target|model|unit|state|key|sex|view|side|modality|level|verdict|check|"
    r"outcome|population|basis|mode|colour|sign|layer|architecture|format)$"
)


@dataclass
class Foreign:
    """Another origin on this machine, and what was asked of it."""

    port: int
    asked: list[str] = field(default_factory=list)

    def planted(self, mark: str) -> str:
        """Return a text that a page could take for pictures, links, icons, colours and formulas. mark: where it was put."""
        at = f"http://127.0.0.1:{self.port}/{mark}"
        return (
            f"{self.short(mark)} [click]({at}-c) {at}-bare www.{mark}.example :material/delete: :red[x] "
            f"$\\href{{{at}-k}}{{k}}$ <a href='{at}-a'>a</a> <script src='{at}.js'></script>"
        )

    def short(self, mark: str) -> str:
        """Return the two pictures alone: a table takes no longer cell."""
        at = f"http://127.0.0.1:{self.port}/{mark}"
        return f"![p]({at}.png) <img src='{at}-i.png'>"


@pytest.fixture(scope="module")
def foreign() -> Iterator[Foreign]:
    class Counter(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
    found = Foreign(server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()


def planted_into(value: Any, text: str, key: str = "") -> Any:
    """Return what was stored with ``text`` behind every string that is free text."""
    if isinstance(value, dict):
        return {name: planted_into(entry, text, name) for name, entry in value.items()}
    if isinstance(value, list):
        return [planted_into(entry, text, key) for entry in value]
    return f"{value} {text}" if isinstance(value, str) and not LOOKED_UP.search(key) else value


@pytest.fixture(scope="module")
def address(start_app: StartApp, foreign: Foreign, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("planted")
    models, cases = folder / "models", folder / "cases"
    models.mkdir()
    text = foreign.planted("card")
    drop(models, "own", title=f"Own {text}", intended_use=text, not_for=[text], not_assessed=[text],
         data=[{"name": text, "licence": text, "citation": text}])  # fmt: skip
    (models / "broken").mkdir()
    (models / "broken" / "card.json").write_text(json.dumps({"name": "broken", "title": text, text: text}))
    store = FolderCaseStore(cases)
    review = example_review(tiny_engine(tmp_path_factory.mktemp("weights")))
    store.save(review)
    stored = planted_into(case_to_json(review), foreign.planted("case"))
    (cases / f"{review.case_id}.json").write_text(json.dumps(stored), encoding="utf-8")
    env = {"DIAPHANE_CASES": str(cases), "DIAPHANE_MODELS": str(models)}
    return start_app(ROOT / "dashboard" / "app.py", env=env, args=("--server.headless", "true"))


@pytest.fixture
def watched(open_page: OpenPage, address: str, foreign: Foreign) -> Iterator[WatchedPage]:
    page = open_page(address, width=1600, height=1000)
    asked: list[str] = []
    page.page.context.on("request", lambda request: asked.append(request.url))
    yield page
    page.page.wait_for_timeout(500)
    own = tuple(f"{scheme}{address.removeprefix('http')}" for scheme in ("http", "ws"))
    assert [url for url in asked if not url.startswith((*own, "data:", "blob:"))] == []
    assert foreign.asked == []
    assert page.page.url.startswith(address)


def assert_plain(page: Page, foreign: Foreign, mark: str | None = None) -> None:
    """Nothing on the page leads anywhere else. mark: of a text that has to be seen, so that it was put there at all."""
    if mark is not None:
        shown = page.get_by_text(re.compile(rf"127\.0\.0\.1:\S?{foreign.port}/{mark}\.png")).first
        expect(shown).to_be_visible(timeout=SLOW)
    page.wait_for_timeout(500)
    for summary in page.locator("details:not([open]) summary").all():
        if summary.is_visible():
            summary.click()
    page.wait_for_timeout(300)
    led = page.evaluate(
        """port => [...document.querySelectorAll("img, a, script, iframe, link, image, use, object, embed, form, source")]
        .flatMap(e => [...e.attributes].map(a => `${e.tagName} ${a.name}=${a.value}`))
        .filter(said => !said.startsWith("A href=#"))  // to a heading of the page
        .filter(said => said.includes(port) && !said.includes(location.host) || /www\\.\\w+\\.example/.test(said))""",
        str(foreign.port),
    )
    assert led == []
    expect(page.locator(".katex")).to_have_count(0)


def table(*rows: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def monitoring(page: Page) -> None:
    go(page, "monitoring")
    expect(page.locator("[class*='st-key-welcome-stay-'] button").first).to_be_visible(timeout=SLOW)


def test_vital_signs(watched: WatchedPage, foreign: Foreign) -> None:
    page = watched.page
    monitoring(page)
    unit = f"<img src='http://127.0.0.1:{foreign.port}/unit.png'>"
    upload(
        page, "monitoring-upload-", "stay.csv", "text/csv", table(["time (h)", "HR", f"RR ({unit})"], ["0", "90", "12"])
    )
    expect(page.get_by_text("its unit is not understood")).to_be_visible(timeout=SLOW)
    assert_plain(page, foreign)
    header, cell = foreign.short("header"), foreign.short("cell")
    upload(
        page,
        "monitoring-upload-",
        f"{header}.csv".replace("/", "_"),
        "text/csv",
        table(["time (h)", "HR", header], ["0", "90", cell]),
    )
    assert_plain(page, foreign, "header")
    text = foreign.planted("fhir")
    quantity = {"value": 90, "unit": text, "code": text}
    observation = {"resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-01-01T10:00:00Z",
                   "code": {"text": text, "coding": [{"system": text, "code": text, "display": text}]},
                   "subject": {"display": text}, "note": [{"text": text}], "valueQuantity": quantity}  # fmt: skip
    heart = observation | {
        "code": {"text": text, "coding": [{"system": "http://loinc.org", "code": "8867-4", "display": text}]},
        "valueQuantity": quantity | {"system": "http://unitsofmeasure.org", "code": "/min"},
    }
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": one} for one in (observation, heart)],
    }
    upload(page, "monitoring-upload-", "stay.json", "application/json", json.dumps(bundle).encode())
    assert_plain(page, foreign)


def test_ecg(watched: WatchedPage, foreign: Foreign) -> None:
    page = watched.page
    monitoring(page)
    keyed(page, "monitoring-part").locator("button").last.click()
    rows = [[f"{i / 250:.3f}", f"{(i % 200 == 0) * 1.0:.1f}", "0.1"] for i in range(2500)]
    upload(page, "ecg-upload-", "strip.csv", "text/csv",
           table(["time (s)", f"II {foreign.short('lead')} (mV)", foreign.short("other")], *rows))  # fmt: skip
    page.wait_for_timeout(4_000)
    assert_plain(page, foreign)


def test_a_note(watched: WatchedPage, foreign: Foreign) -> None:
    page = watched.page
    go(page, "notes")
    box = page.locator("[class*='st-key-note-text-notes']").get_by_role("textbox")
    box.fill(f"65 year old man with cough and fever. {foreign.planted('note')} Temp 38.2 C. Takes metformin 500 mg.")
    box.press("Control+Enter")
    keyed(page, "note-read").locator("button").click()
    expect(page.get_by_test_id("note-text").first).to_be_visible(timeout=SLOW)
    assert_plain(page, foreign, "note")


def test_a_film_and_a_patient(watched: WatchedPage, foreign: Foreign) -> None:
    page = watched.page
    text = foreign.planted("dicom")
    film = pydicom.dcmread(io.BytesIO(write_phantom_dicom(render_phantom(SAMPLE_SETTINGS, 6, size=256), "P1", 60, "F")))
    for name in ("StudyDescription", "SeriesDescription", "ImageComments", "PatientName", "PatientID", "InstitutionName",
                 "AcquisitionDeviceProcessingDescription", "Manufacturer", "ProtocolName"):  # fmt: skip
        setattr(film, name, text[:64])
    out = io.BytesIO()
    film.save_as(out)
    expect(keyed(page, "welcome-opacity")).to_be_visible(timeout=SLOW)
    bring_scan(page, "![p](http:__127.0.0.1) <img src=x>.dcm", "application/dicom", out.getvalue())
    complete(page)
    assert_plain(page, foreign)
    for drawer in ("explain", "numbers", "beside", "together", "not_assessed"):
        open_drawer(page, drawer)
        assert_plain(page, foreign)
    keyed(page, "header-more").locator("button").first.click()
    expect(keyed(page, "export-JSON-case")).to_be_visible(timeout=SLOW)
    assert_plain(page, foreign)
    page.keyboard.press("Escape")
    field = foreign.planted("patient")
    values = table(["field", "value"], [field, field], ["age_years", field])
    bring_values(page, values, "patient.csv", "text/csv")
    expect(page.get_by_test_id("stAlert").first).to_be_visible(timeout=SLOW)
    assert_plain(page, foreign)
    broken = json.dumps({field: field, "sex": field, "values": {field: field}}).encode()
    bring_values(page, broken)
    page.wait_for_timeout(4_000)
    assert_plain(page, foreign)


def test_the_card_of_a_folder_model(watched: WatchedPage, foreign: Foreign) -> None:
    page = watched.page
    go(page, "models")
    expect(page.get_by_text(text("models.own"))).to_be_visible(timeout=SLOW)
    assert_plain(page, foreign, "card")


def test_a_stored_case(watched: WatchedPage, foreign: Foreign) -> None:
    page = watched.page
    go(page, "cases")
    page.locator("[class*='st-key-show-']").first.locator("button").click(timeout=SLOW)
    assert_plain(page, foreign, "case")


def test_labels_of_a_folder(watched: WatchedPage, foreign: Foreign, tmp_path: Path) -> None:
    page = watched.page
    planted = foreign.planted("labels")
    (tmp_path / "labels.csv").write_bytes(table(["file", "patient_id", planted], [planted, planted, planted]))
    go(page, "review")
    page.get_by_text(text("review.source.folder"), exact=True).click(timeout=SLOW)
    page.get_by_label(text("review.folder"), exact=True).fill(str(tmp_path))
    page.get_by_label(text("review.folder"), exact=True).press("Enter")
    page.get_by_role("button", name=text("review.run")).click()
    expect(page.get_by_test_id("stAlert").first).to_be_visible(timeout=SLOW)
    assert_plain(page, foreign)
