"""Which browser asks: a cookie that no script can read, and the name under which its cases and pictures are kept.

The cookie says nothing of who sits there. It is made here, lasts until the browser is closed, and is never sent along by another
site's page (``SameSite=Strict``). Kept is only its hash.
"""

from __future__ import annotations

import hashlib
import re
import secrets

COOKIE = "diaphane_browser"
_BYTES = 32
_VALUE = re.compile(r"[A-Za-z0-9_-]{43}")


def new_cookie(secure: bool) -> str:
    """Return the header value that gives a browser its cookie. secure: the page came over https."""
    value = secrets.token_urlsafe(_BYTES)
    return f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict" + ("; Secure" if secure else "")


def owner_of(cookie: str | None) -> str | None:
    """Return under what the browser with this cookie keeps things; ``None`` for none, or for one that was not made here."""
    if cookie is None or not _VALUE.fullmatch(cookie):
        return None
    return hashlib.sha256(cookie.encode("ascii")).hexdigest()
