"""Pictures as answers of their own: for the browser they were published for, by a real server, and for nobody else."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dashboard.browser import COOKIE, new_cookie, owner_of
from dashboard.resources import PATH, Resources
from tests.browser.conftest import running_app

APP = Path(__file__).resolve().parent / "resource_app.py"
PICTURE = bytes(range(256)) * 40


def _cookie() -> str:
    return new_cookie(secure=False).split(";")[0].split("=", 1)[1]


@pytest.fixture(scope="module")
def browser() -> str:
    return _cookie()


@pytest.fixture(scope="module")
def served(browser: str) -> Iterator[str]:
    with running_app(APP, env={"OWNER": owner_of(browser) or ""}) as url:
        yield urlsplit(url).netloc


def _get(netloc: str, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(netloc, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer, answer.read()


def test_a_server_gives_a_picture_to_its_own_browser_and_to_no_other(served: str, browser: str) -> None:
    place = json.loads(_get(served, "/published")[1])
    assert urlsplit(place).path.startswith(f"{PATH}/")
    answer, data = _get(served, place, Cookie=f"{COOKIE}={browser}")
    assert (answer.status, data) == (200, PICTURE)
    assert (answer.getheader("Content-Type"), answer.getheader("Cache-Control")) == ("image/png", "no-store")
    assert answer.getheader("Cross-Origin-Resource-Policy") == "same-origin"
    unknown = _get(served, f"{PATH}/{'x' * 43}", Cookie=f"{COOKIE}={browser}")
    for cookie in (_cookie(), browser[:-1], "", f'"{browser}'):
        foreign, said = _get(served, place, Cookie=f"{COOKIE}={cookie}")
        assert (foreign.status, said) == (404, unknown[1])
    assert _get(served, place)[0].status == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Host": "evil.example"}, 400), ({"Origin": "http://evil.example"}, 403), ({"Origin": "null"}, 403)],
)
def test_a_picture_is_refused_to_other_names_and_origins(
    served: str, browser: str, headers: dict[str, str], status: int
) -> None:
    place = json.loads(_get(served, "/published")[1])
    assert _get(served, place, Cookie=f"{COOKIE}={browser}", **headers)[0].status == status


def test_the_same_picture_has_one_address_for_one_browser() -> None:
    held = Resources()
    place = held.publish("one", PICTURE, "image/png")
    assert held.publish("one", PICTURE, "image/png") == place
    others = {held.publish("two", PICTURE, "image/png"), held.publish("one", PICTURE[1:], "image/png"),
              held.publish("one", PICTURE, "text/plain"), Resources().publish("one", PICTURE, "image/png")}  # fmt: skip
    assert len(others | {place}) == 5


def _token(place: str) -> str:
    return place.rsplit("/", 1)[1]


def test_room_is_bounded_for_one_browser_and_for_all() -> None:
    held = Resources(most_bytes=250, most_owner_bytes=150)
    first, second = (_token(held.publish("one", bytes([n]) * 100, "image/png")) for n in range(2))
    assert held.find(first, "one") is None
    assert held.find(second, "one") is not None
    third = _token(held.publish("two", b"3" * 100, "image/png"))
    assert held.find(second, "one") is not None
    held.publish("three", b"4" * 100, "image/png")
    assert held.find(second, "one") is None
    assert held.find(third, "two") is not None
    assert held.find(third, None) is None


def test_what_is_forgotten_is_gone_for_its_owner_alone() -> None:
    held = Resources()
    mine, yours = (_token(held.publish(owner, PICTURE, "image/png")) for owner in ("one", "two"))
    held.forget("one")
    assert held.find(mine, "one") is None
    assert held.find(yours, "two") is not None
