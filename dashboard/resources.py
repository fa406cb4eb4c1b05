"""Films and maps as answers of their own, so that a picture goes to a browser once and not with every drawing of the page.

A picture is published for one browser and gets an address that nobody else could make up: the same bytes for the same browser have
the same address. It is answered to that browser alone, and never goes into a cache on a disk; the viewer keeps what it fetched.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard.browser import COOKIE, owner_of
from dashboard.open_cases import FORGET_AFTER_S

PATH = "/case-resource"
# One browser: the frames of a long loop in two tabs. All together: as many readers at once as a department has.
MOST_OWNER_BYTES = 256 * 2**20
MOST_BYTES = 1024 * 2**20


class Resource(NamedTuple):
    """data: as it is answered. mime: what it is. at: when it was published last, in seconds of the wall clock."""

    data: bytes
    mime: str
    at: float


class Resources:
    """Published bytes by owner and token; the least recently published make room. May be used from any thread."""

    def __init__(
        self,
        most_bytes: int = MOST_BYTES,
        most_owner_bytes: int = MOST_OWNER_BYTES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._most_bytes, self._most_owner_bytes, self._clock = most_bytes, most_owner_bytes, clock
        self._held: OrderedDict[tuple[str, str], Resource] = OrderedDict()
        # Whoever knows cookie and picture of somebody cannot say under what address it is answered.
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()

    def publish(self, owner: str, data: bytes, mime: str) -> str:
        """Keep bytes for a browser and return where it finds them; the same again gives the same address."""
        content = f"{owner}\n{mime}\n{hashlib.sha256(data).hexdigest()}"
        token = _letters(hmac.new(self._secret, content.encode(), hashlib.sha256).digest())
        with self._lock:
            self._held[owner, token] = Resource(data, mime, self._clock())
            self._held.move_to_end((owner, token))
            self._bound(self._most_owner_bytes, owner)
            self._bound(self._most_bytes)
        return f"{PATH}/{token}"

    def find(self, token: str, owner: str | None) -> Resource | None:
        """Return what was published for an owner; ``None`` alike for an unknown token and for one of somebody else."""
        if owner is None:
            return None
        with self._lock:
            return self._held.get((owner, token))

    def forget(self, owner: str) -> None:
        """Let go of everything that was published for an owner; what a page still needs it publishes again."""
        with self._lock:
            for place in [place for place in self._held if place[0] == owner]:
                del self._held[place]

    def forget_unused(self) -> int:
        """Let go of what no page published for ``FORGET_AFTER_S``; returns how many there were."""
        with self._lock:
            before = self._clock() - FORGET_AFTER_S
            old = [place for place, held in self._held.items() if held.at < before]
            for place in old:
                del self._held[place]
        return len(old)

    def _bound(self, most: int, owner: str | None = None) -> None:
        """Drop the oldest, of one owner or of all, until they are within bounds; the newest stays in any case."""
        held = [place for place in self._held if owner is None or place[0] == owner]
        size = sum(len(self._held[place].data) for place in held)
        for place in held[:-1]:
            if size <= most:
                return
            size -= len(self._held.pop(place).data)


@cache
def resources() -> Resources:
    """Return the one store of this server."""
    return Resources()


async def answer(request: Request) -> Response:
    """Answer with a resource, or, to whom it is not for, as if it were not there."""
    found = resources().find(request.path_params["token"], owner_of(request.cookies.get(COOKIE)))
    if found is None:
        return PlainTextResponse("Not found.", status_code=404)
    return Response(found.data, media_type=found.mime)


def routes() -> list[Route]:
    return [Route(f"{PATH}/{{token}}", answer, methods=["GET"])]


def _letters(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
