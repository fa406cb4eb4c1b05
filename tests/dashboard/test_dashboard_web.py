"""Whom the web server answers: its own names and its own origin, nobody else; and what it sends with every answer."""

from __future__ import annotations

import http.client
import re
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import streamlit as st
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from dashboard.browser import COOKIE, owner_of
from dashboard.web import HEADERS, is_own_origin, middleware
from tests.browser.conftest import running_app

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    with running_app(APP) as url:
        yield urlsplit(url).netloc


def _get(netloc: str, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(netloc, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    return answer


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/static/js/none.js", "/cases", "/_stcore/upload_file/a/b"])
def test_every_answer_carries_the_headers(served: str, path: str) -> None:
    answer = _get(served, path)
    assert {name: answer.getheader(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    "path", ["/", "/?case=sample-1", "/cases", "/_stcore/health", "/static/js/none.js", "/media/none"]
)
def test_no_answer_is_kept_in_a_cache(served: str, path: str) -> None:
    assert _get(served, path).getheader("Cache-Control") == "no-store"


def test_a_file_of_streamlit_that_is_named_by_its_content_may_be_kept(served: str) -> None:
    with urllib.request.urlopen(f"http://{served}/", timeout=20) as page:
        script = re.search(r"static/js/index\.[\w-]+\.js", page.read().decode())
    assert script is not None
    assert "immutable" in str(_get(served, f"/{script[0]}").getheader("Cache-Control"))


def test_a_browser_gets_one_cookie_that_no_script_reads(served: str) -> None:
    first, second = (str(_get(served, "/").getheader("Set-Cookie")) for _ in range(2))
    assert first != second
    given = first.split("; ")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(given)
    assert not any(part.startswith(("Max-Age", "Expires", "Secure", "Domain")) for part in given)
    assert owner_of(given[0].removeprefix(f"{COOKIE}=")) is not None
    assert _get(served, "/", Cookie=given[0]).getheader("Set-Cookie") is None
    assert _get(served, "/", Cookie=f"{COOKIE}=short").getheader("Set-Cookie") is not None
    assert COOKIE not in str(_get(served, "/_stcore/health").getheader("Set-Cookie"))


def test_behind_https_the_cookie_stays_there(served: str) -> None:
    headers = {"X-Forwarded-Proto": "https"}
    assert "Secure" in str(_get(served, "/", **headers).getheader("Set-Cookie"))


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8501", "localhost.evil.example", "10.0.0.7", "", "127.0.0.1.nip.io"]
)
@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/media/any"])
def test_another_host_name_is_refused_on_every_address(served: str, host: str, path: str) -> None:
    assert _get(served, path, Host=host).status == 400


def test_both_names_of_this_machine_are_answered(served: str) -> None:
    port = served.rsplit(":", 1)[1]
    assert [_get(served, "/_stcore/health", Host=f"{name}:{port}").status for name in ("localhost", "127.0.0.1")] == [
        200,
        200,
    ]


def _websocket_status(netloc: str, origin: str | None, host: str | None = None) -> int:
    """Return 101 where the conversation begins, else the status of the refusal."""
    address = f"ws://{host or netloc}/_stcore/stream"
    name, port = netloc.split(":")
    try:
        raw = socket.create_connection((name, int(port)), timeout=20)
        with connect(address, sock=raw, origin=origin, subprotocols=["streamlit"], open_timeout=20):  # type: ignore[arg-type, list-item]
            return 101
    except InvalidStatus as error:
        return error.response.status_code


def test_the_websocket_speaks_to_its_own_origin_alone(served: str) -> None:
    port = int(served.rsplit(":", 1)[1])
    own = [f"http://{served}", None]
    foreign = [f"http://127.0.0.1:{port + 1}", "http://localhost", f"http://localhost:{port}", "http://evil.example", "null", "file://",
               f"http://evil.example:{port}", f"http://{served}.evil.example"]  # fmt: skip
    assert [_websocket_status(served, origin) for origin in own] == [101, 101]
    assert {origin: _websocket_status(served, origin) for origin in foreign} == dict.fromkeys(foreign, 403)


def test_the_websocket_does_not_speak_under_another_name(served: str) -> None:
    port = served.rsplit(":", 1)[1]
    assert _websocket_status(served, f"http://evil.example:{port}", f"evil.example:{port}") in (400, 403)


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/notes/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/metrics/"]
)
def test_what_nobody_here_uses_is_closed(served: str, path: str) -> None:
    assert _get(served, path).status == 404


@pytest.mark.parametrize(
    ("origin", "host", "scheme", "own"),
    [
        ("http://localhost:8501", "localhost:8501", "http", True),
        ("http://LOCALHOST:8501", "localhost:8501", "ws", True),
        ("http://localhost", "localhost:80", "http", True),
        ("https://ward.example", "ward.example", "wss", True),
        ("https://ward.example", "ward.example", "http", True),  # TLS ends at a proxy
        ("http://ward.example", "ward.example", "https", False),
        ("http://localhost:8502", "localhost:8501", "ws", False),
        ("http://127.0.0.1:8501", "localhost:8501", "ws", False),
        ("https://ward.example:444", "ward.example", "wss", False),
        ("null", "localhost:8501", "ws", False),
        ("", "localhost:8501", "ws", False),
        ("http://localhost:99999999", "localhost:8501", "ws", False),
        ("http://[::1", "localhost:8501", "ws", False),
        ("http://localhost:8501", "", "ws", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(origin: str, host: str, scheme: str, own: bool) -> None:
    assert is_own_origin(origin, host, scheme) is own


def test_no_name_is_no_open_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "get_option", lambda name: [])
    with pytest.raises(ValueError, match="allowedHosts"):
        middleware()


@pytest.mark.parametrize("path", ["/", "/cases", "/?case=sample-1"])
def test_a_page_comes_with_its_style_sheet(served: str, path: str) -> None:
    connection = http.client.HTTPConnection(served, timeout=20)
    connection.request("GET", path, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    page = answer.read().decode()
    assert answer.getheader("Content-Length") == str(len(page.encode()))
    assert answer.getheader("Cache-Control") == "no-store"
    sheet, script = (
        (APP.parent / "components" / "page" / name).read_text(encoding="utf-8") for name in ("style.css", "history.js")
    )
    assert page.index(f"<style>{sheet}</style><script>{script}</script></body>") > page.index("</head>")
