"""What the web server adds to every answer, and whom it answers: own host names, own origin, headers that keep a page to itself,
no copy in a cache, and a cookie by which a browser finds its own cases again.

Streamlit checks ``server.allowedHosts`` on its websocket alone and lets any port of this machine in; here both are asked of every
request, before Streamlit sees it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.browser import COOKIE, new_cookie, owner_of
from dashboard.components.page.shell import ShellMiddleware

# Scripts of Streamlit's own page stand in it, Plotly and the viewer colour by inline styles, the viewer's scripts are loaded as
# blobs. Nothing names another origin, so no text of a file can make a browser ask one.
CONTENT_SECURITY_POLICY = "; ".join((
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "frame-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
))  # fmt: skip
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Of Streamlit's own addresses: counts of sessions and bytes, and a door for programs that nobody here uses.
CLOSED = ("/_stcore/metrics", "/_stcore/agent")
# A page of our own origin never sends these from anywhere else; the websocket is the page's whole conversation.
_REFUSED_ORIGIN = "This page answers only to itself. Open it by its own address."


class OwnOriginMiddleware:
    """Refuse requests that another origin makes a browser send, close addresses of no use, and send ``HEADERS``.

    An origin is scheme, host and port: another port of this machine is another origin. A request without ``Origin`` comes
    from no script of another page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if not _is_hashed_asset(scope["path"], headers):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        headers = Headers(scope=scope)
        if not is_own_origin(headers.get("origin"), headers.get("host", ""), scope["scheme"]):
            await PlainTextResponse(_REFUSED_ORIGIN, status_code=403)(scope, receive, send_with_headers)
        elif any(closed in scope["path"] for closed in CLOSED):
            await PlainTextResponse("Not found.", status_code=404)(scope, receive, send_with_headers)
        else:
            await self.app(scope, receive, send_with_headers)


def _is_hashed_asset(path: str, headers: Headers) -> bool:
    """Tell whether an answer is one of Streamlit's own files whose name changes with its content: no patient is in those."""
    return "/static/" in path and "immutable" in headers.get("cache-control", "")


class BrowserCookieMiddleware:
    """Give a browser that opens the page its cookie, where it has none."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or _has_cookie(scope):
            await self.app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if message["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
                    headers.append("Set-Cookie", new_cookie(_is_secure(scope)))
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def _has_cookie(scope: Scope) -> bool:
    return owner_of(HTTPConnection(scope).cookies.get(COOKIE)) is not None


def _is_secure(scope: Scope) -> bool:
    """Tell whether the browser sees https. Whoever makes the header up makes only his own cookie stricter."""
    return scope["scheme"] == "https" or Headers(scope=scope).get("x-forwarded-proto", "").lower() == "https"


def is_own_origin(origin: str | None, host: str, scheme: str) -> bool:
    """Tell whether an ``Origin`` header names the address that the request itself was sent to.

    scheme: of the request, http or ws, or https or wss behind TLS. A proxy that ends TLS hands on plain http: there the page's
    https counts as its own, the host must be the same all the same.
    """
    if origin is None:
        return True
    try:
        parts = urlsplit(origin)
        own = urlsplit(f"//{host}")
        default = {"http": 80, "https": 443}[parts.scheme]
        same = (parts.hostname, parts.port or default) == (own.hostname, own.port or default)
    except (KeyError, ValueError):  # "null", or no address at all
        return False
    return same and (parts.scheme == "https" or scheme in ("http", "ws"))


def middleware() -> list[Middleware]:
    """Return what stands before Streamlit: known hosts (``server.allowedHosts``), then the own origin.

    Raises ValueError where no host is named: an empty list would answer to any.
    """
    hosts = list(st.get_option("server.allowedHosts"))
    if not hosts:
        raise ValueError("server.allowedHosts names no host; see .streamlit/config.toml")
    return [
        Middleware(OwnOriginMiddleware),
        Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        Middleware(BrowserCookieMiddleware),
        Middleware(ShellMiddleware),
    ]
