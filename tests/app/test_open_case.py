"""An open case outlives its tab: reload, second tab, another browser, back, forgotten, covered; by runs of the real page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.browser import COOKIE, new_cookie, owner_of
from dashboard.catalogue import text
from dashboard.components.case.inputs import SCAN_KEY
from dashboard.open_cases import OpenCases, open_cases
from dashboard.session.stay import MonitoringSession
from model_zoo.case import explain_finding
from model_zoo.case.beginning import first_number
from model_zoo.phantoms.samples import sample_case
from tests.app.reading import choose_finding, held, keys

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")


class Browser:
    """The cookie that a tab comes with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.other()

    def other(self) -> None:
        self.use(new_cookie(secure=False).split(";")[0].split("=", 1)[1])

    def use(self, cookie: str) -> None:
        self.cookie = cookie
        held = MappingProxyType({COOKIE: cookie})
        self._patch.setattr("streamlit.runtime.context.ContextProxy.cookies", property(lambda _: held))

    @property
    def owner(self) -> str:
        return str(owner_of(self.cookie))


@pytest.fixture(autouse=True)
def _unread(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case is open before it is read, which takes its time: most of this is about the former."""
    if "computed" not in request.fixturenames:
        monkeypatch.setattr("dashboard.screens.reading.case.next_step", lambda state: None)
        monkeypatch.setattr("dashboard.screens.reading.case.read_at_once", lambda state: None)


@pytest.fixture(scope="module")
def answers() -> dict[object, Any]:
    return {}


@pytest.fixture
def computed(answers: dict[object, Any], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have cases read; the same scan and question get the answer of the first. Returns what was asked for."""
    asked: list[str] = []

    def begin(engine: Any, scan: Any, request: Any) -> Any:
        asked.append("reading")
        key = (scan.sha256, repr(request))
        if key not in answers:
            answers[key] = first_number(engine, scan, request)
        return answers[key]

    def explain(engine: Any, review: Any, model_input: Any, method: str, target: str, parameters: Any) -> Any:
        asked.append(method)
        key = (review.scan.sha256, review.scan.frame, method, target)
        if key not in answers:
            answers[key] = explain_finding(engine, review, model_input, method, target, parameters).map_of(
                method, target
            )
        return review.with_map(answers[key])

    monkeypatch.setattr("dashboard.components.case.reading.first_number", begin)
    # What adds to the number takes its time, and no address names it.
    monkeypatch.setattr("dashboard.components.case.reading.AFTER", ())
    monkeypatch.setattr("dashboard.components.case.reading.explain_finding", explain)
    return asked


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    return Browser(monkeypatch)


@pytest.fixture(autouse=True)
def _a_store_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    open_cases.cache_clear()
    yield
    open_cases.cache_clear()


def tab(address: dict[str, str] | None = None) -> AppTest:
    """Open the page in a tab of its own at an address."""
    app = AppTest.from_file(APP, default_timeout=400)
    for name, value in (address or {}).items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def at(app: AppTest) -> dict[str, str]:
    """Return the address that a tab shows."""
    return {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}


def has(app: AppTest, key: str) -> bool:
    return key in keys(app)


def components(app: AppTest) -> list[str]:
    return [element.proto.component_name for element in app.get("bidi_component")]


def uploaded(app: AppTest) -> AppTest:
    """Bring a film, which is then a case of its own."""
    data = sample_case("opacity").scan_bytes()
    app.file_uploader(key=SCAN_KEY).upload("film.dcm", data, "application/dicom").run()
    assert not app.exception
    assert held(app).case.current is not None
    return app


def history(app: AppTest, monkeypatch: pytest.MonkeyPatch, address: dict[str, str]) -> None:
    """Go to an address of the history of the browser."""
    for name in ("case", "finding", "map", "frame", "hour"):
        app.query_params.pop(name, None)
    for name, value in address.items():
        app.query_params[name] = value
    with monkeypatch.context() as patch:
        patch.setattr("dashboard.components.case.open.is_navigation", lambda: True)
        app.run()
    assert not app.exception


def test_a_reload_and_a_second_tab_show_the_case_without_computing(browser: Browser, computed: list[str]) -> None:
    first = uploaded(tab())
    address = at(first)
    assert len(address["case"]) == 43
    assert set(address) == {"case"}
    assert computed == ["reading", "grad-cam", "integrated-gradients"]
    second = tab(address)
    assert len(computed) == 3
    assert at(second) == address
    assert held(second).reading.review is held(first).reading.review is not None
    assert held(second).case.request == held(first).case.request
    assert held(second).wanted is not held(first).wanted


def test_two_tabs_go_their_own_ways_and_a_third_goes_on_from_the_last(browser: Browser) -> None:
    first = uploaded(tab())
    second = tab(at(first))
    held(second).case.prevalence["lung_opacity"] = 0.2
    second.run()
    assert held(first).case.prevalence == {}
    assert held(tab(at(first))).case.prevalence == {"lung_opacity": 0.2}


def test_a_key_opens_nothing_in_another_browser_and_does_not_say_that_it_exists(browser: Browser) -> None:
    address = at(uploaded(tab()))
    browser.other()
    foreign, unknown = tab(address), tab({"case": "k" * 43})
    for app in (foreign, unknown):
        assert held(app).case.current is None
        assert set(at(app)) == {"case"}
    assert [w.value for w in foreign.warning] == [w.value for w in unknown.warning] != []


def test_a_synthetic_case_has_a_plain_address_for_every_browser(browser: Browser) -> None:
    first = tab()
    first.button(key="welcome-opacity").click().run()
    assert at(first) == {"case": "sample-1"}
    held(first).case.prevalence["lung_opacity"] = 0.2
    first.run()
    assert held(tab(at(first))).case.prevalence == {"lung_opacity": 0.2}
    browser.other()
    second = tab({"case": "sample-1"})
    assert held(second).case.current is not None
    assert held(second).case.prevalence == {}


@pytest.mark.parametrize("key", ["sample-99", "k" * 43, "short"])
def test_what_is_not_there_is_said_to_be_gone(browser: Browser, key: str) -> None:
    app = tab({"case": key})
    assert held(app).case.current is None
    assert len(app.warning) == 1
    assert not app.exception


def test_an_address_names_finding_map_and_hour(browser: Browser, computed: list[str]) -> None:
    asked = {"case": "sample-1", "finding": "report_effusion", "map": "integrated-gradients", "hour": "9"}
    app = tab(asked)
    stay: MonitoringSession = app.session_state["diaphane_session"].stay
    assert (held(app).reading.target, held(app).methods, stay.now) == (
        "report_effusion",
        ("integrated-gradients",),
        9.0,
    )
    assert at(app) == asked
    assert {m.attribution.target for m in held(app).reading.review.maps} == {"report_effusion"}  # type: ignore[union-attr]


def test_an_address_names_a_frame(browser: Browser, computed: list[str]) -> None:
    app = tab({"case": "sample-11", "frame": "2"})
    review = held(app).reading.review
    assert review is not None
    assert review.scan.frame == 1
    assert at(app)["frame"] == "2"


def test_what_an_address_names_wrongly_is_left_out(browser: Browser, computed: list[str]) -> None:
    app = tab(
        {"case": "sample-1", "finding": "no_such", "map": "no-such", "frame": "9", "hour": "900", "other": "kept"}
    )
    assert held(app).reading.review is not None
    assert at(app) == {"case": "sample-1", "other": "kept"}
    parts = ", ".join(text(f"open_case.part.{name}") for name in ("frame", "hour", "map"))
    assert [toast.value for toast in app.toast] == [
        text("open_case.part_absent", parts=parts),
        text("open_case.part_absent", parts=text("open_case.part.finding")),
    ]


@pytest.mark.parametrize("hour", ["abc", "1e3", "900"])
def test_an_hour_that_the_stay_does_not_have_is_said(browser: Browser, hour: str) -> None:
    app = tab({"case": "sample-1", "hour": hour})
    assert [toast.value for toast in app.toast] == [text("open_case.part_absent", parts=text("open_case.part.hour"))]
    assert "hour" not in at(app)


def test_back_goes_to_the_earlier_finding_and_to_the_page_before_the_case(
    browser: Browser, computed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = tab()
    app.button(key="welcome-opacity").click().run()
    first = held(app).reading.target
    review = held(app).reading.review
    assert review is not None
    other = next(f.output for f in review.prediction.findings if f.output != first)
    choose_finding(app, other).run()
    assert at(app) == {"case": "sample-1", "finding": other}
    history(app, monkeypatch, {"case": "sample-1"})
    assert (held(app).reading.target, at(app)) == (first, {"case": "sample-1"})
    history(app, monkeypatch, {})
    assert (held(app).case.current, at(app)) == (None, {})
    history(app, monkeypatch, {"case": "sample-1", "finding": other})
    assert (held(app).reading.target, at(app)) == (other, {"case": "sample-1", "finding": other})


def test_an_address_that_is_late_does_not_take_the_case_away(browser: Browser) -> None:
    app = uploaded(tab())
    address = at(app)
    app.query_params.clear()
    app.run()
    assert held(app).case.current is not None
    assert at(app) == address


def test_a_forgotten_case_is_gone_in_every_tab(browser: Browser) -> None:
    first = uploaded(tab())
    address = at(first)
    second = tab(address)
    first.button(key="forget-case").click().run()
    assert (held(first).case.current, at(first)) == (None, {})
    second.run()
    assert (held(second).case.current, held(second).reading.review, held(second).case.prevalence) == (None, None, {})
    assert len(second.warning) == 1
    assert open_cases().find(address["case"], browser.owner) is None


def test_another_case_gets_another_address(browser: Browser) -> None:
    app = uploaded(tab())
    first = at(app)
    app.button(key="sample-opacity").click().run()
    assert at(app) == {"case": "sample-1"}
    again = held(tab(first))
    assert again.case.current is not None
    assert again.record is None


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    store = OpenCases(clock=clock)
    for module in ("case.held", "case.open", "page.idle_cover"):
        monkeypatch.setattr(f"dashboard.components.{module}.open_cases", lambda: store)
    return clock


def test_an_idle_case_is_covered_in_every_tab_until_it_is_asked_for(browser: Browser, clock: Clock) -> None:
    first = uploaded(tab())
    address = at(first)
    assert "diaphane_viewer" in components(first)
    clock.now += 30 * 60
    second = tab(address)
    first.run()
    for app in (first, second):
        assert has(app, "show-case")
        assert not has(app, "forget-case")
        # Of every page; no film, nothing that is said of a case, no case for the printer.
        assert set(components(app)) == {"diaphane_theme_choice", "diaphane_quiet_keys"}
    assert held(second).case.current is None
    second.button(key="show-case").click().run()
    assert not has(second, "show-case")
    assert held(second).case.current is not None
    first.run()
    assert has(first, "forget-case")


def test_a_press_puts_the_cover_off(browser: Browser, clock: Clock) -> None:
    app = uploaded(tab())
    for _ in range(3):
        clock.now += 29 * 60
        app.run()
        assert has(app, "forget-case")


@pytest.mark.parametrize(("said", "covered"), [("0", False), ("1", True), ("soon", True), ("60", False)])
def test_when_a_case_is_covered_can_be_set(
    browser: Browser, clock: Clock, monkeypatch: pytest.MonkeyPatch, said: str, covered: bool
) -> None:
    monkeypatch.setenv("DIAPHANE_IDLE_MINUTES", said)
    app = tab({"case": "sample-1"})
    clock.now += 31 * 60
    app.run()
    assert has(app, "show-case") is covered


def test_without_a_cookie_a_case_is_read_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    app = uploaded(tab())
    assert at(app) == {}
    app.button(key="forget-case").click().run()
    assert held(app).case.current is None


def test_where_there_is_no_room_the_page_says_so_and_reads_on(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = OpenCases(most=0)
    for module in ("case.held", "case.open", "page.idle_cover"):
        monkeypatch.setattr(f"dashboard.components.{module}.open_cases", lambda: store)
    app = uploaded(tab())
    assert len(app.error) == 1
    assert at(app) == {}
