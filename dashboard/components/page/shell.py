"""What comes with the page itself, before anything is drawn: its style sheet, and how its history is kept.

A frame that is drawn before its styles shows everything at another place.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FOLDER = Path(__file__).parent
_OWN = b"<style>%s</style><script>%s</script>" % tuple(
    (_FOLDER / name).read_bytes() for name in ("style.css", "history.js")
)
_END = b"</body>"  # after the styles of Streamlit: of two rules of one weight the later counts


class ShellMiddleware:
    """Put style sheet and script into the page as the browser loads it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks = scope["type"] == "http" and scope["method"] == "GET"  # a HEAD keeps the length that it is told
        if not asks or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def send_own(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    body = body.replace(_END, _OWN + _END)
                    MutableHeaders(scope=start)["Content-Length"] = str(len(body))
                    await send(start)
                    await send({**message, "body": body})

        # Not compressed: it is changed on its way.
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self.app({**scope, "headers": plain}, receive, send_own)


def _is_page(start: Message) -> bool:
    return start["status"] == 200 and Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")


# Nothing around the case, and type that a room can read. Under body: it stands before the style sheet, and weighs more.
_PRESENTING = """
<style>
html {font-size: 19px;}
body :is([data-testid="stSidebar"], [data-testid="stHeader"], .st-key-theme-choice, .st-key-header button) {display: none;}
body .block-container:has([class*="st-key-open-case-"]) {padding-top: .4rem;}
body [class*="st-key-open-case-"] {--screen: calc(100vh - 3.2rem);}
body div:has(> .st-key-presenting) {position: absolute;}
body .st-key-presenting {position: fixed; top: .2rem; right: .8rem; z-index: 30; width: auto;}
body .st-key-notice {margin-right: 30.5rem;}
</style>
"""


def render_presenting_style() -> None:
    """Draw what a case looks like while it is presented: see ``screens.presenting``."""
    st.html(_PRESENTING)
